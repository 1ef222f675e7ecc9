// Decompresses heatshrink, the LZSS of Atomic Object: bits from the most significant on, 1 and a byte, or 0, distance − 1 in
// the window's bits and length − 1 in the lookahead's bits. The last byte is filled up with zeros.
// A distance that points before the data's beginning reads zeros: encoders make use of it, detools' among them. Nothing but
// the window is ever read, wherever a stream points.
// Invariant: between two calls the state is position, window and the rest of a match, nothing else.
// Must not know what the bytes are for.
// Tests: tests/agent-firmware/Fota/DecoderPartTests, DecoderPairTests, DecoderMalformedTests.
namespace EsyncAgent;

/// <summary>Streaming decoder with a window of its own.</summary>
public sealed class HeatshrinkReader
{
    private const int WindowBitsMin = 4;
    private const int LookaheadBitsMin = 3;

    private readonly PieceBits _bits;
    private readonly byte[] _window;
    private readonly int _windowBitsMax;
    private int _windowBits;
    private int _lookaheadBits;
    private int _matchBits;
    private uint _mask;
    private uint _head;
    private uint _first;
    private uint _madeBefore;
    private uint _distance;
    private int _matchLeft;

    /// <summary>A decoder for windows of at most 2^<paramref name="windowBitsMax"/> bytes.</summary>
    public HeatshrinkReader(PieceBits bits, int windowBitsMax)
    {
        _bits = bits;
        _windowBitsMax = windowBitsMax;
        _window = new byte[1 << windowBitsMax];
    }

    /// <summary>Bytes that were decoded since the stream's beginning.</summary>
    public uint Position
    {
        get { return _head; }
    }

    /// <summary>Bytes decoded since the agent's start, of all transfers; wraps.</summary>
    public uint MadeCount
    {
        get { return _madeBefore + _head - _first; }
    }

    /// <summary>Length of the window in bytes.</summary>
    public uint WindowLength
    {
        get { return _mask + 1; }
    }

    /// <summary>The window: the byte at a position of the decoded stream lies at that position modulo <see cref="WindowLength"/>.</summary>
    public byte[] Window
    {
        get { return _window; }
    }

    /// <summary>Header byte of the stream: window bits − 4 and lookahead bits − 3.</summary>
    public byte Header
    {
        get { return (byte)(((_windowBits - WindowBitsMin) << 4) | (_lookaheadBits - LookaheadBitsMin)); }
    }

    /// <summary>Length that is left of the match under way; 0 when there is none.</summary>
    public int MatchLeft
    {
        get { return _matchLeft; }
    }

    /// <summary>Distance of the match under way, or twice, four times … as much where that gives the same bytes.</summary>
    public uint Distance
    {
        get { return _distance; }
    }

    /// <summary>Begins a stream with this header; false when its window is larger than this decoder's, or no longer than its lookahead.</summary>
    public bool Begin(byte header)
    {
        _windowBits = (header >> 4) + WindowBitsMin;
        _lookaheadBits = (header & 0x0F) + LookaheadBitsMin;
        if (_windowBits > _windowBitsMax || _lookaheadBits >= _windowBits)
        {
            return false;
        }

        _matchBits = 1 + _windowBits + _lookaheadBits;
        _mask = (1u << _windowBits) - 1;
        GoTo(0);
        _matchLeft = 0;
        System.Array.Clear(_window, 0, _window.Length);
        return true;
    }

    /// <summary>Goes on at a position of the decoded stream, within a match if neither <paramref name="matchLeft"/> nor its distance is 0; the caller fills the window.</summary>
    public void Resume(uint position, int matchLeft, uint distance)
    {
        GoTo(position);
        _matchLeft = distance > 0 ? matchLeft : 0;
        _distance = distance;
    }

    /// <summary>
    /// Decodes at most <paramref name="count"/> bytes, at most a window of them; returns how many the bits at hand gave. They are made in
    /// the window, whole runs by one native call, and copied out of it at the end.
    /// </summary>
    public int Read(byte[] into, int offset, int count)
    {
        byte[] window = _window;
        uint mask = _mask;
        uint head = _head;
        uint end = head + ((uint)count <= mask ? (uint)count : mask + 1);
        int matchBits = _matchBits;
        uint matchFlag = 1u << (matchBits - 1);
        uint distance = _distance;
        int matchLeft = _matchLeft;
        while (head != end)
        {
            int to = (int)(head & mask);
            int room = (int)mask + 1 - to;
            int left = (int)(end - head);
            room = left < room ? left : room;
            if (matchLeft == 0)
            {
                int match = _bits.TakeMatch(matchBits, matchFlag);
                if (match < 0)
                {
                    int literals = _bits.TakeLiterals(window, to, room);
                    head += (uint)literals;
                    if (literals == 0)
                    {
                        break;
                    }

                    continue;
                }

                matchLeft = (match & ((1 << _lookaheadBits) - 1)) + 1;
                distance = (uint)(match >> _lookaheadBits) + 1;
            }

            int from = (int)((head - distance) & mask);
            int step = (int)mask + 1 - from;
            step = step < room ? step : room;
            step = step < matchLeft ? step : matchLeft;
            if ((uint)step >= distance)
            {
                // A step reads nothing that it writes. A run that repeats itself doubles with each: twice the distance gives the
                // same bytes, and lies within the window, since a match is half as long at the most.
                step = (int)distance;
                distance += distance;
            }

            System.Array.Copy(window, from, window, to, step);
            head += (uint)step;
            matchLeft -= step;
        }

        int made = (int)(head - _head);
        CopyOut(into, offset, made);
        _head = head;
        _distance = distance;
        _matchLeft = matchLeft;
        return made;
    }

    private void GoTo(uint position)
    {
        _madeBefore = MadeCount;
        _first = position;
        _head = position;
    }

    private void CopyOut(byte[] into, int offset, int count)
    {
        int from = (int)(_head & _mask);
        int ahead = (int)_mask + 1 - from;
        if (count > ahead)
        {
            System.Array.Copy(_window, from, into, offset, ahead);
            offset += ahead;
            count -= ahead;
            from = 0;
        }

        System.Array.Copy(_window, from, into, offset, count);
    }
}
