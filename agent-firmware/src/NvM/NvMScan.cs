// Reads both NvM areas at start, takes the newest value of every block, and knows from then on what is stored, and where in each
// area: the values themselves are in the mirror, until somebody writes another. Says which area, if any, lacks a newest value.
// Invariants: a value is taken from the same bytes whose CRC was checked, since a second read might differ; sequences
// compare by difference, so their wrap is harmless; the first record that is not whole ends an area, and when it is not
// blank either, the area is to be made anew: at the next look it might be whole, and bring back what was given up.
// Areas that differ are read many times, and only what was whole each time counts: bits that a power cut left between 0 and
// 1 may pass a CRC once, and then the area that is really whole would be the one that is erased.
// Must not know how areas are written.
// PROTOCOL.md "NvM". Tests: tests/agent-firmware/NvM.
namespace EsyncAgent;

/// <summary>What is stored, and the start-up scan that finds it.</summary>
internal sealed class NvMScan
{
    // Keeps a start-up cycle below some 3,000 instructions with short records.
    private const int RecordsPerStep = 4;
    private const int ReadTriesMax = 3;

    // Readings of areas that differ; each shows a bit that is between 0 and 1 with a chance of a half.
    private const int ReadingsMax = 10;

    /// <summary>Length of each block's stored value; 0 when there is none.</summary>
    internal readonly int[] Length = new int[NvMBlock.Count];

    /// <summary>Its sequence.</summary>
    internal readonly uint[] Sequence = new uint[NvMBlock.Count];

    /// <summary>Level of sparing writes (<see cref="NvMSparing"/>) in its record.</summary>
    internal readonly byte[] Level = new byte[NvMBlock.Count];

    /// <summary>The two areas.</summary>
    internal readonly FlsArea[] Areas;

    // Where its record begins in each area, area by area; of an area that has it.
    private readonly uint[] _places = new uint[2 * NvMBlock.Count];
    private readonly NvMMirror _mirror;
    private readonly NvMConfig _config;
    private readonly FlsWindow _window;
    private readonly uint[][] _found = { new uint[NvMBlock.Count], new uint[NvMBlock.Count] };
    private readonly int[] _foundMask = new int[2];
    private readonly bool[] _isTorn = new bool[2];
    private readonly uint[] _whole = { uint.MaxValue, uint.MaxValue };
    private int _area;
    private uint _position;
    private bool _endsTorn;
    private int _failures;
    private int _readings;
    private bool _isUnreadable;

    /// <summary>A scan with a window as long as the longest record; it puts the values into <paramref name="mirror"/>.</summary>
    internal NvMScan(NvMConfig config, Fls fls, byte[] window, NvMMirror mirror)
    {
        _mirror = mirror;
        _config = config;
        Areas = new FlsArea[] { fls.Map.NvM0, fls.Map.NvM1 };
        _window = new FlsWindow(fls, FlsPriority.NvM, window, window.Length);
        _window.Open(Areas[0].Start, Areas[0].Length);
    }

    /// <summary>True when both areas could be read and held nothing.</summary>
    internal bool IsBlank
    {
        get { return !HasValues && !_isUnreadable; }
    }

    /// <summary>True when both areas hold the newest value of every block and nothing torn behind.</summary>
    internal bool AreEqual
    {
        get { return !Lacks(0) && !Lacks(1); }
    }

    /// <summary>True when some block has a value.</summary>
    internal bool HasValues
    {
        get { return (_foundMask[0] | _foundMask[1]) != 0; }
    }

    /// <summary>The area to make anew first: one that lacks something or is torn, whose partner is not.</summary>
    internal int LackingArea
    {
        get
        {
            if (Lacks(0) && Lacks(1))
            {
                return (int)((NewestSequence + 1) & 1);
            }

            return Lacks(0) ? 0 : 1;
        }
    }

    /// <summary>The next sequence that begins with <see cref="LackingArea"/>: the other one stays until that is whole.</summary>
    internal uint MendingSequence
    {
        get
        {
            uint sequence = NewestSequence + 1;
            return sequence + ((sequence ^ (uint)LackingArea) & 1);
        }
    }

    /// <summary>Block that was written last.</summary>
    internal byte NewestBlock
    {
        get
        {
            int newest = -1;
            for (int block = 0; block < NvMBlock.Count; block++)
            {
                if (Length[block] != 0 && (newest < 0 || (int)(Sequence[block] - Sequence[newest]) > 0))
                {
                    newest = block;
                }
            }

            return newest < 0 ? (byte)0 : (byte)newest;
        }
    }

    /// <summary>Highest sequence; 0 when there is none.</summary>
    internal uint NewestSequence
    {
        get { return Sequence[NewestBlock]; }
    }

    /// <summary>Goes on: Pending until both areas are read, then Ok.</summary>
    internal StdReturn Step()
    {
        for (int i = 0; i < RecordsPerStep; i++)
        {
            StdReturn found = NextRecord();
            if (found == StdReturn.Pending)
            {
                return StdReturn.Pending;
            }

            if (found == StdReturn.NotOk)
            {
                EndArea();
                if (_area == 0)
                {
                    BeginArea(1);
                }
                else if (IsRead())
                {
                    return StdReturn.Ok;
                }
                else
                {
                    Forget();
                    BeginArea(0);
                }
            }
        }

        return StdReturn.Pending;
    }

    /// <summary>Takes note of the record at <paramref name="index"/> as what is stored of the block.</summary>
    internal void Keep(byte block, byte[] from, int index)
    {
        Length[block] = BigEndian.ReadU16(from, index + 6);
        Level[block] = from[index + 5];
        Sequence[block] = BigEndian.ReadU32(from, index + 8);
    }

    /// <summary>Takes note of where the block's stored record begins in an area.</summary>
    internal void SetPlace(int area, byte block, uint position)
    {
        _places[(area * NvMBlock.Count) + block] = position;
    }

    /// <summary>Begins to read the block's stored record from an area that has it.</summary>
    internal void BeginRead(int area, byte block)
    {
        _window.Open(Areas[area].Start + _places[(area * NvMBlock.Count) + block], (uint)NvMRecord.PaddedLength(Length[block]));
    }

    /// <summary>Goes on with it. Ok: the record is whole, and stands at the start of the window. NotOk: it cannot be read any more.</summary>
    internal StdReturn Read(byte block)
    {
        StdReturn result = _window.Ensure(0, NvMRecord.PaddedLength(Length[block]));
        bool isStored = result != StdReturn.Ok || (NvMRecord.IsWhole(_window.Buffer, 0, Length[block]) && BigEndian.ReadU32(_window.Buffer, 8) == Sequence[block]);
        return isStored ? result : StdReturn.NotOk;
    }

    private bool IsRead()
    {
        _readings++;
        return _readings == ReadingsMax || (_readings == 1 && AreEqual);
    }

    private void EndArea()
    {
        _isTorn[_area] |= _endsTorn;
        _whole[_area] = _position < _whole[_area] ? _position : _whole[_area];
    }

    private void BeginArea(int area)
    {
        _area = area;
        _position = 0;
        _failures = 0;
        _endsTorn = false;
        _window.Open(Areas[area].Start, Areas[area].Length);
    }

    private void Forget()
    {
        _foundMask[0] = 0;
        _foundMask[1] = 0;
        for (int block = 0; block < NvMBlock.Count; block++)
        {
            Length[block] = 0;
        }
    }

    private bool Lacks(int area)
    {
        if (_isTorn[area])
        {
            return true;
        }

        for (int block = 0; block < NvMBlock.Count; block++)
        {
            if (Length[block] != 0
                && ((_foundMask[area] & (1 << block)) == 0 || _found[area][block] != Sequence[block]))
            {
                return true;
            }
        }

        return false;
    }

    // Ok: one more record was taken. NotOk: the area has no more.
    private StdReturn NextRecord()
    {
        StdReturn result = Look(NvMRecord.Unit);
        if (result != StdReturn.Ok)
        {
            return result;
        }

        byte[] buffer = _window.Buffer;
        int index = _window.IndexOf(_position);
        _endsTorn = !Bytes.AreAll(buffer, index, NvMRecord.Unit, 0xFF);
        int length = NvMRecord.DataLength(buffer, index, _config);
        if (length == 0 || _position + (uint)NvMRecord.PaddedLength(length) > _whole[_area])
        {
            return StdReturn.NotOk;
        }

        result = Look(NvMRecord.PaddedLength(length));
        if (result != StdReturn.Ok)
        {
            return result;
        }

        index = _window.IndexOf(_position);
        if (!NvMRecord.IsWhole(buffer, index, length))
        {
            return StdReturn.NotOk;
        }

        _endsTorn = false;
        byte block = buffer[index + 4];
        uint sequence = BigEndian.ReadU32(buffer, index + 8);
        _foundMask[_area] |= 1 << block;
        _found[_area][block] = sequence;
        SetPlace(_area, block, _position);
        if (Length[block] == 0 || (int)(sequence - Sequence[block]) > 0)
        {
            Keep(block, buffer, index);
            _mirror.Load(block, buffer, index + NvMRecord.HeaderLength, Length[block]);
        }

        _position += (uint)NvMRecord.PaddedLength(length);
        return StdReturn.Ok;
    }

    private StdReturn Look(int count)
    {
        if (_position + (uint)count > Areas[_area].Length)
        {
            return StdReturn.NotOk;
        }

        StdReturn result = _window.Ensure(_position, count);
        if (result != StdReturn.NotOk)
        {
            return result;
        }

        _failures++;
        if (_failures < ReadTriesMax)
        {
            return StdReturn.Pending;
        }

        _isUnreadable = true;
        return StdReturn.NotOk;
    }
}
