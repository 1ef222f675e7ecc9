// The event queue: a heap with four children per node, ordered by time and then by the order of scheduling.
// Invariant: equal times come out in the order in which they went in; that order is the whole of determinism here.
// The keys lie in the heap's own array, so that a comparison touches no event.
// Tests: tests/host-sim/Bus/VirtualTimeTests.cs.
namespace EsyncSim.Bus;

/// <summary>Priority queue of <see cref="SimEvent"/> with removal and moving.</summary>
internal sealed class EventQueue
{
    private const int Arity = 4;
    private Entry[] _heap = new Entry[64];
    private int _count;
    private long _sequence;

    /// <summary>Time of the first event; <see cref="long.MaxValue"/> when there is none.</summary>
    internal long FirstNs => _count > 0 ? _heap[0].TimeNs : long.MaxValue;

    /// <summary>Inserts the event, or moves it behind all events of the same time.</summary>
    internal void Put(SimEvent item, long timeNs)
    {
        item.TimeNs = timeNs;
        Entry entry = new(timeNs, _sequence++, item);
        if (item.Index >= 0)
        {
            int index = item.Index;
            if (timeNs < _heap[index].TimeNs)
            {
                SiftUp(index, entry);
            }
            else
            {
                SiftDown(index, entry);
            }

            return;
        }

        if (_count == _heap.Length)
        {
            Array.Resize(ref _heap, _count * 2);
        }

        SiftUp(_count++, entry);
    }

    /// <summary>Removes the event if it is in the queue.</summary>
    internal void Remove(SimEvent item)
    {
        int index = item.Index;
        if (index < 0)
        {
            return;
        }

        item.Index = -1;
        Entry last = _heap[--_count];
        _heap[_count] = default;
        if (index == _count)
        {
            return;
        }

        if (index > 0 && last.IsBefore(_heap[(index - 1) / Arity]))
        {
            SiftUp(index, last);
        }
        else
        {
            SiftDown(index, last);
        }
    }

    /// <summary>Removes and returns the first event; the queue must not be empty.</summary>
    internal SimEvent TakeFirst()
    {
        SimEvent first = _heap[0].Item;
        first.Index = -1;
        Entry last = _heap[--_count];
        _heap[_count] = default;
        if (_count > 0)
        {
            SiftDown(0, last);
        }

        return first;
    }

    private void SiftUp(int index, Entry entry)
    {
        while (index > 0)
        {
            int parent = (index - 1) / Arity;
            if (!entry.IsBefore(_heap[parent]))
            {
                break;
            }

            Place(index, _heap[parent]);
            index = parent;
        }

        Place(index, entry);
    }

    private void SiftDown(int index, Entry entry)
    {
        while (true)
        {
            int child = (index * Arity) + 1;
            if (child >= _count)
            {
                break;
            }

            int end = Math.Min(child + Arity, _count);
            int best = child;
            for (int i = child + 1; i < end; i++)
            {
                if (_heap[i].IsBefore(_heap[best]))
                {
                    best = i;
                }
            }

            if (!_heap[best].IsBefore(entry))
            {
                break;
            }

            Place(index, _heap[best]);
            index = best;
        }

        Place(index, entry);
    }

    private void Place(int index, Entry entry)
    {
        _heap[index] = entry;
        entry.Item.Index = index;
    }

    private readonly record struct Entry(long TimeNs, long Sequence, SimEvent Item)
    {
        internal bool IsBefore(in Entry other) =>
            TimeNs < other.TimeNs || (TimeNs == other.TimeNs && Sequence < other.Sequence);
    }
}
