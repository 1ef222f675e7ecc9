// The cells of a flash part: what they hold, which write units were programmed since their erase, which bits are
// unstable after an interrupted operation.
// Invariants: bits only fall between erases; snapshots share sectors and a sector is copied before it is changed, so
// that a snapshot of megabytes costs microseconds; randomness comes from the caller's seed alone.
// Must not know jobs, times or ports.
// Tests: tests/host-sim/Flash.
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace EsyncSim.Flash;

/// <summary>The cells.</summary>
public sealed class FlashMemory
{
    private readonly FlashGeometry _geometry;
    private FlashSector[] _sectors;
    private object _owner = new();
    private ulong _random;

    /// <summary>A new, erased part.</summary>
    public FlashMemory(FlashGeometry geometry, ulong seed)
    {
        _geometry = geometry;
        _random = seed;
        _sectors = new FlashSector[geometry.SectorCount];
        for (int i = 0; i < _sectors.Length; i++)
        {
            _sectors[i] = new FlashSector { Owner = _owner };
        }
    }

    private FlashMemory(FlashMemory of, ulong seed)
    {
        _geometry = of._geometry;
        _random = seed;
        _sectors = of.Snapshot().Sectors;
    }

    /// <summary>Sectors, pages and write units of the part.</summary>
    public FlashGeometry Geometry => _geometry;

    /// <summary>A second part with the same contents, independent from now on.</summary>
    public FlashMemory Fork(ulong seed) => new(this, seed);

    /// <summary>Sets the seed of what follows: torn bits, unstable reads.</summary>
    public void Reseed(ulong seed) => _random = seed;

    /// <summary>Erases of a sector so far.</summary>
    public int EraseCount(int sector) => _sectors[sector].EraseCount;

    /// <summary>True when a sector holds anything but FF from its erase.</summary>
    public bool IsTouched(int sector) => _sectors[sector].Data is not null;

    /// <summary>Takes a snapshot.</summary>
    public FlashSnapshot Snapshot()
    {
        _owner = new object();
        return new FlashSnapshot((FlashSector[])_sectors.Clone());
    }

    /// <summary>Goes back to a snapshot.</summary>
    public void Restore(FlashSnapshot snapshot)
    {
        _owner = new object();
        _sectors = (FlashSector[])snapshot.Sectors.Clone();
    }

    /// <summary>
    /// SHA-256 over all that decides how the part behaves from now on: cells, unstable bits, programmed units, interrupted
    /// erases. Erased sectors cost nothing, unchanged ones next to nothing.
    /// </summary>
    public byte[] Fingerprint()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[4];
        for (int i = 0; i < _sectors.Length; i++)
        {
            if (!_sectors[i].IsErased)
            {
                BinaryPrimitives.WriteInt32BigEndian(number, i);
                hash.AppendData(number);
                hash.AppendData(_sectors[i].TakeDigest());
            }
        }

        return hash.GetHashAndReset();
    }

    /// <summary>All bytes, as they read now.</summary>
    public byte[] ToBytes()
    {
        byte[] all = new byte[_geometry.Size];
        Read(0, all);
        return all;
    }

    /// <summary>Takes over the bytes of a file; what is not FF counts as programmed.</summary>
    public void Load(ReadOnlySpan<byte> all)
    {
        for (int number = 0; number < _sectors.Length; number++)
        {
            int length = _geometry.LengthOf(number);
            ReadOnlySpan<byte> bytes = all.Slice((int)_geometry.StartOf(number), length);
            FlashSector sector = new() { Owner = _owner };
            _sectors[number] = sector;
            if (bytes.IndexOfAnyExcept((byte)0xFF) < 0)
            {
                continue;
            }

            sector.Data = bytes.ToArray();
            int units = length / _geometry.WriteUnit;
            for (int unit = 0; unit < units; unit++)
            {
                if (bytes.Slice(unit * _geometry.WriteUnit, _geometry.WriteUnit).IndexOfAnyExcept((byte)0xFF) >= 0)
                {
                    sector.SetProgrammed(unit, 1, units);
                }
            }
        }
    }

    /// <summary>Reads; unstable bits come out by chance.</summary>
    public void Read(uint address, Span<byte> into)
    {
        while (into.Length > 0)
        {
            int count = CopyWithinSector(address, into, out ReadOnlySpan<byte> unstable);
            for (int i = 0; i < unstable.Length; i++)
            {
                into[i] ^= unstable[i] == 0 ? (byte)0 : (byte)(Next() & unstable[i]);
            }

            into = into[count..];
            address += (uint)count;
        }
    }

    /// <summary>
    /// Looks at the cells without reading: no chance is drawn, so that a run goes on as it would have without the look. True
    /// when no bit of the range is unstable; an unstable one shows as it was last written.
    /// </summary>
    public bool Peek(uint address, Span<byte> into)
    {
        bool isStable = true;
        while (into.Length > 0)
        {
            int count = CopyWithinSector(address, into, out ReadOnlySpan<byte> unstable);
            isStable &= unstable.IndexOfAnyExcept((byte)0) < 0;
            into = into[count..];
            address += (uint)count;
        }

        return isStable;
    }

    /// <summary>Erases one sector.</summary>
    public void Erase(int number)
        => _sectors[number] = new FlashSector { Owner = _owner, EraseCount = _sectors[number].EraseCount + 1 };

    /// <summary>Gives a sector new content at once, as a file system does; what it does not cover is FF.</summary>
    public void Commit(int number, ReadOnlySpan<byte> content)
    {
        Erase(number);
        if (content.Length > 0)
        {
            byte[] data = Blank(number);
            content.CopyTo(data);
            _sectors[number].Data = data;
        }
    }

    /// <summary>Why a program is not allowed here, or null.</summary>
    public string? ProgramFault(uint address, int count)
    {
        int number = _geometry.SectorAt(address);
        FlashSector sector = _sectors[number];
        if (sector.IsSuspect)
        {
            return $"program at {address:X6}: the last erase of its sector was interrupted";
        }

        int first = (int)(address - _geometry.StartOf(number)) / _geometry.WriteUnit;
        int unit = sector.FirstProgrammed(first, count / _geometry.WriteUnit);
        if (unit >= 0)
        {
            return $"program at {address:X6}: write unit {_geometry.StartOf(number) + (unit * _geometry.WriteUnit):X6} was programmed before and not erased since";
        }

        return null;
    }

    /// <summary>Programs within one sector: bits fall where <paramref name="data"/> has zeros.</summary>
    public void Program(uint address, ReadOnlySpan<byte> data)
    {
        Span<byte> cells = Touch(address, data.Length);
        for (int i = 0; i < data.Length; i++)
        {
            cells[i] &= data[i];
        }
    }

    /// <summary>Programs as a power cut left it.</summary>
    public void ProgramCut(uint address, ReadOnlySpan<byte> data, CutModel model)
    {
        if (model == CutModel.Before)
        {
            return;
        }

        Span<byte> cells = Touch(address, data.Length);
        int prefix = model == CutModel.ProgramPrefix ? (int)(Next() % (uint)data.Length) : data.Length;
        for (int i = 0; i < prefix; i++)
        {
            byte falling = (byte)(cells[i] & ~data[i]);
            byte fallen = model is CutModel.ProgramBits or CutModel.ProgramUnstable ? (byte)(falling & (byte)Next()) : falling;
            cells[i] &= (byte)~fallen;
            if (model == CutModel.ProgramUnstable)
            {
                Destabilise(address + (uint)i, (byte)(falling & ~fallen & (byte)Next()));
            }
        }

        if (model == CutModel.ProgramMarginal)
        {
            MakeMarginal(address, cells);
        }
    }

    /// <summary>Erases as a power cut left it.</summary>
    public void EraseCut(int number, CutModel model)
    {
        if (model == CutModel.Before)
        {
            return;
        }

        if (model == CutModel.After)
        {
            Erase(number);
            return;
        }

        FlashSector sector = Own(number);
        sector.IsSuspect = true;
        if (model == CutModel.EraseAllFf)
        {
            sector.Data = null;
            sector.Unstable = null;
        }
        else if (model == CutModel.EraseUnstable && sector.Data is not null)
        {
            MixUp(number, sector.Data);
        }
        else if (model == CutModel.EraseMarginal && sector.Data is not null)
        {
            MakeMarginal(_geometry.StartOf(number), sector.Data);
        }
    }

    /// <summary>Turns one bit over, as ageing or radiation does.</summary>
    public void FlipBit(uint address, int bit)
    {
        int number = _geometry.SectorAt(address);
        FlashSector sector = Own(number);
        sector.Data ??= Blank(number);
        sector.Data[address - _geometry.StartOf(number)] ^= (byte)(1 << bit);
    }

    // As far as the range lies in the sector of its first byte; with the unstable bits of each byte, none where all are stable.
    private int CopyWithinSector(uint address, Span<byte> into, out ReadOnlySpan<byte> unstable)
    {
        int number = _geometry.SectorAt(address);
        FlashSector sector = _sectors[number];
        int at = (int)(address - _geometry.StartOf(number));
        int count = Math.Min(into.Length, _geometry.LengthOf(number) - at);
        if (sector.Data is null)
        {
            into[..count].Fill(0xFF);
        }
        else
        {
            sector.Data.AsSpan(at, count).CopyTo(into);
        }

        unstable = sector.Unstable is null ? [] : sector.Unstable.AsSpan(at, count);
        return count;
    }

    private Span<byte> Touch(uint address, int count)
    {
        int number = _geometry.SectorAt(address);
        FlashSector sector = Own(number);
        int at = (int)(address - _geometry.StartOf(number));
        sector.Data ??= Blank(number);
        sector.SetProgrammed(at / _geometry.WriteUnit, count / _geometry.WriteUnit, _geometry.LengthOf(number) / _geometry.WriteUnit);
        return sector.Data.AsSpan(at, count);
    }

    // Of the old zeros a third stays, a third has risen, and a third cannot decide.
    private void MixUp(int number, byte[] data)
    {
        for (int i = 0; i < data.Length; i++)
        {
            byte zeros = (byte)~data[i];
            if (zeros != 0)
            {
                ulong random = Next();
                byte risen = (byte)(zeros & (byte)(random % 3 == 0 ? random >> 8 : (random >> 8) & (random >> 16)));
                data[i] |= risen;
                Destabilise(_geometry.StartOf(number) + (uint)i, (byte)(zeros & ~risen & (byte)(random >> 24)));
            }
        }
    }

    // Up to three of the zeros in a range cannot decide, wherever the first look for them begins.
    private void MakeMarginal(uint address, ReadOnlySpan<byte> cells)
    {
        int left = 1 + (int)(Next() % 3);
        int skip = (int)(Next() % (uint)cells.Length);
        for (int i = 0; i < cells.Length && left > 0; i++)
        {
            int at = (skip + i) % cells.Length;
            byte zeros = (byte)~cells[at];
            if (zeros != 0)
            {
                Destabilise(address + (uint)at, (byte)(zeros & -zeros));
                left--;
            }
        }
    }

    private void Destabilise(uint address, byte mask)
    {
        int number = _geometry.SectorAt(address);
        FlashSector sector = Own(number);
        sector.Unstable ??= new byte[_geometry.LengthOf(number)];
        sector.Unstable[address - _geometry.StartOf(number)] |= mask;
    }

    private FlashSector Own(int number)
    {
        if (_sectors[number].Owner != _owner)
        {
            _sectors[number] = _sectors[number].Clone(_owner);
        }

        _sectors[number].Digest = null;
        return _sectors[number];
    }

    private byte[] Blank(int number)
    {
        byte[] blank = new byte[_geometry.LengthOf(number)];
        blank.AsSpan().Fill(0xFF);
        return blank;
    }

    // SplitMix64 (Steele, Lea, Flood 2014): small, seeded, the same on every machine.
    private ulong Next()
    {
        _random += 0x9E3779B97F4A7C15;
        ulong z = _random;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
