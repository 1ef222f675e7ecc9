// Who looks sees the newest values with their ages, what is wanted only, and as much as fits the terminal.
using EsyncSim.Data;
using Spectre.Console;
using Xunit;

namespace EsyncTests.HostSim.Data;

public sealed class WatchBoardTests
{
    private readonly WatchBoard _board = new(null, []);

    [Fact]
    public void The_newest_value_of_each_signal_stands_there_in_order()
    {
        Take(TestBatches.Motor);
        Take(TestBatches.Battery);
        Take(TestBatches.Motor with { Records = [TestBatches.Sample(9, 500, TestBatches.Value("Vehicle.Speed", 500, 99))] });

        Assert.Equal(
            ["battery Vehicle.\"odd\", path 3.7", "motor Vehicle.IsOn true", "motor Vehicle.Never ", "motor Vehicle.Powertrain.Temperature 131", "motor Vehicle.Speed 0.1"],
            _board.Rows.Select(row => $"{row.Ecu} {row.Value.Path} {ExportWriter.Text(row.Value.Value)}"));
        Assert.Equal((6L, 8L), (_board.RecordCount, _board.ValueCount));
        Assert.Equal(2, _board.Events.Count);
    }

    [Fact]
    public void An_age_is_in_the_time_of_the_vehicle_whatever_year_that_is()
    {
        _board.Take("V1", TestBatches.Motor, TestBatches.Motor.Records, nowMs: 1000);
        WatchRow speed = _board.Rows.Single(row => row.Value.Path == "Vehicle.Speed"), temperature = _board.Rows.Single(row => row.Value.Path.EndsWith("Temperature", StringComparison.Ordinal));

        Assert.Equal((500L, 0L), (_board.AgeMs(speed, 1000), _board.AgeMs(temperature, 1000)));
        Assert.Equal((3500L, 3000L), (_board.AgeMs(speed, 4000), _board.AgeMs(temperature, 4000)));
    }

    [Theory]
    [InlineData(0, "0.0 s")]
    [InlineData(9_949, "9.9 s")]
    [InlineData(10_000, "10 s")]
    [InlineData(119_999, "119 s")]
    [InlineData(120_000, "2 min")]
    [InlineData(7_200_000, "2 h")]
    [InlineData(172_800_000, "2 d")]
    public void An_age_is_a_word_or_two(long ageMs, string text) => Assert.Equal(text, WatchBoard.AgeText(ageMs));

    [Fact]
    public void Only_what_is_wanted_stands_there()
    {
        WatchBoard board = new("V1", ["*.Speed"]);
        Assert.Equal(2, board.Take("V1", TestBatches.Motor, TestBatches.Motor.Records, 0).Values.Count);
        Assert.Empty(board.Take("V2", TestBatches.Motor, TestBatches.Motor.Records, 0).Values);
        Assert.Single(board.Rows);
    }

    [Fact]
    public void Events_are_the_last_ones()
    {
        for (int i = 0; i < 40; i++)
        {
            Take(TestBatches.Motor);
        }

        Assert.Equal(WatchBoard.EventCountMax, _board.Events.Count);
    }

    [Fact]
    public void Lines_say_value_unit_and_what_is_wrong_with_it()
    {
        (IReadOnlyList<WatchRow> values, IReadOnlyList<WatchEvent> events) = Take(TestBatches.Motor);

        Assert.Equal("2026-01-01T12:00:01.000Z V1 motor Vehicle.Speed 48.25 km/h", WatchScreen.Line(values[0]));
        Assert.Equal("2026-01-01T12:00:02.000Z V1 motor Vehicle.Speed 0.1 km/h (timed-out)", WatchScreen.Line(values[2]));
        Assert.Equal("2026-01-01T12:00:02.000Z V1 motor Vehicle.Never – (never-set)", WatchScreen.Line(values[4]));
        Assert.Equal("2026-01-01T12:00:02.500Z V1 motor WARN DTC 0A1B2C fails (status 50, now 2F)", WatchScreen.TextLine(events[1]));
    }

    [Fact]
    public void The_table_is_no_higher_than_the_terminal_and_says_what_it_leaves_out()
    {
        Take(TestBatches.Motor);
        for (int i = 0; i < 100; i++)
        {
            Take(TestBatches.Motor with { Records = [TestBatches.Sample(9, 3000, TestBatches.Value($"Vehicle.A[{i:D3}]", 3000, i))] });
        }

        foreach ((int width, int height) in new[] { (160, 12), (110, 24), (60, 60) })
        {
            string[] lines = Draw(height, width).TrimEnd().Split('\n');
            Assert.True(lines.Length <= height, $"{lines.Length} lines of {height}");
            Assert.All(lines, line => Assert.True(line.TrimEnd().Length <= width, line));
            Assert.Contains(lines, line => line.Contains("A[000]", StringComparison.Ordinal));
            Assert.Contains(lines, line => line.Contains("104 signals, 106 values in 104 records; ", StringComparison.Ordinal));
            Assert.Contains("V1 motor WARN", lines[^1]);
        }

        Assert.Contains("8 shown: --signal PATTERN", Draw(15));
        Assert.DoesNotContain("--signal", Draw(200));
    }

    [Fact]
    public void An_empty_board_says_that_it_waits() => Assert.Contains("waiting for the first report", Draw(24));

    private string Draw(int height, int width = 160)
    {
        using StringWriter output = new();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = width;
        console.Write(WatchScreen.Draw(_board, "here", width, height, nowMs: 500));
        return output.ToString();
    }

    private (IReadOnlyList<WatchRow> Values, IReadOnlyList<WatchEvent> Events) Take(DataBatch batch) => _board.Take("V1", batch, batch.Records, 0);
}
