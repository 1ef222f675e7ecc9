// The table of parts that the agent is tried on: small and large sectors, even and uneven, pages of 1 to 256 bytes,
// write units of 1 to 32. Names are those of the parts whose figures they resemble.
// Invariant: the first row is the part that most boards use; rows are only appended.
// Tests: tests/host-sim/Flash.
namespace EsyncSim.Flash;

/// <summary>All geometries, by name.</summary>
public static class FlashGeometries
{
    private const int K = 1024;

    /// <summary>W25Q32: 4 MiB SPI NOR flash, 4 KiB sectors.</summary>
    public static FlashGeometry W25Q32 { get; } = new("w25q32", 256, 1, FlashTiming.W25Q, new SectorRun(1024, 4 * K));

    /// <summary>Every row of the table.</summary>
    public static IReadOnlyList<FlashGeometry> All { get; } =
    [
        W25Q32,
        new("w25q-64k-blocks", 256, 1, FlashTiming.W25Q, new SectorRun(64, 64 * K)),
        new("stm32f7-uneven", 32, 32, FlashTiming.Internal, new SectorRun(4, 32 * K), new SectorRun(1, 128 * K), new SectorRun(7, 256 * K)),
        new("stm32f4-uneven", 4, 4, FlashTiming.Internal, new SectorRun(4, 16 * K), new SectorRun(1, 64 * K), new SectorRun(7, 128 * K)),
        new("stm32f4-two-banks", 8, 4, FlashTiming.Internal, new SectorRun(4, 16 * K), new SectorRun(1, 64 * K), new SectorRun(7, 128 * K), new SectorRun(4, 16 * K), new SectorRun(1, 64 * K), new SectorRun(7, 128 * K)),
        new("stm32h7", 32, 32, FlashTiming.Internal, new SectorRun(16, 128 * K)),
        new("stm32g4", 8, 8, FlashTiming.Internal, new SectorRun(256, 2 * K)),
        new("stm32g4-fast-rows", 256, 8, FlashTiming.Internal, new SectorRun(256, 2 * K)),
        new("sst25-byte", 1, 1, FlashTiming.W25Q, new SectorRun(512, 4 * K)),
        new("nrf52", 4, 4, FlashTiming.Internal, new SectorRun(256, 4 * K)),
        new("generic-16k-page-32", 32, 1, FlashTiming.W25Q, new SectorRun(128, 16 * K)),
        new("generic-16k-unit-8", 256, 8, FlashTiming.W25Q, new SectorRun(128, 16 * K)),
        new("generic-64k-unit-32", 256, 32, FlashTiming.W25Q, new SectorRun(32, 64 * K)),
        new("generic-128k-byte", 8, 1, FlashTiming.W25Q, new SectorRun(16, 128 * K)),
    ];

    /// <summary>The row of a name; throws <see cref="UserErrorException"/> with the names there are.</summary>
    public static FlashGeometry ByName(string name)
        => All.FirstOrDefault(row => row.Name == name)
            ?? throw new UserErrorException(2, $"unknown flash geometry '{name}'; known are {string.Join(", ", All.Select(row => row.Name))}");
}
