// The diagnostic sessions and the masks in which tables name several of them.
// Numbers are those of the wire (ISO 14229-1:2020 §10.2); which of them a service allows is in the tables, not here.
// Tests: tests/agent-firmware/Dcm.
namespace EsyncAgent;

/// <summary>Values of diagnosticSessionType (ISO 14229-1:2020 §10.2.2.2) and masks: bit n stands for session n.</summary>
public static class DcmSession
{
    /// <summary>defaultSession.</summary>
    public const byte Default = 1;

    /// <summary>programmingSession.</summary>
    public const byte Programming = 2;

    /// <summary>extendedDiagnosticSession.</summary>
    public const byte Extended = 3;

    /// <summary>Mask: programming session only.</summary>
    public const byte InProgramming = 1 << Programming;

    /// <summary>Mask: extended session only.</summary>
    public const byte InExtended = 1 << Extended;

    /// <summary>Mask: programming or extended session.</summary>
    public const byte InNonDefault = InProgramming | InExtended;

    /// <summary>Mask: any session.</summary>
    public const byte InAll = (1 << Default) | InNonDefault;
}
