// What the client knows of one ECU's secrets, and the proofs that it makes from them (PROTOCOL.md, "Access").
// Invariant: the same labels as in the agent, written out here once more on purpose: the tests compare the two sides.
// Tests: tests/host-sim/Client.
using System.Security.Cryptography;
using System.Text;

namespace EsyncSim.Client;

/// <summary>Device identifier (16 bytes) and device secret (32 bytes) of one ECU.</summary>
public sealed record DeviceCredentials(byte[] DeviceId, byte[] Secret)
{
    /// <summary>Proof for service 29: 32 bytes.</summary>
    public byte[] AuthenticationProof(ReadOnlySpan<byte> challengeServer, ReadOnlySpan<byte> challengeClient) =>
        Mac("esync/v1/key-29", "esync/v1/proof-29", 0x01, [.. challengeServer, .. challengeClient]);

    /// <summary>Key for service 27: 16 bytes.</summary>
    public byte[] SecurityAccessKey(ReadOnlySpan<byte> seed) => Mac("esync/v1/key-27", "esync/v1/proof-27", 0x01, seed)[..16];

    /// <summary>MAC of a version report: 32 bytes.</summary>
    public byte[] VersionReportMac(ReadOnlySpan<byte> report) => Mac("esync/v1/key-report", "esync/v1/version-report", 0x00, report);

    private byte[] Mac(string keyLabel, string label, byte role, ReadOnlySpan<byte> data)
    {
        byte[] key = HMACSHA256.HashData(Secret, (byte[])[.. Encoding.ASCII.GetBytes(keyLabel), .. DeviceId]);
        return HMACSHA256.HashData(key, (byte[])[.. Encoding.ASCII.GetBytes(label), .. DeviceId, role, .. data]);
    }
}
