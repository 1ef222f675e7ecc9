// Entropy: every source counts, none alone decides, nothing repeats, nothing given out leads to what comes next.
using EsyncAgent;
using EsyncAgent.Drivers;
using Xunit;

namespace EsyncTests.Boards.Drivers;

public sealed class EntropyTests
{
    [Fact]
    public void No_two_calls_give_the_same_even_when_no_source_says_anything()
    {
        Entropy entropy = Make([1, 2, 3], new FixedSource());
        HashSet<string> seen = [];
        for (int i = 0; i < 1000; i++)
        {
            Assert.True(seen.Add(Take(entropy, 16)));
        }

        Assert.Equal(0, entropy.SampledCount);
    }

    [Fact]
    public void Each_source_changes_the_result_by_itself()
    {
        string[] results =
        [
            Take(Make([1], new FixedSource(1), new FixedSource(2)), 32),
            Take(Make([1], new FixedSource(9), new FixedSource(2)), 32),
            Take(Make([1], new FixedSource(1), new FixedSource(9)), 32),
            Take(Make([1], new FixedSource(2), new FixedSource(1)), 32),
            Take(Make([1], new FixedSource(), new FixedSource(2)), 32),
        ];
        Assert.Equal(results.Length, results.Distinct().Count());
    }

    [Fact]
    public void Two_boards_with_the_same_sources_differ_by_their_identifier()
    {
        Assert.NotEqual(Take(Make([1], new FixedSource(5)), 32), Take(Make([2], new FixedSource(5)), 32));
        Assert.Equal(Take(Make([1], new FixedSource(5)), 32), Take(Make([1], new FixedSource(5)), 32));
    }

    [Fact]
    public void A_source_that_changes_later_changes_what_comes_later()
    {
        ScriptedSource source = new();
        Entropy one = Make([1], source), two = Make([1], new FixedSource(0));
        Assert.Equal(Take(one, 16), Take(two, 16));
        source.Value = 1;
        Assert.NotEqual(Take(one, 16), Take(two, 16));
        Assert.Equal(1, one.SampledCount);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(100)]
    public void The_whole_array_is_filled_and_its_parts_differ(int length)
    {
        byte[] bytes = new byte[length];
        Make([1], new FixedSource(7)).Fill(bytes);
        Assert.Equal((length + 3) / 4, bytes.Chunk(4).Select(Convert.ToHexString).Distinct().Count());
        Assert.DoesNotContain(bytes.Chunk(8), part => part.Length == 8 && part.All(b => b == 0));
    }

    [Fact]
    public void Bits_are_as_often_one_as_zero()
    {
        byte[] bytes = new byte[8192];
        Make([1], new FixedSource(0)).Fill(bytes);
        int ones = bytes.Sum(b => int.PopCount(b));
        Assert.InRange(ones, (bytes.Length * 4) - 640, (bytes.Length * 4) + 640); // five standard deviations of 128
    }

    private static Entropy Make(byte[] id, params IEntropySource[] sources) => new(new Sha256(new Sha256Compression()), id, sources);

    private static string Take(Entropy entropy, int count)
    {
        byte[] bytes = new byte[count];
        entropy.Fill(bytes);
        return Convert.ToHexString(bytes);
    }

    private sealed class FixedSource(params byte[] bytes) : IEntropySource
    {
        public int Read(byte[] into)
        {
            bytes.CopyTo(into, 0);
            return bytes.Length;
        }
    }

    private sealed class ScriptedSource : IEntropySource
    {
        internal byte Value { get; set; }

        public int Read(byte[] into)
        {
            into[0] = Value;
            return 1;
        }
    }
}
