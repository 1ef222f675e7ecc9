// Two buffers of one chunk each: one fills while the other is worked upon. Used where transferred bytes arrive and
// where an image's chunks go to the flash.
// Invariants: bytes keep their order; a full buffer is not written to before it was released; the last one is padded
// with FF, as the tags are.
// Must not know what the bytes are.
// Tests: tests/agent-firmware/Fota/ChunkBuffersTests.
namespace EsyncAgent;

/// <summary>Cuts a stream of known length into pieces of <see cref="Length"/> bytes.</summary>
public sealed class ChunkBuffers
{
    /// <summary>Length of a buffer in bytes.</summary>
    public const int Length = 4096;

    private const int None = -1;

    private readonly byte[][] _buffers;
    private uint _total;
    private uint _received;
    private int _filling;
    private int _fillCount;
    private int _consumed;
    private int _full = None;

    /// <summary>Two buffers of <see cref="Length"/> bytes each.</summary>
    public ChunkBuffers(byte[] bufferA, byte[] bufferB)
    {
        _buffers = new byte[][] { bufferA, bufferB };
    }

    /// <summary>Bytes still to come, counting a block that was taken in part as not taken.</summary>
    public uint Remaining
    {
        get { return _total - _received + (uint)_consumed; }
    }

    /// <summary>Position in the stream of the next byte, a block that was taken in part not counted.</summary>
    public uint Position
    {
        get { return _received - (uint)_consumed; }
    }

    /// <summary>True when a full buffer waits to be worked upon.</summary>
    public bool HasFull
    {
        get { return _full != None; }
    }

    /// <summary>The full buffer; meaningful while <see cref="HasFull"/>.</summary>
    public byte[] Full
    {
        get { return _buffers[_full]; }
    }

    /// <summary>The buffer that fills, for a producer that writes into it itself.</summary>
    public byte[] Filling
    {
        get { return _buffers[_filling]; }
    }

    /// <summary>Bytes in <see cref="Filling"/>.</summary>
    public int FillCount
    {
        get { return _fillCount; }
    }

    /// <summary>Bytes that a producer may put into <see cref="Filling"/> from <see cref="FillCount"/> on; 0: none for now.</summary>
    public int Room
    {
        get
        {
            int room = Length - _fillCount;
            return (uint)room < _total - _received ? room : (int)(_total - _received);
        }
    }

    /// <summary>Begins with a stream of <paramref name="total"/> bytes at <paramref name="position"/>, a multiple of <see cref="Length"/>.</summary>
    public void Begin(uint position, uint total)
    {
        _total = total;
        _received = position;
        _filling = 0;
        _fillCount = 0;
        _consumed = 0;
        _full = None;
    }

    /// <summary>Takes the next bytes, at most <see cref="Remaining"/>. Pending: no buffer is free, offer the same again later.</summary>
    public StdReturn Accept(byte[] data, int offset, int count)
    {
        while (_consumed < count)
        {
            if (_fillCount == Length && !TryHandOver())
            {
                return StdReturn.Pending;
            }

            int room = Length - _fillCount;
            int part = count - _consumed < room ? count - _consumed : room;
            System.Array.Copy(data, offset + _consumed, _buffers[_filling], _fillCount, part);
            _fillCount += part;
            _consumed += part;
            _received += (uint)part;
        }

        _consumed = 0;
        Close();
        return StdReturn.Ok;
    }

    /// <summary>Says that a producer has put <paramref name="count"/> bytes into <see cref="Filling"/>.</summary>
    public void Filled(int count)
    {
        _fillCount += count;
        _received += (uint)count;
        Close();
    }

    /// <summary>The full buffer has been worked upon: the next one takes its place once it is full.</summary>
    public void Release()
    {
        _full = None;
        if (_fillCount == Length)
        {
            TryHandOver();
        }
    }

    /// <summary>Forgets what is being filled.</summary>
    public void DropFilling()
    {
        _fillCount = 0;
        _consumed = 0;
    }

    /// <summary>Forgets both buffers.</summary>
    public void Drop()
    {
        DropFilling();
        _full = None;
    }

    private void Close()
    {
        if (_fillCount == Length)
        {
            TryHandOver();
        }
        else if (_received == _total && _fillCount > 0)
        {
            Bytes.Fill(_buffers[_filling], _fillCount, Length - _fillCount, 0xFF);
            _fillCount = Length;
            TryHandOver();
        }
    }

    private bool TryHandOver()
    {
        if (_full != None)
        {
            return false;
        }

        _full = _filling;
        _filling ^= 1;
        _fillCount = 0;
        return true;
    }
}
