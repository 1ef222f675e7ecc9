// The fault memory: for a bounded number of events the first and the latest snapshot, captured when testFailed goes from 0
// to 1. Events without a snapshot take no place.
// When all places are taken, one goes whose event is not more important than the new one: not confirmed before confirmed,
// then the least important, then the one that failed longest ago. When all are more important, the new one stays outside.
// Invariants: entries stand in the order of their latest failure, oldest first, in memory as in NvM (PROTOCOL.md, "NvM");
// nothing is allocated after the constructor.
// Must not know what a record means. Tests: tests/agent-firmware/Dem/DemSnapshotTests.cs, DemDisplacementTests.cs.
using System;

namespace EsyncAgent;

/// <summary>Entries with snapshots.</summary>
internal sealed class DemMemory
{
    private const int None = -1;

    // A snapshot: number of identifiers, length of what follows, identifiers with their records.
    private const int SnapshotHeaderLength = 2;
    private const int IdentifierLength = 2;

    private readonly DemConfig _config;
    private readonly DemEvents _events;
    private readonly ushort[] _firstDid;
    private readonly byte[][] _entries;
    private readonly byte[] _capture;
    private readonly int _snapshotLength;
    private int _count;

    internal DemMemory(DemConfig config, DemEvents events)
    {
        _config = config;
        _events = events;
        int dataLength = config.SnapshotLengthMax();
        _snapshotLength = SnapshotHeaderLength + dataLength;
        _capture = new byte[_snapshotLength];
        _entries = new byte[config.EntryCount][];
        for (int i = 0; i < _entries.Length; i++)
        {
            _entries[i] = new byte[EntryLengthMax(dataLength)];
        }

        _firstDid = new ushort[events.Count];
        int next = 0;
        for (int i = 0; i < events.Count; i++)
        {
            _firstDid[i] = (ushort)next;
            next += config.SnapshotCounts[i];
        }
    }

    /// <summary>Longest entry: event, first and latest snapshot.</summary>
    internal static int EntryLengthMax(int snapshotLengthMax)
    {
        return 1 + (2 * (SnapshotHeaderLength + snapshotLengthMax));
    }

    /// <summary>Captures a snapshot of an event and keeps it where there is room. Returns the length of identifiers and records, 0 when there are none.</summary>
    internal int Capture(int index, ISnapshotSource source)
    {
        int length = source == null ? 0 : Fill(index, source);
        if (length == 0)
        {
            return 0;
        }

        int at = Find(index);
        bool isNew = at == None;
        if (isNew)
        {
            at = MakeRoom(index);
            if (at == None)
            {
                return length;
            }
        }

        byte[] entry = MoveToEnd(at);
        entry[0] = (byte)index;
        if (isNew)
        {
            Array.Copy(_capture, 0, entry, 1, _snapshotLength);
        }

        Array.Copy(_capture, 0, entry, 1 + _snapshotLength, _snapshotLength);
        return length;
    }

    /// <summary>Writes the identifiers and records that the last <see cref="Capture"/> found; returns their length.</summary>
    internal int CopyCapture(byte[] into, int offset)
    {
        Array.Copy(_capture, SnapshotHeaderLength, into, offset, _capture[1]);
        return _capture[1];
    }

    /// <summary>Writes the number of identifiers of a kept snapshot, then identifiers and records; returns the length, 0 when it is not kept.</summary>
    internal int CopySnapshot(int index, bool isFirst, byte[] into, int offset)
    {
        int at = Find(index);
        if (at == None)
        {
            return 0;
        }

        byte[] entry = _entries[at];
        int from = isFirst ? 1 : 1 + _snapshotLength;
        into[offset] = entry[from];
        Array.Copy(entry, from + SnapshotHeaderLength, into, offset + 1, entry[from + 1]);
        return 1 + entry[from + 1];
    }

    /// <summary>Gives up the entry of an event. True when there was one.</summary>
    internal bool Remove(int index)
    {
        int at = Find(index);
        if (at == None)
        {
            return false;
        }

        MoveToEnd(at);
        _count--;
        return true;
    }

    /// <summary>Writes all entries, each as long as its snapshots; returns their length.</summary>
    internal int Store(byte[] into, int offset)
    {
        int at = offset;
        for (int i = 0; i < _count; i++)
        {
            byte[] entry = _entries[i];
            into[at] = _config.Events[entry[0]];
            at++;
            for (int from = 1; from < entry.Length; from += _snapshotLength)
            {
                int length = SnapshotHeaderLength + entry[from + 1];
                Array.Copy(entry, from, into, at, length);
                at += length;
            }
        }

        return at - offset;
    }

    /// <summary>
    /// Takes over the stored entry at <paramref name="offset"/> for an event (−1: for none); an older one gives way when all
    /// places are taken. Returns the entry's length, 0 when it is not whole.
    /// </summary>
    internal int Load(int index, byte[] from, int offset, int end)
    {
        int first = offset + 1;
        int latest = first + StoredLength(from, first, end);
        int next = latest + StoredLength(from, latest, end);
        if (latest == first || next == latest)
        {
            return 0;
        }

        bool isTaken = index >= 0 && latest - first <= _snapshotLength && next - latest <= _snapshotLength && _entries.Length != 0;
        if (isTaken)
        {
            int at = 0;
            if (_count < _entries.Length)
            {
                at = _count++;
            }

            byte[] entry = MoveToEnd(at);
            entry[0] = (byte)index;
            Array.Copy(from, first, entry, 1, latest - first);
            Array.Copy(from, latest, entry, 1 + _snapshotLength, next - latest);
        }

        return next - offset;
    }

    private static int StoredLength(byte[] from, int at, int end)
    {
        int length = at + SnapshotHeaderLength <= end ? SnapshotHeaderLength + from[at + 1] : 0;
        return at + length <= end ? length : 0;
    }

    private int Fill(int index, ISnapshotSource source)
    {
        int at = SnapshotHeaderLength;
        byte identifiers = 0;
        int end = _firstDid[index] + _config.SnapshotCounts[index];
        for (int i = _firstDid[index]; i < end; i++)
        {
            ushort did = _config.SnapshotDids[i];
            int length = source.AppendRecord(did, _capture, at + IdentifierLength);
            if (length >= 0)
            {
                BigEndian.WriteU16(_capture, at, did);
                at += IdentifierLength + length;
                identifiers++;
            }
        }

        _capture[0] = identifiers;
        _capture[1] = (byte)(at - SnapshotHeaderLength);
        return at - SnapshotHeaderLength;
    }

    private int Find(int index)
    {
        for (int i = 0; i < _count; i++)
        {
            if (_entries[i][0] == index)
            {
                return i;
            }
        }

        return None;
    }

    // Place of the entry to take for a new event; None when there is none for it.
    private int MakeRoom(int index)
    {
        if (_count < _entries.Length)
        {
            return _count++;
        }

        int victim = None;
        int least = 0;
        for (int i = 0; i < _count; i++)
        {
            int rank = RankOf(_entries[i][0]);
            if (_config.Priorities[_entries[i][0]] >= _config.Priorities[index] && rank > least)
            {
                victim = i;
                least = rank;
            }
        }

        return victim;
    }

    // The higher, the sooner it goes.
    private int RankOf(int index)
    {
        bool isConfirmed = (_events.StatusOf(index) & DemStatus.Confirmed) != 0;
        return _config.Priorities[index] + (isConfirmed ? 0 : byte.MaxValue + 1);
    }

    private byte[] MoveToEnd(int at)
    {
        byte[] entry = _entries[at];
        int end = _count - 1;
        for (int i = at; i < end; i++)
        {
            _entries[i] = _entries[i + 1];
        }

        _entries[end] = entry;
        return entry;
    }
}
