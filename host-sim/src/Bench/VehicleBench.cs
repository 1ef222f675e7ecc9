// The ECUs of one vehicle on its buses, as its client reaches them in real time: virtual ones, whose memories are files, or real ones.
// Invariants: nothing is changed before Start; what a virtual ECU's flash has is in its file at every moment (FlashFollower), so that a process
// that is killed takes nothing of it along. Buses are all virtual or all real: real ones are waited for by the wall clock.
// Tests: tests/host-sim/Cli/CampaignCommandsTests.cs, tests/host-sim/Bench/VehicleBenchTests.cs.
using System.Security.Cryptography;
using EsyncSim.Bus;
using EsyncSim.Bus.Real;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Flash;
using EsyncSim.Signing;

namespace EsyncSim.Bench;

/// <summary>A bus of a vehicle with its ECUs.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">The way to it.</param>
/// <param name="Ecus">ECUs, each with the file of its memory (virtual; the device file lies beside it), or with its device file (real).</param>
public sealed record BenchBus(string Name, BusAddress Address, IReadOnlyList<(EcuDefinition Ecu, string Path)> Ecus);

/// <summary>An ECU of a vehicle.</summary>
/// <param name="Definition">Its part of nf.config.</param>
/// <param name="Client">Conversation with it.</param>
/// <param name="BusName">Name of its bus.</param>
/// <param name="Bus">That bus.</param>
public sealed record BenchMember(EcuDefinition Definition, EcuClient Client, string BusName, ICanBus Bus);

/// <summary>The ECUs of a vehicle.</summary>
public sealed class VehicleBench : IDisposable
{
    private const long SettleNs = 500 * VirtualTime.NsPerMs;

    private readonly List<BenchMember> _members = [];
    private readonly List<BenchEcu> _virtual = [];
    private readonly List<FlashFollower> _memories = [];
    private readonly List<RealBus> _real = [];

    private VehicleBench()
    {
    }

    /// <summary>The clock, which is paced.</summary>
    public VirtualTime Time { get; } = new();

    /// <summary>The ECUs, bus by bus.</summary>
    public IReadOnlyList<BenchMember> Members => _members;

    /// <summary>Opens the ways to the ECUs.</summary>
    /// <param name="buses">The buses, at least one, all virtual or all real.</param>
    /// <param name="clock">The wall clock.</param>
    /// <param name="stop">Ends whatever runs, by <see cref="OperationCanceledException"/>.</param>
    /// <param name="open">Opens a real bus; null: as its address says.</param>
    /// <exception cref="UserErrorException">A file or a bus cannot be used.</exception>
    public static VehicleBench Open(IReadOnlyList<BenchBus> buses, TimeProvider clock, CancellationToken stop, Func<BusAddress, IFrameChannel>? open = null)
    {
        VehicleBench bench = new();
        try
        {
            foreach (BenchBus bus in buses)
            {
                if (bus.Address.IsVirtual)
                {
                    bench.AddVirtual(bus);
                }
                else
                {
                    bench.AddReal(bus, open?.Invoke(bus.Address) ?? bus.Address.Open(), clock, stop);
                }
            }
        }
        catch
        {
            bench.Dispose();
            throw;
        }

        bench.Time.Pace = bench._real.Count == 0 ? new WallPace(clock, 0) { Stop = stop } : new BusesPace(bench._real);
        return bench;
    }

    /// <summary>Lets the ECUs start; real ones run already.</summary>
    public void Start() => _virtual.ForEach(ecu => ecu.Ecu.PowerOn());

    /// <summary>Lets somebody see the traffic of all buses.</summary>
    public void Observe(IBusObserver observer)
    {
        foreach (ICanBus bus in _members.Select(member => member.Bus).Distinct())
        {
            bus.Observe(observer);
        }
    }

    /// <summary>Takes the client off the bus, and lets virtual ECUs finish what they do.</summary>
    /// <exception cref="UserErrorException">A file cannot be written.</exception>
    public void Finish()
    {
        if (_virtual.Count > 0)
        {
            Time.Pace = null;
            _virtual.ForEach(ecu => ecu.CrashTester());
            Time.RunFor(SettleNs);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _real.ForEach(bus => bus.Dispose());
        _memories.ForEach(memory => memory.Dispose());
    }

    private void AddVirtual(BenchBus bus)
    {
        VirtualBench bench = new(Time, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)), [.. bus.Ecus.Select(ecu => ecu.Ecu)], bus.Name);
        foreach ((BenchEcu ecu, string path) in bench.Ecus.Zip(bus.Ecus.Select(ecu => ecu.Path)))
        {
            if (!FlashFile.TryLoad(ecu.Ecu.Flash, path))
            {
                throw new UserErrorException(ExitCode.BadFile, $"flash file {path} is not there; `esync provision` makes a new ECU");
            }

            _memories.Add(FlashFollower.Follow(ecu.Ecu.Flash, path));
            _virtual.Add(ecu);
            _members.Add(new BenchMember(ecu.Definition, ecu.Connect(Credentials(DeviceFile.Load(path + ".device"))), bus.Name, bench.Bus));
        }
    }

    private void AddReal(BenchBus bus, IFrameChannel channel, TimeProvider clock, CancellationToken stop)
    {
        RealBus real = new(Time, channel, (int)bus.Ecus[0].Ecu.Bus.BitRate, clock) { Stop = stop };
        _real.Add(real);
        foreach ((EcuDefinition ecu, string path) in bus.Ecus)
        {
            UdsTester tester = new(new IsoTpLink(Time, real.CreateCan(), ecu.Config.CanIf), TesterTiming.OnRealBus);
            _members.Add(new BenchMember(ecu, new EcuClient(tester, Credentials(DeviceFile.Load(path)), RandomNumberGenerator.GetBytes), bus.Name, real));
        }
    }

    private static DeviceCredentials Credentials(DeviceFile device) => new(device.DeviceId, device.DeviceSecret);
}
