// One real ECU on a real bus, with a tester for it.
// Invariant: challenges and nonces come from the system's own generator, not from a seed.
// The clock runs from zero when the bus is opened, in step with the wall clock.
// Tests: tests/host-sim/Bus/Real/RealUpdateTests.cs.
using System.Security.Cryptography;
using EsyncSim.Bus;
using EsyncSim.Bus.Real;
using EsyncSim.Client;
using EsyncSim.Config;

namespace EsyncSim.Bench;

/// <summary>An ECU behind a real CAN bus.</summary>
public sealed class RealEcu : IEcuAccess
{
    private readonly RealBus _bus;
    private UdsTester? _tester;

    /// <summary>Takes a bus for a tester of this ECU; the channel is closed with this object.</summary>
    public RealEcu(EcuDefinition definition, IFrameChannel channel, TimeProvider clock, string busName)
    {
        Definition = definition;
        Place = $"on {busName}";
        _bus = new RealBus(new VirtualTime(), channel, (int)definition.Bus.BitRate, clock);
    }

    /// <inheritdoc/>
    public EcuDefinition Definition { get; }

    /// <inheritdoc/>
    public string Place { get; }

    /// <inheritdoc/>
    public ICanBus Bus => _bus;

    /// <inheritdoc/>
    public ITesterCan CreateCan(string name) => _bus.CreateCan();

    /// <inheritdoc/>
    public EcuClient Connect(DeviceCredentials? credentials)
    {
        _tester ??= new UdsTester(new IsoTpLink(_bus.Time, CreateCan("tester"), Definition.Config.CanIf), TesterTiming.OnRealBus);
        return new EcuClient(_tester, credentials, RandomNumberGenerator.GetBytes);
    }

    /// <inheritdoc/>
    public void StopOn(CancellationToken stop) => _bus.Stop = stop;

    /// <inheritdoc/>
    public void Start()
    {
    }

    /// <inheritdoc/>
    public void Finish()
    {
    }

    /// <inheritdoc/>
    public void Dispose() => _bus.Dispose();
}
