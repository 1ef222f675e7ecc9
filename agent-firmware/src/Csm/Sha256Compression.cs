// The compression function of SHA-256 (FIPS 180-4 §6.2.2), written for an interpreter, where every IL instruction
// costs the same and none is free: sixteen rounds stand one after the other with the eight working variables renamed
// instead of moved, and the rounds run four times over rows of K with the message schedule in locals.
// A working variable that gets rotated holds its 32-bit value twice, in both halves of a ulong: a rotation is then one
// shift instead of two and an OR (3 instructions instead of 7), and a shift by 32 + n is SHR by n, with zeros from above.
// Sums leave rubbish above bit 31, which the next cast to uint drops. One block takes some 5,900 instructions (tests hold
// the figure) where plain 32-bit rotations take 7,600.
// Invariants: no allocation, no branch and no index that depends on the data.
// Tests: tests/agent-firmware/Csm/Sha256Tests.
namespace EsyncAgent;

/// <summary>SHA-256 over words: one call is one block of 64 bytes. Shared by all users; it keeps nothing but a count.</summary>
public sealed class Sha256Compression
{
    // Multiplying by it puts a 32-bit value into both halves.
    private const ulong Twice = 0x100000001;

    // FIPS 180-4 §5.3.3.
    private static readonly uint[] InitialState =
    {
        0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A,
        0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19,
    };

    // FIPS 180-4 §4.2.2, in rows of sixteen; as ulong to spare a conversion per round.
    private static readonly ulong[][] K =
    {
        new ulong[]
        {
            0x428A2F98, 0x71374491, 0xB5C0FBCF, 0xE9B5DBA5,
            0x3956C25B, 0x59F111F1, 0x923F82A4, 0xAB1C5ED5,
            0xD807AA98, 0x12835B01, 0x243185BE, 0x550C7DC3,
            0x72BE5D74, 0x80DEB1FE, 0x9BDC06A7, 0xC19BF174,
        },
        new ulong[]
        {
            0xE49B69C1, 0xEFBE4786, 0x0FC19DC6, 0x240CA1CC,
            0x2DE92C6F, 0x4A7484AA, 0x5CB0A9DC, 0x76F988DA,
            0x983E5152, 0xA831C66D, 0xB00327C8, 0xBF597FC7,
            0xC6E00BF3, 0xD5A79147, 0x06CA6351, 0x14292967,
        },
        new ulong[]
        {
            0x27B70A85, 0x2E1B2138, 0x4D2C6DFC, 0x53380D13,
            0x650A7354, 0x766A0ABB, 0x81C2C92E, 0x92722C85,
            0xA2BFE8A1, 0xA81A664B, 0xC24B8B70, 0xC76C51A3,
            0xD192E819, 0xD6990624, 0xF40E3585, 0x106AA070,
        },
        new ulong[]
        {
            0x19A4C116, 0x1E376C08, 0x2748774C, 0x34B0BCB5,
            0x391C0CB3, 0x4ED8AA4A, 0x5B9CCA4F, 0x682E6FF3,
            0x748F82EE, 0x78A5636F, 0x84C87814, 0x8CC70208,
            0x90BEFFFA, 0xA4506CEB, 0xBEF9A3F7, 0xC67178F2,
        },
    };

    private uint _count;

    /// <summary>Blocks compressed since start; wraps. Cost of managed hashing is counted by it.</summary>
    public uint Count
    {
        get { return _count; }
    }

    /// <summary>Puts the initial hash value into <paramref name="state"/> (8 words).</summary>
    public static void Initialize(uint[] state)
    {
        System.Array.Copy(InitialState, state, 8);
    }

    /// <summary>Takes one block of 16 big-endian words into the 8 words of <paramref name="state"/> (FIPS 180-4 §6.2.2).</summary>
    public void Compress(uint[] state, uint[] words)
    {
        _count++;
        ulong w0 = words[0] * Twice, w1 = words[1] * Twice, w2 = words[2] * Twice, w3 = words[3] * Twice;
        ulong w4 = words[4] * Twice, w5 = words[5] * Twice, w6 = words[6] * Twice, w7 = words[7] * Twice;
        ulong w8 = words[8] * Twice, w9 = words[9] * Twice, w10 = words[10] * Twice, w11 = words[11] * Twice;
        ulong w12 = words[12] * Twice, w13 = words[13] * Twice, w14 = words[14] * Twice, w15 = words[15] * Twice;
        ulong a = state[0] * Twice, b = state[1] * Twice, c = state[2] * Twice, d = state[3] * Twice;
        ulong e = state[4] * Twice, f = state[5] * Twice, g = state[6] * Twice, h = state[7] * Twice;
        ulong t;
        int row = 0;
        while (true)
        {
            ulong[] k = K[row];
            t = h + ((e >> 6) ^ (e >> 11) ^ (e >> 25)) + (g ^ (e & (f ^ g))) + k[0] + w0;
            d = (uint)(d + t) * Twice;
            h = (uint)(t + ((a >> 2) ^ (a >> 13) ^ (a >> 22)) + ((a & b) | (c & (a | b)))) * Twice;
            t = g + ((d >> 6) ^ (d >> 11) ^ (d >> 25)) + (f ^ (d & (e ^ f))) + k[1] + w1;
            c = (uint)(c + t) * Twice;
            g = (uint)(t + ((h >> 2) ^ (h >> 13) ^ (h >> 22)) + ((h & a) | (b & (h | a)))) * Twice;
            t = f + ((c >> 6) ^ (c >> 11) ^ (c >> 25)) + (e ^ (c & (d ^ e))) + k[2] + w2;
            b = (uint)(b + t) * Twice;
            f = (uint)(t + ((g >> 2) ^ (g >> 13) ^ (g >> 22)) + ((g & h) | (a & (g | h)))) * Twice;
            t = e + ((b >> 6) ^ (b >> 11) ^ (b >> 25)) + (d ^ (b & (c ^ d))) + k[3] + w3;
            a = (uint)(a + t) * Twice;
            e = (uint)(t + ((f >> 2) ^ (f >> 13) ^ (f >> 22)) + ((f & g) | (h & (f | g)))) * Twice;
            t = d + ((a >> 6) ^ (a >> 11) ^ (a >> 25)) + (c ^ (a & (b ^ c))) + k[4] + w4;
            h = (uint)(h + t) * Twice;
            d = (uint)(t + ((e >> 2) ^ (e >> 13) ^ (e >> 22)) + ((e & f) | (g & (e | f)))) * Twice;
            t = c + ((h >> 6) ^ (h >> 11) ^ (h >> 25)) + (b ^ (h & (a ^ b))) + k[5] + w5;
            g = (uint)(g + t) * Twice;
            c = (uint)(t + ((d >> 2) ^ (d >> 13) ^ (d >> 22)) + ((d & e) | (f & (d | e)))) * Twice;
            t = b + ((g >> 6) ^ (g >> 11) ^ (g >> 25)) + (a ^ (g & (h ^ a))) + k[6] + w6;
            f = (uint)(f + t) * Twice;
            b = (uint)(t + ((c >> 2) ^ (c >> 13) ^ (c >> 22)) + ((c & d) | (e & (c | d)))) * Twice;
            t = a + ((f >> 6) ^ (f >> 11) ^ (f >> 25)) + (h ^ (f & (g ^ h))) + k[7] + w7;
            e = (uint)(e + t) * Twice;
            a = (uint)(t + ((b >> 2) ^ (b >> 13) ^ (b >> 22)) + ((b & c) | (d & (b | c)))) * Twice;
            t = h + ((e >> 6) ^ (e >> 11) ^ (e >> 25)) + (g ^ (e & (f ^ g))) + k[8] + w8;
            d = (uint)(d + t) * Twice;
            h = (uint)(t + ((a >> 2) ^ (a >> 13) ^ (a >> 22)) + ((a & b) | (c & (a | b)))) * Twice;
            t = g + ((d >> 6) ^ (d >> 11) ^ (d >> 25)) + (f ^ (d & (e ^ f))) + k[9] + w9;
            c = (uint)(c + t) * Twice;
            g = (uint)(t + ((h >> 2) ^ (h >> 13) ^ (h >> 22)) + ((h & a) | (b & (h | a)))) * Twice;
            t = f + ((c >> 6) ^ (c >> 11) ^ (c >> 25)) + (e ^ (c & (d ^ e))) + k[10] + w10;
            b = (uint)(b + t) * Twice;
            f = (uint)(t + ((g >> 2) ^ (g >> 13) ^ (g >> 22)) + ((g & h) | (a & (g | h)))) * Twice;
            t = e + ((b >> 6) ^ (b >> 11) ^ (b >> 25)) + (d ^ (b & (c ^ d))) + k[11] + w11;
            a = (uint)(a + t) * Twice;
            e = (uint)(t + ((f >> 2) ^ (f >> 13) ^ (f >> 22)) + ((f & g) | (h & (f | g)))) * Twice;
            t = d + ((a >> 6) ^ (a >> 11) ^ (a >> 25)) + (c ^ (a & (b ^ c))) + k[12] + w12;
            h = (uint)(h + t) * Twice;
            d = (uint)(t + ((e >> 2) ^ (e >> 13) ^ (e >> 22)) + ((e & f) | (g & (e | f)))) * Twice;
            t = c + ((h >> 6) ^ (h >> 11) ^ (h >> 25)) + (b ^ (h & (a ^ b))) + k[13] + w13;
            g = (uint)(g + t) * Twice;
            c = (uint)(t + ((d >> 2) ^ (d >> 13) ^ (d >> 22)) + ((d & e) | (f & (d | e)))) * Twice;
            t = b + ((g >> 6) ^ (g >> 11) ^ (g >> 25)) + (a ^ (g & (h ^ a))) + k[14] + w14;
            f = (uint)(f + t) * Twice;
            b = (uint)(t + ((c >> 2) ^ (c >> 13) ^ (c >> 22)) + ((c & d) | (e & (c | d)))) * Twice;
            t = a + ((f >> 6) ^ (f >> 11) ^ (f >> 25)) + (h ^ (f & (g ^ h))) + k[15] + w15;
            e = (uint)(e + t) * Twice;
            a = (uint)(t + ((b >> 2) ^ (b >> 13) ^ (b >> 22)) + ((b & c) | (d & (b | c)))) * Twice;
            if (row == 3)
            {
                break;
            }

            row++;
            w0 = (uint)(w0 + ((w1 >> 7) ^ (w1 >> 18) ^ (w1 >> 35)) + w9 + ((w14 >> 17) ^ (w14 >> 19) ^ (w14 >> 42))) * Twice;
            w1 = (uint)(w1 + ((w2 >> 7) ^ (w2 >> 18) ^ (w2 >> 35)) + w10 + ((w15 >> 17) ^ (w15 >> 19) ^ (w15 >> 42))) * Twice;
            w2 = (uint)(w2 + ((w3 >> 7) ^ (w3 >> 18) ^ (w3 >> 35)) + w11 + ((w0 >> 17) ^ (w0 >> 19) ^ (w0 >> 42))) * Twice;
            w3 = (uint)(w3 + ((w4 >> 7) ^ (w4 >> 18) ^ (w4 >> 35)) + w12 + ((w1 >> 17) ^ (w1 >> 19) ^ (w1 >> 42))) * Twice;
            w4 = (uint)(w4 + ((w5 >> 7) ^ (w5 >> 18) ^ (w5 >> 35)) + w13 + ((w2 >> 17) ^ (w2 >> 19) ^ (w2 >> 42))) * Twice;
            w5 = (uint)(w5 + ((w6 >> 7) ^ (w6 >> 18) ^ (w6 >> 35)) + w14 + ((w3 >> 17) ^ (w3 >> 19) ^ (w3 >> 42))) * Twice;
            w6 = (uint)(w6 + ((w7 >> 7) ^ (w7 >> 18) ^ (w7 >> 35)) + w15 + ((w4 >> 17) ^ (w4 >> 19) ^ (w4 >> 42))) * Twice;
            w7 = (uint)(w7 + ((w8 >> 7) ^ (w8 >> 18) ^ (w8 >> 35)) + w0 + ((w5 >> 17) ^ (w5 >> 19) ^ (w5 >> 42))) * Twice;
            w8 = (uint)(w8 + ((w9 >> 7) ^ (w9 >> 18) ^ (w9 >> 35)) + w1 + ((w6 >> 17) ^ (w6 >> 19) ^ (w6 >> 42))) * Twice;
            w9 = (uint)(w9 + ((w10 >> 7) ^ (w10 >> 18) ^ (w10 >> 35)) + w2 + ((w7 >> 17) ^ (w7 >> 19) ^ (w7 >> 42))) * Twice;
            w10 = (uint)(w10 + ((w11 >> 7) ^ (w11 >> 18) ^ (w11 >> 35)) + w3 + ((w8 >> 17) ^ (w8 >> 19) ^ (w8 >> 42))) * Twice;
            w11 = (uint)(w11 + ((w12 >> 7) ^ (w12 >> 18) ^ (w12 >> 35)) + w4 + ((w9 >> 17) ^ (w9 >> 19) ^ (w9 >> 42))) * Twice;
            w12 = (uint)(w12 + ((w13 >> 7) ^ (w13 >> 18) ^ (w13 >> 35)) + w5 + ((w10 >> 17) ^ (w10 >> 19) ^ (w10 >> 42))) * Twice;
            w13 = (uint)(w13 + ((w14 >> 7) ^ (w14 >> 18) ^ (w14 >> 35)) + w6 + ((w11 >> 17) ^ (w11 >> 19) ^ (w11 >> 42))) * Twice;
            w14 = (uint)(w14 + ((w15 >> 7) ^ (w15 >> 18) ^ (w15 >> 35)) + w7 + ((w12 >> 17) ^ (w12 >> 19) ^ (w12 >> 42))) * Twice;
            w15 = (uint)(w15 + ((w0 >> 7) ^ (w0 >> 18) ^ (w0 >> 35)) + w8 + ((w13 >> 17) ^ (w13 >> 19) ^ (w13 >> 42))) * Twice;
        }

        state[0] += (uint)a;
        state[1] += (uint)b;
        state[2] += (uint)c;
        state[3] += (uint)d;
        state[4] += (uint)e;
        state[5] += (uint)f;
        state[6] += (uint)g;
        state[7] += (uint)h;
    }
}
