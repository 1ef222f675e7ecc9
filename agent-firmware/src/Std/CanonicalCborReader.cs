// Reads CBOR (RFC 8949) item by item from a byte range, and only its deterministic form (§4.2.1): definite lengths,
// shortest integers. Integers and lengths are 32 bits wide; floats, indefinite lengths and simple values but null are
// refused, whatever they would mean.
// Invariants: never reads outside the range; the first fault is kept with its position and every later call does
// nothing and returns 0, so that a parser may be written straight through and ask once at its end; no recursion: each
// call reads one head, or one head with short contents.
// Must not know what the items mean, nor where the bytes come from.
// Tests: tests/agent-firmware/Std/CanonicalCborReaderTests.
namespace EsyncAgent;

/// <summary>A reader over one range of bytes at a time; reusable.</summary>
public sealed class CanonicalCborReader
{
    private const int Unsigned = 0;
    private const int Negative = 1;
    private const int ByteString = 2;
    private const int TextString = 3;
    private const int Array = 4;
    private const int Map = 5;
    private const int Tag = 6;
    private const byte Null = 0xF6;

    private byte[] _data;
    private int _index;
    private int _end;
    private uint _bias;
    private bool _isFailed;
    private uint _failPosition;

    /// <summary>Position of the next item, in the numbering that <see cref="Attach"/> was given.</summary>
    public uint Position
    {
        get { return _bias + (uint)_index; }
    }

    /// <summary>True after the first fault, until <see cref="Attach"/>.</summary>
    public bool IsFailed
    {
        get { return _isFailed; }
    }

    /// <summary>Where the item at fault begins.</summary>
    public uint FailPosition
    {
        get { return _failPosition; }
    }

    /// <summary>Begins with <paramref name="count"/> bytes from <paramref name="index"/> on; the first has the number <paramref name="position"/>.</summary>
    public void Attach(byte[] data, int index, int count, uint position)
    {
        _data = data;
        _index = index;
        _end = index + count;
        _bias = position - (uint)index;
        _isFailed = false;
        _failPosition = 0;
    }

    /// <summary>Notes a fault at a position; only the first one counts.</summary>
    public void Fail(uint position)
    {
        if (!_isFailed)
        {
            _isFailed = true;
            _failPosition = position;
        }
    }

    /// <summary>An unsigned integer of at most <paramref name="max"/>.</summary>
    public uint ReadUnsigned(uint max)
    {
        uint start = Position;
        uint value = ReadHead(Unsigned);
        if (value > max)
        {
            Fail(start);
            return 0;
        }

        return value;
    }

    /// <summary>An integer of either sign, −2³¹ to 2³¹ − 1: a map key or a command.</summary>
    public int ReadKey()
    {
        uint start = Position;
        bool isNegative = !_isFailed && _index < _end && _data[_index] >> 5 == Negative;
        uint value = ReadHead(isNegative ? Negative : Unsigned);
        if (value > 0x7FFFFFFF)
        {
            Fail(start);
        }

        if (_isFailed)
        {
            return 0;
        }

        return isNegative ? -1 - (int)value : (int)value;
    }

    /// <summary>The head of an array: the number of its items.</summary>
    public uint ReadArray()
    {
        return ReadHead(Array);
    }

    /// <summary>The head of a map: the number of its pairs.</summary>
    public uint ReadMap()
    {
        return ReadHead(Map);
    }

    /// <summary>A tag, whatever its number.</summary>
    public uint ReadTag()
    {
        return ReadHead(Tag);
    }

    /// <summary>A null.</summary>
    public void ReadNull()
    {
        if (_isFailed || _index >= _end || _data[_index] != Null)
        {
            Fail(Position);
            return;
        }

        _index++;
    }

    /// <summary>
    /// The head of a byte string that ends at or before the position <paramref name="limit"/>; gives the position of its
    /// end, which may lie beyond the range. The next item is the first of its contents.
    /// </summary>
    public uint EnterByteString(uint limit)
    {
        uint start = Position;
        uint length = ReadHead(ByteString);
        uint contents = Position;
        if (_isFailed || contents > limit || length > limit - contents)
        {
            Fail(start);
            return 0;
        }

        return contents + length;
    }

    /// <summary>A byte string of exactly <paramref name="length"/> bytes.</summary>
    public void ReadBytes(byte[] into, int length)
    {
        ReadBytes(into, 0, length);
    }

    /// <summary>A byte string of exactly <paramref name="length"/> bytes, copied to <paramref name="offset"/>.</summary>
    public void ReadBytes(byte[] into, int offset, int length)
    {
        uint start = Position;
        uint found = ReadHead(ByteString);
        if (_isFailed || found != (uint)length || _end - _index < length)
        {
            Fail(start);
            return;
        }

        System.Array.Copy(_data, _index, into, offset, length);
        _index += length;
    }

    /// <summary>A text string of 1 to <paramref name="max"/> printable ASCII characters (20 to 7E), copied unless <paramref name="into"/> is null.</summary>
    public void ReadPrintable(byte[] into, int max)
    {
        uint start = Position;
        uint length = ReadHead(TextString);
        if (_isFailed || length == 0 || length > (uint)max || length > (uint)(_end - _index))
        {
            Fail(start);
            return;
        }

        int end = _index + (int)length;
        for (int i = _index; i < end; i++)
        {
            if (_data[i] < 0x20 || _data[i] > 0x7E)
            {
                Fail(start);
                return;
            }
        }

        if (into != null)
        {
            System.Array.Copy(_data, _index, into, 0, (int)length);
        }

        _index = end;
    }

    /// <summary>The tag <paramref name="tag"/> and no other.</summary>
    public void ExpectTag(uint tag)
    {
        Expect(Tag, tag);
    }

    /// <summary>An array of exactly <paramref name="count"/> items.</summary>
    public void ExpectArray(uint count)
    {
        Expect(Array, count);
    }

    /// <summary>A map of exactly <paramref name="count"/> pairs.</summary>
    public void ExpectMap(uint count)
    {
        Expect(Map, count);
    }

    /// <summary>The integer <paramref name="key"/> and no other.</summary>
    public void ExpectKey(int key)
    {
        uint start = Position;
        if (ReadKey() != key)
        {
            Fail(start);
        }
    }

    /// <summary>A byte string with exactly these contents.</summary>
    public void ExpectBytes(byte[] contents)
    {
        uint start = Position;
        uint end = EnterByteString(Position + (uint)(_end - _index));
        if (!TryTake(contents, end))
        {
            Fail(start);
        }
    }

    /// <summary>Steps over the contents of a string that was entered and ends at <paramref name="end"/>, when they are these; false, and nothing else, when not.</summary>
    public bool TryTake(byte[] contents, uint end)
    {
        if (_isFailed || end - Position != (uint)contents.Length || _end - _index < contents.Length
            || !Bytes.AreEqual(_data, _index, contents, 0, contents.Length))
        {
            return false;
        }

        _index += contents.Length;
        return true;
    }

    /// <summary>A fault unless the next item would begin at <paramref name="end"/>: nothing is left over, nothing was too much.</summary>
    public void ExpectEnd(uint end)
    {
        if (Position != end)
        {
            Fail(Position < end ? Position : end);
        }
    }

    /// <summary>True when <paramref name="next"/> may follow <paramref name="previous"/> as a map key: in the order of the encoded bytes (§4.2.1), 0, 1, 2 … −1, −2 …</summary>
    public static bool IsInOrder(int previous, int next)
    {
        return previous >= 0 ? next < 0 || next > previous : next < 0 && next < previous;
    }

    private void Expect(int major, uint argument)
    {
        uint start = Position;
        if (ReadHead(major) != argument)
        {
            Fail(start);
        }
    }

    // §3: three bits of major type, five of argument or of its length. Longer than four bytes is refused.
    private uint ReadHead(int major)
    {
        if (_isFailed)
        {
            return 0;
        }

        if (_index >= _end || _data[_index] >> 5 != major)
        {
            Fail(Position);
            return 0;
        }

        int info = _data[_index] & 31;
        if (info < 24)
        {
            _index++;
            return (uint)info;
        }

        int length = info == 24 ? 1 : info == 25 ? 2 : info == 26 ? 4 : 0;
        if (length == 0 || _end - _index - 1 < length)
        {
            Fail(Position);
            return 0;
        }

        uint argument = 0;
        for (int i = 1; i <= length; i++)
        {
            argument = (argument << 8) | _data[_index + i];
        }

        uint smallest = length == 1 ? 24u : length == 2 ? 0x100u : 0x10000u;
        if (argument < smallest)
        {
            Fail(Position);
            return 0;
        }

        _index += 1 + length;
        return argument;
    }
}
