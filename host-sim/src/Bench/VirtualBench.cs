// A bench in virtual time: one CAN bus, virtual ECUs from nf.config on it, and a tester for each.
// Invariant: everything that chance decides follows from the seed, each purpose with a sequence of its own, so that one
// ECU more or less changes nothing for the others.
// Tests: tests/host-sim/Demo, tests/host-sim/Vehicle.
using EsyncSim.Applications;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Ecu;

namespace EsyncSim.Bench;

/// <summary>One bus with its ECUs.</summary>
public sealed class VirtualBench
{
    private readonly ulong _seed;

    /// <summary>Makes the bench for ECUs of one bus; they are switched off.</summary>
    /// <exception cref="UserErrorException">The ECUs are on different buses.</exception>
    /// <param name="time">The clock.</param>
    /// <param name="seed">Decides whatever chance decides.</param>
    /// <param name="ecus">The ECUs.</param>
    /// <param name="busName">Name of the bus in logs.</param>
    public VirtualBench(VirtualTime time, ulong seed, IReadOnlyList<EcuDefinition> ecus, string busName = "can0")
    {
        _seed = seed;
        Time = time;
        if (ecus.Select(ecu => ecu.Bus.Name).Distinct().Count() != 1)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"the ECUs {string.Join(", ", ecus.Select(ecu => ecu.Name))} are not all on one bus");
        }

        Bus = new VirtualBus(time, (int)ecus[0].Bus.BitRate, busName, seed);
        Ecus = [.. ecus.Select(Create)];
    }

    /// <summary>The clock.</summary>
    public VirtualTime Time { get; }

    /// <summary>The bus.</summary>
    public VirtualBus Bus { get; }

    /// <summary>The ECUs, in the order in which they were given.</summary>
    public IReadOnlyList<BenchEcu> Ecus { get; }

    /// <summary>Random bytes that follow from the seed and the purpose: challenges, nonces, secrets of a demonstration.</summary>
    public Func<int, byte[]> Entropy(string purpose) => new SeededRandom(_seed, purpose).Bytes;

    /// <summary>Ends whatever runs on the bench, by <see cref="OperationCanceledException"/>, at the first frame after the token was cancelled.</summary>
    public void StopOn(CancellationToken stop) => Bus.Observe(new StopObserver(stop));

    private BenchEcu Create(EcuDefinition definition)
    {
        VirtualEcuOptions options = new()
        {
            Seed = new SeededRandom(_seed, definition.Name).NextU64(),
            Loader = () => new HostApplicationLoader(),
        };
        VirtualEcu ecu = VirtualEcu.Create(Bus, definition, options);
        Func<IsoTpLink> testers = () => new IsoTpLink(Bus, definition.Config.CanIf, name: $"tester-{definition.Name}");
        return new BenchEcu(definition, ecu, testers, Entropy($"client-{definition.Name}"));
    }
}

/// <summary>Looks at the token with each frame: while something is going on, there are frames.</summary>
internal sealed class StopObserver(CancellationToken stop) : IBusObserver
{
    /// <inheritdoc/>
    public void OnRecord(in BusRecord record) => stop.ThrowIfCancellationRequested();
}

/// <summary>One ECU of the bench with its tester.</summary>
public sealed class BenchEcu(EcuDefinition definition, VirtualEcu ecu, Func<IsoTpLink> testers, Func<int, byte[]> entropy)
{
    // Made when it is needed: a tester that nobody uses would answer first frames beside the one that asked.
    private IsoTpLink? _link;
    private UdsTester? _tester;

    /// <summary>Name in nf.config.</summary>
    public string Name => Definition.Name;

    /// <summary>Its part of nf.config.</summary>
    public EcuDefinition Definition { get; } = definition;

    /// <summary>The ECU itself.</summary>
    public VirtualEcu Ecu { get; } = ecu;

    /// <summary>A client that knows the ECU's secret, or does not.</summary>
    public EcuClient Connect(DeviceCredentials? credentials) => new(_tester ??= new UdsTester(_link ??= testers(), new TesterTiming()), credentials, entropy);

    /// <summary>Takes the tester off the bus, with whatever it has in hand: its process has crashed. The next client gets another one.</summary>
    public void CrashTester()
    {
        _tester?.StopKeepAlive();
        _link?.Close();
        _link = null;
        _tester = null;
    }
}
