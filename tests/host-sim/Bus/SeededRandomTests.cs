// The generator against its authors' published sequence, and its helpers against their bounds.
using EsyncSim.Bus;
using Xunit;

namespace EsyncTests.HostSim.Bus;

public sealed class SeededRandomTests
{
    [Fact]
    public void The_sequence_of_a_seed_is_fixed()
    {
        SeededRandom random = new(0);
        // xoshiro256** seeded with SplitMix64(0), as in the reference implementations.
        Assert.Equal(0x99EC5F36CB75F2B4ul, random.NextU64());
        Assert.Equal(0xBF6E1F784956452Aul, random.NextU64());
    }

    [Fact]
    public void Purposes_have_sequences_of_their_own()
    {
        Assert.NotEqual(new SeededRandom(1, "a").NextU64(), new SeededRandom(1, "b").NextU64());
        Assert.Equal(new SeededRandom(1, "a").NextU64(), new SeededRandom(1, "a").NextU64());
    }

    [Fact]
    public void Numbers_stay_below_their_limit_and_reach_all_values()
    {
        SeededRandom random = new(3);
        Assert.Equal([0, 1, 2], Enumerable.Range(0, 1000).Select(_ => random.Next(3)).Distinct().Order());
        byte[] bytes = new byte[11];
        random.Fill(bytes);
        Assert.NotEqual(0, bytes[10] | bytes[9] | bytes[8]);
    }
}
