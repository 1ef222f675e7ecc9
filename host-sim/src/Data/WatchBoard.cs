// What somebody who looks sees: the newest value of each signal, the last events, and counts.
// Invariants: a value that comes late does not replace a newer one; ages are in the time of the vehicle, whose newest report is as old as
// the wall clock says since it came, so that a simulation that runs fast or in another year has ages as well. The memory is bounded by
// the signals that there are.
// Tests: tests/host-sim/Data/WatchBoardTests.cs.
using System.Globalization;

namespace EsyncSim.Data;

/// <summary>Newest value of a signal.</summary>
/// <param name="Vehicle">The vehicle.</param>
/// <param name="Ecu">The ECU.</param>
/// <param name="Value">The value.</param>
/// <param name="Unit">Its unit; empty for none.</param>
/// <param name="UtcMs">Its moment.</param>
public sealed record WatchRow(string Vehicle, string Ecu, VssValue Value, string Unit, long UtcMs);

/// <summary>Something that has happened.</summary>
public sealed record WatchEvent(string Vehicle, string Ecu, LogReportBody Report);

/// <summary>Collects what passes.</summary>
/// <param name="vehicle">Vehicle that is wanted; null for all.</param>
/// <param name="signals">Paths that are wanted, * for any characters; none for all.</param>
public sealed class WatchBoard(string? vehicle, IReadOnlyList<string> signals)
{
    /// <summary>Events that are kept.</summary>
    public const int EventCountMax = 50;

    private readonly SortedDictionary<(string Vehicle, string Ecu, string Path), WatchRow> _rows = new(
        Comparer<(string Vehicle, string Ecu, string Path)>.Create((a, b) => string.CompareOrdinal($"{a.Vehicle}\0{a.Ecu}\0{a.Path}", $"{b.Vehicle}\0{b.Ecu}\0{b.Path}")));

    private readonly Dictionary<string, (long UtcMs, long CameMs)> _newest = [];
    private readonly List<WatchEvent> _events = [];

    /// <summary>Newest values, by vehicle, ECU and path.</summary>
    public IReadOnlyCollection<WatchRow> Rows => _rows.Values;

    /// <summary>The last events, the newest last.</summary>
    public IReadOnlyList<WatchEvent> Events => _events;

    /// <summary>Records that passed.</summary>
    public long RecordCount { get; private set; }

    /// <summary>Values that passed and are wanted.</summary>
    public long ValueCount { get; private set; }

    /// <summary>Takes records; returns the values and events in them that are wanted.</summary>
    /// <param name="from">The vehicle.</param>
    /// <param name="batch">The message that they came in.</param>
    /// <param name="records">The records.</param>
    /// <param name="nowMs">The wall clock, in milliseconds.</param>
    public (IReadOnlyList<WatchRow> Values, IReadOnlyList<WatchEvent> Events) Take(string from, DataBatch batch, IReadOnlyList<DataRecord> records, long nowMs)
    {
        if (vehicle is not null && from != vehicle)
        {
            return ([], []);
        }

        RecordCount += records.Count;
        WatchRow[] values = [.. records.SelectMany(record => record.Values ?? []).Where(value => DataExport.IsWanted(value.Path, signals)).Select(value => RowOf(from, batch, value))];
        foreach (WatchRow row in values)
        {
            Put(row, nowMs);
        }

        WatchEvent[] events = [.. records.Where(record => record.Event is not null).Select(record => new WatchEvent(from, batch.Ecu, record.Event!.Body))];
        _events.AddRange(events);
        _events.RemoveRange(0, Math.Max(_events.Count - EventCountMax, 0));
        return (values, events);
    }

    /// <summary>How old a value is, in milliseconds.</summary>
    public long AgeMs(WatchRow row, long nowMs)
    {
        (long utcMs, long cameMs) = _newest[row.Vehicle];
        return Math.Max(utcMs - row.UtcMs + nowMs - cameMs, 0);
    }

    /// <summary>An age in one or two words.</summary>
    public static string AgeText(long ageMs) => ageMs switch
    {
        < 10_000 => (ageMs / 1000.0).ToString("0.0 s", CultureInfo.InvariantCulture),
        < 120_000 => string.Create(CultureInfo.InvariantCulture, $"{ageMs / 1000} s"),
        < 7_200_000 => string.Create(CultureInfo.InvariantCulture, $"{ageMs / 60_000} min"),
        < 172_800_000 => string.Create(CultureInfo.InvariantCulture, $"{ageMs / 3_600_000} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{ageMs / 86_400_000} d"),
    };

    private static WatchRow RowOf(string vehicle, DataBatch batch, VssValue value) =>
        new(vehicle, batch.Ecu, value, batch.Units?.GetValueOrDefault(value.Path) ?? string.Empty, UtcText.TryParse(value.Ts)!.Value);

    private void Put(WatchRow row, long nowMs)
    {
        ValueCount++;
        if (!_newest.TryGetValue(row.Vehicle, out (long UtcMs, long CameMs) newest) || row.UtcMs >= newest.UtcMs)
        {
            _newest[row.Vehicle] = (row.UtcMs, nowMs);
        }

        (string Vehicle, string Ecu, string Path) key = (row.Vehicle, row.Ecu, row.Value.Path);
        if (!_rows.TryGetValue(key, out WatchRow? known) || row.UtcMs >= known.UtcMs)
        {
            _rows[key] = row;
        }
    }
}
