// Decompresses heatshrink, the LZSS of Atomic Object: bits from the most significant on, 1 and a byte, or 0, distance − 1 in
// the window's bits and length − 1 in the lookahead's bits. The last byte is filled up with zeros.
// A distance that points before the data's beginning reads zeros: encoders make use of it, detools' among them. Nothing but
// the window is ever read, wherever a stream points.
// Invariant: between two calls the state is position, window and the rest of a match, nothing else.
// Must not know what the bytes are for.
// Tests: tests/agent-firmware/EcuM/EncodedInstallTests.
namespace EsyncAgent;

/// <summary>Streaming decoder with a window of its own.</summary>
public sealed class HeatshrinkReader
{
    private const int WindowBitsMin = 4;
    private const int LookaheadBitsMin = 3;
    private const int LiteralBits = 9;

    private readonly PieceBits _bits;
    private readonly byte[] _window;
    private readonly int _windowBitsMax;
    private int _windowBits;
    private int _lookaheadBits;
    private int _matchBits;
    private uint _mask;
    private uint _head;
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

    /// <summary>Distance of the match under way.</summary>
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
        _head = 0;
        _matchLeft = 0;
        System.Array.Clear(_window, 0, _window.Length);
        return true;
    }

    /// <summary>Goes on at a position of the decoded stream, within a match if <paramref name="matchLeft"/> is not 0; the caller fills the window.</summary>
    public void Resume(uint position, int matchLeft, uint distance)
    {
        _head = position;
        _matchLeft = matchLeft;
        _distance = distance;
    }

    /// <summary>Decodes at most <paramref name="count"/> bytes; returns how many the bits at hand gave.</summary>
    public int Read(byte[] into, int offset, int count)
    {
        byte[] window = _window;
        uint mask = _mask;
        uint head = _head;
        int end = offset + count;
        while (offset < end)
        {
            if (_matchLeft == 0)
            {
                int ready = _bits.Refill();
                if (ready == 0)
                {
                    break;
                }

                if (_bits.Peek(1) != 0)
                {
                    if (ready < LiteralBits)
                    {
                        break;
                    }

                    byte literal = (byte)_bits.Peek(LiteralBits);
                    _bits.Skip(LiteralBits);
                    window[head & mask] = literal;
                    head++;
                    into[offset] = literal;
                    offset++;
                    continue;
                }

                if (ready < _matchBits)
                {
                    break;
                }

                BeginMatch();
            }

            int length = end - offset < _matchLeft ? end - offset : _matchLeft;
            _matchLeft -= length;
            uint from = head - _distance;
            for (int stop = offset + length; offset < stop; offset++)
            {
                byte copied = window[from & mask];
                from++;
                window[head & mask] = copied;
                head++;
                into[offset] = copied;
            }
        }

        int made = (int)(head - _head);
        _head = head;
        return made;
    }

    private void BeginMatch()
    {
        uint match = _bits.Peek(_matchBits);
        _bits.Skip(_matchBits);
        _matchLeft = (int)(match & ((1u << _lookaheadBits) - 1)) + 1;
        _distance = (match >> _lookaheadBits) + 1;
    }
}
