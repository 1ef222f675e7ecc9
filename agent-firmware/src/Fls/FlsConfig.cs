// The flash map of one ECU: where each area lies. Built from nf.config, which checks alignment and overlap.
// Plain data: it knows no driver; the part's own figures come from the port IFls.
// Tests: tests/agent-firmware/Fls, tests/host-sim/Config.
namespace EsyncAgent;

/// <summary>A contiguous range of whole sectors.</summary>
public sealed class FlsArea
{
    /// <summary>First byte, a sector start.</summary>
    public uint Start;

    /// <summary>Length in bytes, whole sectors; 0 is "not there".</summary>
    public uint Length;
}

/// <summary>All areas of the part that the agent uses (PROTOCOL.md, "Flash map").</summary>
public sealed class FlsConfig
{
    /// <summary>Image of bank A.</summary>
    public FlsArea BankA;

    /// <summary>Image of bank B; as long as bank A.</summary>
    public FlsArea BankB;

    /// <summary>Manifest slot of bank A.</summary>
    public FlsArea ManifestA;

    /// <summary>Manifest slot of bank B; as long as that of bank A.</summary>
    public FlsArea ManifestB;

    /// <summary>Staging slot: the only area that unauthenticated bytes may reach.</summary>
    public FlsArea Staging;

    /// <summary>Boot record, copy 0; one sector at least. The copies lie in three different sectors.</summary>
    public FlsArea BootRecord0;

    /// <summary>Boot record, copy 1.</summary>
    public FlsArea BootRecord1;

    /// <summary>Boot record, copy 2.</summary>
    public FlsArea BootRecord2;

    /// <summary>NvM, first copy of every block.</summary>
    public FlsArea NvM0;

    /// <summary>NvM, second copy of every block; as long as the first.</summary>
    public FlsArea NvM1;

    /// <summary>Checkpoints (chunk records), first of two areas used in turn.</summary>
    public FlsArea Checkpoint0;

    /// <summary>Checkpoints, second area; as long as the first.</summary>
    public FlsArea Checkpoint1;

    /// <summary>Report log: eight sectors at least, or length 0 for none.</summary>
    public FlsArea ReportLog = new FlsArea();
}
