// AES-256 in counter mode (NIST SP 800-38A §6.5), made of the port's ECB, which boards compute natively: whole arrays of
// counter blocks are encrypted at once, so that the interpreter only counts and XORs.
// Invariants: counter block i is the first one + i, over all 128 bits and past their end; a call begins at any byte of the
// stream; no allocation after construction.
// Must not know what the bytes are. Nothing here says that they are authentic: whoever decrypts has checked that before.
// Tests: tests/agent-firmware/Csm/AesCtrTests (SP 800-38A F.5.5 and F.5.6).
namespace EsyncAgent;

/// <summary>A stream cipher that can start anywhere; encrypting and decrypting are the same.</summary>
public sealed class AesCtr
{
    /// <summary>Length of the first counter block in bytes.</summary>
    public const int IvLength = 16;

    private const int BlockLength = 16;

    // One native call makes so much of the stream; a power of two that divides a piece of 4,096 bytes.
    private const int StretchShift = 8;
    private const int StretchLength = 1 << StretchShift;
    private const int BlocksPerStretchShift = 4;

    private readonly ICrypto _crypto;
    private readonly byte[] _key = new byte[Csm.KeyLength];
    private readonly byte[] _iv = new byte[IvLength];
    private readonly byte[] _counters = new byte[StretchLength];
    private readonly byte[] _stream = new byte[StretchLength];
    private uint _stretch;
    private bool _hasStretch;

    /// <summary>Counter mode over <paramref name="crypto"/>.</summary>
    public AesCtr(ICrypto crypto)
    {
        _crypto = crypto;
    }

    /// <summary>Begins with a key of 32 bytes and the first counter block of 16 at <paramref name="ivOffset"/>; both are copied.</summary>
    public void Begin(byte[] key, byte[] iv, int ivOffset)
    {
        System.Array.Copy(key, 0, _key, 0, Csm.KeyLength);
        System.Array.Copy(iv, ivOffset, _iv, 0, IvLength);
        _hasStretch = false;
    }

    /// <summary>
    /// Encrypts or decrypts in place <paramref name="count"/> bytes, the first of which stands at byte
    /// <paramref name="position"/> of the stream. Any position, in any order; calls that follow each other cost least.
    /// </summary>
    public void Apply(byte[] data, int offset, int count, uint position)
    {
        while (count > 0)
        {
            UseStretch(position >> StretchShift);
            int from = (int)(position & (StretchLength - 1));
            int step = StretchLength - from < count ? StretchLength - from : count;
            Xor(data, offset, _stream, from, step);
            offset += step;
            count -= step;
            position += (uint)step;
        }
    }

    private void UseStretch(uint stretch)
    {
        if (_hasStretch && stretch == _stretch)
        {
            return;
        }

        System.Array.Copy(_iv, 0, _counters, 0, BlockLength);
        Add(_counters, 0, stretch << BlocksPerStretchShift);
        for (int at = BlockLength; at < StretchLength; at += BlockLength)
        {
            System.Array.Copy(_counters, at - BlockLength, _counters, at, BlockLength);
            Add(_counters, at, 1);
        }

        _crypto.AesEcbEncrypt(_key, _counters, _stream);
        _stretch = stretch;
        _hasStretch = true;
    }

    // Adds at most 2²⁸ to the big-endian number of one block.
    private static void Add(byte[] counters, int offset, uint value)
    {
        for (int i = offset + BlockLength - 1; value != 0 && i >= offset; i--)
        {
            value += counters[i];
            counters[i] = (byte)value;
            value >>= 8;
        }
    }

    // Eight bytes by two native reads: storing them singly is what cannot be saved. All targets are little-endian.
    private static void Xor(byte[] data, int offset, byte[] stream, int from, int count)
    {
        int end = offset + count;
        for (; offset <= end - 8; offset += 8)
        {
            long mixed = System.BitConverter.ToInt64(data, offset) ^ System.BitConverter.ToInt64(stream, from);
            int low = (int)mixed;
            int high = (int)(mixed >> 32);
            data[offset] = (byte)low;
            data[offset + 1] = (byte)(low >> 8);
            data[offset + 2] = (byte)(low >> 16);
            data[offset + 3] = (byte)(low >> 24);
            data[offset + 4] = (byte)high;
            data[offset + 5] = (byte)(high >> 8);
            data[offset + 6] = (byte)(high >> 16);
            data[offset + 7] = (byte)(high >> 24);
            from += 8;
        }

        for (; offset < end; offset++)
        {
            data[offset] ^= stream[from];
            from++;
        }
    }
}
