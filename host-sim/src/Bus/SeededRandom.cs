// Random numbers of a simulation: the same seed gives the same numbers on every machine and every runtime.
// xoshiro256** by Blackman and Vigna, seeded by SplitMix64. System.Random does not promise its sequence.
// Never for keys.
// Tests: tests/host-sim/Bus/SeededRandomTests.cs.
using System.Buffers.Binary;
using System.Numerics;

namespace EsyncSim.Bus;

/// <summary>A seeded generator of pseudo-random numbers.</summary>
public sealed class SeededRandom
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    /// <summary>Starts the sequence of a seed.</summary>
    public SeededRandom(ulong seed)
    {
        _s0 = SplitMix(ref seed);
        _s1 = SplitMix(ref seed);
        _s2 = SplitMix(ref seed);
        _s3 = SplitMix(ref seed);
    }

    /// <summary>Starts a sequence of its own for one named purpose: what others draw does not change it.</summary>
    public SeededRandom(ulong seed, string purpose)
        : this(seed ^ Hash(purpose))
    {
    }

    /// <summary>The next 64 bits.</summary>
    public ulong NextU64()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>A number from 0 to <paramref name="limit"/> − 1.</summary>
    public int Next(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return (int)Math.BigMul(NextU64(), (ulong)limit, out _);
    }

    /// <summary>A number from 0 (included) to 1 (excluded).</summary>
    public double NextDouble() => (NextU64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>True with this probability.</summary>
    public bool Chance(double probability) => NextDouble() < probability;

    /// <summary>Fills the range.</summary>
    public void Fill(Span<byte> into)
    {
        Span<byte> word = stackalloc byte[8];
        for (int i = 0; i < into.Length; i += 8)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(word, NextU64());
            word[..Math.Min(8, into.Length - i)].CopyTo(into[i..]);
        }
    }

    /// <summary>The next bytes, so many.</summary>
    public byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        Fill(bytes);
        return bytes;
    }

    private static ulong SplitMix(ref ulong state)
    {
        ulong z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    private static ulong Hash(string text)
    {
        ulong hash = 0xCBF29CE484222325; // FNV-1a, 64 bits
        foreach (char c in text)
        {
            hash = (hash ^ c) * 0x100000001B3;
        }

        return hash;
    }
}
