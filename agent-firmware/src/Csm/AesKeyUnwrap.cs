// AES key unwrap (RFC 3394 §2.2.2) of one 256-bit key under another: 24 blocks through the port's ECB.
// Invariants: the result is handed out only when the integrity value is right, and is zero otherwise; comparing takes the
// same time wherever it differs; no allocation after construction, and nothing of the key stays in here.
// Must not know which key unwraps nor what the unwrapped one is for.
// Tests: tests/agent-firmware/Csm/AesKeyUnwrapTests (RFC 3394 §4.6).
namespace EsyncAgent;

/// <summary>Unwraps keys of 32 bytes that A256KW has wrapped to 40.</summary>
public sealed class AesKeyUnwrap
{
    /// <summary>Length of a wrapped key in bytes: the integrity value and the key.</summary>
    public const int WrappedLength = HalfLength + Csm.KeyLength;

    // The algorithm works on 64-bit halves of a block.
    private const int HalfLength = 8;
    private const int HalfCount = Csm.KeyLength / HalfLength;
    private const int Rounds = 6;

    // §2.2.3.1: every byte of the initial value.
    private const byte InitialValue = 0xA6;

    private readonly ICrypto _crypto;

    // A ‖ R[i] before and after the block cipher.
    private readonly byte[] _block = new byte[2 * HalfLength];
    private readonly byte[] _result = new byte[2 * HalfLength];

    /// <summary>Key unwrap over <paramref name="crypto"/>.</summary>
    public AesKeyUnwrap(ICrypto crypto)
    {
        _crypto = crypto;
    }

    /// <summary>
    /// Unwraps the 40 bytes at <paramref name="offset"/> with the 32-byte key <paramref name="wrapKey"/> into the 32 bytes of
    /// <paramref name="key"/>; false, and a key of zeros, when they were not wrapped with it.
    /// </summary>
    public bool Unwrap(byte[] wrapKey, byte[] wrapped, int offset, byte[] key)
    {
        System.Array.Copy(wrapped, offset, _block, 0, HalfLength);
        System.Array.Copy(wrapped, offset + HalfLength, key, 0, Csm.KeyLength);
        for (int step = Rounds * HalfCount; step > 0; step--)
        {
            // t = step fits one byte; i runs from the last half to the first in every round.
            int half = (step - 1) % HalfCount * HalfLength;
            _block[HalfLength - 1] ^= (byte)step;
            System.Array.Copy(key, half, _block, HalfLength, HalfLength);
            _crypto.AesEcbDecrypt(wrapKey, _block, _result);
            System.Array.Copy(_result, 0, _block, 0, HalfLength);
            System.Array.Copy(_result, HalfLength, key, half, HalfLength);
        }

        int difference = 0;
        for (int i = 0; i < HalfLength; i++)
        {
            difference |= _block[i] ^ InitialValue;
        }

        System.Array.Clear(_block, 0, _block.Length);
        System.Array.Clear(_result, 0, _result.Length);
        if (difference != 0)
        {
            System.Array.Clear(key, 0, Csm.KeyLength);
        }

        return difference == 0;
    }
}
