// Periodic rules that make more than the bus could carry are refused.
using EsyncSim.Data;
using EsyncSim.Rules;
using Xunit;
using SignalType = EsyncSim.Data.SignalType;

namespace EsyncTests.HostSim.Rules;

public sealed class RuleRateTests
{
    [Fact]
    public void More_than_the_bus_carries_is_refused()
    {
        SignalCatalogue signals = new(Enumerable.Range(0, 60).Select(i => new SignalDefinition($"Vehicle.Wide{i}", (ushort)(0x300 + i), SignalType.UInt32, "", 1, 0, 0, uint.MaxValue)));
        CollectionRule Every(uint ms) => new() { Id = 1, Signals = [.. signals.Signals.Select(signal => signal.Did)], Trigger = new PeriodTrigger(ms) };
        Assert.Equal(4440, RuleRate.BytesPerSecond([Every(100)], signals));
        Assert.Equal(0, RuleRate.BytesPerSecond([Every(100) with { Trigger = new DtcTrigger(0) }], signals));
        Assert.Null(RuleRate.ProblemOf([Every(20)], signals, 500_000));
        Assert.Equal(
            "its periodic rules make 44400 bytes of records a second, and a bus of 500000 bit/s carries 31532 at the most, with nothing else on it: they could never all be fetched",
            RuleRate.ProblemOf([Every(10)], signals, 500_000));
    }
}
