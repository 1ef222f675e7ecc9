// One run of one seed with a list of faults: the world is made, the scenario is played while the faults strike, then
// everything is sound, and a fresh campaign must bring every ECU to the newest release within a bounded time.
// Invariants: the same seed and the same list give the same run, to the frame; whatever goes wrong ends as a broken rule
// with its moment, never as an exception of this class.
// Tests: tests/host-sim/Simulation.
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Data;
using EsyncSim.Server;
using EsyncSim.Vehicle;

namespace EsyncSim.Simulation;

/// <summary>What a run was.</summary>
/// <param name="Broken">The rule that was broken; null when all held.</param>
/// <param name="Struck">Numbers of the faults that really struck.</param>
/// <param name="Hash">Stands for every frame and its moment.</param>
/// <param name="VirtualMs">Virtual time that it took.</param>
/// <param name="FlashOperations">Operations that changed a flash.</param>
/// <param name="Transfers">How often images were sent, by form.</param>
public sealed record SimResult(
    BrokenRule? Broken, IReadOnlySet<int> Struck, ulong Hash, long VirtualMs, long FlashOperations, IReadOnlyDictionary<string, long> Transfers);

/// <summary>Runs a seed.</summary>
public sealed class SimRun : IDataServerObserver
{
    private const long AnswerNsMax = 60 * VirtualTime.NsPerSecond;
    private const long LivenessNsMax = 400 * VirtualTime.NsPerSecond;
    private const long RunNsMax = 3600 * VirtualTime.NsPerSecond;
    private const long OrderNsMax = 20 * VirtualTime.NsPerSecond;
    private const uint StagingAddress = 0x10000000;
    private const int RulesAttemptsMax = 5;
    private const long CollectedMsMax = 4000;
    private static readonly Topics Topics = new("SIM0VEH1C01");

    private readonly Fleet _fleet;
    private readonly Scenario _scenario;
    private readonly VirtualTime _time = new();
    private readonly VirtualBus _bus;
    private readonly RuleBook _rules;
    private readonly FrameHash _hash = new();
    private readonly SimEcu[] _ecus;
    private readonly SimVehicle _vehicle;
    private readonly CampaignServer _server;
    private readonly DataStore? _store;
    private readonly int[] _rulesAsked;
    private readonly FaultInjector _injector;
    private readonly Action<string>? _note;
    private int _campaigns;

    private SimRun(Fleet fleet, Scenario scenario, IBusObserver? observer, Action<string>? note)
    {
        _fleet = fleet;
        _scenario = scenario;
        _note = note;
        _bus = new VirtualBus(_time, (int)fleet.Ecus[0].Definition.Bus.BitRate, "can0", scenario.Seed);
        _bus.Observe(_hash);
        if (observer is not null)
        {
            _bus.Observe(observer);
        }

        _rules = new RuleBook(_time, RuleBook.Create(scenario.HasData));
        VirtualMessageNetwork network = new(_time, scenario.Seed);
        _injector = new FaultInjector(_bus, network);
        _ecus = [.. fleet.Ecus.Take(scenario.EcuCount).Select(ecu => new SimEcu(_bus, ecu, new SeededRandom(scenario.Seed, ecu.Name).NextU64(), _rules, _injector.Note))];
        _rulesAsked = new int[_ecus.Length];
        if (scenario.HasData)
        {
            _store = DataStore.Open(null);
            _ = new DataServer(network.Join("data-server"), _store, this);
        }

        _vehicle = new SimVehicle(_bus, network, Topics, _ecus, _rules, scenario.Seed) { HasCollector = scenario.HasData };
        _server = new CampaignServer(_time, network.Join("server"), Topics, new MemoryCampaignStore("server"), _rules) { AnswerNsMax = AnswerNsMax };
    }

    /// <summary>Runs a scenario with the faults of a list.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="scenario">Steps of the seed.</param>
    /// <param name="faults">The scenario's faults, or some of them.</param>
    /// <param name="observer">Sees every frame; null: nobody does.</param>
    /// <param name="note">Hears in words what happens; null: nobody does.</param>
    public static SimResult Run(Fleet fleet, Scenario scenario, IReadOnlyList<SimFault> faults, IBusObserver? observer = null, Action<string>? note = null)
    {
        SimRun run = new(fleet, scenario, observer, note);
        run.Play(faults);
        run._vehicle.Dispose();
        run._store?.Dispose();
        long operations = run._ecus.Sum(ecu => ecu.Ecu.Flash.Statistics.Erases + ecu.Ecu.Flash.Statistics.Programs);
        return new SimResult(run._rules.Broken, run._injector.Struck, run._hash.Value, run._time.NowNs / VirtualTime.NsPerMs, operations, run._vehicle.Transfers.Counts);
    }

    /// <inheritdoc/>
    void IDataServerObserver.Received(string vehicle, DataBatch batch, IReadOnlyList<DataRecord> records) =>
        _rules.Delivered(_ecus.First(ecu => ecu.Fleet.Name == batch.Ecu).Watch, DataJson.TryParseEpoch(batch.Epoch)!.Value, records);

    private void Play(IReadOnlyList<SimFault> faults)
    {
        try
        {
            _time.Run(() => PlayAsync(faults), RunNsMax);
        }
        catch (RuleBrokenException broken)
        {
            _rules.Note(broken.Rule, broken.Text);
        }
        catch (TimeoutException)
        {
            _rules.Note(RuleBook.Liveness, "the run has come to no end");
        }
        catch (Exception exception)
        {
            _rules.Note(RuleBook.Program, $"{exception.GetType().Name}: {exception.Message}{Environment.NewLine}{exception.StackTrace}");
        }
    }

    private async Task PlayAsync(IReadOnlyList<SimFault> faults)
    {
        foreach (SimEcu ecu in _ecus)
        {
            ecu.Ecu.PowerOn();
        }

        _vehicle.Start();
        _injector.Arm(faults, _ecus, _vehicle);
        foreach (ScenarioStep step in _scenario.Steps)
        {
            Note($"step: {step.Text}");
            await PlayAsync(step);
        }

        _injector.Heal();
        foreach (SimEcu ecu in _ecus)
        {
            ecu.Heal();
        }

        Note("faults have stopped; a fresh campaign follows");
        await EndWellAsync();
        await InstallLastRulesAsync();
        _rules.Calm();

        // Answers and reports that were lost in the end are repeated until they arrive; confirm marks follow in the background.
        await _time.DelayMs(8000);
        if (Lagging() is { Length: > 0 } lagging)
        {
            throw new RuleBrokenException(RuleBook.Liveness, lagging);
        }

        foreach (SimEcu ecu in _ecus)
        {
            ecu.EndRun(CollectedMsMax);
        }

        _rules.RunEnded([.. _ecus.Select(ecu => ecu.Watch)]);
        await FailWithVehicleAsync();
    }

    private async Task PlayAsync(ScenarioStep step)
    {
        switch (step.Kind)
        {
            case StepKind.Campaign:
                await RunCampaignAsync(step.Targets);
                break;
            case StepKind.Query:
                await _server.QueryAsync(_ecus[step.Targets[0].Ecu].Fleet.Name, "query");
                break;
            case StepKind.InstallRules:
                int ecu = step.Targets[0].Ecu;
                _rulesAsked[ecu] = Math.Min(_rulesAsked[ecu] + 1, FleetRules.Count);
                await InstallRulesAsync(ecu);
                break;
            default:
                await OrderAsync(step.Targets[0].Ecu, client =>
                {
                    _ecus[step.Targets[0].Ecu].Watch.RollbackOrders++;
                    return client.RollBackAsync(Fleet.Policy.PresenceMsMax);
                });
                break;
        }

        await FailWithVehicleAsync();
    }

    private async Task<bool> RunCampaignAsync(IReadOnlyList<StepTarget> targets)
    {
        Campaign campaign = new($"campaign-{++_campaigns}", [.. targets.Select(TargetOf)]);
        IReadOnlyList<TargetResult> results = await _server.RunAsync(campaign);
        for (int i = 0; i < results.Count; i++)
        {
            Note($"{results[i].Target.Ecu}: {results[i].Target.Version} {results[i].End} {results[i].Message}");
            _rules.TargetEnded(_ecus[targets[i].Ecu].Watch, results[i]);
        }

        return results.All(result => result.IsGood);
    }

    private CampaignTarget TargetOf(StepTarget target) => new()
    {
        Ecu = _fleet.Ecus[target.Ecu].Name,
        PackageName = target.PackageName,
        Version = target.Version,
        File = target.File,
    };

    // The order goes out by the vehicle's own tester. A client that crashes meanwhile takes it along.
    private async Task<bool> OrderAsync(int ecu, Func<EcuClient, Task> order)
    {
        if (!_vehicle.IsUp)
        {
            return false;
        }

        SimSignal ended = new(_time);
        bool isDone = false;
        _ = SendAsync(_vehicle.Ecus[ecu]);
        await ended.Wait(OrderNsMax);
        return isDone;

        async Task SendAsync(VehicleEcu vehicleEcu)
        {
            using EcuTurn turn = await vehicleEcu.Gate.EnterAsync();
            try
            {
                await order(vehicleEcu.Client);
                isDone = true;
            }
            catch (DiagnosticException refusal)
            {
                Note($"{_ecus[ecu].Fleet.Name}: {refusal.Message}");
            }

            ended.Set();
        }
    }

    private Task<bool> InstallRulesAsync(int ecu)
    {
        SimEcu target = _ecus[ecu];
        int sequence = _rulesAsked[ecu];
        return OrderAsync(ecu, async client =>
        {
            await client.AwaitPresenceAsync(Fleet.Policy.PresenceMsMax);
            await client.SessionAsync(0x03);
            client.Tester.StartKeepAlive();
            try
            {
                await EcuAttempts.EnterProgrammingAsync(client);
                byte[] document = target.Fleet.Rules!.Document(sequence);
                int longest = await client.RequestDownloadAsync(0, StagingAddress, (uint)document.Length);
                await client.TransferAsync(document, longest);
                _rules.RulesAsked(target.Watch, sequence);
                await client.RoutineAsync(0x0215, "install collection rules");
                _rules.RulesInstalled(target.Watch, sequence);
            }
            finally
            {
                client.Tester.StopKeepAlive();
                await client.Tester.TryAsync([0x10, 0x01]);
            }
        });
    }

    // Whatever became of former attempts: now that all is sound, the set that was wanted last is taken.
    private async Task InstallLastRulesAsync()
    {
        for (int ecu = 0; ecu < _ecus.Length; ecu++)
        {
            for (int attempt = 1; _rulesAsked[ecu] > 0 && !await InstallRulesAsync(ecu); attempt++)
            {
                if (attempt == RulesAttemptsMax)
                {
                    throw new RuleBrokenException(RuleBook.Liveness, $"{_ecus[ecu].Fleet.Name} does not take rules {_rulesAsked[ecu]}");
                }

                await _time.DelayMs(1000);
            }
        }
    }

    private async Task EndWellAsync()
    {
        long endNs = _time.NowNs + LivenessNsMax;
        StepTarget[] targets = [.. _ecus.Select((ecu, i) => new StepTarget(i, ecu.Fleet.Last.Package.Name, ecu.Fleet.Last.Version, ecu.Fleet.Last.File))];
        while (!await RunCampaignAsync(targets))
        {
            await FailWithVehicleAsync();
            if (_time.NowNs >= endNs)
            {
                throw new RuleBrokenException(RuleBook.Liveness, $"{LivenessNsMax / VirtualTime.NsPerSecond} s after the last fault: {Lagging()}");
            }

            await _time.DelayMs(1000);
        }
    }

    private string Lagging() => string.Join(", ", _ecus.Where(ecu => ecu.Watch.Confirmed != ecu.Fleet.Last || ecu.Watch.Running != ecu.Fleet.Last)
        .Select(ecu => $"{ecu.Fleet.Name} has confirmed {ecu.Watch.Confirmed} and runs {ecu.Watch.Running}"));

    private Task FailWithVehicleAsync() => _vehicle.Work.IsFaulted ? _vehicle.Work : Task.CompletedTask;

    private void Note(string text) => _note?.Invoke($"{_time.NowNs / 1e9,10:F3} s  {text}");
}
