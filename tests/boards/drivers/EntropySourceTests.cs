// What a board's entropy comes from: each source says something, ends in bounded time, and says the same to nobody.
using EsyncAgent;
using EsyncAgent.Drivers;
using Xunit;

namespace EsyncTests.Boards.Drivers;

public sealed class EntropySourceTests
{
    [Fact]
    public void The_frameworks_generator_fills_what_it_is_given()
    {
        RandomSource source = new();
        byte[] first = new byte[32], second = new byte[32];
        Assert.Equal((32, 32), (source.Read(first), source.Read(second)));
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void Jitter_is_counted_between_two_steps_of_the_clock()
    {
        byte[] into = new byte[32];
        Assert.Equal(12, new ClockJitter(new MachineScript { ReadsPerTick = 300 }).Read(into));

        // 300 readings a step: the first sample starts at reading 1, the others right after a step.
        Assert.Equal([298 & 0xFF, 298 >> 8, 0], into[..3]);
        Assert.Equal([298 & 0xFF, 298 >> 8, 1], into[3..6]);
    }

    [Fact]
    public void A_clock_that_stands_still_holds_nobody_up()
    {
        byte[] into = new byte[32];
        Assert.Equal(12, new ClockJitter(new MachineScript { ReadsPerTick = 0 }).Read(into));
        Assert.Equal([20_000 & 0xFF, 20_000 >> 8, 0], into[..3]);
    }

    [Fact]
    public void A_stored_seed_serves_once_and_is_replaced_before_anything_is_given_out()
    {
        SeedScript store = new() { Stored = [.. Enumerable.Repeat((byte)7, 32)] };
        StoredSeed seed = new(store);
        Entropy entropy = new(new Sha256(new Sha256Compression()), [1], [seed]);
        Assert.True(seed.Renew(entropy));
        Assert.Equal(32, entropy.SampledCount);
        byte[] given = new byte[32];
        entropy.Fill(given);
        Assert.Equal(0, entropy.SampledCount);
        Assert.NotEqual([.. Enumerable.Repeat((byte)7, 32)], store.Stored);
        Assert.NotEqual(given, store.Stored);
    }

    [Fact]
    public void Two_starts_never_work_from_the_same_seed()
    {
        SeedScript store = new();
        HashSet<string> seen = [];
        for (int start = 0; start < 50; start++)
        {
            StoredSeed seed = new(store);
            Entropy entropy = new(new Sha256(new Sha256Compression()), [1], [seed]);
            seed.Renew(entropy);
            byte[] given = new byte[16];
            entropy.Fill(given);
            Assert.True(seen.Add(Convert.ToHexString(given)));
        }
    }

    [Fact]
    public void A_store_that_is_empty_or_refuses_leaves_the_other_sources_to_it()
    {
        SeedScript store = new() { IsRefusing = true };
        StoredSeed seed = new(store);
        Entropy entropy = new(new Sha256(new Sha256Compression()), [1], [seed, new ClockJitter(new MachineScript())]);
        Assert.False(seed.Renew(entropy));
        Assert.Equal(12, entropy.SampledCount);
    }

    [Fact]
    public void A_seed_in_a_file_is_read_only_when_it_is_whole()
    {
        FileScript files = new();
        FileSeed store = new(files, "SEED");
        byte[] seed = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        byte[] back = new byte[32];
        Assert.False(store.Read(back));
        Assert.True(store.Write(seed));
        Assert.True(store.Read(back));
        Assert.Equal(seed, back);
        files.Write("SEED", seed, 31);
        Assert.False(store.Read(back));
    }

    private sealed class SeedScript : ISeedStore
    {
        public byte[]? Stored { get; set; }

        public bool IsRefusing { get; init; }

        public bool Read(byte[] into)
        {
            Stored?.CopyTo(into, 0);
            return Stored is not null;
        }

        public bool Write(byte[] seed)
        {
            if (!IsRefusing)
            {
                Stored = [.. seed];
            }

            return !IsRefusing;
        }
    }
}
