// The set of ranks against a sorted list.
using EsyncSim.Delta;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EsyncTests.HostSim.Delta;

public class RankSetTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(5000)]
    public void Neighbours_are_those_of_a_sorted_list(int bound) => Properties.Hold(Gen.Choose(0, bound - 1).ArrayOf(60), numbers =>
    {
        RankSet set = new(bound);
        SortedSet<int> expected = [];
        foreach (int number in numbers)
        {
            Assert.Equal(expected.LastOrDefault(other => other < number, -1), set.Below(number));
            Assert.Equal(expected.FirstOrDefault(other => other > number, -1), set.Above(number));
            if (expected.Remove(number))
            {
                set.Remove(number);
            }
            else
            {
                expected.Add(number);
                set.Add(number);
            }
        }
    });
}
