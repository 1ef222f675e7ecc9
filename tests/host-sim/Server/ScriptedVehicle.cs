// A vehicle that the test plays: it answers each request after a while, as it is told to, and an ECU runs what was confirmed.
using EsyncSim.Bus;
using EsyncSim.Server;

namespace EsyncTests.HostSim.Server;

internal sealed class ScriptedVehicle
{
    private readonly VirtualTime _time;
    private readonly IMessageLink _link;
    private readonly Topics _topics;
    private readonly Dictionary<string, string> _running = [];
    private readonly HashSet<string> _asked = [];

    internal ScriptedVehicle(VirtualTime time, IMessageNetwork network, string vin)
    {
        _time = time;
        _topics = new Topics(vin);
        _link = network.Join(vin);
        _link.Subscribe(_topics.ToVehicle, (_, payload) => Hear(EsyncJson.TryDecode(payload)!));
    }

    /// <summary>How long an answer takes.</summary>
    internal long AnswerNs { get; init; } = VirtualTime.NsPerSecond;

    /// <summary>True: prepare-update fails.</summary>
    internal bool Fails { get; init; }

    internal bool IsSilent { get; init; }

    /// <summary>When the first and the last request came that was not heard before, in nanoseconds.</summary>
    internal (long First, long Last)? Asked { get; private set; }

    /// <summary>Requests that were not heard before, as type and ECU.</summary>
    internal List<string> Requests { get; } = [];

    internal string? Runs(string ecu) => _running.GetValueOrDefault($"/ECU/{ecu}");

    /// <summary>Says that it is there, with ECUs on a bus.</summary>
    internal void Announce(string bus, params string[] ecus) => _link.Publish(_topics.Announce, EsyncJson.Encode(new EsyncMessage
    {
        Type = EsyncType.Announce,
        Body = new EsyncBody
        {
            Package = new EsyncPackage { Type = EsyncTarget.Vehicle, Name = _topics.Vehicle },
            Ecus = [.. ecus.Select(ecu => new EsyncAnnouncedEcu { Type = EsyncTarget.Of(ecu), Bus = bus, ClassId = "11111111-2222-3333-4444-555555555555" })],
        },
    }));

    private void Hear(EsyncMessage request)
    {
        if (request.ReplyId is null)
        {
            return;
        }

        if (_asked.Add(request.ReplyId))
        {
            Asked = (Asked?.First ?? _time.NowNs, _time.NowNs);
            Requests.Add($"{request.Type["esync.".Length..]} {request.Body.Package.Type}");
        }

        if (!IsSilent)
        {
            _time.After(AnswerNs, () => Answer(request));
        }
    }

    private void Answer(EsyncMessage request)
    {
        EsyncPackage package = request.Body.Package;
        if (request.Type == EsyncType.ConfirmUpdate)
        {
            _running[package.Type] = package.Version!;
        }

        string? status = request.Type switch
        {
            EsyncType.ReadyDownload => EsyncStatus.DownloadConsent,
            EsyncType.PrepareUpdate => Fails ? EsyncStatus.InstallFailed : EsyncStatus.InstallReady,
            EsyncType.ReadyUpdate => EsyncStatus.InstallInProgress,
            EsyncType.ConfirmUpdate => EsyncStatus.InstallCompleted,
            _ => null,
        };
        _link.Publish(_topics.FromVehicle, EsyncJson.Encode(new EsyncMessage
        {
            Type = status is null ? EsyncType.QueryPackage : EsyncType.UpdateStatus,
            ReplyTo = request.ReplyId,
            Body = new EsyncBody
            {
                Package = package with { Status = status, Version = status is null ? _running.GetValueOrDefault(package.Type, "1.0.0") : package.Version },
                Campaign = request.Body.Campaign,
                Ecu = new EsyncEcu { State = "Confirmed" },
            },
        }));
    }
}
