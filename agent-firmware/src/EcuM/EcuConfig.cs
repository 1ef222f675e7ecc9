// The one configuration object of an agent: nf.config, as C# sees it. Generated code builds it for boards
// (agent-firmware/generated), host-sim builds the same at run time.
// Invariant: built once, checked before it gets here, never changed.
// Tests: tests/host-sim/Config.
namespace EsyncAgent;

/// <summary>Everything that the composition needs besides the ports.</summary>
public sealed class EcuConfig
{
    /// <summary>Name of the ECU in nf.config.</summary>
    public string Name;

    /// <summary>Name of its board in nf.config.</summary>
    public string Board;

    /// <summary>Bit timing of the bus on this board, for its CAN driver.</summary>
    public CanBitTiming CanBitTiming;

    /// <summary>Identifiers.</summary>
    public CanIfConfig CanIf;

    /// <summary>Transport.</summary>
    public CanTpConfig CanTp;

    /// <summary>Flash map.</summary>
    public FlsConfig Fls;

    /// <summary>Blocks.</summary>
    public NvMConfig NvM;

    /// <summary>Events.</summary>
    public DemConfig Dem;

    /// <summary>Update target.</summary>
    public FotaConfig Fota;

    /// <summary>Signals and what is gathered of them.</summary>
    public DataConfig Data = new DataConfig();

    /// <summary>Diagnostic server.</summary>
    public DcmConfig Dcm;
}
