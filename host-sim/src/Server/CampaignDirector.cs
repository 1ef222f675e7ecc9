// Takes many vehicles through one campaign: so many at the same time, within a window, until all have ended or too many have failed.
// Each vehicle has a CampaignServer of its own; all share one link.
// Invariants: a vehicle that has begun goes on to its end, whatever becomes of the campaign; outside the window, paused, aborted or
// cancelled none begins. How the campaign stands is stored before it has an effect, and what was not drawn from it yet (an abort, a
// cancellation of those under way) is drawn again by whoever starts next on the store.
// It must not know what vehicles are asked.
// Tests: tests/host-sim/Server/CampaignDirectorTests.cs, tests/Vehicle/DirectedVehicleTests.cs.
using EsyncSim.Bus;

namespace EsyncSim.Server;

/// <summary>Hears how a campaign goes.</summary>
public interface IDirectorObserver
{
    /// <summary>The campaign stands differently.</summary>
    void Changed(StoredCampaign campaign);

    /// <summary>A message was sent to a vehicle (true) or came from it (false). Repetitions are not told.</summary>
    void Message(string vehicle, bool isToVehicle, EsyncMessage message);

    /// <summary>A vehicle has ended.</summary>
    void Ended(string vehicle, VehicleCampaign state);
}

/// <summary>Where a vehicle is.</summary>
/// <param name="Vin">Its identification number.</param>
/// <param name="State">Its state; null when it has not begun.</param>
public sealed record DirectedVehicle(string Vin, VehicleCampaign? State)
{
    /// <summary>True when all its targets have what the campaign wanted.</summary>
    public bool IsGood => State is { HasEnded: true } && State.Targets.All(target => target.IsGood);
}

/// <summary>Runs one campaign over its vehicles.</summary>
public sealed class CampaignDirector
{
    // A wall clock may be set anew while a window is waited for.
    private const long LookMsMax = 60_000;

    private readonly VirtualTime _time;
    private readonly IMessageLink _link;
    private readonly CloudStore _store;
    private readonly CampaignPlan _plan;
    private readonly IDirectorObserver? _observer;
    private readonly SimSignal _changed;
    private readonly List<Vehicle> _vehicles;

    /// <summary>Takes a campaign up: a new one as a draft, one that is in the store as it stands there.</summary>
    /// <exception cref="UserErrorException">The store has another campaign under this name.</exception>
    public CampaignDirector(VirtualTime time, IMessageLink link, CloudStore store, CampaignPlan plan, IDirectorObserver? observer = null)
    {
        _time = time;
        _link = link;
        _store = store;
        _plan = plan;
        _observer = observer;
        _changed = new SimSignal(time);
        _vehicles = [.. plan.Vehicles.Select(vin => new Vehicle(vin, store.Of(vin), plan.Campaign.Id))];
        StoredCampaign campaign = new(plan.Campaign.Id, plan.Text, plan.FilesDigest, CampaignState.Draft, string.Empty);
        Stands = store.FindCampaign(campaign.Id) ?? campaign;
        if (Stands.Text != campaign.Text || Stands.FilesDigest != campaign.FilesDigest)
        {
            string what = Stands.Text != campaign.Text ? "another text" : "other package files";
            throw new UserErrorException(ExitCode.BadFile, $"the database has a campaign {campaign.Id} already, with {what}; a campaign stays as it began: give the new one another name at `campaign:`");
        }

        if (Stands.State == CampaignState.Draft)
        {
            store.Save(Stands);
        }
    }

    /// <summary>Longest wait for an answer of a vehicle, in nanoseconds.</summary>
    public long AnswerNsMax { get; init; } = 600 * VirtualTime.NsPerSecond;

    /// <summary>Signs vehicle manifests; null sends none.</summary>
    public FleetSigner? Fleet { get; init; }

    /// <summary>How the campaign stands.</summary>
    public StoredCampaign Stands { get; private set; }

    /// <summary>Where each vehicle is, in the plan's order.</summary>
    public IReadOnlyList<DirectedVehicle> Vehicles => [.. _vehicles.Select(vehicle => new DirectedVehicle(vehicle.Vin, vehicle.Ended ?? vehicle.Server?.UnderWay ?? vehicle.Left))];

    /// <summary>Runs the campaign until nothing is under way and nothing can begin any more; one that is paused waits.</summary>
    public async Task RunAsync()
    {
        if (Stands.State == CampaignState.Draft)
        {
            Become(CampaignState.Running, string.Empty);
        }

        foreach (Vehicle vehicle in _vehicles.Where(vehicle => vehicle.Left is not null))
        {
            TakeUp(vehicle);
        }

        while (true)
        {
            await CollectAsync();
            Judge();
            long? waitNs = BeginNext();
            bool isWaiting = waitNs is not null || Stands.State == CampaignState.Paused;
            if (UnderWayCount == 0 && !isWaiting)
            {
                break;
            }

            await _changed.Wait(waitNs ?? -1);
        }

        if (Stands.State == CampaignState.Running)
        {
            Become(CampaignState.Done, string.Empty);
        }
    }

    /// <summary>Lets no further vehicle begin until <see cref="Resume"/>.</summary>
    public void Pause(string why) => Turn(CampaignState.Paused, why, CampaignState.Draft, CampaignState.Running);

    /// <summary>Lets vehicles begin again after <see cref="Pause"/>.</summary>
    public void Resume() => Turn(CampaignState.Running, string.Empty, CampaignState.Paused);

    /// <summary>Gives the campaign up, for those under way as far as it can be: see <see cref="CampaignMachine.Cancelled"/>.</summary>
    public void Cancel(string why) => Turn(CampaignState.Cancelled, why, CampaignState.Draft, CampaignState.Running, CampaignState.Paused);

    private int UnderWayCount => _vehicles.Count(vehicle => vehicle.Run is not null);

    private void Turn(CampaignState state, string why, params CampaignState[] from)
    {
        if (from.Contains(Stands.State))
        {
            Become(state, why);
            _changed.Set();
        }
    }

    private void Become(CampaignState state, string why)
    {
        StoredCampaign next = Stands with { State = state, Why = why };
        _store.Save(next);
        Stands = next;
        _observer?.Changed(next);
    }

    // One that ended may still wait for its last acknowledgement, so it is listened to as well.
    private void TakeUp(Vehicle vehicle)
    {
        if (vehicle.Left!.HasEnded)
        {
            vehicle.Ended = vehicle.Left;
            vehicle.Server = Serve(vehicle);
        }
        else
        {
            Begin(vehicle);
        }
    }

    private CampaignServer Serve(Vehicle vehicle) =>
        new(_time, _link, new Topics(vehicle.Vin), vehicle.Store, new Ear(this, vehicle.Vin)) { AnswerNsMax = AnswerNsMax, Fleet = Fleet };

    private void Begin(Vehicle vehicle)
    {
        vehicle.Server = Serve(vehicle);
        vehicle.Run = RunAsync(vehicle.Server);
    }

    private async Task RunAsync(CampaignServer server)
    {
        try
        {
            await server.RunAsync(_plan.Campaign);
        }
        finally
        {
            _changed.Set();
        }
    }

    private async Task CollectAsync()
    {
        foreach (Vehicle vehicle in _vehicles.Where(vehicle => vehicle.Run is { IsCompleted: true }))
        {
            await vehicle.Run!;
            vehicle.Run = null;
            vehicle.Ended = vehicle.Store.Find(_plan.Campaign.Id);
            _observer?.Ended(vehicle.Vin, vehicle.Ended!);
        }
    }

    private void Judge()
    {
        int ended = _vehicles.Count(vehicle => vehicle.Ended is not null);
        int failed = _vehicles.Count(vehicle => vehicle.Ended is { } state && state.Targets.Any(target => !target.IsGood));
        if (Stands.State is CampaignState.Running or CampaignState.Paused && _plan.Abort?.IsExceeded(failed, ended) == true)
        {
            Become(CampaignState.Aborted, $"{failed} of {ended} vehicles failed, more than {_plan.Abort.FailureRate} %");
        }

        foreach (Vehicle vehicle in Stands.State == CampaignState.Cancelled ? _vehicles.Where(vehicle => vehicle.Run is not null) : [])
        {
            vehicle.Server!.Cancel(Stands.Why);
        }
    }

    // How long until a vehicle may begin, in nanoseconds; null when none waits for the time alone.
    private long? BeginNext()
    {
        Vehicle[] waiting = [.. _vehicles.Where(vehicle => vehicle.Run is null && vehicle.Ended is null)];
        CampaignWindow window = _plan.Window ?? new CampaignWindow(0, long.MaxValue);
        long nowMs = _store.NowMs;
        if (Stands.State != CampaignState.Running || waiting.Length == 0 || nowMs >= window.ToMs)
        {
            return null;
        }

        if (nowMs < window.FromMs)
        {
            return Math.Min(window.FromMs - nowMs, LookMsMax) * VirtualTime.NsPerMs;
        }

        foreach (Vehicle vehicle in waiting.Take(Math.Max(_plan.ParallelMax - UnderWayCount, 0)))
        {
            Begin(vehicle);
        }

        return null;
    }

    private void Heard(string vehicle, bool isToVehicle, EsyncMessage message)
    {
        _observer?.Message(vehicle, isToVehicle, message);
        if (Stands.State == CampaignState.Cancelled)
        {
            // What a vehicle was being asked when all was given up is answered now: it can stop here.
            _changed.Set();
        }
    }

    private sealed class Vehicle(string vin, ICampaignStore store, string campaign)
    {
        public string Vin => vin;

        public ICampaignStore Store => store;

        /// <summary>What a director before this one left.</summary>
        public VehicleCampaign? Left { get; } = store.Find(campaign);

        public CampaignServer? Server { get; set; }

        public Task? Run { get; set; }

        public VehicleCampaign? Ended { get; set; }
    }

    private sealed class Ear(CampaignDirector director, string vehicle) : ICampaignObserver
    {
        public void Message(bool isToVehicle, EsyncMessage message) => director.Heard(vehicle, isToVehicle, message);
    }
}
