// AES-256 (FIPS 197) block by block, written for an interpreter, where every IL instruction costs the same.
// Encryption is what every byte of an encrypted image passes through (AES-CTR): SubBytes, ShiftRows and MixColumns of a
// column are four look-ups in tables of 4 KiB in all, a third of the instructions that an S-box alone would need.
// Decryption serves key unwrapping only, 24 blocks a manifest: it has an inverse S-box and computes InvMixColumns, which
// spares another 4 KiB. Tables are computed at construction: in a constant they would lie in the program and on the heap.
// Invariants: no allocation after construction; no branch depends on key or data.
// Limit: a look-up's address depends on secret bytes, so that on a processor with a data cache its time may tell them to
// whoever measures many blocks. An interpreter's own noise hides most of it; it is not constant-time by construction.
// Tests: tests/boards/drivers/Aes256Tests.
namespace EsyncAgent.Drivers;

/// <summary>AES with a key of 32 bytes, one block of 16 bytes a call.</summary>
public sealed class Aes256
{
    /// <summary>Length of a block in bytes.</summary>
    public const int BlockLength = 16;

    /// <summary>Length of a key in bytes.</summary>
    public const int KeyLength = 32;

    private const int Rounds = 14;
    private const int KeyWords = KeyLength / 4;

    private readonly byte[] _sbox = new byte[256];
    private readonly byte[] _inverse = new byte[256];
    private readonly uint[] _t0 = new uint[256];
    private readonly uint[] _t1 = new uint[256];
    private readonly uint[] _t2 = new uint[256];
    private readonly uint[] _t3 = new uint[256];
    private readonly byte[] _key = new byte[KeyLength];

    // Round keys, four words each; words are columns with row 0 on top (FIPS 197 §3.5).
    private readonly uint[][] _roundKeys = new uint[Rounds + 1][];

    /// <summary>A cipher under the key of 32 zero bytes.</summary>
    public Aes256()
    {
        FillSboxes();
        for (int i = 0; i < 256; i++)
        {
            uint s = _sbox[i];
            uint column = (Double(s) << 24) | (s << 16) | (s << 8) | (Double(s) ^ s);
            _t0[i] = column;
            _t1[i] = (column >> 8) | (column << 24);
            _t2[i] = (column >> 16) | (column << 16);
            _t3[i] = (column >> 24) | (column << 8);
        }

        for (int round = 0; round <= Rounds; round++)
        {
            _roundKeys[round] = new uint[4];
        }

        Expand();
    }

    /// <summary>Takes a key (32 bytes, copied); the schedule is computed only when it is another one than before.</summary>
    public void UseKey(byte[] key)
    {
        int difference = 0;
        for (int i = 0; i < KeyLength; i++)
        {
            difference |= key[i] ^ _key[i];
        }

        if (difference != 0)
        {
            System.Array.Copy(key, 0, _key, 0, KeyLength);
            Expand();
        }
    }

    /// <summary>Encrypts one block (FIPS 197 §5.1); both ranges may be the same.</summary>
    public void Encrypt(byte[] from, byte[] into, int offset)
    {
        uint[] t0 = _t0;
        uint[] t1 = _t1;
        uint[] t2 = _t2;
        uint[] t3 = _t3;
        uint[] k = _roundKeys[0];
        uint a = BigEndian.ReadU32(from, offset) ^ k[0];
        uint b = BigEndian.ReadU32(from, offset + 4) ^ k[1];
        uint c = BigEndian.ReadU32(from, offset + 8) ^ k[2];
        uint d = BigEndian.ReadU32(from, offset + 12) ^ k[3];
        for (int round = 1; round < Rounds; round++)
        {
            k = _roundKeys[round];
            uint e = t0[(int)(a >> 24)] ^ t1[(byte)(b >> 16)] ^ t2[(byte)(c >> 8)] ^ t3[(byte)d] ^ k[0];
            uint f = t0[(int)(b >> 24)] ^ t1[(byte)(c >> 16)] ^ t2[(byte)(d >> 8)] ^ t3[(byte)a] ^ k[1];
            uint g = t0[(int)(c >> 24)] ^ t1[(byte)(d >> 16)] ^ t2[(byte)(a >> 8)] ^ t3[(byte)b] ^ k[2];
            d = t0[(int)(d >> 24)] ^ t1[(byte)(a >> 16)] ^ t2[(byte)(b >> 8)] ^ t3[(byte)c] ^ k[3];
            a = e;
            b = f;
            c = g;
        }

        k = _roundKeys[Rounds];
        byte[] s = _sbox;
        BigEndian.WriteU32(into, offset, Substitute(s, a, b, c, d) ^ k[0]);
        BigEndian.WriteU32(into, offset + 4, Substitute(s, b, c, d, a) ^ k[1]);
        BigEndian.WriteU32(into, offset + 8, Substitute(s, c, d, a, b) ^ k[2]);
        BigEndian.WriteU32(into, offset + 12, Substitute(s, d, a, b, c) ^ k[3]);
    }

    /// <summary>Decrypts one block (FIPS 197 §5.3); both ranges may be the same.</summary>
    public void Decrypt(byte[] from, byte[] into, int offset)
    {
        byte[] s = _inverse;
        uint[] k = _roundKeys[Rounds];
        uint a = BigEndian.ReadU32(from, offset) ^ k[0];
        uint b = BigEndian.ReadU32(from, offset + 4) ^ k[1];
        uint c = BigEndian.ReadU32(from, offset + 8) ^ k[2];
        uint d = BigEndian.ReadU32(from, offset + 12) ^ k[3];
        for (int round = Rounds - 1; ; round--)
        {
            k = _roundKeys[round];
            uint e = Substitute(s, a, d, c, b) ^ k[0];
            uint f = Substitute(s, b, a, d, c) ^ k[1];
            uint g = Substitute(s, c, b, a, d) ^ k[2];
            uint h = Substitute(s, d, c, b, a) ^ k[3];
            if (round == 0)
            {
                BigEndian.WriteU32(into, offset, e);
                BigEndian.WriteU32(into, offset + 4, f);
                BigEndian.WriteU32(into, offset + 8, g);
                BigEndian.WriteU32(into, offset + 12, h);
                return;
            }

            a = InverseMix(e);
            b = InverseMix(f);
            c = InverseMix(g);
            d = InverseMix(h);
        }
    }

    // InvMixColumns of one column (FIPS 197 §5.3.3): MixColumns after a ^= 4·(a ^ the column turned by half).
    private static uint InverseMix(uint a)
    {
        a ^= Double(Double(a ^ ((a << 16) | (a >> 16))));
        uint b = Double(a);
        uint c = a ^ b;
        return b ^ ((c << 8) | (c >> 24)) ^ ((a << 16) | (a >> 16)) ^ ((a << 24) | (a >> 8));
    }

    // Four bytes at once times x in GF(2^8) (FIPS 197 §4.2.1).
    private static uint Double(uint a)
    {
        return ((a & 0x7F7F7F7F) << 1) ^ (((a >> 7) & 0x01010101) * 0x1B);
    }

    // FIPS 197 §5.1.1: the inverse in GF(2^8), then the affine map. Walks p over all powers of 3 and q over their inverses.
    private void FillSboxes()
    {
        uint p = 1, q = 1;
        do
        {
            p ^= Double(p) & 0xFF;
            q ^= q << 1;
            q ^= q << 2;
            q = (q ^ (q << 4)) & 0xFF;
            q ^= (q >> 7) * 0x09;
            Pair(p, q ^ (q << 1) ^ (q << 2) ^ (q << 3) ^ (q << 4));
        }
        while (p != 1);

        Pair(0, 0);
    }

    // The affine map's bits that went past the top come in again from below.
    private void Pair(uint value, uint mapped)
    {
        byte s = (byte)(mapped ^ (mapped >> 8) ^ 0x63);
        _sbox[value] = s;
        _inverse[s] = (byte)value;
    }

    // FIPS 197 §5.2.
    private void Expand()
    {
        uint factor = 0x01000000;
        for (int i = 0; i < KeyWords; i++)
        {
            _roundKeys[i / 4][i % 4] = BigEndian.ReadU32(_key, 4 * i);
        }

        for (int i = KeyWords; i < 4 * (Rounds + 1); i++)
        {
            uint word = _roundKeys[(i - 1) / 4][(i - 1) % 4];
            if (i % KeyWords == 0)
            {
                word = (word << 8) | (word >> 24);
                word = Substitute(_sbox, word, word, word, word) ^ factor;
                factor <<= 1;
            }
            else if (i % KeyWords == 4)
            {
                word = Substitute(_sbox, word, word, word, word);
            }

            _roundKeys[i / 4][i % 4] = _roundKeys[(i - KeyWords) / 4][i % 4] ^ word;
        }
    }

    // A byte of each word, through an S-box, as the four bytes of one column.
    private static uint Substitute(byte[] sbox, uint a, uint b, uint c, uint d)
    {
        return ((uint)sbox[(int)(a >> 24)] << 24) | ((uint)sbox[(byte)(b >> 16)] << 16) | ((uint)sbox[(byte)(c >> 8)] << 8) | sbox[(byte)d];
    }
}
