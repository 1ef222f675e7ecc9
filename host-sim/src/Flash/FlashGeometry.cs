// The shape and the speed of a flash part: sectors (even or uneven), page, write unit, times.
// Invariants: runs of sectors follow one another from address 0; page and write unit are powers of two, the page no
// smaller than the unit, every sector a whole number of pages.
// Tests: tests/host-sim/Flash.
namespace EsyncSim.Flash;

/// <summary>A run of equal sectors.</summary>
/// <param name="Count">Number of sectors, 1 at least.</param>
/// <param name="Length">Length of each in bytes.</param>
public sealed record SectorRun(int Count, int Length);

/// <summary>Typical times of a part, in microseconds of virtual time.</summary>
/// <param name="EraseUs">Erase of a sector of 4 KiB; larger sectors take <paramref name="ErasePerKibUs"/> more for each KiB above.</param>
/// <param name="ErasePerKibUs">Further time per KiB of a sector above 4 KiB.</param>
/// <param name="ProgramBaseUs">Fixed part of a program job.</param>
/// <param name="ProgramPerByteNs">Part of a program job per byte, in nanoseconds.</param>
/// <param name="ReadBaseUs">Fixed part of a read or compare (command, address).</param>
/// <param name="ReadPerByteNs">Read time per byte, in nanoseconds; 400 is SPI at 20 MHz.</param>
public sealed record FlashTiming(
    long EraseUs,
    long ErasePerKibUs,
    long ProgramBaseUs,
    long ProgramPerByteNs,
    long ReadBaseUs,
    long ReadPerByteNs)
{
    /// <summary>W25Q series on 20 MHz SPI: 45 ms per 4 KiB sector, 0.7 ms per full page.</summary>
    public static FlashTiming W25Q { get; } = new(45_000, 1_750, 60, 2_500, 4, 400);

    /// <summary>Flash inside a microcontroller, read over the bus: 16 µs per word, about 1 s per 128 KiB.</summary>
    public static FlashTiming Internal { get; } = new(40_000, 7_700, 16, 4_000, 1, 10);

    /// <summary>Time to erase a sector of <paramref name="length"/> bytes.</summary>
    public long EraseTimeUs(int length) => EraseUs + (Math.Max(0, length - 4096) / 1024 * ErasePerKibUs);

    /// <summary>Time to program <paramref name="count"/> bytes of one page.</summary>
    public long ProgramTimeUs(int count) => ProgramBaseUs + (count * ProgramPerByteNs / 1000);

    /// <summary>Time to read or compare <paramref name="count"/> bytes.</summary>
    public long ReadTimeUs(int count) => ReadBaseUs + (count * ReadPerByteNs / 1000);
}

/// <summary>One part, as a row of <see cref="FlashGeometries"/>.</summary>
public sealed class FlashGeometry
{
    private readonly uint[] _starts;

    /// <summary>Describes a part; throws <see cref="ArgumentException"/> when the figures contradict each other.</summary>
    public FlashGeometry(string name, int pageSize, int writeUnit, FlashTiming timing, params SectorRun[] runs)
    {
        Name = name;
        PageSize = pageSize;
        WriteUnit = writeUnit;
        Timing = timing;
        Runs = runs;
        List<uint> starts = [];
        uint at = 0;
        foreach (SectorRun run in runs)
        {
            if (run.Count < 1 || run.Length < pageSize || run.Length % pageSize != 0)
            {
                throw new ArgumentException($"{name}: sectors of {run.Length} bytes are not whole pages of {pageSize}");
            }

            for (int i = 0; i < run.Count; i++)
            {
                starts.Add(at);
                at += (uint)run.Length;
            }
        }

        if (!int.IsPow2(pageSize) || !int.IsPow2(writeUnit) || writeUnit > pageSize || writeUnit > 32 || starts.Count == 0)
        {
            throw new ArgumentException($"{name}: page {pageSize} and write unit {writeUnit} do not go together");
        }

        Size = at;
        _starts = [.. starts];
    }

    /// <summary>Name of the row.</summary>
    public string Name { get; }

    /// <summary>Largest program job in bytes.</summary>
    public int PageSize { get; }

    /// <summary>Smallest programmable unit in bytes.</summary>
    public int WriteUnit { get; }

    /// <summary>Times of the part.</summary>
    public FlashTiming Timing { get; }

    /// <summary>The sector map.</summary>
    public IReadOnlyList<SectorRun> Runs { get; }

    /// <summary>Size in bytes.</summary>
    public uint Size { get; }

    /// <summary>Number of sectors.</summary>
    public int SectorCount => _starts.Length;

    /// <summary>Start of a sector by its number.</summary>
    public uint StartOf(int sector) => _starts[sector];

    /// <summary>Length of a sector by its number.</summary>
    public int LengthOf(int sector) => (int)((sector + 1 < _starts.Length ? _starts[sector + 1] : Size) - _starts[sector]);

    /// <summary>Number of the sector that contains an address.</summary>
    public int SectorAt(uint address)
    {
        if (address >= Size)
        {
            throw new ArgumentOutOfRangeException(nameof(address), $"address {address:X8} is outside {Name}");
        }

        int found = Array.BinarySearch(_starts, address);
        return found >= 0 ? found : ~found - 1;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
