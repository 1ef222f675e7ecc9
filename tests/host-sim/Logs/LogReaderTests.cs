// Logs of others as their tools write them: what is read, what is left out and counted, and what is refused with its line.
using EsyncSim;
using EsyncSim.Bus;
using EsyncSim.Logs;
using Xunit;

namespace EsyncTests.HostSim.Logs;

public sealed class LogReaderTests
{
    [Theory]
    [InlineData("(1436509052.249713) vcan0 044#2A366C2BBA", 1436509052249713000, "044#2A366C2BBA")]
    [InlineData("(1436509052.249713) can1 18DB33F1#", 1436509052249713000, "18DB33F1#")]
    [InlineData("(0.5) can0 7e0#0210030000000000 R", 500000000, "7E0#0210030000000000")]
    [InlineData(" (1700000000.001234)  can0  7E0   [8]  02 10 03 00 00 00 00 00", 1700000000001234000, "7E0#0210030000000000")]
    [InlineData(" (2023-11-14 22:13:20.001234)  can0  18DA10F1   [2]  3E 00   '>.'", 1700000000001234000, "18DA10F1#3E00")]
    [InlineData(" (000.000100)  can0  RX - -  7E8   [0]", 100000, "7E8#")]
    [InlineData("(1.0) can0 123#1122334455667788_E", 1000000000, "123#1122334455667788")]
    public void A_line_of_candump_is_a_frame(string line, long ns, string frame)
    {
        LoggedFrame read = Assert.Single(LogScene.Read("a.log", line).Frames);

        Assert.Equal((ns, frame), (read.Ns, read.Frame.ToString()));
    }

    [Theory]
    [InlineData("(1.0) can0 7E0#R", "1 remote")]
    [InlineData("(1.0) can0 7E0   [8]  remote request", "1 remote")]
    [InlineData("(1.0) can0 20000080#0000000000000000", "1 error")]
    [InlineData("(1.0) can0 7E0##1112233", "1 CAN FD")]
    [InlineData("(1.0) can0 7E0  [12]  00 01 02 03 04 05 06 07 08 09 0A 0B", "1 CAN FD")]
    [InlineData("\n  \n", "")]
    public void What_is_no_data_frame_is_left_out_and_counted(string line, string leftOut)
    {
        (List<LoggedFrame> frames, LogLeftOut left) = LogScene.Read("a.log", line);

        Assert.Empty(frames);
        Assert.Equal(leftOut, left.Words);
    }

    [Theory]
    [InlineData("can0  7E0   [8]  02 10 03 00 00 00 00 00", "has no time in round brackets")]
    [InlineData("(yesterday) can0 7E0#00", "has the time (yesterday), which is none")]
    [InlineData("(1.0) can0", "ends before its frame")]
    [InlineData("(1.0) can0 7E0 8 02", "is no frame of candump")]
    [InlineData("(1.0) can0 7E#00", "has the identifier 7E,")]
    [InlineData("(1.0) can0 FFF#00", "has the identifier FFF, which 11 bits cannot hold")]
    [InlineData("(1.0) can0 7E0#0", "has the data 0,")]
    [InlineData("(1.0) can0 7E0#112233445566778899", "no bytes of a classic frame")]
    [InlineData("(1.0) can0 7E0   [3]  02 10", "has fewer bytes than its length [3] says")]
    public void A_line_that_is_none_of_candump_is_an_error_with_its_number(string line, string why)
    {
        UserErrorException error = Assert.Throws<UserErrorException>(() => LogScene.Read("a.log", "(1.0) can0 7E0#00\n" + line));

        Assert.Equal(ExitCode.BadFile, error.ExitCode);
        Assert.StartsWith("a.log(2): this line ", error.Message);
        Assert.Contains(why, error.Message);
    }

    [Fact]
    public void An_asc_log_as_canoe_writes_it_gives_its_frames()
    {
        const string Text = """
            date Wed Mar 4 02:51:46.200 pm 2026
            base hex  timestamps absolute
            internal events logged
            // version 13.0.0
            Begin Triggerblock Wed Mar 4 02:51:46.200 pm 2026
               0.000000 Start of measurement
               0.015991 CAN 1 Status:chip status error active
               0.100100 1  7E0             Tx   d 8 02 10 03 CC CC CC CC CC  Length = 230000 BitCount = 119 ID = 2016
               0.100700 1  7E8             TxRq d 3 02 50 03
               0.100705 1  7E8             Rx   d 3 02 50 03
               0.200000 2  18DA10F1x       Rx   d F 01 02 03 04 05 06 07 08
               0.300000 1  7E0             Rx   r
               0.300100 1  ErrorFrame
               0.400000 CANFD   1 Rx 7E0  1 0 8  8 00 00 00 00 00 00 00 00
               1.000000 1  Statistic: D 0 R 0 XD 0 XR 0 E 0 O 0 B 0.00%
            End TriggerBlock
            """;

        (List<LoggedFrame> frames, LogLeftOut left) = LogScene.Read("a.ASC", Text);

        Assert.Equal(
            [(100_100_000, "can1", "7E0#021003CCCCCCCCCC"), (100_705_000, "can1", "7E8#025003"), (200_000_000, "can2", "18DA10F1#0102030405060708")],
            frames.Select(frame => (frame.Ns, frame.Bus, frame.Frame.ToString())));
        Assert.Equal("1 remote, 1 error, 1 CAN FD, 3 other", left.Words);
    }

    [Fact]
    public void Decimal_numbers_and_relative_times_are_read_as_such()
    {
        const string Text = "base dec  timestamps relative\n0.5 1 2016 Rx d 2 62 128\n0.25 1 417001713x Rx d 0\n";

        Assert.Equal(
            [(500_000_000, "7E0#3E80"), (750_000_000, "18DAF0F1#")],
            LogScene.Read("a.asc", Text).Frames.Select(frame => (frame.Ns, frame.Frame.ToString())));
    }

    [Theory]
    [InlineData("hello 1 7E0 Rx d 0", "begins neither with a time nor")]
    [InlineData("base octal", "names its base and timestamps in another form")]
    [InlineData("0.1 1 EngineData Rx d 1 00", "EngineData in place of an identifier")]
    [InlineData("0.1 1 7E0 Rx d", "has no length")]
    [InlineData("0.1 1 7E0 Rx d 2 00", "has fewer bytes than its length 2 says")]
    [InlineData("0.1 1 7E0 Rx d 1 100", "has 100 in place of a byte")]
    [InlineData("0.1 1 800 Rx d 0", "which 11 bits cannot hold")]
    public void A_line_that_is_none_of_an_asc_log_is_an_error_with_its_number(string line, string why)
    {
        UserErrorException error = Assert.Throws<UserErrorException>(() => LogScene.Read("a.asc", "base hex  timestamps absolute\n" + line));

        Assert.StartsWith("a.asc(2): this line ", error.Message);
        Assert.Contains(why, error.Message);
    }

    [Theory]
    [InlineData("a.log")]
    [InlineData("a.asc")]
    public void Whatever_a_line_holds_it_is_a_frame_left_out_or_an_error_in_words(string name)
    {
        string[] seeds =
        [
            "(1436509052.249713) vcan0 044#2A366C2BBA", " (1700000000.001234)  can0  7E0   [8]  02 10 03 00 00 00 00 00", "0.100100 1  7E0 Tx   d 8 02 10 03 CC CC CC CC CC",
            "base hex  timestamps absolute", "0.2 2  18DA10F1x Rx   d F 01 02 03 04 05 06 07 08", "(1.0) can0 7E0##1112233",
        ];
        const string Letters = "0123456789ABCDEFx#[]().R _\t-";
        SeededRandom random = new(1, name);
        int frames = 0, errors = 0;
        for (int i = 0; i < 20_000; i++)
        {
            char[] line = [.. seeds[random.NextU64() % (ulong)seeds.Length]];
            for (ulong change = random.NextU64() % 4; change > 0; change--)
            {
                line[random.NextU64() % (ulong)line.Length] = Letters[(int)(random.NextU64() % (ulong)Letters.Length)];
            }

            try
            {
                frames += LogScene.Read(name, new string(line)).Frames.Count;
            }
            catch (UserErrorException error)
            {
                Assert.StartsWith($"{name}(1): this line ", error.Message);
                errors++;
            }
        }

        Assert.True(frames > 100 && errors > 100, $"{frames} frames, {errors} errors");
    }

    [Fact]
    public void A_kind_that_is_not_read_says_which_are()
    {
        UserErrorException error = Assert.Throws<UserErrorException>(() => BusLogReader.Open("a.blf"));

        Assert.Contains("candump (.log) and Vector ASC (.asc)", error.Message);
    }
}
