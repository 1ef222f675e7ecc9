// A CAN bus that is nothing but two rings of frames: what one end sends the other one receives, in order, at once.
// Invariants: a full ring takes no frame, so that its sender keeps it and nothing is lost; nothing is allocated after the
// constructor.
// It must not know identifiers or what the bytes mean.
// Tests: tests/boards/virtual/LoopbackCanTests.cs.
namespace EsyncAgent.Emulator;

/// <summary>One end of a loopback bus.</summary>
public sealed class LoopbackCan : ICan
{
    private const int RingLength = 64;
    private const int DataLength = 8;

    private readonly uint[] _identifiers = new uint[RingLength];
    private readonly bool[] _areExtended = new bool[RingLength];
    private readonly byte[] _lengths = new byte[RingLength];
    private readonly byte[] _data = new byte[RingLength * DataLength];
    private LoopbackCan _other;
    private int _first;
    private int _count;

    private LoopbackCan()
    {
    }

    /// <summary>The other end.</summary>
    public LoopbackCan Other
    {
        get { return _other; }
    }

    /// <inheritdoc/>
    public byte BlockSizeMax
    {
        get { return 0; }
    }

    /// <inheritdoc/>
    public byte SeparationTimeMin
    {
        get { return 0; }
    }

    /// <inheritdoc/>
    public uint OverrunCount
    {
        get { return 0; }
    }

    /// <inheritdoc/>
    public uint BusOffCount
    {
        get { return 0; }
    }

    /// <summary>A new bus; the other end is <see cref="Other"/>.</summary>
    public static LoopbackCan Create()
    {
        LoopbackCan one = new LoopbackCan();
        one._other = new LoopbackCan();
        one._other._other = one;
        return one;
    }

    /// <summary>Forgets the frames that wait here: the node was without power.</summary>
    public void Clear()
    {
        _count = 0;
    }

    /// <inheritdoc/>
    public bool TryReceive(CanFrame into)
    {
        if (_count == 0)
        {
            return false;
        }

        into.Identifier = _identifiers[_first];
        into.IsExtended = _areExtended[_first];
        into.Length = _lengths[_first];
        System.Array.Copy(_data, _first * DataLength, into.Data, 0, DataLength);
        _first = (_first + 1) % RingLength;
        _count--;
        return true;
    }

    /// <inheritdoc/>
    public bool TrySend(CanFrame frame)
    {
        return _other.TryTake(frame);
    }

    private bool TryTake(CanFrame frame)
    {
        if (_count == RingLength)
        {
            return false;
        }

        int last = (_first + _count) % RingLength;
        _identifiers[last] = frame.Identifier;
        _areExtended[last] = frame.IsExtended;
        _lengths[last] = frame.Length;
        System.Array.Copy(frame.Data, 0, _data, last * DataLength, DataLength);
        _count++;
        return true;
    }
}
