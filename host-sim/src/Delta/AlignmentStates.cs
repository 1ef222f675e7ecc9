// The offsets that are alive at one position of the alignment, each with the cost of the cheapest way to it; the first
// one is "none", the bytes of the image's own.
// Tests: tests/host-sim/Delta/SequentialPatchTests.cs.
namespace EsyncSim.Delta;

/// <summary>Living states.</summary>
internal sealed class AlignmentStates(int capacity)
{
    /// <summary>Offsets into the base.</summary>
    internal int[] Offset { get; } = new int[capacity];

    /// <summary>Bits so far.</summary>
    internal long[] Cost { get; } = new long[capacity];

    /// <summary>Index of the state before.</summary>
    internal byte[] Previous { get; } = new byte[capacity];

    /// <summary>Number of states.</summary>
    internal int Count { get; private set; }

    internal void Clear() => Count = 0;

    internal void Add(int offset, long cost, int previous)
    {
        Offset[Count] = offset;
        Cost[Count] = cost;
        Previous[Count++] = (byte)previous;
    }

    internal bool Holds(int offset) => Offset.AsSpan(1, Count - 1).Contains(offset);

    internal int Cheapest()
    {
        int cheapest = 0;
        for (int s = 1; s < Count; s++)
        {
            if (Cost[s] < Cost[cheapest])
            {
                cheapest = s;
            }
        }

        return cheapest;
    }

    /// <summary>Keeps the first and so many of the others, in their order.</summary>
    internal void KeepCheapest(int others)
    {
        if (Count - 1 <= others)
        {
            return;
        }

        long[] costs = Cost.AsSpan(1, Count - 1).ToArray();
        Array.Sort(costs);
        long bound = costs[others - 1];

        // Among equals the older ones go: whoever is as dear as a jump is here for its offset only.
        int equalsTooMany = costs.AsSpan().LastIndexOf(bound) + 1 - others;
        int kept = 1;
        for (int s = 1; s < Count; s++)
        {
            if (Cost[s] < bound || (Cost[s] == bound && equalsTooMany-- <= 0))
            {
                Offset[kept] = Offset[s];
                Cost[kept] = Cost[s];
                Previous[kept++] = Previous[s];
            }
        }

        Count = kept;
    }
}

/// <summary>All states of all positions, to find the way back.</summary>
internal sealed class AlignmentTrail(int length, int width)
{
    private readonly int[] _offsets = new int[(long)length * width];
    private readonly byte[] _previous = new byte[(long)length * width];

    internal void Record(int position, AlignmentStates states)
    {
        states.Offset.AsSpan(0, states.Count).CopyTo(_offsets.AsSpan(position * width));
        states.Previous.AsSpan(0, states.Count).CopyTo(_previous.AsSpan(position * width));
    }

    /// <summary>The offset of each position on the way to a state of the last one.</summary>
    internal int[] Trace(int state)
    {
        int[] path = new int[length];
        for (int i = length - 1; i >= 0; i--)
        {
            path[i] = _offsets[(i * width) + state];
            state = _previous[(i * width) + state];
        }

        return path;
    }
}
