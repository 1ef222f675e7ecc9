// Numbers of the agent's own diagnostic events, and which events anybody may bring about.
// Invariant: they are in nf.config, in NvM and on the wire: never reorder, only append.
// PROTOCOL.md, "Events and DTCs". Tests: tests/agent-firmware/Dem.
namespace EsyncAgent;

/// <summary>Event numbers that the agent itself reports; an application's own start at 16 (PROTOCOL.md, "Events and DTCs").</summary>
public static class DemEvent
{
    /// <summary>A trial went back on its own.</summary>
    public const byte TrialRolledBack = 0;

    /// <summary>A manifest was refused.</summary>
    public const byte ManifestRefused = 1;

    /// <summary>A chunk or an image failed its check at boot.</summary>
    public const byte ImageDamaged = 2;

    /// <summary>The boot record had to be mended or rebuilt.</summary>
    public const byte BootRecordMended = 3;

    /// <summary>Access was tried with a wrong proof.</summary>
    public const byte AccessFailed = 4;

    /// <summary>The CAN receiver lost frames.</summary>
    public const byte CanOverrun = 5;

    /// <summary>The flash reported an error.</summary>
    public const byte FlashFailed = 6;

    /// <summary>The running application stalled or threw.</summary>
    public const byte ApplicationFaulted = 7;

    /// <summary>First event number of an application.</summary>
    public const byte FirstOfApplication = 16;

    /// <summary>True for the agent's own events whose test ends in each start: that one has passed is told by the next start as well as by the flash.</summary>
    public static bool IsTestedInEachStart(byte eventNumber)
    {
        return eventNumber == TrialRolledBack || eventNumber == ImageDamaged || eventNumber == BootRecordMended
            || eventNumber == CanOverrun || eventNumber == ApplicationFaulted;
    }

    /// <summary>True for what anybody on the bus may bring about again and again, without access.</summary>
    public static bool IsProvokable(byte eventNumber)
    {
        return eventNumber == AccessFailed || eventNumber == CanOverrun || eventNumber >= ApplicationFaulted;
    }
}
