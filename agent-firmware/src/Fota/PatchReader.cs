// Applies a sequential patch of detools: after a number for data formats (0), again and again a number of differences, which
// are added to the base's bytes, a number of bytes of the image's own, and how far to move in the base. The numbers and bytes
// come out of HeatshrinkReader.
// Invariants: the base is read only within its length, the image never grows past its own; only a few moves may follow one
// another without a byte of the image, so that a patch ends.
// Clause: detools' documentation, "Sequential". Tests: tests/agent-firmware/Fota/DecoderPairTests, DecoderMalformedTests.
namespace EsyncAgent;

/// <summary>Streaming reader of the part of a patch that is compressed.</summary>
public sealed class PatchReader
{
    private enum Phase : byte
    {
        Format,
        DifferenceLength,
        Difference,
        OwnLength,
        Own,
        Move,
    }

    // Segments in a row that add nothing to the image. One makes sense: where the image begins elsewhere in the base.
    private const int EmptySegmentsMax = 8;

    private const int WordLength = 8;

    private readonly HeatshrinkReader _stream;
    private readonly BaseImage _base;
    private readonly PatchHistory _history;
    private readonly PatchNumber _number = new PatchNumber();
    private readonly byte[] _one = new byte[1];
    private Phase _phase;
    private uint _imageLength;
    private uint _made;
    private bool _isSegmentEmpty;
    private int _from;
    private int _left;
    private int _emptySegments;

    /// <summary>A reader of a decompressed stream and its base.</summary>
    public PatchReader(HeatshrinkReader stream, BaseImage baseImage)
    {
        _stream = stream;
        _base = baseImage;
        _history = new PatchHistory();
    }

    /// <summary>Why reading ended; None while all is well.</summary>
    public FotaError Error { get; private set; }

    /// <summary>True when the last <see cref="Read"/> gave nothing because the base was not ready.</summary>
    public bool IsBaseAwaited { get; private set; }

    /// <summary>What was read of numbers.</summary>
    public PatchHistory History
    {
        get { return _history; }
    }

    /// <summary>True when the image is whole and the patch says no more.</summary>
    public bool IsAtEnd
    {
        get { return _made == _imageLength && _phase == Phase.DifferenceLength; }
    }

    /// <summary>Begins with a patch to an image of this length.</summary>
    public void Begin(uint imageLength)
    {
        Start(imageLength, 0, 0);
        _phase = Phase.Format;
        _number.Begin();
    }

    /// <summary>
    /// Goes on within the image at <paramref name="made"/>: in a segment that reads the base from <paramref name="from"/> on, with
    /// <paramref name="left"/> bytes to come of its differences, or of the image's own.
    /// </summary>
    public void Resume(uint imageLength, uint made, int from, int left, bool isOwn)
    {
        Start(imageLength, made, from);
        _left = left;
        _phase = isOwn ? Phase.Own : Phase.Difference;
    }

    /// <summary>Makes at most <paramref name="room"/> bytes of the image, at most as many as come in one piece; 0: wait for the stream or the base, or <see cref="Error"/>.</summary>
    public int Read(byte[] into, int offset, int room)
    {
        while (Error == FotaError.None && !IsAtEnd)
        {
            switch (_phase)
            {
                case Phase.Difference:
                    if (_left > 0)
                    {
                        return ReadDifferences(into, offset, _left < room ? _left : room);
                    }

                    Await(Phase.OwnLength);
                    break;
                case Phase.Own:
                    if (_left > 0)
                    {
                        return Made(_stream.Read(into, offset, _left < room ? _left : room));
                    }

                    Await(Phase.Move);
                    break;
                default:
                    if (!ReadNumber())
                    {
                        return 0;
                    }

                    TakeNumber(_number.Value);
                    break;
            }
        }

        return 0;
    }

    private void Start(uint imageLength, uint made, int from)
    {
        _imageLength = imageLength;
        _made = made;
        _isSegmentEmpty = false;
        _from = from;
        _emptySegments = 0;
        IsBaseAwaited = false;
        Error = FotaError.None;
    }

    private void Await(Phase number)
    {
        _number.Begin();
        _phase = number;
    }

    private int ReadDifferences(byte[] into, int offset, int count)
    {
        StdReturn ready = _base.Prepare((uint)_from);
        IsBaseAwaited = ready == StdReturn.Pending;
        if (ready != StdReturn.Ok)
        {
            Error = ready == StdReturn.NotOk ? FotaError.BaseDamaged : FotaError.None;
            return 0;
        }

        int at = _from & (BankWriter.ChunkLength - 1);
        int ahead = BankWriter.ChunkLength - at;
        int made = _stream.Read(into, offset, count < ahead ? count : ahead);
        Add(_base.Chunk, at, into, offset, made);
        _from += made;
        return Made(made);
    }

    // Most differences are zeros, in long runs: eight of them are seen by one native read, and a run of them is copied by one call.
    private static void Add(byte[] chunk, int at, byte[] into, int offset, int count)
    {
        int end = offset + count;
        while (offset < end)
        {
            int same = offset;
            while (same <= end - WordLength && System.BitConverter.ToInt64(into, same) == 0)
            {
                same += WordLength;
            }

            System.Array.Copy(chunk, at, into, offset, same - offset);
            at += same - offset;
            offset = same;
            int stop = end - offset < WordLength ? end : offset + WordLength;
            for (; offset < stop; offset++)
            {
                into[offset] += chunk[at];
                at++;
            }
        }
    }

    private int Made(int count)
    {
        _isSegmentEmpty &= count == 0;
        _left -= count;
        _made += (uint)count;
        return count;
    }

    private bool ReadNumber()
    {
        while (_stream.Read(_one, 0, 1) == 1)
        {
            if (_phase != Phase.Format)
            {
                _history.Append(_one[0]);
            }

            if (_number.Take(_one[0]))
            {
                Error = _number.IsTooLong ? FotaError.StreamMalformed : FotaError.None;
                return Error == FotaError.None;
            }
        }

        return false;
    }

    private void TakeNumber(int value)
    {
        switch (_phase)
        {
            case Phase.Format:
                // One byte 00, in no other form: a window that is made anew holds a 00 there.
                RequireGood(_stream.Position == 1 && _one[0] == 0);
                _history.Begin(_stream.Position, 0, 0);
                Await(Phase.DifferenceLength);
                break;
            case Phase.DifferenceLength:
                _isSegmentEmpty = true;
                RequireGood(IsLength(value) && (value == 0 || (_from >= 0 && (uint)_from <= _base.Length && (uint)value <= _base.Length - (uint)_from)));
                _left = value;
                _phase = Phase.Difference;
                break;
            case Phase.OwnLength:
                RequireGood(IsLength(value));
                _left = value;
                _phase = Phase.Own;
                break;
            default:
                _emptySegments = _isSegmentEmpty ? _emptySegments + 1 : 0;
                RequireGood(_emptySegments <= EmptySegmentsMax && IsMove(value));
                _from += value;
                Await(Phase.DifferenceLength);
                break;
        }
    }

    private bool IsLength(int value)
    {
        return value >= 0 && (uint)value <= _imageLength - _made;
    }

    // A patch may end with a move to anywhere, but not so far that the place is no number any more.
    private bool IsMove(int value)
    {
        return value >= 0 ? _from <= int.MaxValue - value : _from >= int.MinValue - value;
    }

    private void RequireGood(bool isGood)
    {
        if (!isGood)
        {
            Error = FotaError.StreamMalformed;
        }
    }
}
