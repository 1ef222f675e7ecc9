// A delay that doubles up to its longest.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.Std;

public sealed class GrowingDelayTests
{
    [Fact]
    public void It_doubles_with_each_level_up_to_the_longest() =>
        Assert.Equal([0u, 100u, 200u, 400u, 500u, 500u], Enumerable.Range(0, 6).Select(level => GrowingDelay.Length(100, 500, level)));

    [Theory]
    [InlineData(100, 500, 4)]
    [InlineData(100, 100, 1)]
    [InlineData(100, 101, 2)]
    [InlineData(1000, 60000, 7)]
    [InlineData(60000, 7200000, 8)]
    [InlineData(1, 4000000000, GrowingDelay.LevelMax)]
    public void The_level_of_the_longest_is_the_first_that_reaches_it(uint first, uint longest, int level)
    {
        Assert.Equal(level, GrowingDelay.LevelOfLongest(first, longest));
        Assert.True(level == 1 || GrowingDelay.Length(first, longest, level - 1) < longest);
    }

    [Fact]
    public void It_never_overflows() => Assert.Equal(uint.MaxValue, GrowingDelay.Length(0x80000001, uint.MaxValue, GrowingDelay.LevelMax));
}
