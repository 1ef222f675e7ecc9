// From an ECU's own time (number of the start, milliseconds of it) to UTC. The ECU has no clock that runs on without power: its
// records are dated by the moments at which it was told the time, also those that were made before.
// Invariants: of several correlations of one start the nearest counts, so that a clock that drifts is right around each of them; the
// wrap of the 32-bit milliseconds does no harm while each record lies within 24 days of a correlation of its start. Records of a start
// without any are put between its neighbours, in order, keeping their distances, and marked as estimated. The memory is bounded.
// It must not know what records say beside their time.
// Tests: tests/host-sim/Data/TimeLineTests.cs.
namespace EsyncSim.Data;

/// <summary>A moment of one start that is known in UTC.</summary>
/// <param name="Epoch">Life of the report log.</param>
/// <param name="Boot">Number of the start.</param>
/// <param name="Ms">Milliseconds of it, modulo 2^32.</param>
/// <param name="Sequence">Number of the record at that moment, or of the next one: where in the log it belongs.</param>
/// <param name="UtcMs">The moment, in milliseconds since 1970.</param>
public readonly record struct TimeCorrelation(uint Epoch, ushort Boot, uint Ms, uint Sequence, long UtcMs);

/// <summary>What is known of one start.</summary>
/// <param name="Epoch">Life of the report log.</param>
/// <param name="Boot">Number of the start.</param>
/// <param name="FirstSequence">Lowest number of its records that was met.</param>
/// <param name="LengthMs">Highest milliseconds that were met.</param>
/// <param name="SignalTableId">Table that its values are of; null when its start record was not met.</param>
public readonly record struct BootSpan(uint Epoch, ushort Boot, uint FirstSequence, uint LengthMs, uint? SignalTableId);

/// <summary>UTC of a record.</summary>
/// <param name="UtcMs">Milliseconds since 1970.</param>
/// <param name="IsEstimated">True when its start never was told the time.</param>
public readonly record struct ReportTime(long UtcMs, bool IsEstimated);

/// <summary>Dates an ECU's records.</summary>
public sealed class TimeLine
{
    /// <summary>Correlations that are kept; the oldest is forgotten first.</summary>
    public const int CorrelationCountMax = 256;

    /// <summary>Starts that are kept; the oldest is forgotten first.</summary>
    public const int BootCountMax = 512;

    private readonly List<TimeCorrelation> _correlations = [];
    private readonly List<BootSpan> _boots = [];

    /// <summary>Counts what is new and was not learned from the length of a start alone.</summary>
    public int Revision { get; private set; }

    /// <summary>All correlations, in the order in which they came.</summary>
    public IReadOnlyList<TimeCorrelation> Correlations => _correlations;

    /// <summary>All starts, in the order of their first records.</summary>
    public IReadOnlyList<BootSpan> Boots => _boots;

    /// <summary>Takes up what a former run knew.</summary>
    public static TimeLine From(IEnumerable<TimeCorrelation> correlations, IEnumerable<BootSpan> boots)
    {
        TimeLine line = new();
        line._boots.AddRange(boots);
        foreach (TimeCorrelation correlation in correlations)
        {
            line.Correlate(correlation);
        }

        return line;
    }

    /// <summary>True when a start was told the time.</summary>
    public bool Knows(uint epoch, ushort boot) => _correlations.Exists(known => known.Epoch == epoch && known.Boot == boot);

    /// <summary>The table that a start's values are of; null when that is not known.</summary>
    public uint? TableOf(uint epoch, ushort boot) => IndexOf(epoch, boot) is >= 0 and int index ? _boots[index].SignalTableId : null;

    /// <summary>Takes a correlation; false when it is known already.</summary>
    public bool Correlate(TimeCorrelation correlation)
    {
        if (_correlations.Contains(correlation))
        {
            return false;
        }

        Revision++;
        _correlations.Add(correlation);
        _correlations.RemoveRange(0, Math.Max(_correlations.Count - CorrelationCountMax, 0));
        Meet(correlation.Epoch, correlation.Boot, correlation.Sequence, correlation.Ms, null);
        return true;
    }

    /// <summary>Meets a record: how far its start went, the time and the table that it may tell.</summary>
    public void Observe(uint epoch, ReportRecord record)
    {
        ReportBody? body = record.Kind is ReportKind.Time or ReportKind.Start ? ReportBody.Of(record, null) : null;
        if (body is ReportBody.Time time)
        {
            Correlate(new TimeCorrelation(epoch, record.Boot, record.Ms, record.Sequence, time.UtcMs));
        }

        Meet(epoch, record.Boot, record.Sequence, record.Ms, (body as ReportBody.Start)?.SignalTableId);
    }

    /// <summary>UTC of a record; null while nothing at all is known of this life of the log.</summary>
    public ReportTime? TimeOf(uint epoch, ushort boot, uint ms, uint sequence)
    {
        if (NearestIn(epoch, boot, sequence) is not { } near)
        {
            return IndexOf(epoch, boot) is >= 0 and int index && Estimate(index, ms) is { } utcMs ? new ReportTime(Clamp(utcMs), true) : null;
        }

        // By the log's order first, which the wrap does not disturb, then by time.
        long about = At(near, ms);
        TimeCorrelation nearest = _correlations
            .Where(known => known.Epoch == epoch && known.Boot == boot)
            .MinBy(known => Math.Abs(known.UtcMs - about));
        return new ReportTime(Clamp(At(nearest, ms)), false);
    }

    private static long At(TimeCorrelation correlation, uint ms) => correlation.UtcMs + (int)(ms - correlation.Ms);

    private static long Clamp(long utcMs) => Math.Clamp(utcMs, 0, UtcText.MsMax);

    private TimeCorrelation? NearestIn(uint epoch, ushort boot, uint sequence)
    {
        TimeCorrelation[] own = [.. _correlations.Where(known => known.Epoch == epoch && known.Boot == boot)];
        return own.Length == 0 ? null : own.MinBy(known => Math.Abs((long)known.Sequence - sequence));
    }

    private void Meet(uint epoch, ushort boot, uint sequence, uint ms, uint? table)
    {
        int index = IndexOf(epoch, boot);
        BootSpan known = index < 0 ? new BootSpan(epoch, boot, sequence, ms, table) : _boots[index];
        if (index >= 0)
        {
            _boots.RemoveAt(index);
        }

        BootSpan met = known with { FirstSequence = Math.Min(known.FirstSequence, sequence), LengthMs = Math.Max(known.LengthMs, ms), SignalTableId = table ?? known.SignalTableId };
        Revision += index < 0 || met.SignalTableId != known.SignalTableId ? 1 : 0;
        int place = _boots.FindLastIndex(other => other.Epoch == epoch && other.FirstSequence <= met.FirstSequence) + 1;
        _boots.Insert(place > 0 ? place : FirstOf(epoch), met);
        _boots.RemoveRange(0, Math.Max(_boots.Count - BootCountMax, 0));
    }

    // Starts of one life stand together, the youngest life last.
    private int FirstOf(uint epoch) => _boots.FindIndex(other => other.Epoch == epoch) is >= 0 and int index ? index : _boots.Count;

    private int IndexOf(uint epoch, ushort boot) => _boots.FindIndex(known => known.Epoch == epoch && known.Boot == boot);

    // What lies between two starts that are dated is shared out evenly over the pauses between those that are not.
    private long? Estimate(int index, uint ms)
    {
        int before = _boots.FindLastIndex(index, IsDated), after = _boots.FindIndex(index, IsDated);
        bool hasBefore = before >= 0 && _boots[before].Epoch == _boots[index].Epoch, hasAfter = after >= 0 && _boots[after].Epoch == _boots[index].Epoch;
        if (!hasBefore && !hasAfter)
        {
            return null;
        }

        long begin = hasBefore ? EndOf(_boots[before]) : 0, end = hasAfter ? BeginOf(_boots[after]) : long.MaxValue;
        if (!hasBefore)
        {
            return end - Lengths(index, after) + ms;
        }

        long pause = hasAfter ? Math.Max(end - begin - Lengths(before + 1, after), 0) / (after - before) : 0;
        return Math.Min(begin + (pause * (index - before)) + Lengths(before + 1, index) + ms, end);
    }

    private bool IsDated(BootSpan boot) => Knows(boot.Epoch, boot.Boot);

    private long Lengths(int first, int end) => _boots[first..end].Sum(boot => (long)boot.LengthMs);

    private long EndOf(BootSpan boot) => TimeOf(boot.Epoch, boot.Boot, boot.LengthMs, uint.MaxValue)!.Value.UtcMs;

    private long BeginOf(BootSpan boot) => NearestIn(boot.Epoch, boot.Boot, 0) is { } first ? first.UtcMs - first.Ms : 0;
}
