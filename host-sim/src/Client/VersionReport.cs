// The authenticated version report (PROTOCOL.md, "Routines"): parsed, and checked against nonce and report key.
// Invariant: a report that does not verify is never handed on.
// Tests: tests/host-sim/Client.
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using EsyncAgent;

namespace EsyncSim.Client;

/// <summary>What an ECU says of itself, with proof.</summary>
public sealed record VersionReport
{
    /// <summary>Length of a report in bytes.</summary>
    public const int Length = 239;

    /// <summary>Offset of the nonce, 16 bytes.</summary>
    public const int NonceOffset = 191;

    /// <summary>Offset of the MAC, 32 bytes over everything before it.</summary>
    public const int MacOffset = 207;

    private const byte Format = 2;
    private const int EventsOffset = 127;

    /// <summary>The report as it came.</summary>
    public required byte[] Bytes { get; init; }

    /// <summary>Device identifier, 16 bytes.</summary>
    public required byte[] DeviceId { get; init; }

    /// <summary>Version of the agent.</summary>
    public required Version AgentVersion { get; init; }

    /// <summary>Active bank, 0 or 1; 255 none.</summary>
    public required byte ActiveBank { get; init; }

    /// <summary>Running bank, 0 or 1; 255 none.</summary>
    public required byte RunningBank { get; init; }

    /// <summary>States of bank A and B.</summary>
    public required IReadOnlyList<BankState> States { get; init; }

    /// <summary>Trial attempts left.</summary>
    public required byte AttemptsLeft { get; init; }

    /// <summary>securityVersion floor.</summary>
    public required uint SecurityVersionFloor { get; init; }

    /// <summary>Highest SUIT sequence number accepted.</summary>
    public required uint SequenceNumberMax { get; init; }

    /// <summary>Manifest digests of bank A and B; all zero is none.</summary>
    public required IReadOnlyList<byte[]> ManifestDigests { get; init; }

    /// <summary>Version of the running application; empty when none runs.</summary>
    public required string ApplicationVersion { get; init; }

    /// <summary>Last error of the update target.</summary>
    public required FotaError LastError { get; init; }

    /// <summary>Sequence number of the trust manifest that the anchors are from; 0 when they are those of provisioning.</summary>
    public required uint TrustSequence { get; init; }

    /// <summary>The newest security events, the newest first, up to four.</summary>
    public required IReadOnlyList<SecurityEvent> SecurityEvents { get; init; }

    /// <summary>Reason of the newest security event; None when there was none.</summary>
    public FotaError SecurityEvent => SecurityEvents.Count == 0 ? FotaError.None : SecurityEvents[0].Reason;

    /// <summary>True when the MAC is right for these credentials and this nonce; false when no credentials were there to check it.</summary>
    public required bool IsAuthentic { get; init; }

    /// <summary>The nonce that it answers to, 16 bytes.</summary>
    public byte[] Nonce => Bytes[NonceOffset..MacOffset];

    /// <summary>A report that somebody else has read and checked, from hexadecimal text; null when it is none.</summary>
    public static VersionReport? TryRead(string? text)
    {
        byte[] bytes = new byte[Length];
        bool isOne = text?.Length == 2 * Length && Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done && bytes[0] == Format;
        return isOne ? Parse(bytes, bytes.AsSpan(NonceOffset, 16), null) : null;
    }

    /// <summary>Parses a report. Throws <see cref="UnexpectedResponseException"/> when it is none, or its MAC or nonce is wrong.</summary>
    public static VersionReport Parse(ReadOnlySpan<byte> report, ReadOnlySpan<byte> nonce, DeviceCredentials? credentials)
    {
        if (report.Length != Length || report[0] != Format || !report.Slice(NonceOffset, 16).SequenceEqual(nonce))
        {
            throw new UnexpectedResponseException(0x31, report);
        }

        bool isAuthentic = credentials != null
            && CryptographicOperations.FixedTimeEquals(credentials.VersionReportMac(report[..MacOffset]), report[MacOffset..]);
        if (credentials != null && !isAuthentic)
        {
            throw new UnexpectedResponseException(0x31, report);
        }

        return new VersionReport
        {
            Bytes = report.ToArray(),
            DeviceId = report.Slice(1, 16).ToArray(),
            AgentVersion = new Version(report[17], report[18], report[19]),
            ActiveBank = report[20],
            RunningBank = report[21],
            States = [(BankState)report[22], (BankState)report[23]],
            AttemptsLeft = report[24],
            SecurityVersionFloor = BinaryPrimitives.ReadUInt32BigEndian(report[25..]),
            SequenceNumberMax = BinaryPrimitives.ReadUInt32BigEndian(report[29..]),
            ManifestDigests = [report.Slice(33, 32).ToArray(), report.Slice(65, 32).ToArray()],
            ApplicationVersion = Encoding.ASCII.GetString(report.Slice(97, 24)).TrimEnd('\0'),
            LastError = (FotaError)BinaryPrimitives.ReadUInt16BigEndian(report[121..]),
            TrustSequence = BinaryPrimitives.ReadUInt32BigEndian(report[123..]),
            SecurityEvents = Client.SecurityEvent.ParseAll(report[EventsOffset..NonceOffset]),
            IsAuthentic = isAuthentic,
        };
    }
}
