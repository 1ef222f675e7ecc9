// One vehicle of a fleet, a world of its own: a clock, a bus, ECUs that run the agent's sources, and the client that vehicles have, on
// a journal in memory. What it is told comes over its link alone.
// Invariants: the same number and seed give the same vehicle, whoever else is in the fleet; only one thread at a time runs it; what a
// vehicle runs in the end is read from its ECUs, by a tester that the client knows nothing of.
// Tests: tests/host-sim/Scale.
using System.Globalization;
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Ecu;
using EsyncSim.Server;
using EsyncSim.Simulation;
using EsyncSim.Vehicle;

namespace EsyncSim.Scale;

/// <summary>What an ECU runs, as its version report says.</summary>
/// <param name="Ecu">Name of the ECU.</param>
/// <param name="Version">Version of the running application; empty when none runs or nothing was heard.</param>
/// <param name="State">State of the bank that runs, or why nothing is known.</param>
/// <param name="IsConfirmed">True when the report is authentic and that bank is confirmed.</param>
public sealed record EcuCheck(string Ecu, string Version, string State, bool IsConfirmed);

/// <summary>A vehicle of a fleet.</summary>
public sealed class FleetVehicle
{
    // An ECU with nothing to do looks at its clock this seldom: a fleet has little else to do most of the time.
    private const int IdleMsMax = 20;

    // Trials that nobody confirms have ended after this.
    private const long SettleMs = 130_000;

    private readonly FleetSoftware _software;
    private readonly ulong _seed;
    private readonly VirtualEcu[] _ecus;
    private VehicleClient? _client;
    private Announcer? _announcer;
    private Task _work = Task.CompletedTask;
    private int _testers;

    /// <summary>Makes it, with the power off.</summary>
    /// <param name="software">What all share.</param>
    /// <param name="number">Its number.</param>
    /// <param name="seed">Seed of the fleet.</param>
    /// <param name="isBad">True: its first ECU's self-test fails with every release that is not the first.</param>
    public FleetVehicle(FleetSoftware software, int number, ulong seed, bool isBad)
    {
        _software = software;
        Vin = FleetSoftware.VinOf(number);
        IsBad = isBad;
        _seed = new SeededRandom(seed, Vin).NextU64();
        Bus = new VirtualBus(Time, (int)software.Ecus[0].Definition.Bus.BitRate, "can0", _seed);
        _ecus = [.. software.Ecus.Select((ecu, index) => Make(ecu, isBad && index == 0))];
    }

    /// <summary>Vehicle identification number.</summary>
    public string Vin { get; }

    /// <summary>True when its trials fail.</summary>
    public bool IsBad { get; }

    /// <summary>Its clock.</summary>
    public VirtualTime Time { get; } = new();

    /// <summary>Its bus.</summary>
    public VirtualBus Bus { get; }

    /// <summary>Switches everything on: the ECUs, and the client on its link.</summary>
    public void Start(IMessageLink link) => Time.Run(() =>
    {
        foreach (VirtualEcu ecu in _ecus)
        {
            ecu.PowerOn();
        }

        VehicleEcu[] ecus = [.. _software.Ecus.Select(ecu => new VehicleEcu(ecu.Name, Connect(ecu), Fleet.Policy))];
        Topics topics = new(Vin);
        _announcer = new Announcer(Time, link, topics, ecus);
        _client = new VehicleClient(Time, link, topics, ecus, VehicleJournal.InMemory($"{Vin}-1"));
        _work = _client.RunAsync();
        return Task.CompletedTask;
    });

    /// <summary>Lets everything happen in it up to a moment; a vehicle in which nothing is due stays behind until something is.</summary>
    public void RunTo(long timeNs)
    {
        if (Time.NowNs < timeNs && (Time.NextNs <= timeNs || Time.HasPosts))
        {
            Run(async () => await Time.Delay(timeNs - Time.NowNs));
        }
    }

    /// <summary>Runs a script in it.</summary>
    public void Run(Func<Task> script)
    {
        Time.Run(script);
        if (_work.IsFaulted)
        {
            _work.GetAwaiter().GetResult();
        }
    }

    /// <summary>Ends the client, and reads what each ECU runs when nothing is on trial any more.</summary>
    public IReadOnlyList<EcuCheck> Check()
    {
        _announcer?.Stop();
        _client?.Stop();
        List<EcuCheck> checks = [];
        Run(async () =>
        {
            await Time.DelayMs(1000);
            foreach (FleetEcu ecu in _software.Ecus)
            {
                EcuCheck check = await ReadAsync(ecu);
                if (!check.IsConfirmed)
                {
                    await Time.DelayMs(SettleMs);
                    check = await ReadAsync(ecu);
                }

                checks.Add(check);
            }
        });
        return checks;
    }

    private VirtualEcu Make(FleetEcu ecu, bool isBad)
    {
        string first = ecu.Releases[0].Version;
        VirtualEcuOptions options = Fleet.Options(new SeededRandom(_seed, ecu.Name).NextU64()) with
        {
            IdleMsMax = IdleMsMax,
            Loader = () => new ScriptedApplication { Nature = bundle => isBad && bundle.Version != first ? ReleaseBehaviour.FailsSelfTest : null },
        };
        VirtualEcu made = VirtualEcu.Create(Bus, ecu.Definition, options);
        made.Flash.Memory.Restore(ecu.FirstFlash!);
        return made;
    }

    private EcuClient Connect(FleetEcu ecu)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"tester-{++_testers}");
        UdsTester tester = new(new IsoTpLink(Bus, ecu.Definition.Config.CanIf, name: name), new TesterTiming());
        return new EcuClient(tester, ecu.Credentials, new SeededRandom(_seed, $"{name} {ecu.Name}").Bytes);
    }

    private async Task<EcuCheck> ReadAsync(FleetEcu ecu)
    {
        EcuClient client = Connect(ecu);
        try
        {
            await client.AwaitPresenceAsync();
            await client.SessionAsync(0x03);
            VersionReport report = await client.ReadVersionReportAsync();
            await client.SessionAsync(0x01);
            BankState state = report.States[report.RunningBank];
            return new EcuCheck(ecu.Name, report.ApplicationVersion, report.IsAuthentic ? state.ToString() : "not authentic", report.IsAuthentic && state == BankState.Confirmed);
        }
        catch (DiagnosticException exception)
        {
            return new EcuCheck(ecu.Name, string.Empty, exception.Message, false);
        }
    }
}
