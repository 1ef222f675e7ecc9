// One row of the routine table: what service 31 checks before a routine sees its option record.
// Invariant: never changes after construction.
// Tests: tests/agent-firmware/Dcm/Sid31RoutineControlTests.cs.
namespace EsyncAgent;

/// <summary>A routine identifier, its conditions and who runs it.</summary>
public sealed class DspRoutine
{
    /// <summary>Length of an option record that the routine itself judges.</summary>
    public const int AnyLength = -1;

    /// <summary>Makes a row.</summary>
    public DspRoutine(ushort identifier, byte sessions, bool isAccessNeeded, int optionLength, DspService handler)
    {
        Identifier = identifier;
        Sessions = sessions;
        IsAccessNeeded = isAccessNeeded;
        OptionLength = optionLength;
        Handler = handler;
    }

    /// <summary>Routine identifier.</summary>
    public ushort Identifier { get; }

    /// <summary>Sessions in which it may be started, a mask of <see cref="DcmSession"/>.</summary>
    public byte Sessions { get; }

    /// <summary>True when it needs access.</summary>
    public bool IsAccessNeeded { get; }

    /// <summary>Length of routineControlOptionRecord in bytes, or <see cref="AnyLength"/>.</summary>
    public int OptionLength { get; }

    /// <summary>Who runs it; the response already holds sub-function and identifier.</summary>
    public DspService Handler { get; }
}
