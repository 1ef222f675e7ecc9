// What differs between STM32 boards with native CAN and a flash part on SPI. Plain data; each program gives its own,
// equal to its board.yaml.
// Tests: tests/boards/BoardProgramTests.cs compares them.
namespace EsyncAgent.Boards;

/// <summary>Wiring and limits of a board.</summary>
public sealed class Stm32Wiring
{
    /// <summary>Name of the board's folder.</summary>
    public string Board;

    /// <summary>"CAN1" or "CAN2".</summary>
    public string CanController;

    /// <summary>Largest block size that the receiver can stand.</summary>
    public byte BlockSizeMax;

    /// <summary>Smallest separation time that the receiver can stand, as a code of ISO 15765-2:2016 §9.6.5.4.</summary>
    public byte SeparationTimeMin;

    /// <summary>busId of System.Device.Spi, from 1.</summary>
    public int SpiBus;

    /// <summary>Chip select of the flash part: 16 · port + pin.</summary>
    public int FlashChipSelect;

    /// <summary>Highest SPI clock in Hz.</summary>
    public int FlashClockHz;

    /// <summary>Size of the flash part in bytes.</summary>
    public uint FlashSize;
}
