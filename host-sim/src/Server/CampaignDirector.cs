// Takes many vehicles through one campaign: so many at the same time, within a window, until all have ended or too many have failed.
// Each vehicle has a CampaignServer of its own; all share one link. Several servers of one database may direct the same campaign: each
// takes the vehicles that it has the lease of, and hears from the database what the others do.
// Invariants: a vehicle that has begun goes on to its end, whatever becomes of the campaign; outside the window, paused, aborted or
// cancelled none begins. How the campaign stands is stored before it has an effect, and what was not drawn from it yet (an abort, a
// cancellation or consents of those under way) is drawn again by whoever looks next at the store.
// It must not know what vehicles are asked.
// Tests: tests/host-sim/Server/CampaignDirectorTests.cs, SeveralServersTests.cs, tests/Vehicle/DirectedVehicleTests.cs.
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
    /// <summary>How often it looks what other servers and people have done, in nanoseconds.</summary>
    public const long LookNs = 5 * VirtualTime.NsPerSecond;

    private readonly CloudStore _store;
    private readonly CampaignPlan _plan;
    private readonly ServedVehicles _served;
    private readonly bool _isAlone;
    private readonly IDirectorObserver? _observer;
    private readonly SimSignal _changed;
    private readonly Dictionary<string, Vehicle> _vehicles;
    private long _seenVersion = -1;

    /// <summary>Takes a campaign up: a new one as a draft, one that is in the store as it stands there. The vehicles are its own until it ends.</summary>
    /// <exception cref="UserErrorException">The store has another campaign under this name.</exception>
    public CampaignDirector(VirtualTime time, IMessageLink link, CloudStore store, CampaignPlan plan, IDirectorObserver? observer = null)
        : this(time, new ServedVehicles(time, link, store, store.NewName()), store, plan, observer) => _isAlone = true;

    /// <summary>The same with vehicles that the server has for other campaigns too.</summary>
    /// <exception cref="UserErrorException">The store has another campaign under this name.</exception>
    public CampaignDirector(VirtualTime time, ServedVehicles served, CloudStore store, CampaignPlan plan, IDirectorObserver? observer = null)
    {
        _served = served;
        _store = store;
        _plan = plan;
        _observer = observer;
        _changed = new SimSignal(time);
        _vehicles = plan.Vehicles.ToDictionary(vin => vin, vin => new Vehicle(vin));
        StoredCampaign campaign = plan.Draft();
        Stands = store.FindCampaign(campaign.Id) ?? campaign;
        Stands.RequireSame(campaign);
        if (Stands.State == CampaignState.Draft)
        {
            store.Save(Stands);
        }

        Refresh();
    }

    /// <summary>Longest wait for an answer of a vehicle, in nanoseconds.</summary>
    public long AnswerNsMax
    {
        get => _served.AnswerNsMax;
        init => _served.AnswerNsMax = value;
    }

    /// <summary>Signs vehicle manifests; null sends none.</summary>
    public FleetSigner? Fleet
    {
        get => _served.Fleet;
        init => _served.Fleet = value;
    }

    /// <summary>How the campaign stands.</summary>
    public StoredCampaign Stands { get; private set; }

    /// <summary>Where each vehicle is, in the plan's order.</summary>
    public IReadOnlyList<DirectedVehicle> Vehicles => [.. _vehicles.Values.Select(vehicle => new DirectedVehicle(vehicle.Vin, vehicle.Ended ?? vehicle.Server?.UnderWay ?? vehicle.Left))];

    /// <summary>Runs the campaign until nothing is under way and nothing can begin any more, or the server is stopped; one that is paused waits.</summary>
    public async Task RunAsync()
    {
        if (Stands.State == CampaignState.Draft)
        {
            Become(CampaignState.Running, string.Empty);
        }

        _served.Heard += Heard;
        try
        {
            ListenToEnded();
            while (!_served.IsStopped)
            {
                Refresh();
                await CollectAsync();
                Judge();
                TakeUp();
                long? waitNs = BeginNext();
                if (IsFinished)
                {
                    End();
                    return;
                }

                await _changed.Wait(Math.Min(waitNs ?? LookNs, LookNs));
            }
        }
        finally
        {
            _served.Heard -= Heard;
            if (_isAlone)
            {
                _served.Stop();
            }
        }
    }

    /// <summary>Lets no further vehicle begin until <see cref="Resume"/>.</summary>
    public void Pause(string why) => Turn(CampaignState.Paused, why, CampaignState.Draft, CampaignState.Running);

    /// <summary>Lets vehicles begin again after <see cref="Pause"/>.</summary>
    public void Resume() => Turn(CampaignState.Running, string.Empty, CampaignState.Paused);

    /// <summary>Gives the campaign up, for those under way as far as it can be: see <see cref="CampaignMachine.Cancelled"/>.</summary>
    public void Cancel(string why) => Turn(CampaignState.Cancelled, why, CampaignState.Draft, CampaignState.Running, CampaignState.Paused);

    /// <summary>Notes a person's word about a vehicle; false when there was one before, which counts.</summary>
    public bool Consent(string vin, bool isGiven, string by)
    {
        bool isFirst = _store.Campaigns.TryConsent(Stands.Id, vin, isGiven, by);
        _changed.Set();
        return isFirst;
    }

    private int UnderWayCount => _vehicles.Values.Count(vehicle => vehicle.Run is not null);

    private CampaignWindow Window => _plan.Window ?? new CampaignWindow(0, long.MaxValue);

    private bool IsFinished => UnderWayCount == 0 && _vehicles.Values.All(vehicle => vehicle.Ended is not null || vehicle.Left is null)
        && (Stands.IsOver || (Stands.State == CampaignState.Running && (_store.NowMs >= Window.ToMs || _vehicles.Values.All(vehicle => vehicle.Ended is not null))));

    private void End()
    {
        if (Stands.State == CampaignState.Running)
        {
            Become(CampaignState.Done, string.Empty);
        }
    }

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

    // What others have done to the database since the last look, and at first what is there.
    private void Refresh()
    {
        long version = _store.ForeignVersion;
        if (version == _seenVersion)
        {
            return;
        }

        _seenVersion = version;
        if (_store.FindCampaign(Stands.Id) is { } stored && stored.State != Stands.State)
        {
            Stands = stored;
            _observer?.Changed(stored);
        }

        foreach ((string vin, bool hasEnded) in _store.Campaigns.RunsOf(Stands.Id))
        {
            if (_vehicles.TryGetValue(vin, out Vehicle? vehicle) && vehicle is { Run: null, Ended: null })
            {
                vehicle.Left = _store.Find(vin, Stands.Id);
                vehicle.Ended = hasEnded ? vehicle.Left : null;
            }
        }
    }

    // One that ended may still wait for its last acknowledgement.
    private void ListenToEnded()
    {
        foreach (Vehicle vehicle in _vehicles.Values.Where(vehicle => vehicle.Ended is not null))
        {
            vehicle.Server = _served.TryServe(vehicle.Vin);
        }
    }

    private async Task CollectAsync()
    {
        foreach (Vehicle vehicle in _vehicles.Values.Where(vehicle => vehicle.Run is { IsCompleted: true }))
        {
            try
            {
                await vehicle.Run!;
                vehicle.Ended = _store.Find(vehicle.Vin, Stands.Id);
                _observer?.Ended(vehicle.Vin, vehicle.Ended!);
            }
            catch (LeaseLostException)
            {
                // Another server goes on with it.
                vehicle.Left = _store.Find(vehicle.Vin, Stands.Id);
                vehicle.Server = null;
            }

            vehicle.Run = null;
        }
    }

    private void Judge()
    {
        int ended = _vehicles.Values.Count(vehicle => vehicle.Ended is not null);
        int failed = _vehicles.Values.Count(vehicle => vehicle.Ended is { } state && state.Targets.Any(target => !target.IsGood));
        if (Stands.State is CampaignState.Running or CampaignState.Paused && _plan.Abort?.IsExceeded(failed, ended) == true)
        {
            Become(CampaignState.Aborted, $"{failed} of {ended} vehicles failed, more than {_plan.Abort.FailureRate} %");
        }

        foreach (Vehicle vehicle in Stands.State == CampaignState.Cancelled ? _vehicles.Values.Where(vehicle => vehicle.Run is not null) : [])
        {
            vehicle.Server!.Cancel(Stands.Why);
        }

        foreach (StoredConsent consent in _plan.Campaign.IsConsentRequired ? _store.Campaigns.ConsentsOf(Stands.Id) : [])
        {
            if (_vehicles.TryGetValue(consent.Vin, out Vehicle? vehicle) && vehicle is { Run: not null, Server.UnderWay.Consent: ConsentState.Awaited })
            {
                vehicle.Server!.Consent(consent.IsGiven, consent.By);
            }
        }
    }

    // What a director before this one left, or a server that is gone.
    private void TakeUp()
    {
        foreach (Vehicle vehicle in _vehicles.Values.Where(vehicle => vehicle is { Run: null, Ended: null, Left: not null }))
        {
            if (_served.TryServe(vehicle.Vin) is { UnderWay: null } server)
            {
                Begin(vehicle, server);
            }
        }
    }

    private void Begin(Vehicle vehicle, CampaignServer server)
    {
        vehicle.Server = server;
        vehicle.Run = RunAsync(server);
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

    // How long until a vehicle may begin, in nanoseconds; null when none waits for the window.
    private long? BeginNext()
    {
        Vehicle[] waiting = [.. _vehicles.Values.Where(vehicle => vehicle is { Run: null, Ended: null, Left: null })];
        long nowMs = _store.NowMs;
        if (Stands.State != CampaignState.Running || waiting.Length == 0 || nowMs >= Window.ToMs)
        {
            return null;
        }

        if (nowMs < Window.FromMs)
        {
            return (Window.FromMs - nowMs) * VirtualTime.NsPerMs;
        }

        int room = _plan.ParallelMax - _store.Campaigns.UnderWay(Stands.Id);
        HashSet<string> others = room > 0 ? _store.OwnedByOthers(_served.Leases.Owner) : [];
        foreach (Vehicle vehicle in waiting.Where(vehicle => !others.Contains(vehicle.Vin)))
        {
            if (room <= 0)
            {
                break;
            }

            if (_served.TryServe(vehicle.Vin) is { UnderWay: null } server && _store.Campaigns.TryBegin(_plan.Campaign.Begin(), vehicle.Vin, _plan.ParallelMax, _served.Leases))
            {
                Begin(vehicle, server);
                room--;
            }
        }

        return null;
    }

    private void Heard(string vin, bool isToVehicle, EsyncMessage message)
    {
        if (_vehicles.GetValueOrDefault(vin)?.Run is null)
        {
            return;
        }

        _observer?.Message(vin, isToVehicle, message);
        if (Stands.State == CampaignState.Cancelled || _plan.Campaign.IsConsentRequired)
        {
            // What a vehicle was being asked when all was given up is answered now: it can stop here, or it waits for a word that was said.
            _changed.Set();
        }
    }

    private sealed class Vehicle(string vin)
    {
        public string Vin => vin;

        /// <summary>Where it is as the database said last; null when it has not begun.</summary>
        public VehicleCampaign? Left { get; set; }

        public CampaignServer? Server { get; set; }

        public Task? Run { get; set; }

        public VehicleCampaign? Ended { get; set; }
    }
}
