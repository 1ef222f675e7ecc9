// Records that wait for the flash: a ring of bytes, first in, first out.
// Invariants: Append copies and never waits; low priority leaves half of the room to the others, normal a quarter to the high.
// Must not know sectors. Tests: tests/agent-firmware/Data.
using System;

namespace EsyncAgent;

/// <summary>Queue of records without number.</summary>
public sealed class ReportBuffer
{
    private readonly byte[] _ring;
    private readonly byte[] _head = new byte[ReportLayout.HeadLength];
    private int _first;
    private int _used;

    /// <summary>A queue of so many bytes.</summary>
    public ReportBuffer(int length)
    {
        _ring = new byte[length];
    }

    /// <summary>True when nothing waits.</summary>
    public bool IsEmpty
    {
        get { return _used == 0; }
    }

    /// <summary>Priority of the record whose turn it is.</summary>
    public byte Priority
    {
        get { return _ring[Wrap(_first + ReportLayout.PriorityOffset)]; }
    }

    /// <summary>Its length, without padding.</summary>
    public int Length
    {
        get { return (_ring[_first] << 8) | _ring[Wrap(_first + 1)]; }
    }

    /// <summary>Bytes of the longest body that this priority may add now; negative when there is no room for any.</summary>
    public int RoomFor(byte priority)
    {
        int kept = _ring.Length / 4 * (ReportPriority.High - priority);
        return _ring.Length - kept - _used - ReportLayout.Overhead;
    }

    /// <summary>Adds a record; the caller has asked for room.</summary>
    public void Add(byte kind, byte priority, ushort retentionHours, uint timeMs, byte[] body, int offset, int count)
    {
        ReportLayout.WriteHead(_head, count + ReportLayout.Overhead, kind, priority, timeMs, retentionHours);
        Put(_head, 0, 0, _head.Length);
        Put(body, offset, _head.Length, count);
        _used += count + ReportLayout.Overhead;
    }

    /// <summary>Copies the record whose turn it is to the start of an array.</summary>
    public void CopyTo(byte[] into)
    {
        int length = Length;
        int straight = _ring.Length - _first;
        straight = length < straight ? length : straight;
        Array.Copy(_ring, _first, into, 0, straight);
        Array.Copy(_ring, 0, into, straight, length - straight);
    }

    /// <summary>Removes it.</summary>
    public void Remove()
    {
        int length = Length;
        _first = Wrap(_first + length);
        _used -= length;
    }

    private void Put(byte[] from, int offset, int at, int count)
    {
        int start = Wrap(Wrap(_first + _used) + at);
        int straight = _ring.Length - start;
        straight = count < straight ? count : straight;
        Array.Copy(from, offset, _ring, start, straight);
        Array.Copy(from, offset + straight, _ring, 0, count - straight);
    }

    private int Wrap(int index)
    {
        return index < _ring.Length ? index : index - _ring.Length;
    }
}
