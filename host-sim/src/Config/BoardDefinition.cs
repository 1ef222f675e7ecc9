// What a board is: its CAN controller, its flash parts, its wiring, its memory, the drivers and packages of its program.
// Limits here are facts of hardware and driver; nf.config may tighten them and never loosen them. Wiring, drivers and
// packages are what the program in boards/<name> is made of; a test compares the two.
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
    /// <summary>Name of the driver in boards/drivers; empty on a board without a program.</summary>
    public string Driver { get; init; } = "";

    /// <summary>Erases that each sector stands; 0 is no limit (RAM).</summary>
    public uint EraseCycles { get; init; }

    /// <summary>Its chip select on the board's SPI bus; null for a part that is not on SPI.</summary>
    public SpiDevice? Spi { get; init; }

    /// <summary>The part as the flash model takes it, with the times of a W25Q.</summary>
    public FlashGeometry ToGeometry() =>
        new(Name, (int)PageSize, (int)WriteUnit, FlashTiming.W25Q, new SectorRun((int)(Size / SectorLength), (int)SectorLength));
}

/// <summary>A device on the SPI bus.</summary>
/// <param name="ChipSelect">Pin.</param>
/// <param name="ClockHz">Highest clock that is asked for.</param>
public sealed record SpiDevice(string ChipSelect, uint ClockHz);

/// <summary>The SPI bus that CAN controller and flash part hang on.</summary>
/// <param name="Number">busId of System.Device.Spi, from 1.</param>
/// <param name="Pins">Pins by signal name: sck, miso, mosi.</param>
public sealed record SpiBus(uint Number, IReadOnlyDictionary<string, string> Pins);

/// <summary>A board, from boards/&lt;name&gt;/board.yaml.</summary>
public sealed record BoardDefinition
{
    /// <summary>Name of its folder, which is the name in nf.config.</summary>
    public required string Name { get; init; }

    /// <summary>Name for people.</summary>
    public required string Title { get; init; }

    /// <summary>Target name of nanoff; "none" when there is nothing to flash.</summary>
    public required string Target { get; init; }

    public required CanControllerKind CanController { get; init; }

    /// <summary>Name of the CAN driver in boards/drivers; empty on a board without a program.</summary>
    public required string CanDriver { get; init; }

    /// <summary>Clock from which the bit time's quanta are divided, in Hz; half of an MCP2515's crystal.</summary>
    public required uint CanClockHz { get; init; }

    /// <summary>CAN peripheral, empty when the board has no choice.</summary>
    public required string CanPeripheral { get; init; }

    /// <summary>Pins by signal name.</summary>
    public required IReadOnlyDictionary<string, string> CanPins { get; init; }

    /// <summary>Chip select of a CAN controller on SPI; null for one in the processor.</summary>
    public required SpiDevice? CanSpi { get; init; }

    /// <summary>Pin that a CAN controller on SPI pulls low when a frame has come; empty where there is none.</summary>
    public required string CanInterrupt { get; init; }

    /// <summary>The SPI bus; null when nothing hangs on one.</summary>
    public required SpiBus? Spi { get; init; }

    /// <summary>Highest bit rate in bit/s that driver and wiring keep up with.</summary>
    public required uint BitRateMax { get; init; }

    /// <summary>Largest block size (ISO 15765-2) that the driver can stand; 0 is no limit.</summary>
    public required byte BlockSizeMax { get; init; }

    /// <summary>Smallest STmin code that the driver can stand.</summary>
    public required byte SeparationTimeMin { get; init; }

    /// <summary>CAN frames that signals can be read from, all of one format: what the controller has filters for; 0 where nothing is filtered.</summary>
    public required byte SignalFramesMax { get; init; }

    /// <summary>Flash parts by name.</summary>
    public required IReadOnlyDictionary<string, FlashPart> FlashParts { get; init; }

    /// <summary>Name of the crypto driver in boards/drivers; empty on a board without a program.</summary>
    public required string CryptoDriver { get; init; }

    /// <summary>Turn in milliseconds that cryptography makes the agent take; 0 where it is no longer than any other.</summary>
    public required ushort CryptoTurnMs { get; init; }

    /// <summary>Flash in bytes for the program's assemblies; 0 on a board without a program.</summary>
    public required uint DeploymentLength { get; init; }

    /// <summary>nanoFramework packages of the program, without versions, in order.</summary>
    public required IReadOnlyList<string> Packages { get; init; }

    /// <summary>Longest image in bytes that the board can load into RAM.</summary>
    public required uint ImageLengthMax { get; init; }

    /// <summary>Bytes of RAM for the decoders of encoded images, beside the longest image; 0 when there is no room for any.</summary>
    public required uint DecoderLengthMax { get; init; }

    /// <summary>Bytes of RAM for signals, rules and what waits for the report log, beside the longest image and the decoders.</summary>
    public required uint DataLengthMax { get; init; }
}
