// A flash part in RAM that keeps the rules of a NOR flash and loses its power where it is told to: for the emulator and
// for the device tests, on whatever runs them. One array for each sector, since a large array may not be had.
// Invariants: bits only fall between erases; a write unit is programmed once between erases, a second program is refused
// and counted; an operation that the power cut left half done makes what it touched unprogrammable until the next
// erase. A job's effect appears at its first Poll. Nothing is allocated after the constructor.
// It must not know what the bytes mean. host-sim has a part with times and many ways to be cut (host-sim/src/Flash).
// Tests: tests/boards/virtual/RamFlsTests.cs.
using System;

namespace EsyncAgent.Emulator;

/// <summary>NOR flash in RAM with equal sectors. The contents outlive a reset as long as the object does.</summary>
public sealed class RamFls : IFls
{
    private enum Job : byte
    {
        None,
        Erase,
        Program,
        Read,
        Compare,
    }

    private const byte Erased = 0xFF;

    private readonly byte[][] _sectors;
    private readonly byte[] _programmed;
    private readonly int _sectorLength;
    private readonly int _pageSize;
    private readonly int _writeUnit;
    private Job _job;
    private uint _address;
    private byte[] _data;
    private int _offset;
    private int _count;
    private FlsStatus _status;
    private int _operationsLeft;

    /// <summary>
    /// A new part, erased. <paramref name="sectorLength"/> and <paramref name="pageSize"/> are powers of two and multiples
    /// of <paramref name="writeUnit"/>, which is a power of two as well (1 to 32).
    /// </summary>
    public RamFls(int sectorCount, int sectorLength, int pageSize, int writeUnit)
    {
        _sectorLength = sectorLength;
        _pageSize = pageSize;
        _writeUnit = writeUnit;
        _programmed = new byte[((sectorCount * sectorLength / writeUnit) + 7) / 8];
        _sectors = new byte[sectorCount][];
        for (int i = 0; i < sectorCount; i++)
        {
            _sectors[i] = new byte[sectorLength];
            Fill(_sectors[i], 0, sectorLength);
        }
    }

    /// <summary>Jobs that broke a rule of the part and were refused.</summary>
    public int ViolationCount { get; private set; }

    /// <summary>Sectors erased so far.</summary>
    public int EraseCount { get; private set; }

    /// <summary>Program jobs so far.</summary>
    public int ProgramCount { get; private set; }

    /// <summary>True from a power cut to <see cref="PowerOn"/>; every job is refused.</summary>
    public bool IsPowerLost { get; private set; }

    /// <summary>True when the last cut came in the middle of a program, false when in an erase.</summary>
    public bool WasProgramCut { get; private set; }

    /// <inheritdoc/>
    public uint Size
    {
        get { return (uint)(_sectors.Length * _sectorLength); }
    }

    /// <inheritdoc/>
    public int PageSize
    {
        get { return _pageSize; }
    }

    /// <inheritdoc/>
    public int WriteUnit
    {
        get { return _writeUnit; }
    }

    /// <inheritdoc/>
    public byte ErasedValue
    {
        get { return Erased; }
    }

    /// <summary>
    /// The power fails in the middle of the erase or program that comes after <paramref name="operations"/> more of them;
    /// 0 is the next one.
    /// </summary>
    public void CutAfter(int operations)
    {
        _operationsLeft = operations + 1;
    }

    /// <summary>Power is back; the contents are what the cut left. A cut that did not come yet is forgotten.</summary>
    public void PowerOn()
    {
        IsPowerLost = false;
        _operationsLeft = 0;
        _job = Job.None;
        _data = null;
        _status = FlsStatus.Idle;
    }

    /// <inheritdoc/>
    public uint SectorStart(uint address)
    {
        return address & ~((uint)_sectorLength - 1);
    }

    /// <inheritdoc/>
    public uint SectorLength(uint address)
    {
        return (uint)_sectorLength;
    }

    /// <inheritdoc/>
    public bool StartErase(uint address)
    {
        if (!MayStart(address, _sectorLength) || IsViolated(SectorStart(address) != address))
        {
            return false;
        }

        EraseCount++;
        return Begin(Job.Erase, address, null, 0, _sectorLength);
    }

    /// <inheritdoc/>
    public bool StartProgram(uint address, byte[] data, int offset, int count)
    {
        if (!MayStart(address, count))
        {
            return false;
        }

        uint unitMask = (uint)_writeUnit - 1;
        uint pageMask = (uint)_pageSize - 1;
        bool isMisplaced = ((address | (uint)count) & unitMask) != 0 || (address & pageMask) + (uint)count > (uint)_pageSize;
        if (IsViolated(isMisplaced) || IsViolated(IsAnyProgrammed(address, count)))
        {
            return false;
        }

        ProgramCount++;
        return Begin(Job.Program, address, data, offset, count);
    }

    /// <inheritdoc/>
    public bool StartRead(uint address, byte[] into, int offset, int count)
    {
        return MayStart(address, count) && Begin(Job.Read, address, into, offset, count);
    }

    /// <inheritdoc/>
    public bool StartCompare(uint address, byte[] data, int offset, int count)
    {
        return MayStart(address, count) && Begin(Job.Compare, address, data, offset, count);
    }

    /// <inheritdoc/>
    public FlsStatus Poll()
    {
        if (_job != Job.None)
        {
            Job job = _job;
            _job = Job.None;
            _status = IsCut(job) ? FlsStatus.Failed : Do(job);
            _data = null;
        }

        return _status;
    }

    private static void Fill(byte[] sector, int start, int end)
    {
        // Array.Copy is native where a loop over bytes is interpreted: each copy doubles what is filled.
        int done = end - start < 16 ? end - start : 16;
        for (int i = 0; i < done; i++)
        {
            sector[start + i] = Erased;
        }

        while (done < end - start)
        {
            int count = done < end - start - done ? done : end - start - done;
            Array.Copy(sector, start, sector, start + done, count);
            done += count;
        }
    }

    private bool MayStart(uint address, int count)
    {
        return !IsPowerLost && _job == Job.None && count > 0 && address < Size && (uint)count <= Size - address;
    }

    private bool IsViolated(bool isBroken)
    {
        ViolationCount += isBroken ? 1 : 0;
        return isBroken;
    }

    private bool Begin(Job job, uint address, byte[] data, int offset, int count)
    {
        _job = job;
        _address = address;
        _data = data;
        _offset = offset;
        _count = count;
        return true;
    }

    private bool IsCut(Job job)
    {
        if ((job != Job.Erase && job != Job.Program) || _operationsLeft == 0 || --_operationsLeft != 0)
        {
            return false;
        }

        Tear(job);
        WasProgramCut = job == Job.Program;
        IsPowerLost = true;
        return true;
    }

    // Half way: the first half of the sector reads FF and the rest as before, or the first half of the data is there and in
    // the byte after it the upper bits have fallen. Neither can be programmed without a whole erase.
    private void Tear(Job job)
    {
        byte[] sector = SectorAt(_address);
        int half = _count / 2;
        MarkProgrammed(_address, _count);
        if (job == Job.Erase)
        {
            Fill(sector, 0, half);
            return;
        }

        int start = PlaceOf(_address);
        Array.Copy(_data, _offset, sector, start, half);
        sector[start + half] &= (byte)(_data[_offset + half] | 0x0F);
    }

    private FlsStatus Do(Job job)
    {
        switch (job)
        {
            case Job.Erase:
                Fill(SectorAt(_address), 0, _sectorLength);
                Array.Clear(_programmed, UnitOf(_address) / 8, _sectorLength / _writeUnit / 8);
                return FlsStatus.Ok;
            case Job.Program:
                // All units are erased, so that copying is what falling bits would give.
                Array.Copy(_data, _offset, SectorAt(_address), PlaceOf(_address), _count);
                MarkProgrammed(_address, _count);
                return FlsStatus.Ok;
            case Job.Read:
                Read();
                return FlsStatus.Ok;
            default:
                return Compare() ? FlsStatus.Ok : FlsStatus.Mismatch;
        }
    }

    private void Read()
    {
        while (_count > 0)
        {
            int piece = PieceLength();
            Array.Copy(SectorAt(_address), PlaceOf(_address), _data, _offset, piece);
            Advance(piece);
        }
    }

    private bool Compare()
    {
        while (_count > 0)
        {
            int piece = PieceLength();
            if (!Bytes.AreEqual(SectorAt(_address), PlaceOf(_address), _data, _offset, piece))
            {
                return false;
            }

            Advance(piece);
        }

        return true;
    }

    private int PieceLength()
    {
        int room = _sectorLength - PlaceOf(_address);
        return _count < room ? _count : room;
    }

    private void Advance(int count)
    {
        _address += (uint)count;
        _offset += count;
        _count -= count;
    }

    private byte[] SectorAt(uint address)
    {
        return _sectors[(int)address / _sectorLength];
    }

    private int PlaceOf(uint address)
    {
        return (int)address & (_sectorLength - 1);
    }

    private int UnitOf(uint address)
    {
        return (int)address / _writeUnit;
    }

    private bool IsAnyProgrammed(uint address, int count)
    {
        int end = UnitOf(address + (uint)count);
        for (int unit = UnitOf(address); unit < end; unit++)
        {
            if ((_programmed[unit >> 3] & (1 << (unit & 7))) != 0)
            {
                return true;
            }
        }

        return false;
    }

    private void MarkProgrammed(uint address, int count)
    {
        int end = UnitOf(address + (uint)count);
        for (int unit = UnitOf(address); unit < end; unit++)
        {
            _programmed[unit >> 3] |= (byte)(1 << (unit & 7));
        }
    }
}
