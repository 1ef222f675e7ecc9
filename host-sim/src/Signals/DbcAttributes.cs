// Attributes of our own in DBC files that we write: what nf.config knows of a signal and DBC has no place for. They bring a file
// back as it was; other tools show them and need not know them.
// Tests: tests/host-sim/Signals/DbcRoundTripTests.cs.
namespace EsyncSim.Signals;

/// <summary>Names of attributes.</summary>
internal static class DbcAttributes
{
    /// <summary>VSS path of a signal; <see cref="NoPath"/> for a multiplexor that is no signal.</summary>
    public const string Path = "EsyncVssPath";

    /// <summary>Data identifier of a signal.</summary>
    public const string Did = "EsyncDid";

    /// <summary>Type of a signal's value, as nf.config names it.</summary>
    public const string Type = "EsyncType";

    /// <summary>timeoutMs of a message.</summary>
    public const string TimeoutMs = "EsyncTimeoutMs";

    /// <summary>Cycle of a message in milliseconds, as most tools have it.</summary>
    public const string CycleTime = "GenMsgCycleTime";

    /// <summary>First value of a signal, as most tools have it; an agent has none until a frame has come.</summary>
    public const string StartValue = "GenSigStartValue";

    /// <summary>Value of <see cref="Path"/> of what is no signal.</summary>
    public const string NoPath = "none";
}
