// What a board knows of its SPI NOR flash, from board.yaml; the times are the longest of the W25Q data sheets.
// Plain data. Tests: tests/boards/drivers/SpiNorStartTests.
namespace EsyncAgent.Drivers;

/// <summary>The part that is soldered to the board.</summary>
public sealed class SpiNorConfig
{
    /// <summary>Bytes that are used of it: whole sectors of 4 KiB, 16 MiB at most (3-byte addresses).</summary>
    public uint Size;

    /// <summary>Its answer to 9F, three bytes; 0 for any part of <see cref="SpiNorParts"/> that is large enough.</summary>
    public uint JedecId;

    /// <summary>
    /// Bytes that one call reads or compares, 1 to 256. Less where a CAN controller with two receive buffers hangs on the same processor: to
    /// compare 256 bytes holds it up as long as two frames and their gaps of 300 µs last.
    /// </summary>
    public int PieceLength = 256;

    /// <summary>Longest erase of a sector, in milliseconds.</summary>
    public uint EraseMsMax = 400;

    /// <summary>Longest program of a page, in milliseconds.</summary>
    public uint ProgramMsMax = 3;

    /// <summary>Longest write of a status register, in milliseconds.</summary>
    public uint RegisterMsMax = 15;
}
