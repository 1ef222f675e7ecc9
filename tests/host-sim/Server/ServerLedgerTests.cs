// Each number of each epoch once and in order, and a memory that does not grow.
using EsyncSim.Server;
using Xunit;

namespace EsyncTests.HostSim.Server;

public class ServerLedgerTests
{
    private readonly ServerLedger _ledger = new("server");

    [Fact]
    public void Numbers_are_handed_on_once_and_in_order()
    {
        Assert.Equal((false, 0), Take("v", "a", 2));
        Assert.Equal((true, 1), Take("v", "a", 1));
        Assert.Equal((false, 1), Take("v", "a", 1));
        Assert.Equal((false, 1), Take("v", "a", 3));
        Assert.Equal((true, 2), Take("v", "a", 2));
        Assert.Equal((true, 3), Take("v", "a", 3));
        Assert.Equal((false, 3), Take("v", "a", 2));
    }

    [Fact]
    public void Vehicles_and_epochs_are_counted_apart()
    {
        Assert.Equal((true, 1), Take("v", "a", 1));
        Assert.Equal((true, 1), Take("w", "a", 1));
        Assert.Equal((true, 1), Take("v", "b", 1));
        Assert.Equal((false, 1), Take("v", "a", 1));
        Assert.Equal((true, 2), Take("v", "a", 2));
    }

    [Fact]
    public void The_epoch_that_was_silent_for_longest_is_forgotten_first()
    {
        for (int i = 0; i < ServerLedger.EpochCountMax; i++)
        {
            Take("v", $"{i}", 1);
        }

        Take("v", "0", 2);
        Take("v", "one more", 1);

        Assert.Equal((true, 3), Take("v", "0", 3));
        Assert.Equal((true, 1), Take("v", "1", 1));
    }

    [Fact]
    public void Numbers_that_nobody_gives_are_not_handed_on()
    {
        Assert.Equal((false, 0), Take("v", "a", 0));
        Assert.Equal((false, 0), Take("v", "a", -1));
        Assert.Equal((false, 0), Take("v", "a", int.MinValue));
    }

    [Fact]
    public void An_epoch_that_is_not_known_begins_where_its_sender_waits()
    {
        Assert.Equal((false, 4), Take("v", "a", 7, oldest: 5));
        Assert.Equal((true, 5), Take("v", "a", 5, oldest: 5));
        Assert.Equal((true, 6), Take("v", "a", 6, oldest: 5));
        Assert.Equal((false, 6), Take("v", "a", 9, oldest: 9));
        Assert.Equal((false, 0), Take("v", "b", 9, oldest: int.MinValue));
    }

    private (bool IsNew, int HandedOn) Take(string vehicle, string epoch, int number, int oldest = 1) =>
        (_ledger.TryTake(vehicle, epoch, number, oldest, out int handedOn), handedOn);
}
