// The client's side of access and version report: keys derived from the device secret, proofs and MACs over them.
// Written out here once more, after PROTOCOL.md and not after the agent: the emulator compares the two sides.
// Clause: agent-firmware/PROTOCOL.md, "Access", "Routines" (version report).
// Tests: tests/boards/virtual/TesterProofsTests.cs.
using System;
using System.Text;

namespace EsyncAgent.Emulator;

/// <summary>What the owner of one ECU computes with its device identifier (16 bytes) and secret (32 bytes).</summary>
public sealed class TesterProofs
{
    /// <summary>Bytes of a MAC.</summary>
    public const int MacLength = 32;

    private readonly byte[] _deviceId;
    private readonly byte[] _secret;
    private readonly HmacSha256 _hmac = new HmacSha256(new Sha256(new Sha256Compression()));
    private readonly byte[] _key = new byte[MacLength];

    /// <summary>For an ECU with this identifier and secret.</summary>
    public TesterProofs(byte[] deviceId, byte[] secret)
    {
        _deviceId = deviceId;
        _secret = secret;
    }

    /// <summary>Proof for service 29 over both challenges (16 bytes each) into the 32 bytes of <paramref name="proof"/>.</summary>
    public void Authentication(byte[] challengeServer, byte[] challengeClient, byte[] proof)
    {
        byte[] challenges = Join(challengeServer, challengeServer.Length, challengeClient);
        Mac("esync/v1/key-29", "esync/v1/proof-29", 0x01, challenges, challenges.Length, proof);
    }

    /// <summary>MAC of the first <paramref name="length"/> bytes of a version report.</summary>
    public void VersionReport(byte[] report, int length, byte[] mac)
    {
        Mac("esync/v1/key-report", "esync/v1/version-report", 0x00, report, length, mac);
    }

    private static byte[] Join(byte[] a, int aLength, byte[] b)
    {
        byte[] joined = new byte[aLength + b.Length];
        Array.Copy(a, 0, joined, 0, aLength);
        Array.Copy(b, 0, joined, aLength, b.Length);
        return joined;
    }

    private void Mac(string keyLabel, string label, byte role, byte[] data, int length, byte[] mac)
    {
        byte[] ofKey = Encoding.UTF8.GetBytes(keyLabel);
        _hmac.Compute(_secret, Join(ofKey, ofKey.Length, _deviceId), _key);

        byte[] ofLabel = Encoding.UTF8.GetBytes(label);
        byte[] input = new byte[ofLabel.Length + _deviceId.Length + 1 + length];
        Array.Copy(ofLabel, 0, input, 0, ofLabel.Length);
        Array.Copy(_deviceId, 0, input, ofLabel.Length, _deviceId.Length);
        input[ofLabel.Length + _deviceId.Length] = role;
        Array.Copy(data, 0, input, input.Length - length, length);
        _hmac.Compute(_key, input, mac);
    }
}
