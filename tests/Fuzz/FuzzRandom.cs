// Chance from a seed: SplitMix64. The same seed gives the same run on every machine.
// Tests: tests/Fuzz/Checks.
namespace EsyncTests.Fuzzing;

/// <summary>A generator of numbers.</summary>
public sealed class FuzzRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>64 bits.</summary>
    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number from 0 to <paramref name="bound"/> − 1.</summary>
    public int Below(int bound) => (int)(Next() % (uint)bound);

    /// <summary>A byte.</summary>
    public byte NextByte() => (byte)Next();
}
