// The virtual ECU that attacks are tried on: alone on its bus, with flash as it was prepared, and open to whoever wants to
// disturb bus, power and flash. Nothing of it outlives the attack.
// Tests: tests/host-sim/Attack.
using EsyncSim.Applications;
using EsyncSim.Bench;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Ecu;
using EsyncSim.Simulation;

namespace EsyncSim.Attack;

/// <summary>An ECU made for one attack.</summary>
internal sealed class ModelEcu : IEcuAccess
{
    private readonly ulong _seed;

    /// <summary>Makes it, switched off.</summary>
    /// <param name="definition">Its part of nf.config.</param>
    /// <param name="seed">Seed of chance.</param>
    /// <param name="flash">What its flash holds; null is an erased part.</param>
    public ModelEcu(EcuDefinition definition, ulong seed, byte[]? flash)
    {
        _seed = seed;
        Definition = definition;
        VirtualBus = new VirtualBus(new VirtualTime(), (int)definition.Bus.BitRate, "can0", seed);
        Ecu = VirtualEcu.Create(VirtualBus, definition, new VirtualEcuOptions
        {
            Seed = new SeededRandom(seed, definition.Name).NextU64(),
            Loader = () => new HostApplicationLoader(),
        });
        if (flash is not null)
        {
            Ecu.Flash.Memory.Load(flash);
        }
    }

    /// <inheritdoc/>
    public EcuDefinition Definition { get; }

    /// <inheritdoc/>
    public string Place => "on a virtual bus";

    /// <inheritdoc/>
    public ICanBus Bus => VirtualBus;

    /// <summary>The bus, with its faults.</summary>
    public VirtualBus VirtualBus { get; }

    /// <summary>The ECU itself.</summary>
    public VirtualEcu Ecu { get; }

    /// <summary>The three copies of the boot record, as they lie in flash.</summary>
    public byte[] BootRecords()
    {
        byte[] all = new byte[3 * EsyncAgent.BootRecord.Length];
        EsyncAgent.FlsConfig map = Definition.Config.Fls;
        EsyncAgent.FlsArea[] areas = [map.BootRecord0, map.BootRecord1, map.BootRecord2];
        for (int i = 0; i < areas.Length; i++)
        {
            Ecu.Flash.Memory.Read(RecordView.AddressOf(Ecu.Flash.Memory, areas[i]), all.AsSpan(i * EsyncAgent.BootRecord.Length, EsyncAgent.BootRecord.Length));
        }

        return all;
    }

    /// <inheritdoc/>
    public ITesterCan CreateCan(string name) => new VirtualCan(VirtualBus, name);

    /// <inheritdoc/>
    public EcuClient Connect(DeviceCredentials? credentials)
    {
        IsoTpLink link = new(VirtualBus.Time, CreateCan("tester"), Definition.Config.CanIf);
        return new EcuClient(new UdsTester(link, new TesterTiming()), credentials, new SeededRandom(_seed, "client").Bytes);
    }

    /// <inheritdoc/>
    public void StopOn(CancellationToken stop) => VirtualBus.Observe(new StopObserver(stop));

    /// <inheritdoc/>
    public void Start() => Ecu.PowerOn();

    /// <inheritdoc/>
    public void Finish()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
