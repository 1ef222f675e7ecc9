// The report log against a model of a few lines: after any appends in any priority, acknowledgements and restarts it hands
// out exactly what was stored and is neither acknowledged nor dropped, in order; what is dropped is the oldest of the lowest
// priority, and is counted exactly.
using EsyncAgent;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EsyncTests.AgentFirmware.Data;

public sealed class ReportModelTests
{
    private const int Body = 170;

    private static readonly Gen<Step> AnyStep = Gen.Frequency(
        (10, Gen.Choose(0, 2).SelectMany(priority => Gen.Choose(1, 12).Select(count => new Step('a', priority, count)))),
        (3, Gen.Choose(0, 100).Select(percent => new Step('k', 0, percent))),
        (1, Gen.Constant(new Step('r', 0, 0))));

    [Fact]
    public void The_log_is_what_the_model_says() => Properties.Hold(
        AnyStep.ListOf().Resize(60),
        steps =>
        {
            ReportLogBench bench = ReportLogBench.New(8);
            SortedDictionary<uint, (uint Mark, byte Priority)> model = [];
            uint mark = 0;
            uint[] dropped = new uint[3], refused = new uint[3];
            foreach (Step step in steps)
            {
                switch (step.Kind)
                {
                    case 'a':
                        for (int i = 0; i < step.Count; i++)
                        {
                            Store(bench, model, ++mark, (byte)step.Priority, dropped, refused);
                        }

                        break;
                    case 'k' when model.Count > 0:
                        uint upTo = model.Keys.ElementAt((model.Count - 1) * step.Count / 100);
                        Assert.Equal(StdReturn.Ok, bench.Log.Acknowledge(bench.Log.Epoch, upTo));
                        Remove(model, [.. model.Keys.Where(number => number <= upTo)]);
                        Wait(bench);
                        break;
                    default:
                        Wait(bench);
                        uint acknowledged = bench.Log.AcknowledgedUpTo;
                        bench = bench.Restart();

                        // It may come back where there was no open sector to write it to; the client has these records.
                        bench.Log.Acknowledge(bench.Log.Epoch, acknowledged);
                        TakeCounters(bench, dropped, refused);
                        break;
                }

                Assert.Equal(model.Select(one => (one.Key, one.Value.Mark, one.Value.Priority)), bench.ReadAll().Select(r => (r.Number, ReportLogBench.MarkOf(r), r.Priority)));
                Assert.Equal(dropped, Enumerable.Range(0, 3).Select(p => bench.Log.DroppedOf((byte)p)));
            }
        },
        80);

    private static void Store(ReportLogBench bench, SortedDictionary<uint, (uint Mark, byte Priority)> model, uint mark, byte priority, uint[] dropped, uint[] refused)
    {
        uint number = bench.Log.NextSequence;
        bench.Store(mark, priority, Body);
        HashSet<uint> there = [.. bench.ReadAll().Select(r => r.Number)];
        uint[] gone = [.. model.Keys.Where(one => !there.Contains(one))];
        if (gone.Length > 0)
        {
            byte lowest = model.Values.Min(one => one.Priority);
            Assert.All(gone, one => Assert.InRange(model[one].Priority, lowest, priority));
            foreach (IGrouping<byte, uint> some in gone.GroupBy(one => model[one].Priority))
            {
                Assert.Equal(model.Where(one => one.Value.Priority == some.Key).Select(one => one.Key).Take(some.Count()), some);
            }
        }

        foreach (uint one in gone)
        {
            dropped[model[one].Priority]++;
        }

        Remove(model, gone);
        if (there.Contains(number))
        {
            model.Add(number, (mark, priority));
        }
        else
        {
            dropped[priority]++;
            refused[priority]++;
            Assert.All(model.Values, one => Assert.True(one.Priority > priority));
        }
    }

    private static void Wait(ReportLogBench bench)
    {
        uint until = bench.NowMs + 1100;
        bench.Run(() => bench.NowMs == until);
    }

    // What was given up is counted before it is erased; what was never taken may be forgotten where no sector was open.
    private static void TakeCounters(ReportLogBench bench, uint[] dropped, uint[] refused)
    {
        for (byte priority = 0; priority < 3; priority++)
        {
            Assert.InRange(bench.Log.DroppedOf(priority), dropped[priority] - refused[priority], dropped[priority]);
            dropped[priority] = bench.Log.DroppedOf(priority);
            refused[priority] = 0;
        }
    }

    private static void Remove(SortedDictionary<uint, (uint Mark, byte Priority)> model, uint[] numbers)
    {
        foreach (uint number in numbers)
        {
            model.Remove(number);
        }
    }

    private sealed record Step(char Kind, int Priority, int Count);
}
