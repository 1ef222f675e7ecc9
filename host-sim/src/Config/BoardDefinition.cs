// What a board is, as far as the configuration has to know: its CAN controller, its flash parts, its memory.
// Limits here are facts of hardware and driver; nf.config may tighten them and never loosen them.
// Tests: tests/host-sim/Config/BoardTests.cs.
using EsyncSim.Flash;

namespace EsyncSim.Config;

/// <summary>Which driver serves the CAN controller.</summary>
public enum CanControllerKind
{
    /// <summary>Simulated, without the faults of a real driver.</summary>
    Virtual,

    /// <summary>bxCAN of an STM32 under nanoFramework's stock driver.</summary>
    Stm32,

    /// <summary>Microchip MCP2515 on SPI.</summary>
    Mcp2515,
}

/// <summary>Geometry of a flash part.</summary>
/// <param name="Name">Name in board.yaml.</param>
/// <param name="Size">Bytes.</param>
/// <param name="SectorLength">Bytes of an erasable sector; all are equally long.</param>
/// <param name="PageSize">Bytes that one program operation may cover; a power of two.</param>
/// <param name="WriteUnit">Bytes that are programmed at once at least; a power of two, 1 to 32.</param>
public sealed record FlashPart(string Name, uint Size, uint SectorLength, uint PageSize, uint WriteUnit)
{
    /// <summary>The part as the flash model takes it, with the times of a W25Q.</summary>
    public FlashGeometry ToGeometry() =>
        new(Name, (int)PageSize, (int)WriteUnit, FlashTiming.W25Q, new SectorRun((int)(Size / SectorLength), (int)SectorLength));
}

/// <summary>A board, from boards/&lt;name&gt;/board.yaml.</summary>
public sealed class BoardDefinition
{
    /// <summary>Name of its folder, which is the name in nf.config.</summary>
    public required string Name { get; init; }

    /// <summary>Name for people.</summary>
    public required string Title { get; init; }

    /// <summary>Target name of nanoff; "none" when there is nothing to flash.</summary>
    public required string Target { get; init; }

    public required CanControllerKind CanController { get; init; }

    /// <summary>Clock from which the bit time's quanta are divided, in Hz; half of an MCP2515's crystal.</summary>
    public required uint CanClockHz { get; init; }

    /// <summary>CAN peripheral, empty when the board has no choice.</summary>
    public required string CanPeripheral { get; init; }

    /// <summary>Pins by signal name.</summary>
    public required IReadOnlyDictionary<string, string> CanPins { get; init; }

    /// <summary>Highest bit rate in bit/s that driver and wiring keep up with.</summary>
    public required uint BitRateMax { get; init; }

    /// <summary>Largest block size (ISO 15765-2) that the driver can stand; 0 is no limit.</summary>
    public required byte BlockSizeMax { get; init; }

    /// <summary>Smallest STmin code that the driver can stand.</summary>
    public required byte SeparationTimeMin { get; init; }

    /// <summary>Flash parts by name.</summary>
    public required IReadOnlyDictionary<string, FlashPart> FlashParts { get; init; }

    /// <summary>Longest image in bytes that the board can load into RAM.</summary>
    public required uint ImageLengthMax { get; init; }
}
