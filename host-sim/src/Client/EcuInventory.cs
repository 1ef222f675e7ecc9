// What an ECU says of itself without proof (service 22) and what its update target can take.
// Tests: tests/host-sim/Client/EcuClientTests.cs.
using System.Buffers.Binary;
using System.Text;

namespace EsyncSim.Client;

/// <summary>Identification records by data identifier; those that the ECU lacks are not there.</summary>
public sealed record EcuInventory(IReadOnlyDictionary<ushort, byte[]> Records)
{
    /// <summary>The identifiers that are asked for (ISO 14229-1:2020 Annex C.1; F1EF: RXSWIN of UN R156).</summary>
    public static readonly ushort[] Identifiers =
        [0xF180, 0xF181, 0xF187, 0xF188, 0xF189, 0xF18A, 0xF18B, 0xF18C, 0xF190, 0xF191, 0xF197, 0xF19E, 0xF1EF];

    /// <summary>A record as text, without padding and without the count before it (F180, F181); empty when the ECU lacks it.</summary>
    public string Text(ushort identifier) =>
        Records.TryGetValue(identifier, out byte[]? record) ? Encoding.ASCII.GetString(record).Trim('\0', '\x01', ' ') : string.Empty;
}

/// <summary>Limits of an update target (DIDs FD00 and FD05).</summary>
/// <param name="ProtocolVersion">Version of PROTOCOL.md that the agent speaks.</param>
/// <param name="MessageLengthMax">Longest message in bytes.</param>
/// <param name="EnvelopeLengthMax">Longest envelope in bytes.</param>
/// <param name="BankLength">Length of a bank in bytes.</param>
/// <param name="Encodings">Bit n: compression n unencrypted; bit 8 + n: compression n encrypted.</param>
/// <param name="RecipientCountMax">Most recipients of an encrypted envelope; 0 when none is taken.</param>
/// <param name="WindowBitsMax">Largest heatshrink window as a power of two in bytes; 0 when no compression is taken.</param>
public sealed record UpdateLimits(byte ProtocolVersion, int MessageLengthMax, uint EnvelopeLengthMax, uint BankLength, ushort Encodings, byte RecipientCountMax, byte WindowBitsMax)
{
    /// <summary>Bytes of DID FD05.</summary>
    public const int RecordLength = 16;

    /// <summary>Reads FD05.</summary>
    /// <param name="protocolVersion">What FD00 says.</param>
    /// <param name="record">The record, <see cref="RecordLength"/> bytes.</param>
    public static UpdateLimits Of(byte protocolVersion, byte[] record) => new(
        protocolVersion,
        BinaryPrimitives.ReadUInt16BigEndian(record.AsSpan(2)),
        BinaryPrimitives.ReadUInt32BigEndian(record.AsSpan(4)),
        BinaryPrimitives.ReadUInt32BigEndian(record.AsSpan(8)),
        BinaryPrimitives.ReadUInt16BigEndian(record.AsSpan(12)),
        record[14],
        record[15]);

    /// <summary>FD05 as somebody else has read it, from hexadecimal text; null when it is none.</summary>
    public static UpdateLimits? TryRead(string? text)
    {
        byte[] record = new byte[RecordLength];
        return text?.Length == 2 * RecordLength && Convert.FromHexString(text, record, out _, out _) == System.Buffers.OperationStatus.Done ? Of(EcuAttempts.ProtocolVersion, record) : null;
    }

    /// <summary>True when images of an encoding (dataFormatIdentifier) can be taken.</summary>
    public bool Takes(byte encoding) =>
        encoding >> 4 < 8 && (encoding & 0x0F) < 2 && (Encodings >> ((encoding >> 4) + (8 * (encoding & 0x0F))) & 1) != 0;
}
