// Eight ECUs with two hundred signals each on one bus, each with the agent inside: what they publish and what they hear arrives at the
// server, every record once and every value as it was, while periodic data runs in three of them and one takes an image.
using EsyncSim;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Data;
using EsyncSim.Server;
using Xunit;

namespace EsyncTests.Vehicle;

public sealed class ManySignalsTests(ITestOutputHelper output)
{
    private static ManyRun Run => ManyRun.Standard.Value;

    [Fact]
    public void Every_record_arrives_once_in_order_and_nothing_is_dropped()
    {
        Run.Verdict.AssertAllArrivedOnce();
        Run.Verdict.AssertNoTriggerMissing();
        Run.Verdict.AssertDtcs();
        Assert.Empty(Run.Bench.Problems);
        Assert.Equal(0, Run.Bench.Senders.Sum(sender => sender.RefusedCount));
        Assert.Equal(0, Run.Bench.Ecus.Sum(ecu => (long)ecu.Ecu.Can.LostCount));
    }

    [Fact]
    public void All_1600_signals_are_at_the_server_as_they_were_published()
    {
        Assert.Equal(1600, Run.Bench.Ecus.Sum(ecu => ecu.Definition.SignalEntries.Count));
        Run.Verdict.AssertValues(samplesMin: 4);
        output.WriteLine($"8 ECUs, 200 signals each, {Run.DataLength} bytes of RAM for them");
        foreach ((string when, (double Load, long Frames, long Records, long Bytes) figures) in new[] { ("alone", Run.Quiet), ("2A in three of them", Run.Watched), ("download to one of them", Run.Loading) })
        {
            output.WriteLine($"{when}: {figures.Load:F0} % of the bus, {figures.Frames} frames/s, {figures.Records} records/s, {figures.Bytes} bytes/s");
        }

        output.WriteLine($"processor of an ECU {Run.ProcessorPercent:F1} %, longest turn {Run.LongestTurnMs:F1} ms; {Run.Verdict.ValueCount} values at the server");
    }

    [Fact]
    public void Periodic_samples_are_late_by_20_ms_at_the_most_and_by_40_in_an_ECU_that_takes_an_image()
    {
        Run.Verdict.AssertNoTriggerMissing();
        Assert.Equal(8, Run.Verdict.LatestMs.Count);
        Assert.All(Run.Verdict.LatestMs, latest => Assert.InRange(latest.Value, 0, latest.Key == "ecu0" ? 40 : 20));
        output.WriteLine($"latest periodic sample {Run.Verdict.LatestMs.Where(latest => latest.Key != "ecu0").Max(latest => latest.Value)} ms, with a download {Run.Verdict.LatestMs["ecu0"]} ms");
    }

    [Fact]
    public void Periodic_data_runs_in_three_ECUs_at_once()
    {
        Assert.Equal(0, Run.StrangeCount);
        var rows = Run.Periodic.GroupBy(heard => (heard.Ecu, heard.Value.Signal.Did)).ToArray();
        Assert.Equal(3 * 6, rows.Length);
        foreach (var row in rows)
        {
            long[] times = [.. row.Select(heard => heard.AtNs)];
            Assert.InRange(times.Length, (ManyRun.PeriodicSeconds * 1000 / ManyRun.FastMs) - 2, ManyRun.PeriodicSeconds * 1000 / ManyRun.FastMs * 3 / 2);

            // A frame waits for a turn of 14 ms at the most, and for its place on the bus.
            Assert.All(times.Zip(times.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 25 * VirtualTime.NsPerMs, 75 * VirtualTime.NsPerMs));
            Assert.All(row, heard => Assert.True(
                heard.Ecu.Truth.Had(heard.Value.Signal.Path, heard.Value.Physical, heard.AtNs - (25 * VirtualTime.NsPerMs), heard.AtNs),
                $"{heard.Ecu.Name}: {heard.Value.Signal.Path} was not {heard.Value.Physical}"));
        }
    }

    [Fact]
    public void One_of_them_takes_an_image_while_all_go_on_reporting()
    {
        Assert.Equal(UpdateEnd.Verified, Run.Outcome?.End);
        double seconds = (Run.Download.EndNs - Run.Download.BeginNs) / (double)VirtualTime.NsPerSecond;
        output.WriteLine($"{ManyRun.ImageLength} bytes in {seconds:F2} s, from the first request to the last");
        foreach (ManyEcu ecu in Run.Bench.Ecus)
        {
            int samples = Run.Verdict.Of(ecu).Count(record => record.Cause == "period" && AtNs(ecu, record) > Run.Download.BeginNs && AtNs(ecu, record) < Run.Download.EndNs);
            Assert.InRange(samples, (int)(2 * seconds), 4 * (int)(seconds + 1));
        }
    }

    [Fact]
    public void One_rule_over_all_200_signals_works_where_the_bounds_allow_for_it()
    {
        ManyConfig plan = new() { Ecus = 4, PeriodsMs = [1000] };
        using ManyBench bench = new(plan, time => new VirtualMessageNetwork(time, 1), new CollectorOptions { IntervalMs = 1000 });
        bench.Time.Run(async () =>
        {
            await bench.BeginAsync();
            _ = bench.Collector.RunAsync();
            await bench.Time.DelayMs(8000);
            await bench.SettleAsync(10);
        });
        ManyVerdict verdict = new(bench);
        verdict.AssertAllArrivedOnce();
        verdict.AssertNoTriggerMissing();
        verdict.AssertValues(samplesMin: 6);
        Assert.All(bench.Ecus, ecu => Assert.All(verdict.Of(ecu).Where(record => record.Rule == 1), record => Assert.Equal(200, record.Values?.Count)));
        output.WriteLine($"one rule over 200 signals: longest turn {bench.Ecus.Max(ecu => ecu.LongestTurnNs) / (double)VirtualTime.NsPerMs:F1} ms");
    }

    [Fact]
    public void One_rule_over_all_200_signals_is_refused_with_rule_bound_and_remedy_where_they_do_not()
    {
        ManyConfig plan = new() { Ecus = 4, PeriodsMs = [1000] };
        string Refusal(string text) => Assert.Single(NfConfig.Read("many.config", text, [Repository.PathOf("boards")]).Problems.DistinctBy(problem => problem.Reason)).ToString();
        string text = plan.Text();
        Assert.EndsWith(
            "error NF006: `data.rules`: rule 1: the rules name too many signals together; the ECU takes 64 (data.ruleSignalsMax). Ask for less, or raise the bound under `data`.",
            Refusal(text.Replace("      ruleSignalsMax: 240\n", "", StringComparison.Ordinal)));
        Assert.EndsWith(
            "error NF006: `data.rules`: rule 1: the rules cost too much in one evaluation: 21750 IL instructions with this one; the ECU spends 6000 at the most (data.ilPerTurnMax). "
            + "Take fewer rules, signals or comparisons. Ask for less, or raise the bound under `data`.",
            Refusal(text.Replace("      ilPerTurnMax: 33600\n", "", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_verdict_sees_what_is_missing_doubled_or_wrong()
    {
        foreach (Action<List<(string Ecu, string Epoch, DataRecord Record)>> spoil in new Action<List<(string Ecu, string Epoch, DataRecord Record)>>[]
        {
            arrived => arrived.RemoveAt(arrived.FindIndex(entry => entry.Record.Rule == 1)),
            arrived => arrived.Insert(50, arrived[49]),
            arrived => arrived[^1] = Changed(arrived[^1], value => value with { Value = new VssScalar(value.Value!.Value.Number + 1, false) }),
            arrived => arrived.RemoveAll(entry => entry.Record.Kind == "dtc" && entry.Ecu == "ecu7"),
        })
        {
            (string Ecu, string Epoch, DataRecord Record)[] whole = [.. Run.Bench.Arrived];
            spoil(Run.Bench.Arrived);
            Exception? noticed = Record.Exception(() =>
            {
                Run.Verdict.AssertAllArrivedOnce();
                Run.Verdict.AssertNoTriggerMissing();
                Run.Verdict.AssertDtcs();
                Run.Verdict.AssertValues(samplesMin: 4);
            });
            Run.Bench.Arrived.Clear();
            Run.Bench.Arrived.AddRange(whole);
            Assert.NotNull(noticed);
        }
    }

    private static long AtNs(ManyEcu ecu, DataRecord record) => ecu.StartsNs[record.Boot] + (record.Ms * VirtualTime.NsPerMs);

    private static (string Ecu, string Epoch, DataRecord Record) Changed((string Ecu, string Epoch, DataRecord Record) entry, Func<VssValue, VssValue> change) =>
        (entry.Ecu, entry.Epoch, entry.Record with { Values = [.. entry.Record.Values!.Select(change)] });
}
