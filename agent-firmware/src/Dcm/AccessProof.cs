// The proof that a tester owes for a challenge: HMAC-SHA256 with the key of one purpose over label, device identifier,
// role and challenges (PROTOCOL.md, "Access"). Every input starts with what it is for and for whom, so that no proof
// serves another purpose or another ECU.
// Invariants: the key is in memory only while it is used; proofs are compared in constant time.
// Tests: tests/agent-firmware/Dcm/Sid29AuthenticationTests.cs, Sid27SecurityAccessTests.cs.
namespace EsyncAgent;

/// <summary>Computes and compares the proofs of one service.</summary>
public sealed class AccessProof
{
    private const byte RoleClient = 0x01;

    private readonly Csm csm;
    private readonly KeyStore keys;
    private readonly KeyPurpose purpose;
    private readonly byte[] input;
    private readonly byte[] key = new byte[Csm.KeyLength];
    private readonly byte[] expected = new byte[Csm.KeyLength];
    private readonly int deviceIdAt;
    private readonly int challengeServerAt;

    /// <summary>Makes the proof of a purpose. <paramref name="challengesLength"/>: bytes of server's and client's challenges together.</summary>
    public AccessProof(Csm csm, KeyStore keys, KeyPurpose purpose, string label, int challengesLength)
    {
        this.csm = csm;
        this.keys = keys;
        this.purpose = purpose;
        deviceIdAt = label.Length;
        challengeServerAt = deviceIdAt + Csm.DeviceIdLength + 1;
        input = Csm.Label(label, Csm.DeviceIdLength + 1 + challengesLength);
        input[challengeServerAt - 1] = RoleClient;
    }

    /// <summary>
    /// True when <paramref name="count"/> bytes at <paramref name="proofOffset"/> of <paramref name="request"/> are the
    /// first bytes of the proof for <paramref name="challengeServer"/> and the client's challenge, which stands at
    /// <paramref name="challengeClientOffset"/> of the request (where the purpose has one).
    /// </summary>
    public bool IsGood(byte[] challengeServer, byte[] request, int challengeClientOffset, int proofOffset, int count)
    {
        if (!keys.DeriveKey(purpose, key))
        {
            return false;
        }

        int clientAt = challengeServerAt + challengeServer.Length;
        System.Array.Copy(keys.DeviceId, 0, input, deviceIdAt, Csm.DeviceIdLength);
        System.Array.Copy(challengeServer, 0, input, challengeServerAt, challengeServer.Length);
        System.Array.Copy(request, challengeClientOffset, input, clientAt, input.Length - clientAt);
        csm.Hmac(key, input, expected);
        System.Array.Clear(key, 0, key.Length);
        bool isGood = Csm.ConstantTimeEquals(expected, 0, request, proofOffset, count);
        System.Array.Clear(expected, 0, expected.Length);
        return isGood;
    }
}
