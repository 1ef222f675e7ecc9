// The server's side of a campaign: asks, offers, hands the package out, and takes every ECU through
//   query-package → ready-download → prepare-update → ready-update → confirm-update.
// Invariants: one request at a time, each with an identifier that its answer repeats; a request is repeated until its answer
// is here; what a vehicle numbers is handed on once, in order, and acknowledged; an answer nobody asked for changes
// nothing; a vehicle that does not answer costs a bounded time. The server holds no key: packages were signed before.
// It must not know UDS or CAN.
// Tests: tests/host-sim/Server.
using System.Globalization;
using EsyncSim.Bus;

namespace EsyncSim.Server;

/// <summary>Hears what passes between server and vehicle.</summary>
public interface ICampaignObserver
{
    /// <summary>A message was sent to the vehicle (true) or came from it (false). Repetitions are not told.</summary>
    void Message(bool isToVehicle, EsyncMessage message);
}

/// <summary>Runs campaigns for one vehicle.</summary>
public sealed class CampaignServer
{
    private const long RepeatNs = 5 * VirtualTime.NsPerSecond;
    private const long PostponedNs = 10 * VirtualTime.NsPerSecond;
    private const int ConsentAttemptsMax = 6;

    private readonly VirtualTime _time;
    private readonly IMessageLink _link;
    private readonly Topics _topics;
    private readonly ServerLedger _ledger;
    private readonly ICampaignObserver? _observer;
    private readonly SimSignal _answered;
    private readonly Dictionary<string, byte[]> _packages = [];
    private EsyncMessage? _answer;
    private string _awaited = string.Empty;
    private (string Campaign, string Target) _underWay;
    private readonly List<IncrementalFailure> _incrementalFailures = [];

    /// <summary>Makes the server and listens to the vehicle.</summary>
    public CampaignServer(VirtualTime time, IMessageLink link, Topics topics, ServerLedger ledger, ICampaignObserver? observer = null)
    {
        _time = time;
        _link = link;
        _topics = topics;
        _ledger = ledger;
        _observer = observer;
        _answered = new SimSignal(time);
        link.Subscribe(topics.FromVehicle, Receive);
        link.Restored = _answered.Set;
    }

    /// <summary>Longest wait for an answer of the vehicle, in nanoseconds.</summary>
    public long AnswerNsMax { get; init; } = 600 * VirtualTime.NsPerSecond;

    /// <summary>Asks what an ECU runs; null when the vehicle does not answer.</summary>
    public Task<EsyncMessage?> QueryAsync(string ecu, string packageName) =>
        AskAsync(EsyncType.QueryPackage, null, new EsyncPackage { Type = EsyncTarget.Of(ecu), Name = packageName });

    /// <summary>Takes all targets through the campaign, one after the other; one that fails does not stop the others.</summary>
    public async Task<IReadOnlyList<TargetResult>> RunAsync(Campaign campaign)
    {
        List<TargetResult> results = [];
        foreach (CampaignTarget target in campaign.Targets)
        {
            results.Add(await RunAsync(campaign, target));
        }

        return results;
    }

    private async Task<TargetResult> RunAsync(Campaign campaign, CampaignTarget target)
    {
        _underWay = (campaign.Id, EsyncTarget.Of(target.Ecu, target.Part));
        _incrementalFailures.Clear();
        TargetResult result = await TakeAsync(campaign, target);
        _underWay = default;
        return result with { IncrementalFailures = [.. _incrementalFailures] };
    }

    private async Task<TargetResult> TakeAsync(Campaign campaign, CampaignTarget target)
    {
        string sha256 = target.Sha256;
        _packages[sha256] = target.File;
        EsyncPackage package = Offer(target, sha256);
        EsyncMessage? installed = await AskAsync(EsyncType.QueryPackage, campaign.Id, package with { Version = null, VersionList = null });

        // A version on trial may go back yet: the ECU is asked again, and postpones until it is known.
        bool isOnTrial = target.Part == TargetPart.Application && installed?.Body.Ecu?.State == nameof(EsyncAgent.BankState.Trial);
        if (installed?.Body.Package.Version == target.Version && !isOnTrial)
        {
            return new TargetResult(target, TargetEnd.UpToDate, string.Empty, $"{target.Ecu} {Does(target.Part)} {target.Version} already");
        }

        EsyncMessage? consent = await ConsentAsync(campaign.Id, package);
        if (consent?.Body.Package.Status != EsyncStatus.DownloadConsent)
        {
            return Ended(target, consent);
        }

        (string Request, string Wanted)[] steps =
        [
            (EsyncType.PrepareUpdate, EsyncStatus.InstallReady),
            (EsyncType.ReadyUpdate, EsyncStatus.InstallInProgress),
            (EsyncType.ConfirmUpdate, EsyncStatus.InstallCompleted),
        ];
        EsyncMessage? answer = null;
        foreach ((string request, string wanted) in steps)
        {
            answer = await AskAsync(request, campaign.Id, package);
            if (answer?.Body.Package.Status != wanted)
            {
                break;
            }
        }

        return Ended(target, answer);
    }

    private async Task<EsyncMessage?> ConsentAsync(string campaign, EsyncPackage package)
    {
        for (int attempt = 1; ; attempt++)
        {
            EsyncMessage? answer = await AskAsync(EsyncType.ReadyDownload, campaign, package);
            if (answer?.Body.Package.Status != EsyncStatus.DownloadPostponed || attempt == ConsentAttemptsMax)
            {
                return answer;
            }

            await _time.Delay(PostponedNs);
        }
    }

    private EsyncPackage Offer(CampaignTarget target, string sha256) => new()
    {
        Type = EsyncTarget.Of(target.Ecu, target.Part),
        Name = target.PackageName,
        Version = target.Version,
        RollbackVersions = target.RollbackVersions.Count == 0 ? null : target.RollbackVersions,
        VersionList = new Dictionary<string, EsyncVersion>
        {
            [target.Version] = new()
            {
                Sha256 = sha256,
                Downloadables = [new EsyncDownloadable { Url = _topics.Package(sha256), Length = target.File.Length, Sha256 = sha256 }],
            },
        },
    };

    private static string Does(TargetPart part) => part switch
    {
        TargetPart.Trust => "trusts by manifest",
        TargetPart.Rules => "collects by rule set",
        _ => "runs",
    };

    private static TargetResult Ended(CampaignTarget target, EsyncMessage? answer)
    {
        EsyncPackage? package = answer?.Body.Package;
        TargetEnd end = package?.Status switch
        {
            EsyncStatus.InstallCompleted => TargetEnd.Completed,
            EsyncStatus.InstallRollback => TargetEnd.RolledBack,
            EsyncStatus.DownloadDenied or EsyncStatus.DownloadPostponed => TargetEnd.Denied,
            null => TargetEnd.NoAnswer,
            _ => TargetEnd.Failed,
        };
        string message = package is null ? "the vehicle does not answer" : package.Message ?? string.Empty;
        return new TargetResult(target, end, answer?.Body.Ecu?.Reason ?? string.Empty, message);
    }

    private async Task<EsyncMessage?> AskAsync(string type, string? campaign, EsyncPackage package)
    {
        int number = _ledger.NextRequest();
        EsyncMessage request = new()
        {
            Type = type,
            ReplyId = string.Create(CultureInfo.InvariantCulture, $"{_ledger.Epoch}-{number}"),
            Epoch = _ledger.Epoch,
            Body = new EsyncBody
            {
                Package = package,
                Campaign = campaign is null ? null : new EsyncCampaign(campaign),
                Sequence = number,
            },
        };
        _awaited = request.ReplyId;
        _answer = null;
        _answered.Reset();
        _observer?.Message(true, request);
        byte[] payload = EsyncJson.Encode(request);
        for (long endNs = _time.NowNs + AnswerNsMax; _answer is null && _time.NowNs < endNs;)
        {
            // Woken by the answer, by a connection that is there again, or by the time.
            _link.Publish(_topics.ToVehicle, payload);
            await _answered.Wait(Math.Min(RepeatNs, endNs - _time.NowNs));
        }

        _awaited = string.Empty;
        return _answer;
    }

    private void Receive(string topic, ReadOnlyMemory<byte> payload)
    {
        EsyncMessage? message = EsyncJson.TryDecode(payload);
        if (message is { Epoch: { } epoch, Body.Sequence: { } number })
        {
            if (_ledger.TryTake(_topics.Vehicle, epoch, number, message.Oldest ?? 1, out int handedOn))
            {
                HandOn(message);
            }

            // A double is acknowledged too: it came because the first acknowledgement was lost.
            Acknowledge(message, epoch, handedOn);
        }
        else if (message is not null)
        {
            // What is not numbered may be lost and may come twice.
            HandOn(message);
        }
    }

    private void HandOn(EsyncMessage message)
    {
        _observer?.Message(false, message);
        if (message.Type == EsyncType.StartDownload)
        {
            HandOut(message.Body.Package);
        }
        else if (message is { Type: EsyncType.IncrementalFailed, Body: { Package: { } package, Campaign: { } campaign, Ecu: { Encoding: { } encoding, Reason: { } reason } } })
        {
            if ((campaign.Id, package.Type) == _underWay)
            {
                _incrementalFailures.Add(new IncrementalFailure(encoding, reason));
            }
        }
        else if (_awaited.Length > 0 && message.ReplyTo == _awaited)
        {
            _answer = message;
            _answered.Set();
        }
    }

    private void Acknowledge(EsyncMessage message, string epoch, int handedOn) => _link.Publish(_topics.ToVehicle, EsyncJson.Encode(new EsyncMessage
    {
        Type = EsyncType.Acknowledge,
        Epoch = epoch,
        Body = new EsyncBody
        {
            Package = new EsyncPackage { Type = message.Body.Package.Type, Name = message.Body.Package.Name },
            Sequence = handedOn,
        },
    }));

    private void HandOut(EsyncPackage wanted)
    {
        string sha256 = wanted.VersionList?.Values.FirstOrDefault()?.Sha256 ?? string.Empty;
        if (_packages.TryGetValue(sha256, out byte[]? file))
        {
            _link.Publish(_topics.Package(sha256), file);
        }
    }
}
