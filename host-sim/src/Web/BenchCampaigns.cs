// Updates by button: campaigns for the vehicle on the bench, with packages that are signed when they are wanted.
// Invariants: one campaign at a time, whose name no campaign before it had; how it stands is in the database, as with any server's.
// Tests: tests/host-sim/Web/BenchTests.cs.
using System.Globalization;
using System.Text;
using System.Text.Json;
using EsyncSim.Bus;
using EsyncSim.Server;

namespace EsyncSim.Web;

/// <summary>An order to update.</summary>
/// <param name="Ecus">Names of the ECUs; null or empty for all.</param>
/// <param name="Release">Version that they are to run.</param>
/// <param name="Mode">all-or-nothing or independent.</param>
/// <param name="Failing">An ECU that gets a release which fails its trial; null for none.</param>
/// <param name="Consent">True: it waits for consent.</param>
public sealed record UpdateOrder(IReadOnlyList<string>? Ecus = null, string? Release = null, string? Mode = null, string? Failing = null, bool Consent = false);

/// <summary>An order was taken.</summary>
/// <param name="Text">What follows, for people.</param>
/// <param name="Campaign">Name of the campaign; null when it made none.</param>
public sealed record OrderDone(string Text, string? Campaign = null);

/// <summary>Campaigns by button.</summary>
internal sealed class BenchCampaigns : IDirectorObserver
{
    private const string EcuPrefix = "/ECU/";

    private readonly VehicleOnBench _bench;

    /// <summary>Starts the server of a bench, which goes on with what its database has running.</summary>
    public BenchCampaigns(VehicleOnBench bench)
    {
        _bench = bench;
        Server = new CloudServer(bench.Time, bench.Network.Join("server"), bench.Store, "bench", this);
        Server.Start();
    }

    /// <summary>The server.</summary>
    public CloudServer Server { get; }

    /// <summary>Begins a campaign.</summary>
    /// <exception cref="UserErrorException">The order is not sound, one is under way, or the keys are used up.</exception>
    public OrderDone Begin(UpdateOrder order)
    {
        IReadOnlyList<string> ecus = order.Ecus is { Count: > 0 } named ? named : _bench.Head.Ecus;
        string release = order.Release ?? "2.0.0";
        string mode = order.Mode ?? "all-or-nothing";
        RequireSound(order, ecus, release, mode);
        CampaignTarget[] targets = [.. ecus.Select(ecu => _bench.Target(ecu, ecu == order.Failing ? VehicleOnBench.FaultyRelease(ecu) : release))];
        string id = string.Create(CultureInfo.InvariantCulture, $"bench-{DateTimeOffset.FromUnixTimeMilliseconds(_bench.NowMs):yyyyMMdd-HHmmss-fff}");
        Server.StartNow(new CampaignPlan
        {
            Campaign = new Campaign(id, targets) { Mode = mode == "independent" ? CampaignMode.Independent : CampaignMode.AllOrNothing, IsConsentRequired = order.Consent },
            Vehicles = [_bench.Vehicle],
            Text = TextOf(id, mode, order.Consent, targets),
        });
        return new OrderDone($"campaign {id}: {string.Join(", ", targets.Select(target => $"{target.Ecu} to {target.Version}"))}", id);
    }

    /// <inheritdoc/>
    public void Changed(StoredCampaign campaign)
    {
        // The events of the database tell it.
    }

    /// <inheritdoc/>
    public void Message(string vehicle, bool isToVehicle, EsyncMessage message)
    {
        if (!isToVehicle && message.Body.Package.Status is { } status)
        {
            string ecu = message.Body.Package.Type.StartsWith(EcuPrefix, StringComparison.Ordinal) ? message.Body.Package.Type[EcuPrefix.Length..] : string.Empty;
            bool isBad = status is EsyncStatus.InstallFailed or EsyncStatus.DownloadDenied;
            bool isWarning = status is EsyncStatus.InstallRollback or EsyncStatus.DownloadPostponed;
            _bench.Note(ecu, isBad ? "bad" : isWarning ? "warn" : status == EsyncStatus.InstallCompleted ? "good" : "info", $"{status}{(message.Body.Package.Message is { Length: > 0 } text ? $": {text}" : string.Empty)}");
        }
    }

    /// <inheritdoc/>
    public void Ended(string vehicle, VehicleCampaign state)
    {
        // As above.
    }

    private static string TextOf(string id, string mode, bool isConsentRequired, IEnumerable<CampaignTarget> targets)
    {
        using MemoryStream text = new();
        using (Utf8JsonWriter json = new(text))
        {
            json.WriteStartObject();
            json.WriteString("campaign", id);
            json.WriteString("mode", mode);
            json.WriteString("consent", isConsentRequired ? "required" : "none");
            json.WriteStartArray("targets");
            foreach (CampaignTarget target in targets)
            {
                json.WriteStartObject();
                json.WriteString("ecu", target.Ecu);
                json.WriteString("package", target.PackageName);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.ToArray());
    }

    private void RequireSound(UpdateOrder order, IReadOnlyList<string> ecus, string release, string mode)
    {
        BenchHead head = _bench.Head;
        string? wrong =
            ecus.FirstOrDefault(ecu => !head.Ecus.Contains(ecu)) is { } strange ? $"there is no ECU {strange} on this bench; there are {string.Join(", ", head.Ecus)}"
            : ecus.Distinct().Count() != ecus.Count ? "an ECU stands twice"
            : ecus.Any(ecu => !head.Releases[ecu].Contains(release)) ? $"there is no release {release}; there are {string.Join(", ", head.Releases[ecus[0]])}"
            : mode is not ("all-or-nothing" or "independent") ? $"the mode is all-or-nothing or independent, not {mode}"
            : order.Failing is { } failing && !ecus.Contains(failing) ? $"{failing} is to fail, but is not updated"
            : _bench.Store.Campaigns.All.FirstOrDefault(campaign => campaign.State != CampaignState.Draft && (!campaign.IsOver || _bench.Store.Open(campaign.Id).Count > 0)) is { } open ? $"campaign {open.Id} is under way; wait for its end, or abort it"
            : null;
        if (wrong is not null)
        {
            throw new UserErrorException(ExitCode.BadUsage, wrong);
        }
    }
}
