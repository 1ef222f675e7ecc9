// The diagnostic events of one ECU and the DTCs that they set. Built from nf.config.
// Invariant: Events and Dtcs are equally long, events ascending; nf.config sees to it.
// Tests: tests/agent-firmware/Dem.
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

    /// <summary>True for what anybody on the bus may bring about again and again, without access.</summary>
    public static bool IsProvokable(byte eventNumber)
    {
        return eventNumber == AccessFailed || eventNumber == CanOverrun || eventNumber >= ApplicationFaulted;
    }
}

/// <summary>Events and their DTCs, as two arrays of the same length.</summary>
public sealed class DemConfig
{
    /// <summary>Most events that one ECU may have: their status has to fit into NvM block Dem, two bytes each.</summary>
    public const int CountMax = 32;

    /// <summary>Event numbers, ascending, each once.</summary>
    public byte[] Events = new byte[0];

    /// <summary>DTC of each event: three bytes as ISO 15031-6 / SAE J2012-DA code them.</summary>
    public uint[] Dtcs = new uint[0];
}
