// What data gathering asks of the rest of an ECU: what would fail in silence on the road is refused with line, reason and remedy.
using System.Globalization;
using EsyncSim.Config;
using Xunit;
using static EsyncTests.HostSim.Config.ConfigBench;

namespace EsyncTests.HostSim.Config;

public sealed class DataLimitsTests
{
    private const string Fan = "      Vehicle.Cabin.Fan: {";

    [Fact]
    public void All_of_it_fits_into_what_the_board_has()
    {
        IReadOnlyList<ConfigProblem> problems = Problems(With("historyLength: 1 KiB", "historyLength: 20 KiB"));
        Assert.Equal(3, problems.Count);
        Assert.All(problems, p => Assert.Equal(ConfigRule.LooserThanBoard, p.Rule));
        Assert.Contains(problems, p => p.Reason.Contains("`ecus.climate` gathers data in", StringComparison.Ordinal) && p.Reason.Contains("for 4 signals, 3 of them from 2 CAN frames, and 1 outputs; ", StringComparison.Ordinal) && p.Reason.Contains("board `bench` has 32 KiB for it", StringComparison.Ordinal));
    }

    [Fact]
    public void The_longest_record_fits_an_answer()
    {
        string text = Wide(120, queue: "4 KiB");
        Assert.Empty(Problems(text));
        Assert.Empty(Problems(With(text, "messageLengthMax: 4094", "messageLengthMax: 891")));
        Expect(With(text, "messageLengthMax: 4094", "messageLengthMax: 890"), ConfigRule.TooSmall, "messageLengthMax: 890", "a sample of 124 signals, which one rule may name (ruleSignalsMax 200) makes an answer to routine 0230 of 891 bytes: it could never be fetched. Write 891 or more");
    }

    [Fact]
    public void The_longest_record_fits_the_queue_in_every_priority()
    {
        Assert.Empty(Problems(Wide(120, queue: "1762")));
        Expect(Wide(120, queue: "1761"), ConfigRule.TooSmall, "queueLength: 1761", "a sample of 124 signals, which one rule may name (ruleSignalsMax 200) has 881 bytes, and records of low priority have half of the queue: it would always be dropped. Write 1762 or more");
    }

    [Fact]
    public void The_longest_record_fits_a_sector()
    {
        const string Records = "    records:\n      0xF197: { text: \"CLIMATE\" }\n";
        string Small(string text) => With(text, Records, "    flash: { part: fine }\n" + Records);
        Assert.Empty(Problems(Small(Wide(120, queue: "4 KiB"))));
        Expect(Small(Wide(130, queue: "4 KiB")), ConfigRule.TooSmall, "ruleSignalsMax: 200", "may have 951 bytes, but a sector of part `fine` has room for 896: it would always be dropped");
    }

    [Fact]
    public void An_evaluation_takes_no_longer_than_a_turn_may()
    {
        Assert.Empty(Problems(With("ilPerTurnMax: 6001", "ilPerTurnMax: 14400")));
        ExpectLine("ilPerTurnMax: 6001", "ilPerTurnMax: 14401", ConfigRule.TimingContradiction, "rules may make a turn of 7 ms, but uds.turnMsMax is 6: response pendings would come too late. Write 14400 or less, or 7 for turnMsMax");
    }

    // Signals of four bytes for the climate ECU, all of which one rule may name.
    private static string Wide(int count, string queue)
    {
        string signals = string.Concat(Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"      Vehicle.Cabin.Many.Signal{i}: {{ did: {0x0300 + i}, type: uint32, source: application }}\n")));
        string text = With(Good, Fan, signals + Fan);
        text = With(text, "queueLength: 1 KiB", $"queueLength: {queue}");
        return With(text, "ruleSignalsMax: 63", "ruleSignalsMax: 200");
    }
}
