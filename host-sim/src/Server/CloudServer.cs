// A server: all campaigns of its database, and the vehicles that it speaks with. What people and programs want of it (the command line, the
// interface over HTTP, a bench's page) they want here.
// Invariants: everything in here belongs to the pump's thread; what the database has running is run, whoever began it; a campaign's
// packages are in the store before the campaign is. Messages of what cannot be done say what to do.
// It must not know HTTP, screens or files.
// Tests: tests/host-sim/Server/CloudServerTests.cs, SeveralServersTests.cs.
using EsyncSim.Bus;

namespace EsyncSim.Server;

/// <summary>Runs all campaigns of a database.</summary>
public sealed class CloudServer
{
    private readonly VirtualTime _time;
    private readonly IMessageLink _link;
    private readonly IDirectorObserver? _observer;
    private readonly SimEvent _look;
    private readonly SimSignal _ended;
    private readonly Dictionary<string, (CampaignDirector Director, Task Run)> _running = [];
    private Exception? _failure;
    private long _seenVersion = -1;
    private bool _isStopped;

    /// <summary>A server; it does nothing before <see cref="Start"/>.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="link">Where the vehicles are.</param>
    /// <param name="store">The database.</param>
    /// <param name="name">Its name: another one than any other server of the database has.</param>
    /// <param name="observer">Hears how campaigns go.</param>
    public CloudServer(VirtualTime time, IMessageLink link, CloudStore store, string name, IDirectorObserver? observer = null)
    {
        _time = time;
        _link = link;
        _observer = observer;
        Store = store;
        Served = new ServedVehicles(time, link, store, name);
        _look = time.CreateEvent(Look);
        _ended = new SimSignal(time);
    }

    /// <summary>The database.</summary>
    public CloudStore Store { get; }

    /// <summary>The vehicles that it speaks with.</summary>
    public ServedVehicles Served { get; }

    /// <summary>
    /// True: servers share what vehicles announce, each hears some of it. False: it hears all, where the broker serves no other server, or
    /// cannot share; the first one that asks for a vehicle's lease has it.
    /// </summary>
    public bool SharesAnnouncements { get; init; } = true;

    private string Announcements => SharesAnnouncements ? Topics.SharedAnnouncements : Topics.AllAnnouncements;

    /// <summary>Listens to vehicles, and goes on with what the database has running.</summary>
    public void Start()
    {
        _link.Subscribe(Announcements, Announced);
        Look();
    }

    /// <summary>Falls silent and gives its vehicles free. What is under way another server goes on with, or this one when it starts again.</summary>
    public void Stop()
    {
        Kill();
        Served.Stop();
        _ended.Set();
    }

    /// <summary>Ends when the server is stopped, or with what kept it from going on.</summary>
    public async Task RunAsync()
    {
        while (!_isStopped && _failure is null)
        {
            await _ended.Wait(-1);
        }

        Rethrow();
    }

    /// <summary>Ends when a campaign has, or with what kept it from going on.</summary>
    public async Task RunToEndAsync(string id)
    {
        if (_running.TryGetValue(id, out (CampaignDirector Director, Task Run) running))
        {
            await running.Run;
        }

        Rethrow();
    }

    /// <summary>Stores a campaign, with its packages; one that is there already stays as it is.</summary>
    /// <exception cref="UserErrorException">There is another one under this name, or a file is no package.</exception>
    public StoredCampaign Draft(CampaignPlan plan)
    {
        StoredCampaign draft = plan.Draft();
        if (Store.FindCampaign(draft.Id) is { } there)
        {
            there.RequireSame(draft);
            if (Store.Campaigns.PlanOf(there.Id) is not null)
            {
                return there;
            }

            // A server of before kept the packages to itself.
            draft = there;
        }

        // All that cannot be run is told now.
        plan.Campaign.Begin();
        foreach (CampaignTarget target in plan.Campaign.Targets.Concat(plan.Campaign.Rollbacks))
        {
            Store.Packages.Add(target.File, target.PackageName);
        }

        Store.Campaigns.Save(draft, PlanForm.Of(plan));
        return draft;
    }

    /// <summary>Begins a draft; one that has begun already goes on.</summary>
    /// <exception cref="UserErrorException">It is not there, is over, or its filter finds no vehicle.</exception>
    public StoredCampaign Begin(string id)
    {
        StoredCampaign campaign = Require(id);
        if (campaign.State != CampaignState.Draft)
        {
            return campaign.IsOver ? throw Wrong($"campaign {id} is over ({campaign.State}); give it another name to run it again") : campaign;
        }

        PlanForm plan = Store.Campaigns.PlanOf(id) ?? throw Wrong($"campaign {id} was stored by an older server, which kept its packages elsewhere; start it with `esync server --campaign FILE`");
        IEnumerable<string> found = plan.Select is { } select ? Store.Inventory.Select(select.ClassId, select.Ecu, select.Version) : [];
        string[] vehicles = [.. plan.Vehicles.Union(found)];
        if (vehicles.Length == 0)
        {
            throw Wrong($"campaign {id} is for no vehicle: none that the server knows has what `select` asks for; `esync campaign list --vehicles` says what is known");
        }

        StoredCampaign begun = campaign with { State = CampaignState.Running };
        Store.Campaigns.Save(begun, plan with { Vehicles = vehicles });
        _observer?.Changed(begun);
        TakeUp(begun);
        return begun;
    }

    /// <summary>Stores a campaign and begins it.</summary>
    /// <exception cref="UserErrorException">As for <see cref="Draft"/> and <see cref="Begin"/>.</exception>
    public StoredCampaign StartNow(CampaignPlan plan)
    {
        StoredCampaign stored = Draft(plan);
        if (stored.State == CampaignState.Draft)
        {
            return Begin(stored.Id);
        }

        TakeUp(stored);
        return stored;
    }

    /// <summary>Lets no further vehicle begin.</summary>
    /// <exception cref="UserErrorException">It is not there, or does not run.</exception>
    public StoredCampaign Pause(string id, string why) => Turn(id, [CampaignState.Running, CampaignState.Paused], director => director.Pause(why), "it can be paused while it runs");

    /// <summary>Lets vehicles begin again.</summary>
    /// <exception cref="UserErrorException">It is not there, or was not paused.</exception>
    public StoredCampaign Resume(string id) => Turn(id, [CampaignState.Paused, CampaignState.Running], director => director.Resume(), "only a paused one can be resumed");

    /// <summary>Gives a campaign up; those under way stop where they can.</summary>
    /// <exception cref="UserErrorException">It is not there, or over.</exception>
    public StoredCampaign Cancel(string id, string why)
    {
        StoredCampaign campaign = Require(id);
        if (campaign.State == CampaignState.Draft)
        {
            StoredCampaign cancelled = campaign with { State = CampaignState.Cancelled, Why = why };
            Store.Save(cancelled);
            return cancelled;
        }

        return Turn(id, [CampaignState.Running, CampaignState.Paused, CampaignState.Cancelled], director => director.Cancel(why), "it is over already");
    }

    /// <summary>Notes a person's word about a vehicle, which counts once.</summary>
    /// <exception cref="UserErrorException">There is no such campaign or vehicle, nobody is asked, or there was another word before.</exception>
    public StoredConsent Consent(string id, string vin, bool isGiven, string by)
    {
        StoredCampaign campaign = Require(id);
        PlanForm? plan = Store.Campaigns.PlanOf(id);
        if (plan is not { IsConsentRequired: true })
        {
            throw Wrong($"campaign {id} asks nobody for consent; write `consent: required` into one that shall");
        }

        if (campaign.IsOver || !(plan.Vehicles.Contains(vin) || (campaign.State == CampaignState.Draft && plan.Select is not null)))
        {
            throw Wrong(campaign.IsOver ? $"campaign {id} is over ({campaign.State})" : $"campaign {id} is not for {vin}; its vehicles are in `esync campaign show {id}`");
        }

        bool isFirst = _running.TryGetValue(id, out (CampaignDirector Director, Task Run) running) ? running.Director.Consent(vin, isGiven, by) : Store.Campaigns.TryConsent(id, vin, isGiven, by);
        StoredConsent said = Store.Campaigns.ConsentsOf(id).First(consent => consent.Vin == vin);
        return isFirst || said.IsGiven == isGiven ? said : throw Wrong($"{said.By} {(said.IsGiven ? "has consented" : "did not consent")} for {vin} before; a word counts once");
    }

    /// <summary>Who directs a campaign that runs here; null when it does not.</summary>
    public CampaignDirector? DirectorOf(string id) => _running.TryGetValue(id, out (CampaignDirector Director, Task Run) running) ? running.Director : null;

    /// <summary>Ends as a server that is killed does: nothing more is said or stored, and its leases last until they are over.</summary>
    internal void Kill()
    {
        _isStopped = true;
        _look.Cancel();
        _link.Unsubscribe(Announcements);
        Served.Silence();
    }

    private static UserErrorException Wrong(string message) => new(ExitCode.BadUsage, message);

    private StoredCampaign Require(string id) => Store.FindCampaign(id) ?? throw new UserErrorException(ExitCode.BadFile, $"there is no campaign {id}; `esync campaign list` has all");

    private StoredCampaign Turn(string id, CampaignState[] from, Action<CampaignDirector> turn, string why)
    {
        StoredCampaign campaign = Require(id);
        if (!from.Contains(campaign.State))
        {
            throw Wrong($"campaign {id} is {campaign.State}: {why}");
        }

        TakeUp(campaign);
        turn(_running[id].Director);
        return Require(id);
    }

    private void Look()
    {
        if (Store.ForeignVersion is var version && version != _seenVersion)
        {
            _seenVersion = version;
            foreach (StoredCampaign campaign in Store.Campaigns.All.Where(campaign => campaign.State != CampaignState.Draft && (!campaign.IsOver || Store.Open(campaign.Id).Count > 0)))
            {
                TakeUp(campaign);
            }
        }

        _look.After(CampaignDirector.LookNs);
    }

    private void TakeUp(StoredCampaign campaign)
    {
        if (!_running.ContainsKey(campaign.Id) && Store.Campaigns.PlanOf(campaign.Id) is { } form)
        {
            CampaignPlan plan = form.ToPlan(campaign.Id, campaign.Text, sha256 => Store.Packages.BytesOf(sha256) ?? throw Wrong($"package {sha256} of campaign {campaign.Id} is not in the store"));
            CampaignDirector director = new(_time, Served, Store, plan, _observer);
            _running[campaign.Id] = (director, Task.CompletedTask);
            _running[campaign.Id] = (director, RunAsync(director));
        }
    }

    private async Task RunAsync(CampaignDirector director)
    {
        try
        {
            await director.RunAsync();
        }
        catch (Exception exception) when (!_isStopped)
        {
            // The database or the disk: nothing goes on without them, so that the server ends with it.
            _failure = exception;
            _ended.Set();
        }
    }

    private void Rethrow()
    {
        if (_failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_failure);
        }
    }

    private void Announced(string topic, ReadOnlyMemory<byte> payload)
    {
        if (!_isStopped && Topics.VehicleOf(topic) is { } vin && EsyncJson.TryDecode(payload) is { Type: EsyncType.Announce } message)
        {
            Served.Announced(vin, message);
        }
    }
}
