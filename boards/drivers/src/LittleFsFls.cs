// The flash port over a small file system: one file of 4 KiB for each sector, named by its number; a sector without a
// file is erased. Every change is one file written and closed, or deleted: after a power cut a sector has its old content
// or its new one, never a mixture.
// A page is a whole sector: a chunk is then one commit, where pages of 256 would rewrite its file sixteen times.
// Erasing deletes: it takes one commit of the directory and frees the block that the next rewrite needs.
// Invariants: nothing is allocated after construction; a read after a change comes from the file, never from the buffer
// that was written; at most one change a turn of the agent, for a call lasts as long as the file system's, some 70 ms for
// a write. A CAN controller with two receive buffers must ask for blocks of two frames meanwhile (nf.config).
// Tests: tests/boards/drivers/LittleFsFlsTests.
using System;

namespace EsyncAgent.Drivers;

/// <summary>Sectors as files.</summary>
public sealed class LittleFsFls : IFls
{
    /// <summary>Bytes of a sector, and of its file; also littlefs's block on every supported board.</summary>
    public const int SectorBytes = 4096;

    private const int NoSector = -1;
    private const int NoFile = -1;
    private const string Digits = "0123456789ABCDEF";

    private readonly IFilePort _files;
    private readonly string[] _names;
    private readonly byte[] _content = new byte[SectorBytes];
    private int _loaded = NoSector;
    private FlsStatus _status;
    private bool _isChanged;

    /// <summary>A part of <paramref name="size"/> bytes, whole sectors, in the files S000, S001 and so on.</summary>
    public LittleFsFls(IFilePort files, uint size)
    {
        _files = files;
        Size = size;
        _names = new string[size / SectorBytes];
        for (int i = 0; i < _names.Length; i++)
        {
            _names[i] = NameOf(i);
        }
    }

    /// <inheritdoc/>
    public uint Size { get; }

    /// <inheritdoc/>
    public int PageSize
    {
        get { return SectorBytes; }
    }

    /// <inheritdoc/>
    public int WriteUnit
    {
        get { return 1; }
    }

    /// <inheritdoc/>
    public byte ErasedValue
    {
        get { return 0xFF; }
    }

    /// <summary>Name of a sector's file: S and its number as three hexadecimal digits.</summary>
    public static string NameOf(int sector)
    {
        return new string(new char[] { 'S', Digits[(sector >> 8) & 0xF], Digits[(sector >> 4) & 0xF], Digits[sector & 0xF] });
    }

    /// <inheritdoc/>
    public uint SectorStart(uint address)
    {
        return address & ~(uint)(SectorBytes - 1);
    }

    /// <inheritdoc/>
    public uint SectorLength(uint address)
    {
        return SectorBytes;
    }

    /// <inheritdoc/>
    public bool StartErase(uint address)
    {
        if (!IsInside(address, SectorBytes) || SectorStart(address) != address)
        {
            return false;
        }

        _loaded = NoSector;
        _isChanged = true;
        _status = _files.Delete(_names[(int)(address / SectorBytes)]) ? FlsStatus.Ok : FlsStatus.Failed;
        return true;
    }

    /// <inheritdoc/>
    public bool StartProgram(uint address, byte[] data, int offset, int count)
    {
        int at = (int)(address & (SectorBytes - 1));
        if (!IsInside(address, count) || count > SectorBytes - at)
        {
            return false;
        }

        int sector = (int)(address / SectorBytes);
        _status = FlsStatus.Failed;
        if (Load(sector))
        {
            Array.Copy(data, offset, _content, at, count);
            _loaded = NoSector;
            _isChanged = true;
            _status = _files.Write(_names[sector], _content, SectorBytes) ? FlsStatus.Ok : FlsStatus.Failed;
        }

        return true;
    }

    /// <inheritdoc/>
    public bool StartRead(uint address, byte[] into, int offset, int count)
    {
        return Look(address, into, offset, count, false);
    }

    /// <inheritdoc/>
    public bool StartCompare(uint address, byte[] data, int offset, int count)
    {
        return Look(address, data, offset, count, true);
    }

    /// <inheritdoc/>
    public FlsStatus Poll()
    {
        if (_isChanged)
        {
            // The work is done; saying so in the next turn lets the agent look at its frames and times first.
            _isChanged = false;
            return FlsStatus.Busy;
        }

        return _status;
    }

    private bool IsInside(uint address, int count)
    {
        return count > 0 && address < Size && (uint)count <= Size - address;
    }

    /// <summary>Goes through a range sector by sector, until its end or the first trouble; copies it out, or compares.</summary>
    private bool Look(uint address, byte[] data, int offset, int count, bool isCompare)
    {
        if (!IsInside(address, count))
        {
            return false;
        }

        _status = FlsStatus.Ok;
        while (count > 0 && _status == FlsStatus.Ok)
        {
            int at = (int)(address & (SectorBytes - 1));
            int left = SectorBytes - at;
            int taken = count < left ? count : left;
            if (!Load((int)(address / SectorBytes)))
            {
                _status = FlsStatus.Failed;
            }
            else if (!isCompare)
            {
                Array.Copy(_content, at, data, offset, taken);
            }
            else if (!Bytes.AreEqual(_content, at, data, offset, taken))
            {
                _status = FlsStatus.Mismatch;
            }

            address += (uint)taken;
            offset += taken;
            count -= taken;
        }

        return true;
    }

    /// <summary>Brings a sector into the buffer; false when the file system reports an error.</summary>
    private bool Load(int sector)
    {
        if (_loaded == sector)
        {
            return true;
        }

        _loaded = NoSector;
        int count = _files.Read(_names[sector], _content);
        if (count < NoFile)
        {
            return false;
        }

        // A file that is short was never written by this driver: what it lacks reads as erased, and no tag will match.
        count = count == NoFile ? 0 : count;
        if (count < SectorBytes)
        {
            Bytes.Fill(_content, count, SectorBytes - count, 0xFF);
        }

        _loaded = sector;
        return true;
    }
}
