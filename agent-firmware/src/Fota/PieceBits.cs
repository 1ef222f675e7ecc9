// The transfer as a stream of bits, most significant first, over the pieces that PieceReceiver hands out.
// Invariant: a piece is released once its last byte is taken; the position counts bits of the whole transfer, so that one
// can go on at any of them.
// Tests: tests/agent-firmware/Fota/DecoderPartTests.
namespace EsyncAgent;

/// <summary>Reads bits of checked pieces.</summary>
public sealed class PieceBits
{
    /// <summary>Most bits that may be asked for at once.</summary>
    public const int CountMax = 25;

    private const int LiteralBits = 9;
    private const uint LiteralFlag = 0x100;

    private readonly PieceReceiver _pieces;
    private byte[] _piece;
    private uint _pieceStart;
    private int _index;
    private int _end;
    private uint _bits;
    private int _count;
    private uint _startPosition;
    private uint _takenBefore;
    private bool _isStarted;

    /// <summary>The bits of one receiver.</summary>
    public PieceBits(PieceReceiver pieces)
    {
        _pieces = pieces;
    }

    /// <summary>Bits of the transfer before the next one.</summary>
    public uint Position
    {
        get { return _isStarted ? ((_pieceStart + (uint)_index) * 8) - (uint)_count : _startPosition; }
    }

    /// <summary>Bits taken since the agent's start, of all transfers; wraps.</summary>
    public uint TakenCount
    {
        get { return _takenBefore + Position - _startPosition; }
    }

    /// <summary>True when nothing is left but the bits that fill up the last byte, which are 0.</summary>
    public bool IsAtEnd
    {
        get { return _piece == null && _pieces.IsAtEnd && _count < 8 && (_bits & ((1u << _count) - 1)) == 0; }
    }

    /// <summary>Starts at a bit of the transfer; its piece is the first one to come.</summary>
    public void Begin(uint position)
    {
        _takenBefore = TakenCount;
        _startPosition = position;
        _isStarted = false;
        _piece = null;
        _index = 0;
        _end = 0;
        _bits = 0;
        _count = 0;
    }

    /// <summary>Makes ready as many bits as there are, at least <see cref="CountMax"/> unless the pieces at hand end; returns how many.</summary>
    public int Refill()
    {
        while (_count < CountMax && (_piece != null || TakePiece()))
        {
            byte[] piece = _piece;
            int index = _index;
            int count = _count;
            uint bits = _bits;
            while (count < CountMax && index < _end)
            {
                bits = (bits << 8) | piece[index];
                index++;
                count += 8;
            }

            _index = index;
            _count = count;
            _bits = bits;
            if (index == _end)
            {
                _piece = null;
                _pieces.Release();
            }
        }

        return _count;
    }

    /// <summary>
    /// Takes a code of <paramref name="count"/> bits whose first one, <paramref name="flag"/>, is 0, and returns the others; −1, with
    /// nothing taken, when it is 1 or not all are at hand.
    /// </summary>
    public int TakeMatch(int count, uint flag)
    {
        if (_count < count && Refill() < count)
        {
            return -1;
        }

        uint code = _bits >> (_count - count);
        if ((code & flag) != 0)
        {
            return -1;
        }

        _count -= count;
        return (int)(code & (flag - 1));
    }

    /// <summary>Takes codes of 1 and a byte, as many as follow one another and are at hand, at most <paramref name="most"/>; returns how many.</summary>
    public int TakeLiterals(byte[] into, int offset, int most)
    {
        byte[] piece = _piece;
        int index = _index;
        int last = _end - 1;
        int count = _count;
        uint bits = _bits;
        int at = offset;
        for (int stop = offset + most; at < stop; at++)
        {
            if (count < LiteralBits)
            {
                if (last - index >= 3)
                {
                    // Never the last byte, with which the piece is released.
                    bits = (bits << 24) | (uint)(piece[index] << 16) | (uint)(piece[index + 1] << 8) | piece[index + 2];
                    index += 3;
                    count += 24;
                }
                else
                {
                    _index = index;
                    _count = count;
                    _bits = bits;
                    count = Refill();
                    bits = _bits;
                    piece = _piece;
                    index = _index;
                    last = _end - 1;
                    if (count < LiteralBits)
                    {
                        break;
                    }
                }
            }

            uint code = bits >> (count - LiteralBits);
            if ((code & LiteralFlag) == 0)
            {
                break;
            }

            count -= LiteralBits;
            into[at] = (byte)code;
        }

        _index = index;
        _count = count;
        _bits = bits;
        return at - offset;
    }

    /// <summary>The next eight bits, −1 when they are not at hand.</summary>
    public int TakeByte()
    {
        if (Refill() < 8)
        {
            return -1;
        }

        _count -= 8;
        return (int)(_bits >> _count) & 0xFF;
    }

    private bool TakePiece()
    {
        if (!_pieces.IsReady)
        {
            return false;
        }

        _piece = _pieces.Piece;
        _pieceStart = _pieces.PieceStart;
        _end = _pieces.PieceLength;
        _index = 0;
        if (!_isStarted)
        {
            _isStarted = true;
            _index = (int)((_startPosition >> 3) - _pieceStart);
            int used = (int)(_startPosition & 7);
            if (used != 0)
            {
                _bits = _piece[_index];
                _index++;
                _count = 8 - used;
            }
        }

        return true;
    }
}
