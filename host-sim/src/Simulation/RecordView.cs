// The boot record as it lies in the flash, read from outside: by PROTOCOL.md alone and not by the agent's own code, whose
// faults it is to show.
// Invariants: looking changes nothing and draws no chance; a copy is what stands in the last place of its sector that is not
// blank, and counts when its magic number, format, CRC, bank and states are right. Which copy a boot would take is the one with the newest sequence.
// Clause: PROTOCOL.md, "Boot record". Tests: tests/host-sim/Simulation.
using System.Buffers.Binary;
using EsyncAgent;
using EsyncSim.Flash;

namespace EsyncSim.Simulation;

/// <summary>One boot record in flash.</summary>
public sealed record RecordView
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 192;

    /// <summary>No bank.</summary>
    public const byte NoBank = 0xFF;

    private const uint Magic = 0x45534252;
    private const int CrcOffset = 188;
    private const int PlacesMax = 8;
    private const int PlaceLengthMin = 256;
    private const int HeadLength = 16;
    private static readonly uint[] CrcTable = [.. Enumerable.Range(0, 256).Select(CrcEntry)];

    /// <summary>Active bank, 0, 1 or <see cref="NoBank"/>.</summary>
    public required byte ActiveBank { get; init; }

    /// <summary>State of each bank.</summary>
    public required BankState[] State { get; init; }

    /// <summary>Manifest digest of each bank.</summary>
    public required byte[][] Digest { get; init; }

    /// <summary>Trial boots left.</summary>
    public required byte AttemptsLeft { get; init; }

    /// <summary>Sequence of the record.</summary>
    public required uint Sequence { get; init; }

    /// <summary>CRC of the record: two records are the same when it is.</summary>
    public required uint Checksum { get; init; }

    /// <summary>Lowest securityVersion that may be installed.</summary>
    public required uint Floor { get; init; }

    /// <summary>Highest SUIT sequence number accepted.</summary>
    public required uint SequenceNumberMax { get; init; }

    /// <summary>Reason of the last failure.</summary>
    public required FotaError LastError { get; init; }

    /// <summary>True when no bit of the copy reads differently each time.</summary>
    public required bool IsStable { get; init; }

    /// <summary>The bank that an update goes to.</summary>
    public int Secondary => ActiveBank ^ 1;

    /// <summary>The newest copy, and the newest of those that read the same each time; null where there is none.</summary>
    public static (RecordView? Newest, RecordView? NewestStable) Look(FlashMemory memory, FlsConfig map)
    {
        RecordView? newest = null, newestStable = null;
        foreach (RecordView view in Copies(memory, map))
        {
            newest = view.IsNewerThan(newest) ? view : newest;
            newestStable = view.IsStable && view.IsNewerThan(newestStable) ? view : newestStable;
        }

        return (newest, newestStable);
    }

    /// <summary>The copies that are whole records, in the order of their places.</summary>
    public static List<RecordView> Copies(FlashMemory memory, FlsConfig map)
    {
        List<RecordView> copies = [];
        Span<byte> bytes = stackalloc byte[Length];
        foreach (FlsArea area in (FlsArea[])[map.BootRecord0, map.BootRecord1, map.BootRecord2])
        {
            bool isStable = memory.Peek(AddressOf(memory, area), bytes);
            if (Parse(bytes, isStable) is { } view)
            {
                copies.Add(view);
            }
        }

        return copies;
    }

    /// <summary>Address of the copy in one of the three areas: the last of its places whose first bytes are not FF, the first one when all are.</summary>
    public static uint AddressOf(FlashMemory memory, FlsArea area)
    {
        uint length = (uint)Math.Max(PlaceLengthMin, memory.Geometry.PageSize);
        uint places = Math.Clamp(area.Length / length, 1, PlacesMax);
        Span<byte> head = stackalloc byte[HeadLength];
        uint place = 1;
        for (; place < places; place++)
        {
            memory.Peek(area.Start + (place * length), head);
            if (head.IndexOfAnyExcept((byte)0xFF) < 0)
            {
                break;
            }
        }

        return area.Start + ((place - 1) * length);
    }

    /// <summary>Reads 192 bytes; null when they are no record.</summary>
    public static RecordView? Parse(ReadOnlySpan<byte> bytes, bool isStable)
    {
        bool isRecord = BinaryPrimitives.ReadUInt32BigEndian(bytes) == Magic && bytes[4] == 1
            && BinaryPrimitives.ReadUInt32BigEndian(bytes[CrcOffset..]) == Crc(bytes[..CrcOffset])
            && bytes[5] is 0 or 1 or NoBank && bytes[6] <= (byte)BankState.Rejected && bytes[7] <= (byte)BankState.Rejected;
        return !isRecord ? null : new RecordView
        {
            ActiveBank = bytes[5],
            State = [(BankState)bytes[6], (BankState)bytes[7]],
            AttemptsLeft = bytes[8],
            Sequence = BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]),
            Checksum = BinaryPrimitives.ReadUInt32BigEndian(bytes[CrcOffset..]),
            Floor = BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]),
            SequenceNumberMax = BinaryPrimitives.ReadUInt32BigEndian(bytes[20..]),
            LastError = (FotaError)BinaryPrimitives.ReadUInt16BigEndian(bytes[24..]),
            Digest = [bytes.Slice(32, 32).ToArray(), bytes.Slice(64, 32).ToArray()],
            IsStable = isStable,
        };
    }

    /// <summary>CRC-32 (IEEE 802.3) of a range.</summary>
    public static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc = CrcTable[(byte)(crc ^ b)] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static uint CrcEntry(int index)
    {
        uint crc = (uint)index;
        for (int bit = 0; bit < 8; bit++)
        {
            crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }

        return crc;
    }

    private bool IsNewerThan(RecordView? other) => other is null || (int)(Sequence - other.Sequence) > 0;
}
