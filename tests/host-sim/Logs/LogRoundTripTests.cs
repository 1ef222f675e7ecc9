// What was written is read again: the same frames at the same microseconds, whatever they are.
using EsyncSim;
using EsyncSim.Bus;
using EsyncSim.Logs;
using Xunit;

namespace EsyncTests.HostSim.Logs;

public sealed class LogRoundTripTests
{
    [Theory]
    [InlineData(".log")]
    [InlineData(".asc")]
    public void Whatever_was_written_is_read_again(string ending)
    {
        using Folder folder = new();
        for (ulong seed = 1; seed <= 20; seed++)
        {
            LoggedFrame[] written = LogScene.Frames(seed, 200);
            string path = folder[$"{seed}{ending}"];
            using (BusLog log = BusLog.Create(path, hasErrorFrames: true, new LogClock(0)))
            {
                foreach (LoggedFrame frame in written)
                {
                    log.OnRecord(frame.ToRecord(LogScene.Bus));
                }

                log.OnRecord(LogScene.Broken(written[^1].Ns));
            }

            IReadOnlyList<LoggedFrame> read = BusLogReader.ReadAll(path, out LogLeftOut leftOut);

            Assert.Equal(written.Select(frame => (frame.Ns, frame.Frame)), read.Select(frame => (frame.Ns, frame.Frame)));
            Assert.Equal("1 error", leftOut.Words);
        }
    }

    [Fact]
    public void A_simulation_has_its_own_epoch_and_a_bus_in_step_with_the_wall_clock_has_its_date()
    {
        DateTimeOffset now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        FixedClock wall = new(now);
        LoggedBus simulated = new("can0", LogScene.BitRate);
        LoggedBus real = new("can0", LogScene.BitRate) { Time = { Pace = new WallPace(wall, 0) } };
        LoggedFrame frame = new(5_000_000, "can0", new BusFrame(0x7E0, false, [1]));

        Assert.Equal(1_700_000_000_005_000_000, new LogClock().NsOf(frame.ToRecord(simulated)));
        Assert.Equal((now.ToUnixTimeMilliseconds() + 5) * VirtualTime.NsPerMs, new LogClock(null, wall).NsOf(frame.ToRecord(real)));
    }

    [Fact]
    public void Two_buses_are_two_channels_of_an_asc_log()
    {
        StringWriter text = new();
        AscLog log = new(text);
        BusFrame frame = new(0x18DA10F1, true, [0x3E]);
        log.OnRecord(new LoggedFrame(1_000, "powertrain", frame).ToRecord(new LoggedBus("powertrain", LogScene.BitRate)));
        log.OnRecord(new LoggedFrame(2_000, "comfort", frame).ToRecord(new LoggedBus("comfort", LogScene.BitRate)));
        log.End();

        Assert.Equal(
            "date Tue Nov 14 22:13:20.000 2023\nbase hex  timestamps absolute\ninternal events logged\nBegin Triggerblock Tue Nov 14 22:13:20.000 2023\n"
            + "   0.000000 Start of measurement\n   0.000001 1  18DA10F1x       Rx   d 1 3E\n   0.000002 2  18DA10F1x       Rx   d 1 3E\nEnd TriggerBlock\n",
            text.ToString());
    }

    [Fact]
    public void An_ending_that_names_no_kind_is_refused()
    {
        UserErrorException error = Assert.Throws<UserErrorException>(() => BusLog.Create("bus.txt"));

        Assert.Equal(ExitCode.BadUsage, error.ExitCode);
        Assert.Equal($"bus.txt names no kind of log by its ending; it takes {BusLog.Kinds}", error.Message);
    }

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
