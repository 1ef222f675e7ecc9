// What keeps an MCP2515 from working, for a main program to print: a board has no other way to say which wire is wrong.
// Invariant: values are never reordered.
// Tests: tests/boards/drivers/Mcp2515StartTests.
namespace EsyncAgent.Drivers;

/// <summary>Why the chip is not on the bus. The driver goes on trying; a fault that is mended goes away by itself.</summary>
public enum Mcp2515Fault : byte
{
    /// <summary>Nothing is known to be wrong.</summary>
    None = 0,

    /// <summary>No sensible answer after the reset: power, chip select, MISO, SPI mode (0,0), or the crystal.</summary>
    NoAnswer = 1,

    /// <summary>What was written reads back otherwise: MOSI, SCK, or an SPI clock that is too fast (10 MHz at most).</summary>
    Disagrees = 2,

    /// <summary>Eleven recessive bits in a row were not seen: transceiver, CANH and CANL, termination, bit rate.</summary>
    NotOnBus = 3,

    /// <summary>The bit timing does not fit the chip's registers: nf.config or board.yaml.</summary>
    BitTimingOutOfRange = 4,
}
