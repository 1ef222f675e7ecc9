// A security event of an ECU, from its version report or from DID FD0A (PROTOCOL.md, "Security events").
// Tests: tests/host-sim/Client/SecurityEventTests.cs.
using System.Buffers.Binary;
using System.Globalization;
using EsyncAgent;

namespace EsyncSim.Client;

/// <summary>An entry of the ECU's security event log.</summary>
/// <param name="Number">Running number of its last occurrence, from 1.</param>
/// <param name="Event">What happened, a value of <see cref="IdsMEvent"/>.</param>
/// <param name="Reason">Why.</param>
/// <param name="Count">Occurrences that the entry tells of; 65,535 is that many or more.</param>
/// <param name="Start">Start of the ECU in which it last happened, counted over starts with events.</param>
/// <param name="TimeMs">Milliseconds of that start.</param>
public sealed record SecurityEvent(uint Number, byte Event, FotaError Reason, int Count, int Start, uint TimeMs)
{
    /// <summary>Parses entries of 16 bytes, the newest first; entries that were never written are left out.</summary>
    public static IReadOnlyList<SecurityEvent> ParseAll(ReadOnlySpan<byte> entries)
    {
        List<SecurityEvent> events = [];
        for (; entries.Length >= IdsM.EntryLength; entries = entries[IdsM.EntryLength..])
        {
            uint number = BinaryPrimitives.ReadUInt32BigEndian(entries);
            if (number != 0)
            {
                events.Add(new SecurityEvent(
                    number,
                    entries[4],
                    (FotaError)BinaryPrimitives.ReadUInt16BigEndian(entries[6..]),
                    BinaryPrimitives.ReadUInt16BigEndian(entries[8..]),
                    BinaryPrimitives.ReadUInt16BigEndian(entries[10..]),
                    BinaryPrimitives.ReadUInt32BigEndian(entries[12..])));
            }
        }

        return events;
    }

    /// <summary>One line for people.</summary>
    public override string ToString()
    {
        string what = Event switch
        {
            IdsMEvent.AccessRefused => "access refused",
            IdsMEvent.ProvisioningRefused => "provisioning refused",
            IdsMEvent.ResetRefused => "reset in a trial refused",
            IdsMEvent.BootRecordMended => "boot record mended",
            IdsMEvent.BootRecordRebuilt => "boot record rebuilt",
            IdsMEvent.ManifestRefused => "manifest refused",
            IdsMEvent.ChunkRefused => "chunk refused",
            IdsMEvent.TrustAccepted => "trust manifest accepted",
            IdsMEvent.TrustRefused => "trust manifest refused",
            IdsMEvent.BankRejected => "bank rejected at boot",
            IdsMEvent.TrialReverted => "trial reverted",
            IdsMEvent.RollbackOrdered => "rollback ordered",
            IdsMEvent.RulesRefused => "collection rules refused",
            _ => string.Create(CultureInfo.InvariantCulture, $"event {Event}"),
        };
        string reason = Reason == FotaError.None ? "" : $", {Reason}";
        string times = Count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $", {Count} times");
        return string.Create(CultureInfo.InvariantCulture, $"{Number}: {what}{reason}{times} (start {Start}, {TimeMs / 1000.0:F1} s)");
    }
}

/// <summary>The whole log, from DID FD0A.</summary>
/// <param name="NewestNumber">Number of the newest event; 0 when there was none.</param>
/// <param name="StoredNumber">Number of the newest event that is in flash.</param>
/// <param name="Start">Number of this start.</param>
/// <param name="TimeMs">Milliseconds of this start.</param>
/// <param name="Events">The entries, the newest first.</param>
public sealed record SecurityEventLog(uint NewestNumber, uint StoredNumber, int Start, uint TimeMs, IReadOnlyList<SecurityEvent> Events)
{
    private const int HeaderLength = 15;

    /// <summary>Parses the record of FD0A.</summary>
    public static SecurityEventLog Parse(ReadOnlySpan<byte> record)
    {
        if (record.Length < HeaderLength || record.Length != HeaderLength + (record[HeaderLength - 1] * IdsM.EntryLength))
        {
            throw new UnexpectedResponseException(0x22, record);
        }

        return new SecurityEventLog(
            BinaryPrimitives.ReadUInt32BigEndian(record),
            BinaryPrimitives.ReadUInt32BigEndian(record[4..]),
            BinaryPrimitives.ReadUInt16BigEndian(record[8..]),
            BinaryPrimitives.ReadUInt32BigEndian(record[10..]),
            SecurityEvent.ParseAll(record[HeaderLength..]));
    }
}
