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

    private readonly Csm _csm;
    private readonly KeyStore _keys;
    private readonly KeyPurpose _purpose;
    private readonly byte[] _input;
    private readonly byte[] _key = new byte[Csm.KeyLength];
    private readonly byte[] _expected = new byte[Csm.KeyLength];
    private readonly int _deviceIdAt;
    private readonly int _challengeServerAt;

    /// <summary>Makes the proof of a purpose. <paramref name="challengesLength"/>: bytes of server's and client's challenges together.</summary>
    public AccessProof(Csm csm, KeyStore keys, KeyPurpose purpose, string label, int challengesLength)
    {
        _csm = csm;
        _keys = keys;
        _purpose = purpose;
        _deviceIdAt = label.Length;
        _challengeServerAt = _deviceIdAt + Csm.DeviceIdLength + 1;
        _input = Csm.Label(label, Csm.DeviceIdLength + 1 + challengesLength);
        _input[_challengeServerAt - 1] = RoleClient;
    }

    /// <summary>
    /// True when <paramref name="count"/> bytes at <paramref name="proofOffset"/> of <paramref name="request"/> are the
    /// first bytes of the proof for <paramref name="challengeServer"/> and the client's challenge, which stands at
    /// <paramref name="challengeClientOffset"/> of the request (where the purpose has one).
    /// </summary>
    public bool IsGood(byte[] challengeServer, byte[] request, int challengeClientOffset, int proofOffset, int count)
    {
        if (!_keys.DeriveKey(_purpose, _key))
        {
            return false;
        }

        int clientAt = _challengeServerAt + challengeServer.Length;
        System.Array.Copy(_keys.DeviceId, 0, _input, _deviceIdAt, Csm.DeviceIdLength);
        System.Array.Copy(challengeServer, 0, _input, _challengeServerAt, challengeServer.Length);
        System.Array.Copy(request, challengeClientOffset, _input, clientAt, _input.Length - clientAt);
        _csm.Hmac(_key, _input, _expected);
        System.Array.Clear(_key, 0, _key.Length);
        bool isGood = Csm.ConstantTimeEquals(_expected, 0, request, proofOffset, count);
        System.Array.Clear(_expected, 0, _expected.Length);
        return isGood;
    }
}
