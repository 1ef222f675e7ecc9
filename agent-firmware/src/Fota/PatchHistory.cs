// What a patch reader must remember to make its decompressor's window anew after a reset: of the window's bytes those are
// in the banks that are differences (new image minus base) or the image's own; only the numbers between them are nowhere.
// They are kept here as they stand in the patch, for the last segments, with the place where the first of these begins.
// Invariants: whole segments are dropped from the front only; never more than Capacity bytes are kept.
// PROTOCOL.md "Checkpoints of decoders". Tests: tests/agent-firmware/Fota/DecoderPartTests, DecoderPairTests.
namespace EsyncAgent;

/// <summary>The numbers of a patch's last segments.</summary>
public sealed class PatchHistory
{
    /// <summary>Bytes of numbers that are kept.</summary>
    public const int Capacity = 192;

    /// <summary>Bytes of a history besides its numbers, in a state.</summary>
    public const int HeadLength = 12;

    private readonly byte[] _numbers = new byte[Capacity];
    private readonly PatchNumber _number = new PatchNumber();
    private int _count;

    /// <summary>Position in the patch's stream at which the first segment begins.</summary>
    public uint Stream { get; private set; }

    /// <summary>Position in the new image at which it begins.</summary>
    public uint Image { get; private set; }

    /// <summary>Position in the base at which it begins.</summary>
    public int Base { get; private set; }

    /// <summary>Bytes of numbers.</summary>
    public int Count
    {
        get { return _count; }
    }

    /// <summary>A byte of a number.</summary>
    public byte this[int index]
    {
        get { return _numbers[index]; }
    }

    /// <summary>Begins with no segment, the first of which will begin at these places.</summary>
    public void Begin(uint stream, uint image, int baseImage)
    {
        Stream = stream;
        Image = image;
        Base = baseImage;
        _count = 0;
    }

    /// <summary>Takes the next byte of a number.</summary>
    public void Append(byte value)
    {
        if (_count == Capacity)
        {
            DropFirst(uint.MaxValue);
        }

        _numbers[_count] = value;
        _count++;
    }

    /// <summary>Drops the segments that end at or before a position of the patch's stream.</summary>
    public void DropBefore(uint stream)
    {
        while (DropFirst(stream))
        {
        }
    }

    /// <summary>Writes the history into a state and returns its length.</summary>
    public int Save(byte[] into, int offset)
    {
        BigEndian.WriteU32(into, offset, Stream);
        BigEndian.WriteU32(into, offset + 4, Image);
        BigEndian.WriteU32(into, offset + 8, (uint)Base);
        System.Array.Copy(_numbers, 0, into, offset + HeadLength, _count);
        return HeadLength + _count;
    }

    /// <summary>Reads a history of <paramref name="length"/> bytes; false when it is none.</summary>
    public bool Load(byte[] from, int offset, int length)
    {
        int count = length - HeadLength;
        if (count < 0 || count > Capacity)
        {
            return false;
        }

        Begin(BigEndian.ReadU32(from, offset), BigEndian.ReadU32(from, offset + 4), (int)BigEndian.ReadU32(from, offset + 8));
        System.Array.Copy(from, offset + HeadLength, _numbers, 0, count);
        _count = count;
        return true;
    }

    // False when the first segment is not whole, or goes on after the position.
    private bool DropFirst(uint stream)
    {
        int end = 0;
        int difference = Read(ref end);
        int own = Read(ref end);
        int jump = Read(ref end);
        if (end > _count || Stream + (uint)(end + difference + own) > stream)
        {
            return false;
        }

        Stream += (uint)(end + difference + own);
        Image += (uint)(difference + own);
        Base += difference + jump;
        _count -= end;
        System.Array.Copy(_numbers, end, _numbers, 0, _count);
        return true;
    }

    private int Read(ref int position)
    {
        _number.Begin();
        while (position < _count)
        {
            bool isWhole = _number.Take(_numbers[position]);
            position++;
            if (isWhole)
            {
                return _number.Value;
            }
        }

        position = Capacity + 1;
        return 0;
    }
}
