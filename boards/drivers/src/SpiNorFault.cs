// What keeps an SPI NOR flash from working, for a main program to print: a board has no other way to say which wire is
// wrong, and Enum.ToString gives a number there.
// Invariant: values are never reordered.
// Tests: tests/boards/drivers/SpiNorStartTests.
namespace EsyncAgent.Drivers;

/// <summary>Why the last job failed. The next job looks at the part anew: a fault that is mended goes away by itself.</summary>
public enum SpiNorFault : byte
{
    /// <summary>Nothing is known to be wrong.</summary>
    None = 0,

    /// <summary>Only 00 or FF comes back.</summary>
    NoAnswer = 1,

    /// <summary>Another part answers.</summary>
    WrongPart = 2,

    /// <summary>The part is smaller than board.yaml says.</summary>
    TooSmall = 3,

    /// <summary>The part is busy for longer than its longest time.</summary>
    StaysBusy = 4,

    /// <summary>The part does not take the instruction that allows writing.</summary>
    NotWriteEnabled = 5,

    /// <summary>An erase or a program was not executed: the range is protected, and the protection cannot be lifted.</summary>
    Refused = 6,
}

/// <summary>The faults in words.</summary>
public static class SpiNorFaultText
{
    /// <summary>One sentence: what is wrong, and where to look.</summary>
    public static string Of(SpiNorFault fault)
    {
        switch (fault)
        {
            case SpiNorFault.None:
                return "the SPI flash answers";
            case SpiNorFault.NoAnswer:
                return "the SPI flash does not answer (00 or FF): check its power, chip select, MISO and MOSI, SPI mode 0";
            case SpiNorFault.WrongPart:
                return "the SPI flash has another identifier: check board.yaml and the part, or the SPI clock if it changes from start to start";
            case SpiNorFault.TooSmall:
                return "the SPI flash is smaller than board.yaml says: correct its size there";
            case SpiNorFault.StaysBusy:
                return "the SPI flash stays busy beyond its longest time: check its power; the part may be worn out";
            case SpiNorFault.NotWriteEnabled:
                return "the SPI flash does not let itself be write-enabled: check MOSI and the SPI clock";
            default:
                return "the SPI flash refuses to erase or program: check its /WP pin and the lock bits of its status registers";
        }
    }
}
