// Wiring of the ESP32 with an MCP2515, as board.yaml gives it.
// Tests: tests/boards/BoardProgramTests.cs.
namespace EsyncAgent.Boards;

/// <summary>Pins and limits.</summary>
internal static class Wiring
{
    /// <summary>Name of the board's folder.</summary>
    public const string Board = "esp32-mcp2515";

    /// <summary>Largest block size that the receiver can stand.</summary>
    public const byte BlockSizeMax = 2;

    /// <summary>Smallest separation time that the receiver can stand, as a code of ISO 15765-2:2016 §9.6.5.4.</summary>
    public const byte SeparationTimeMin = 0x00;

    /// <summary>busId of System.Device.Spi, from 1; 2 is VSPI.</summary>
    public const int SpiBus = 2;

    /// <summary>SPI clock.</summary>
    public const int SpiSck = 18;

    /// <summary>SPI, to the ESP32.</summary>
    public const int SpiMiso = 19;

    /// <summary>SPI, from the ESP32.</summary>
    public const int SpiMosi = 23;

    /// <summary>Chip select of the MCP2515.</summary>
    public const int CanChipSelect = 5;

    /// <summary>SPI clock of the MCP2515 in Hz.</summary>
    public const int CanClockHz = 8_000_000;

    /// <summary>Interrupt pin of the MCP2515.</summary>
    public const int CanInterrupt = 4;

    /// <summary>The littlefs partition.</summary>
    public const string Drive = "I:\\";

    /// <summary>Bytes that the flash map may use of it.</summary>
    public const uint FlashSize = 208 * 1024;
}
