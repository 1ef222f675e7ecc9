// The transfer as a stream of bits, most significant first, over the pieces that PieceReceiver hands out.
// Invariant: a piece is released once its last byte is taken; the position counts bits of the whole transfer, so that one
// can go on at any of them.
// Tests: tests/agent-firmware/Fota.
namespace EsyncAgent;

/// <summary>Reads bits of checked pieces.</summary>
public sealed class PieceBits
{
    /// <summary>Most bits that may be asked for at once.</summary>
    public const int CountMax = 25;

    private readonly PieceReceiver _pieces;
    private byte[] _piece;
    private uint _pieceStart;
    private int _index;
    private int _end;
    private uint _bits;
    private int _count;
    private uint _startPosition;
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

    /// <summary>True when nothing is left but the bits that fill up the last byte, which are 0.</summary>
    public bool IsAtEnd
    {
        get { return _piece == null && _pieces.IsAtEnd && _count < 8 && (_bits & ((1u << _count) - 1)) == 0; }
    }

    /// <summary>Starts at a bit of the transfer; its piece is the first one to come.</summary>
    public void Begin(uint position)
    {
        _startPosition = position;
        _isStarted = false;
        _piece = null;
        _bits = 0;
        _count = 0;
    }

    /// <summary>Makes ready as many bits as there are, at least <see cref="CountMax"/> unless the pieces at hand end; returns how many.</summary>
    public int Refill()
    {
        while (_count < CountMax)
        {
            if (_piece == null && !TakePiece())
            {
                break;
            }

            if (_index < _end)
            {
                _bits = (_bits << 8) | _piece[_index];
                _index++;
                _count += 8;
            }

            if (_index == _end)
            {
                _piece = null;
                _pieces.Release();
            }
        }

        return _count;
    }

    /// <summary>The next bits, not taken yet; as many as <see cref="Refill"/> made ready.</summary>
    public uint Peek(int count)
    {
        return (_bits >> (_count - count)) & ((1u << count) - 1);
    }

    /// <summary>Takes bits that were looked at.</summary>
    public void Skip(int count)
    {
        _count -= count;
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
