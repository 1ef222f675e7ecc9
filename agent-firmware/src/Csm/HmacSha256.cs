// HMAC-SHA256 (RFC 2104) in managed code, for the crypto drivers of boards whose firmware has none.
// Where the native function exists it is a hundred times faster: drivers prefer it.
// Invariants: no allocation after construction; the time depends on lengths only.
// Tests: tests/agent-firmware/Csm/HmacSha256Tests (RFC 4231).
namespace EsyncAgent;

/// <summary>HMAC-SHA256 over whole arrays, as <see cref="ICrypto.HmacSha256"/> wants it.</summary>
public sealed class HmacSha256
{
    private const int BlockLength = 64;

    private readonly Sha256 _sha256;
    private readonly byte[] _pad = new byte[BlockLength];
    private readonly byte[] _inner = new byte[Sha256.HashLength];

    /// <summary>An HMAC on a hash that nobody else uses during a call.</summary>
    public HmacSha256(Sha256 sha256)
    {
        _sha256 = sha256;
    }

    /// <summary>Writes the MAC (32 bytes) of the whole of <paramref name="data"/> under a key of any length.</summary>
    public void Compute(byte[] key, byte[] data, byte[] mac)
    {
        System.Array.Clear(_pad, 0, BlockLength);
        if (key.Length > BlockLength)
        {
            _sha256.Reset();
            _sha256.Update(key, 0, key.Length);
            _sha256.Finish(_pad, 0);
        }
        else
        {
            System.Array.Copy(key, 0, _pad, 0, key.Length);
        }

        Mask(0x36);
        _sha256.Reset();
        _sha256.Update(_pad, 0, BlockLength);
        _sha256.Update(data, 0, data.Length);
        _sha256.Finish(_inner, 0);

        Mask(0x36 ^ 0x5C);
        _sha256.Reset();
        _sha256.Update(_pad, 0, BlockLength);
        _sha256.Update(_inner, 0, Sha256.HashLength);
        _sha256.Finish(mac, 0);
        System.Array.Clear(_pad, 0, BlockLength);
    }

    private void Mask(byte value)
    {
        for (int i = 0; i < BlockLength; i++)
        {
            _pad[i] ^= value;
        }
    }
}
