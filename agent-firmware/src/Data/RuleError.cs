// Why a set of rules cannot be in force here, without the numbers of the wire: Fota gives them.
// Invariant: bounds are on the wire (PROTOCOL.md, "Collection rules"): never reorder, only append.
// Tests: tests/agent-firmware/Data/RuleReaderTests.
namespace EsyncAgent;

/// <summary>Verdict on a set of rules.</summary>
public enum RuleError : byte
{
    /// <summary>It can be in force.</summary>
    None = 0,

    /// <summary>It is not what the format says; the detail is the position.</summary>
    Malformed = 1,

    /// <summary>It is of another version; the detail is the position.</summary>
    VersionUnknown = 2,

    /// <summary>It is made for other signals than this ECU has.</summary>
    TableMismatch = 3,

    /// <summary>It names a signal that this ECU does not have; the detail is the data identifier.</summary>
    SignalUnknown = 4,

    /// <summary>It asks for more than the ECU has; the detail is bound (a value of <see cref="RuleBound"/>) · 2^24 + rule · 2^16.</summary>
    BoundExceeded = 5,
}

/// <summary>Bounds of a set of rules (PROTOCOL.md, "Collection rules"); the numbers are on the wire.</summary>
public static class RuleBound
{
    /// <summary>Length of the document.</summary>
    public const byte Length = 1;

    /// <summary>Number of rules.</summary>
    public const byte Rules = 2;

    /// <summary>Signals of all rules together.</summary>
    public const byte Signals = 3;

    /// <summary>Comparisons of all conditions together.</summary>
    public const byte Terms = 4;

    /// <summary>Memory for samples before triggers.</summary>
    public const byte History = 5;

    /// <summary>IL instructions of one evaluation.</summary>
    public const byte Cost = 6;

    /// <summary>A period below that of the evaluation.</summary>
    public const byte Period = 7;
}
