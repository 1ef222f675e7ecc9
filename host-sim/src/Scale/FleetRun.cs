// A fleet and its server in one process: a world for each vehicle and one for the server, on as many threads as there are cores, with
// a WindowNetwork between them. Not the wall clock but the windows hold them together.
// Invariants: one seed gives the same run whatever the number of threads; the server is the one of `esync server`, on a database in
// memory; what counts as updated is what the ECUs report after the campaign, and the server's word is compared with it.
// Tests: tests/host-sim/Scale/FleetRunTests.cs.
using System.Globalization;
using EsyncSim.Bus;
using EsyncSim.Server;

namespace EsyncSim.Scale;

/// <summary>Runs a fleet with its server.</summary>
public sealed class FleetRun : IDirectorObserver
{
    // Some day and a half of virtual time: no campaign that is sound takes it.
    private const long RunNsMax = 130_000 * VirtualTime.NsPerSecond;

    // 2026-01-01: campaigns have windows.
    private const long BeginUtcMs = 1_767_225_600_000;

    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(1);

    private readonly FleetOptions _options;
    private readonly FleetSoftware _software;
    private readonly WindowNetwork _network;
    private readonly VirtualTime _serverTime = new();
    private readonly FleetVehicle[] _vehicles;
    private int _ended;

    private FleetRun(FleetSoftware software, FleetOptions options)
    {
        _options = options;
        _software = software;
        _network = new WindowNetwork(options.Seed, options.LossyPercent);
        _vehicles = [.. Enumerable.Range(options.First, options.Vehicles).Select(number => new FleetVehicle(software, number, options.Seed, options.IsBad(number)))];
    }

    /// <summary>Runs a campaign over a fleet.</summary>
    public static FleetReport Run(FleetSoftware software, FleetOptions options)
    {
        FleetMeter meter = new();
        return new FleetRun(software, options).Run(meter);
    }

    /// <inheritdoc/>
    void IDirectorObserver.Changed(StoredCampaign campaign)
    {
    }

    /// <inheritdoc/>
    void IDirectorObserver.Message(string vehicle, bool isToVehicle, EsyncMessage message)
    {
    }

    /// <inheritdoc/>
    void IDirectorObserver.Ended(string vehicle, VehicleCampaign state) => _ended++;

    private FleetReport Run(FleetMeter meter)
    {
        CampaignPlan plan = _options.Plan ?? BuiltIn();
        int epochs = 0;
        using CloudStore store = CloudStore.Open(
            null, () => BeginUtcMs + (_serverTime.NowNs / VirtualTime.NsPerMs), () => string.Create(CultureInfo.InvariantCulture, $"server-{++epochs}"));
        CampaignDirector director = new(_serverTime, _network.Join(_serverTime, "server"), store, plan, this);
        IMessageLink[] links = [.. _vehicles.Select(vehicle => _network.Join(vehicle.Time, vehicle.Vin))];
        meter.Start();
        ForAll(index => _vehicles[index].Start(links[index]));
        RunToEnd(director, meter);
        FleetMeasured measured = meter.Stop(_vehicles.Length, _ended, _options.Cores, _network.PublishedCount);
        return Report(director, plan, measured);
    }

    private CampaignPlan BuiltIn() => new()
    {
        Campaign = _software.Campaign("fleet", _options.Mode),
        Vehicles = [.. _vehicles.Select(vehicle => vehicle.Vin)],
        ParallelMax = _options.ParallelMax ?? _vehicles.Length,
        Abort = _options.AbortRate is { } rate ? new AbortRule(rate, AtLeast: 5) : null,
        Text = "fleet",
    };

    private void RunToEnd(CampaignDirector director, FleetMeter meter)
    {
        Task? work = null;
        TimeSpan told = TimeSpan.Zero;
        for (long endNs = WindowNetwork.WindowNs; work is not { IsCompleted: true }; endNs += WindowNetwork.WindowNs)
        {
            _options.Stop.ThrowIfCancellationRequested();
            ForAll(index => _vehicles[index].RunTo(endNs));
            _serverTime.Run(async () =>
            {
                work ??= director.RunAsync();
                await _serverTime.Delay(endNs - _serverTime.NowNs);
            });
            _network.Exchange();
            if (endNs > RunNsMax)
            {
                throw new TimeoutException($"the campaign has come to no end: {director.Vehicles.Count(vehicle => vehicle.State is { HasEnded: true })} of {_vehicles.Length} vehicles have ended");
            }

            if (meter.Elapsed - told > ProgressEvery)
            {
                told = meter.Elapsed;
                _options.Progress?.Invoke(new FleetProgress(_ended, endNs / 1e9, _network.PublishedCount));
            }
        }

        work.GetAwaiter().GetResult();
    }

    private FleetReport Report(CampaignDirector director, CampaignPlan plan, FleetMeasured measured)
    {
        IReadOnlyList<EcuCheck>[] checks = new IReadOnlyList<EcuCheck>[_vehicles.Length];
        double virtualSeconds = _serverTime.NowNs / 1e9;
        ForAll(index => checks[index] = _vehicles[index].Check());
        Dictionary<string, DirectedVehicle> states = director.Vehicles.ToDictionary(vehicle => vehicle.Vin);
        bool[] isConfirmed = [.. checks.Select(check => IsAsWanted(plan.Campaign, check))];
        return new FleetReport
        {
            Seed = _options.Seed,
            Vehicles = _vehicles.Length,
            Ecus = [.. _software.Ecus.Select(ecu => ecu.Name)],
            LossyPercent = _options.LossyPercent,
            BadVehicles = _vehicles.Count(vehicle => vehicle.IsBad),
            Campaign = director.Stands.State.ToString(),
            Confirmed = isConfirmed.Count(one => one),
            Running = FleetCount.Of(checks.SelectMany(check => check).Select(check => $"{check.Ecu} {check.Version} {check.State}")),
            Ends = FleetCount.Of(director.Vehicles.Where(vehicle => vehicle.State is not null).SelectMany(vehicle => vehicle.State!.Targets).Select(target => $"{target.End} {target.Reason}".Trim())),
            Contradictions = _vehicles.Where((vehicle, index) => states.TryGetValue(vehicle.Vin, out DirectedVehicle? state) && state.IsGood != isConfirmed[index]).Count(),
            VirtualSeconds = virtualSeconds,
            Messages = _network.PublishedCount,
            MessagesLost = _network.LostCount,
            MessageBytes = _network.ByteCount,
            BusFrames = _vehicles.Sum(vehicle => vehicle.Bus.FrameCount),
            Measured = measured,
        };
    }

    private static bool IsAsWanted(Campaign campaign, IReadOnlyList<EcuCheck> checks) => campaign.Targets
        .Where(target => target.Part == TargetPart.Application)
        .All(target => checks.Any(check => check.Ecu == target.Ecu && check.Version == target.Version && check.IsConfirmed));

    private void ForAll(Action<int> act) => FleetCount.ForAll(_vehicles.Length, _options.Cores, act);
}
