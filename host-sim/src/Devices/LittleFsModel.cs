// A littlefs partition as far as a driver with one file per sector sees it, over the cells of a flash model: file S00N is
// sector N. So an ECU's memory is one thing, whatever driver it has: flash files, cuts and sweeps work on it alike.
// What littlefs promises is kept: a file changes when it is closed, wholly or not at all, also when the power fails.
// Room: a file takes one block of 4 KiB; the root directory two, and two more when it splits (32 bytes an entry); a rewrite
// one, for the new content is written before the old goes. littlefs 2.11 itself, with 64 such blocks and the settings of
// esp_littlefs: 52 files take 54 to 56, 59 take 61, none of 200,000 rewrites is refused; 62 fill it and then no rewrite can
// be. A rewrite erases 1.1 blocks and programs 4.4 KB.
// Left out: wear of the blocks below, which littlefs spreads; the content of a file that is open.
// Tests: tests/host-sim/Devices/LittleFsModelTests.cs.
using System.Globalization;
using EsyncAgent.Drivers;
using EsyncSim.Flash;

namespace EsyncSim.Devices;

/// <summary>Files over the cells of a part.</summary>
public sealed class LittleFsModel : IFilePort
{
    /// <summary>Blocks of a partition that no file can have: two pairs of metadata, and the copy of a rewrite.</summary>
    public const int ReservedBlocks = 5;

    private readonly FlashModel _flash;
    private readonly int _filesMax;

    /// <summary>A file system on <paramref name="flash"/>, in a partition of so many bytes.</summary>
    public LittleFsModel(FlashModel flash, int partitionLength = 256 * 1024)
    {
        _flash = flash;
        _filesMax = (partitionLength / LittleFsFls.SectorBytes) - ReservedBlocks;
    }

    /// <summary>Called with each access and the bytes that it moved, for the processor to pay: reads, commits.</summary>
    public Action<LittleFsAccess, int>? Accessed { get; set; }

    /// <summary>Files that are there.</summary>
    public int FileCount => Enumerable.Range(0, _flash.Geometry.SectorCount).Count(sector => Exists(_flash.Geometry.StartOf(sector)));

    /// <inheritdoc/>
    public int Read(string name, byte[] into)
    {
        uint address = AddressOf(name);
        if (_flash.IsPowerLost)
        {
            return -2;
        }

        if (!Exists(address))
        {
            Accessed?.Invoke(LittleFsAccess.LookUp, 0);
            return -1;
        }

        int count = Math.Min(into.Length, LittleFsFls.SectorBytes);
        _flash.Memory.Read(address, into.AsSpan(0, count));
        Accessed?.Invoke(LittleFsAccess.Read, count);
        return count;
    }

    /// <inheritdoc/>
    public bool Write(string name, byte[] data, int count)
    {
        uint address = AddressOf(name);
        if (!Exists(address) && FileCount >= _filesMax)
        {
            return false;
        }

        // Paid before it happens: the content is there when the file is closed.
        Accessed?.Invoke(LittleFsAccess.Write, count);
        return _flash.Commit(address, data.AsSpan(0, count));
    }

    /// <inheritdoc/>
    public bool Delete(string name)
    {
        uint address = AddressOf(name);
        if (!_flash.IsPowerLost && !Exists(address))
        {
            Accessed?.Invoke(LittleFsAccess.LookUp, 0);
            return true;
        }

        Accessed?.Invoke(LittleFsAccess.Delete, 0);
        return _flash.Commit(address, []);
    }

    // A sector that is all FF and a file that is all FF are the same to the driver.
    private bool Exists(uint address) => _flash.Memory.IsTouched(_flash.Geometry.SectorAt(address));

    private uint AddressOf(string name)
    {
        if (name.Length != 4 || name[0] != 'S' || !int.TryParse(name.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int sector)
            || sector >= _flash.Geometry.SectorCount)
        {
            throw new ArgumentException($"\"{name}\" is no sector of {_flash.Geometry}: S000 to {LittleFsFls.NameOf(_flash.Geometry.SectorCount - 1)}", nameof(name));
        }

        return _flash.Geometry.StartOf(sector);
    }
}

/// <summary>What was asked of the file system.</summary>
public enum LittleFsAccess
{
    /// <summary>A directory was searched in vain.</summary>
    LookUp,

    /// <summary>A file was read.</summary>
    Read,

    /// <summary>A file was written and closed.</summary>
    Write,

    /// <summary>A file was removed.</summary>
    Delete,
}
