// Rows, goals and the file of figures: what is printed, what is judged, what other programs read and write.
using System.Text.Json;
using EsyncSim.Measure;
using Xunit;

namespace EsyncTests.HostSim.Measure;

public sealed class BenchFileTests
{
    [Theory]
    [InlineData(98.0, true)]
    [InlineData(97.9999, false)]
    public void A_bound_from_below_is_met_by_itself_and_by_nothing_smaller(double value, bool isMet) =>
        Assert.Equal(isMet, BenchGoal.AtLeast(98).IsMetBy(value));

    [Theory]
    [InlineData(120, true)]
    [InlineData(121, false)]
    public void A_bound_from_above_is_met_by_itself_and_by_nothing_larger(double value, bool isMet) =>
        Assert.Equal(isMet, BenchGoal.AtMost(120).IsMetBy(value));

    [Fact]
    public void Goals_are_printed_with_thousands_apart()
    {
        Assert.Equal("≥ 98.5", BenchGoal.AtLeast(98.5).ToString());
        Assert.Equal("≤ 4,000,000", BenchGoal.AtMost(4e6).ToString());
        Assert.Equal("≤ 0", BenchGoal.AtMost(0).ToString());
    }

    [Fact]
    public void The_reason_stands_only_at_a_goal_that_is_missed()
    {
        Assert.Null(BenchRow.Judge("il-a", "a", 1, "IL", BenchGoal.AtMost(1), reasonIfMissed: "too much").Note);
        Assert.Equal("seen; too much", BenchRow.Judge("il-a", "a", 2, "IL", BenchGoal.AtMost(1), "seen", "too much").Note);
    }

    [Fact]
    public void A_file_is_read_as_it_was_written()
    {
        BenchFile file = new([new BenchTable("il", "Instructions", [
            BenchRow.Judge("il-frame", "one frame", 71, "IL", BenchGoal.AtMost(120)), BenchRow.Report("il-x", "x", 0.1, "%")])]);
        string json = file.ToJson();
        JsonElement row = JsonDocument.Parse(json).RootElement.GetProperty("subjects")[0].GetProperty("rows")[0];
        Assert.Equal(["id", "figure", "value", "unit", "goal", "isMet", "note"], row.EnumerateObject().Select(member => member.Name));
        Assert.Equal("≤ 120", row.GetProperty("goal").GetString());
        Assert.Equal(file.Subjects[0].Rows, BenchFile.Parse(json).Subjects[0].Rows);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{ \"subjects\": 1 }")]
    public void Another_file_is_refused(string json) => Assert.Throws<JsonException>(() => BenchFile.Parse(json));
}
