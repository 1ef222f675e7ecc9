// The ECUs of one vehicle on one bus, as its client reaches them in real time: virtual ones, whose memories are files, or real ones.
// Invariants: nothing is changed before Start; the memories of virtual ECUs are written as a whole by Finish, and by nothing else.
// Tests: tests/host-sim/Cli/CampaignCommandsTests.cs.
using System.Security.Cryptography;
using EsyncSim.Bus;
using EsyncSim.Bus.Real;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Flash;
using EsyncSim.Signing;

namespace EsyncSim.Bench;

/// <summary>An ECU of a vehicle.</summary>
/// <param name="Definition">Its part of nf.config.</param>
/// <param name="Client">Conversation with it.</param>
public sealed record BenchMember(EcuDefinition Definition, EcuClient Client);

/// <summary>The ECUs of a vehicle.</summary>
public sealed class VehicleBench : IDisposable
{
    private const long SettleNs = 500 * VirtualTime.NsPerMs;

    private readonly VirtualBench? _virtual;
    private readonly RealBus? _real;
    private readonly string[] _flashPaths = [];

    private VehicleBench(VirtualBench bench, string[] flashPaths)
    {
        _virtual = bench;
        _flashPaths = flashPaths;
        Bus = bench.Bus;
        for (int i = 0; i < flashPaths.Length; i++)
        {
            if (!FlashFile.TryLoad(bench.Ecus[i].Ecu.Flash, flashPaths[i]))
            {
                throw new UserErrorException(ExitCode.BadFile, $"flash file {flashPaths[i]} is not there; `esync provision` makes a new ECU");
            }
        }

        Members = [.. bench.Ecus.Zip(flashPaths, (ecu, path) => new BenchMember(ecu.Definition, ecu.Connect(Credentials(DeviceFile.Load(path + ".device")))))];
    }

    private VehicleBench(RealBus bus, IReadOnlyList<(EcuDefinition Ecu, DeviceFile Device)> ecus)
    {
        _real = bus;
        Bus = bus;
        Members = [.. ecus.Select(ecu => new BenchMember(ecu.Ecu, new EcuClient(
            new UdsTester(new IsoTpLink(bus.Time, bus.CreateCan(), ecu.Ecu.Config.CanIf), new TesterTiming()), Credentials(ecu.Device), RandomNumberGenerator.GetBytes)))];
    }

    /// <summary>The bus, with the clock, which is paced.</summary>
    public ICanBus Bus { get; }

    /// <summary>The ECUs, in the order in which they were named.</summary>
    public IReadOnlyList<BenchMember> Members { get; }

    /// <summary>Opens the way to the ECUs.</summary>
    /// <param name="address">The bus.</param>
    /// <param name="ecus">ECUs, each with the file of its memory (virtual; the device file lies beside it), or with its device file (real).</param>
    /// <param name="clock">The wall clock.</param>
    /// <param name="stop">Ends whatever runs, by <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="UserErrorException">A file or the bus cannot be used.</exception>
    public static VehicleBench Open(BusAddress address, IReadOnlyList<(EcuDefinition Ecu, string Path)> ecus, TimeProvider clock, CancellationToken stop)
    {
        if (address.IsVirtual)
        {
            VirtualTime time = new();
            VirtualBench bench = new(time, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)), [.. ecus.Select(ecu => ecu.Ecu)]);
            VehicleBench made = new(bench, [.. ecus.Select(ecu => ecu.Path)]);
            time.Pace = new WallPace(clock, 0) { Stop = stop };
            return made;
        }

        (EcuDefinition, DeviceFile)[] devices = [.. ecus.Select(ecu => (ecu.Ecu, DeviceFile.Load(ecu.Path)))];
        return new VehicleBench(new RealBus(new VirtualTime(), address.Open(), (int)ecus[0].Ecu.Bus.BitRate, clock) { Stop = stop }, devices);
    }

    /// <summary>Lets the ECUs start; real ones run already.</summary>
    public void Start()
    {
        foreach (BenchEcu ecu in _virtual?.Ecus ?? [])
        {
            ecu.Ecu.PowerOn();
        }
    }

    /// <summary>Takes the client off the bus, lets virtual ECUs finish what they do, and keeps their memories.</summary>
    /// <exception cref="UserErrorException">A file cannot be written.</exception>
    public void Finish()
    {
        if (_virtual is not { } bench)
        {
            return;
        }

        bench.Time.Pace = null;
        foreach (BenchEcu ecu in bench.Ecus)
        {
            ecu.CrashTester();
        }

        bench.Time.RunFor(SettleNs);
        for (int i = 0; i < _flashPaths.Length; i++)
        {
            FlashFile.Save(bench.Ecus[i].Ecu.Flash, _flashPaths[i]);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _real?.Dispose();

    private static DeviceCredentials Credentials(DeviceFile device) => new(device.DeviceId, device.DeviceSecret);
}
