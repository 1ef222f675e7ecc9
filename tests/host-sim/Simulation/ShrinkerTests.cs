// Fault lists become as short as they can be: what is needed stays, alone or together, and nothing else.
using EsyncSim.Simulation;
using Xunit;

namespace EsyncTests.HostSim.Simulation;

public sealed class ShrinkerTests
{
    [Theory]
    [InlineData(1, new[] { 0 })]
    [InlineData(8, new[] { 3 })]
    [InlineData(8, new[] { 0, 7 })]
    [InlineData(8, new[] { 1, 2, 6 })]
    [InlineData(5, new int[0])]
    [InlineData(4, new[] { 0, 1, 2, 3 })]
    public void What_is_left_is_what_is_needed(int count, int[] needed)
    {
        int runs = 0;
        IReadOnlyList<SimFault> left = Shrinker.Shrink(Faults(count), faults =>
        {
            runs++;
            return needed.All(number => faults.Any(fault => fault.Number == number));
        });

        Assert.Equal(needed, left.Select(fault => fault.Number));
        Assert.InRange(runs, 1, 64);
    }

    [Fact]
    public void A_failure_that_any_two_faults_make_ends_with_two()
    {
        Assert.Equal(2, Shrinker.Shrink(Faults(7), faults => faults.Count >= 2).Count);
    }

    private static SimFault[] Faults(int count) => [.. Enumerable.Range(0, count).Select(number => new SimFault { Kind = FaultKind.EcuReset, Number = number })];
}
