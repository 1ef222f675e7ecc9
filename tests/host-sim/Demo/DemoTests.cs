// The whole demo: every outcome, the same frames for the same seed, and what it writes.
using System.Text.Json;
using EsyncSim.Demo;
using Xunit;

namespace EsyncTests.HostSim.Demo;

public class DemoTests
{
    [Fact]
    public void Every_outcome_is_the_expected_one()
    {
        DemoReport report = DemoRun.Standard.Value.Report;

        Assert.All(report.Steps, step => Assert.True(step.Pass, $"{step.Name}: expected {step.Expected}, observed {step.Observed}"));
        Assert.Equal("pass", report.Outcome);
        Assert.Equal(29, report.Steps.Count);
    }

    [Fact]
    public void The_same_seed_gives_the_same_frames_whatever_the_broker_takes()
    {
        DemoRun again = DemoRun.Make(1, isNetworkVirtual: false);

        Assert.Equal(DemoRun.Standard.Value.Candump, again.Candump);
        Assert.Equal(DemoRun.Standard.Value.Report.ToJson(), again.Report.ToJson());
    }

    [Fact]
    public void Another_seed_and_messages_that_take_virtual_time_end_alike()
    {
        DemoRun other = DemoRun.Make(77, isNetworkVirtual: true);

        Assert.True(other.Report.IsPassed, other.Output);
        Assert.NotEqual(DemoRun.Standard.Value.Candump, other.Candump);
    }

    [Theory]
    [InlineData("esp32-mcp2515")]
    [InlineData("nucleo-f767zi")]
    [InlineData("stm32f429i-discovery")]
    [InlineData("stm32f769i-discovery")]
    public void Every_board_passes_with_its_own_drivers_and_flow_control(string board)
    {
        DemoRun run = DemoRun.Make(1, isNetworkVirtual: true, board);

        Assert.All(run.Report.Steps, step => Assert.True(step.Pass, $"{step.Name}: expected {step.Expected}, observed {step.Observed}"));
        Assert.Equal(29, run.Report.Steps.Count);
        Assert.All(run.Report.Transfers, transfer => Assert.Equal(board, transfer.Board));
    }

    [Fact]
    public void Each_refusal_and_each_way_back_has_its_reason()
    {
        string[] observed = [.. DemoRun.Standard.Value.Report.Steps.Select(step => step.Observed)];

        foreach (string reason in new[] { "SelfTestFailed", "ApplicationFaulted", "AliveLost", "ChunkMismatch", "RoleMissing", "WrongDevice", "SequenceTooLow" })
        {
            Assert.Single(observed, text => text.EndsWith(reason, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_JSON_has_the_documented_shape()
    {
        using JsonDocument json = JsonDocument.Parse(DemoRun.Standard.Value.Report.ToJson());

        Assert.Equal(["steps", "transfers", "data", "outcome"], json.RootElement.EnumerateObject().Select(property => property.Name));
        Assert.Equal(
            ["name", "expected", "observed", "pass"],
            json.RootElement.GetProperty("steps")[0].EnumerateObject().Select(property => property.Name));
        Assert.Equal(
            ["ecu", "board", "encoding", "imageBytes", "transferBytes", "bytes", "percentOfImage", "busSeconds", "fullImageSeconds", "kBps", "limitKBps", "percentOfLimit"],
            json.RootElement.GetProperty("transfers")[0].EnumerateObject().Select(property => property.Name));
    }

    [Fact]
    public void A_step_that_is_not_as_expected_fails_the_demo()
    {
        DemoStep good = new("a", "1", "1", true);
        DemoStep bad = new("b", "1", "2", false);

        Assert.Equal("fail", new DemoReport([good, bad], []).Outcome);
        Assert.Equal("fail", new DemoReport([], []).Outcome);
    }

    [Fact]
    public void Plain_output_has_no_control_characters()
    {
        string output = DemoRun.Standard.Value.Output;

        Assert.DoesNotContain('\u001b', output);
        Assert.DoesNotContain('\r', output);
        Assert.Contains("ok   motor: update to 2.0.0: 2.0.0 Confirmed", output);
    }

    [Fact]
    public void The_power_cut_shows_as_two_transfers_that_overlap_by_less_than_three_chunks()
    {
        TransferResult[] battery = [.. DemoRun.Standard.Value.Report.Transfers.Where(transfer => transfer is { Ecu: "battery", Encoding: "full" })];
        TransferResult[] parts = [.. battery.Where(transfer => transfer.Bytes < transfer.ImageBytes)];

        Assert.Equal(2, parts.Length);
        Assert.InRange(parts.Sum(part => part.Bytes), parts[0].ImageBytes, parts[0].ImageBytes + (3 * 4096) - 1);
    }

    [Fact]
    public void A_demo_that_is_stopped_ends_at_once()
    {
        DemoOptions options = new() { ConfigPath = Repository.PathOf("nf.config"), IsNetworkVirtual = true, Stop = new CancellationToken(canceled: true) };

        Assert.Throws<OperationCanceledException>(() => DemoScript.Run(options, new PlainScreen(TextWriter.Null)));
    }
}
