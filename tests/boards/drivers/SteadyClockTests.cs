// One clock from a fine one that may be set and a coarse one that may not.
using EsyncAgent.Drivers;
using Xunit;

namespace EsyncTests.Boards.Drivers;

public sealed class SteadyClockTests
{
    private const long Ms = 10_000;

    private readonly SteadyClock _clock = new();
    private long _fine = 638_000_000_000_000_000;
    private long _us;

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(333)]
    [InlineData(1_000)]
    [InlineData(61_234)]
    public void It_follows_the_fine_clock_to_the_millisecond_however_often_it_is_read(long stepUs)
    {
        Read(0);
        for (long us = stepUs; us <= 500_000; us += stepUs)
        {
            Assert.Equal((uint)(us / 1000), Read(stepUs));
        }
    }

    [Theory]
    [InlineData(3_600_000)]
    [InlineData(-3_600_000)]
    [InlineData(21)]
    [InlineData(-31)]
    public void When_the_time_of_day_is_set_time_goes_on(long jumpMs)
    {
        Read(0);
        uint before = Read(100_000);
        _fine += jumpMs * Ms;
        Assert.InRange(Read(0) - before, 0u, 20u);
        Assert.InRange(Read(10_000) - before, 0u, 30u);
        uint later = Read(100_000);
        Assert.InRange(later - before, 100u, 130u);
        Assert.Equal(later + 5, Read(5_000));
    }

    [Fact]
    public void It_never_goes_back_whatever_the_fine_clock_does()
    {
        Random random = new(5);
        uint last = Read(0);
        for (int i = 0; i < 20_000; i++)
        {
            if (i % 50 == 0)
            {
                _fine += random.NextInt64(-100 * Ms, 100 * Ms);
            }

            uint now = Read(random.Next(0, 30_000));
            Assert.InRange(now - last, 0u, 60u);
            last = now;
        }

        // Each jump may cost or give what the coarse clock does not show.
        Assert.InRange(last, (_us / 1000) - (20_000 / 50 * 20), (_us / 1000) + (20_000 / 50 * 20));
    }

    private uint Read(long passedUs)
    {
        _us += passedUs;
        _fine += passedUs * 10;
        return _clock.Read(_fine, _us / 10_000 * 10);
    }
}
