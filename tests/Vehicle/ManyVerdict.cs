// What must hold of all that a bench full of signals has brought to its server, whatever happened on the way.
using EsyncSim.Bus;
using EsyncSim.Data;
using Xunit;

namespace EsyncTests.Vehicle;

public sealed class ManyVerdict
{
    // From a value's moment to the turn that knows it, and from a turn's beginning to its end.
    private const long LagNs = 20 * VirtualTime.NsPerMs;

    private readonly ManyBench _bench;

    /// <summary>A verdict on a bench.</summary>
    public ManyVerdict(ManyBench bench) => _bench = bench;

    /// <summary>Milliseconds by which the latest periodic sample of each ECU was late.</summary>
    public Dictionary<string, long> LatestMs { get; } = [];

    /// <summary>Values that were held against what was published.</summary>
    public long ValueCount { get; private set; }

    /// <summary>Every record that an ECU has numbered is here once, in order; what is not, the ECU has counted as dropped, or left out at a start.</summary>
    public void AssertAllArrivedOnce(bool mayDrop = false)
    {
        foreach (ManyEcu ecu in _bench.Ecus)
        {
            StreamFigures figures = Assert.Single(_bench.Store.Figures(), stream => stream.Ecu == ecu.Name);
            uint[] numbers = [.. Of(ecu).Select(record => record.Sequence)];
            Assert.True(numbers.Zip(numbers.Skip(1)).All(pair => pair.First < pair.Second), $"{ecu.Name}: out of order or twice");
            long dropped = figures.Dropped.Low + figures.Dropped.Normal + figures.Dropped.High;
            Assert.Equal((figures.Records, (long)figures.Last, 0L), (numbers.LongLength, numbers[^1], figures.Lost));
            Assert.True(mayDrop || dropped == 0, $"{ecu.Name} has dropped {dropped}");
            Assert.Equal(figures.Last, numbers.LongLength + figures.Gaps);
            Assert.Equal(figures.Gaps, figures.Skipped + dropped);
            Assert.InRange(figures.Skipped, 0, ecu.StartsNs.Count - 1);
            Assert.Equal(0u, figures.Dropped.Expired);
        }
    }

    /// <summary>All signals of all ECUs are here, and each value is one that was in force when its sample was taken, dated right.</summary>
    public void AssertValues(int samplesMin)
    {
        ValueCount = 0;
        foreach (ManyEcu ecu in _bench.Ecus)
        {
            Dictionary<string, int> samples = ecu.Definition.SignalEntries.ToDictionary(signal => signal.Definition.Path, _ => 0);
            foreach (DataRecord record in Of(ecu))
            {
                long atNs = ecu.StartsNs[record.Boot] + (record.Ms * VirtualTime.NsPerMs);
                long errorMs = UtcText.TryParse(record.Ts)!.Value - ManyBench.Begin - (atNs / VirtualTime.NsPerMs);
                Assert.True(Math.Abs(errorMs) <= 60 || record.IsEstimated == true, $"{ecu.Name}, record {record.Sequence} ({record.Kind}) is dated wrong by {errorMs} ms");
                foreach (VssValue value in record.Values ?? [])
                {
                    Assert.True(value.Quality is null or "never-set", $"{ecu.Name}, record {record.Sequence}: {value.Path} is {value.Quality}");
                    Assert.True(
                        ecu.Truth.Had(value.Path, value.Value?.Number, atNs - LagNs, atNs + LagNs),
                        $"{ecu.Name}, record {record.Sequence} of {atNs / VirtualTime.NsPerMs} ms: {value.Path} never was {value.Value?.Number}");
                    samples[value.Path] += value.Value is null ? 0 : 1;
                    ValueCount++;
                }
            }

            Assert.All(samples, sample => Assert.True(sample.Value >= samplesMin, $"{ecu.Name}: {sample.Key} is here {sample.Value} times"));
        }
    }

    /// <summary>No trigger is missing: periods come as a row without gap, and each rule's triggers are counted without one.</summary>
    public void AssertNoTriggerMissing()
    {
        foreach (ManyEcu ecu in _bench.Ecus)
        {
            foreach (IGrouping<(ushort Boot, byte? Rule), DataRecord> rule in Of(ecu).Where(record => record.Kind == "sample").GroupBy(record => (record.Boot, record.Rule)))
            {
                DataRecord[] triggers = [.. rule.Where(record => record.Cause is not ("before" or "after"))];
                Assert.Equal(Enumerable.Range(1, triggers.Length).Select(count => (ushort?)count), triggers.Select(record => record.Trigger));
                if (rule.Key.Rule <= _bench.Plan.PeriodsMs.Count)
                {
                    AssertRow(ecu, rule.Key.Rule!.Value, triggers);
                }
            }
        }
    }

    /// <summary>Every change of a DTC is here, with its snapshot, and each failure has its samples before and after.</summary>
    public void AssertDtcs()
    {
        foreach (ManyEcu ecu in _bench.Ecus)
        {
            DataRecord[] changes = [.. Of(ecu).Where(record => record.Kind == "dtc")];
            Assert.Equal(ecu.DtcChanges, changes.Length);
            DataRecord[] failed = [.. changes.Where(change => change.Event!.Body.Level == "WARN")];
            Assert.All(failed, change => Assert.Equal(4, change.Values?.Count));
            DataRecord[] samples = [.. Of(ecu).Where(record => record.Rule == 12)];
            int failures = failed.Length;
            Assert.Equal(failures, samples.Count(record => record.Cause == "dtc"));
            Assert.Equal(10 * failures, samples.Count(record => record.Cause == "after"));
            Assert.Equal(4 * failures, samples.Count(record => record.Cause == "before"));
        }
    }

    /// <summary>Records of an ECU as they came.</summary>
    public IEnumerable<DataRecord> Of(ManyEcu ecu) => _bench.Arrived.Where(arrived => arrived.Ecu == ecu.Name).Select(arrived => arrived.Record);

    private void AssertRow(ManyEcu ecu, byte rule, DataRecord[] samples)
    {
        int periodMs = _bench.Plan.PeriodsMs[rule - 1];
        long half = periodMs / 2;
        long phase = samples.Min(record => (record.Ms - samples[0].Ms + half) % periodMs);
        foreach ((DataRecord sample, int i) in samples.Select((record, i) => (record, i)))
        {
            long lateMs = ((sample.Ms - samples[0].Ms + half) % periodMs) - phase;
            LatestMs[ecu.Name] = Math.Max(LatestMs.GetValueOrDefault(ecu.Name), lateMs);
            Assert.True(Math.Abs(sample.Ms - samples[0].Ms - (i * (long)periodMs)) < half, $"{ecu.Name}, rule {rule}: of sample {i} there is none or another, but number {sample.Sequence}");
        }
    }
}
