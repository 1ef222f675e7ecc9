// Prices from recorded turns, on turns that are made up.
using EsyncSim.Ecu;
using EsyncTests.IlCounting;
using Xunit;

namespace EsyncTests.HostSim.Ecu;

public sealed class CostFitTests
{
    private static readonly Dictionary<IlOperation, long> Nothing = [];

    [Fact]
    public void Each_operation_gets_what_its_turns_execute_beyond_what_is_known()
    {
        Turn[] turns =
        [
            Turn(100, (IlOperation.Loop, 1)),
            Turn(170, (IlOperation.Loop, 1), (IlOperation.ReceiveConsecutive, 1)),
            Turn(240, (IlOperation.Loop, 1), (IlOperation.ReceiveConsecutive, 2)),
            Turn(220, (IlOperation.Loop, 1), (IlOperation.ReceiveConsecutive, 1), (IlOperation.SendFlowControl, 1)),
        ];
        Dictionary<IlOperation, long> prices = CostFit.Fit(turns, Nothing);
        Assert.Equal((100, 70, 50), (prices[IlOperation.Loop], prices[IlOperation.ReceiveConsecutive], prices[IlOperation.SendFlowControl]));
        Assert.Equal(3, prices.Count);
    }

    [Fact]
    public void A_rare_long_turn_does_not_change_a_price()
    {
        Turn[] turns = [.. Enumerable.Range(0, 9).Select(_ => Turn(100, (IlOperation.Loop, 1))), Turn(9000, (IlOperation.Loop, 1))];
        Assert.Equal(100, CostFit.Fit(turns, Nothing)[IlOperation.Loop]);
    }

    [Fact]
    public void Operations_that_only_come_together_are_told_apart_by_what_is_known_beforehand()
    {
        Turn[] turns =
        [
            Turn(100, (IlOperation.Loop, 1)),
            Turn(190, (IlOperation.Loop, 1), (IlOperation.ReceiveFlowControl, 1), (IlOperation.SendConsecutive, 1)),
        ];
        Assert.DoesNotContain(IlOperation.SendConsecutive, CostFit.Fit(turns, Nothing).Keys);
        Dictionary<IlOperation, long> known = new() { [IlOperation.ReceiveFlowControl] = 30 };
        Assert.Equal(60, CostFit.Fit(turns, known)[IlOperation.SendConsecutive]);
    }

    private static Turn Turn(long il, params (IlOperation Operation, int Count)[] operations)
    {
        int[] counts = new int[IlCosts.Operations.Length];
        foreach ((IlOperation operation, int count) in operations)
        {
            counts[(int)operation] = count;
        }

        return new Turn(null, il, counts);
    }
}
