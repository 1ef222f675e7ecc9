// A ring of received frames of fixed size; what does not fit is lost.
// Invariant: frames leave in the order in which they came, and each loss is counted.
// Tests: tests/host-sim/Bus/CanDriverTests.cs.
namespace EsyncSim.Bus;

/// <summary>First in, first out, with a bound.</summary>
internal sealed class FrameRing(int capacity)
{
    private readonly BusFrame[] _frames = new BusFrame[capacity];
    private int _first;

    /// <summary>Frames in the ring.</summary>
    internal int Count { get; private set; }

    internal bool TryAdd(in BusFrame frame)
    {
        if (Count == capacity)
        {
            return false;
        }

        int index = _first + Count++;
        _frames[index < capacity ? index : index - capacity] = frame;
        return true;
    }

    internal bool TryTake(out BusFrame frame)
    {
        if (Count == 0)
        {
            frame = default;
            return false;
        }

        frame = _frames[_first];
        _first = _first + 1 < capacity ? _first + 1 : 0;
        Count--;
        return true;
    }

    internal void Clear() => Count = 0;
}
