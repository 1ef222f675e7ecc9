// So many at once, and one more with each minute, over the wrap of the clock.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.Std;

public sealed class MinuteBudgetTests
{
    [Fact]
    public void So_many_are_let_through_at_once_and_one_more_with_each_minute()
    {
        MinuteBudget budget = new(3);
        uint ms = uint.MaxValue - 1000;
        int taken = 0;
        for (uint i = 0; i < 600_000; i++, ms++)
        {
            if (budget.IsLeft(ms))
            {
                budget.Take(ms);
                taken++;
            }
        }

        Assert.Equal(3 + 9, taken);
        Assert.True(budget.IsLeft(ms + 1));
        budget.Begin(5, ms);
        Assert.False(budget.IsLeft(ms + MinuteBudget.DelayMs - 1));
        Assert.True(budget.IsLeft(ms + MinuteBudget.DelayMs));
    }
}
