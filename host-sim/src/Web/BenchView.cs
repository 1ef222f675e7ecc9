// How a bench looks: everything at once for a page that comes, then only what is different.
// Invariants: a part of a delta is the new state of what it names, so that one that comes twice does no harm; curves, rows and notes
// carry moments or numbers by which a page knows those that it has. A delta is bounded, whatever goes on on the bus.
// On the pump's thread only. Tests: tests/host-sim/Web/BenchViewTests.cs.
using System.Text.Json;

namespace EsyncSim.Web;

/// <summary>What a view shows.</summary>
internal interface IBenchSource
{
    /// <summary>UTC in milliseconds since 1970.</summary>
    long NowMs { get; }

    /// <summary>The bench.</summary>
    BenchHead Head { get; }

    /// <summary>Its ECUs.</summary>
    IReadOnlyList<EcuView> Ecus { get; }

    /// <summary>Its bus, without points.</summary>
    BusView Bus { get; }

    /// <summary>Points of the bus's load.</summary>
    PointRing Load { get; }

    /// <summary>Faults in force.</summary>
    IReadOnlyList<FaultView> Faults { get; }

    /// <summary>Signals.</summary>
    SignalWatch Signals { get; }

    /// <summary>The trace.</summary>
    TraceLog Trace { get; }

    /// <summary>What has happened, the newest last.</summary>
    IReadOnlyList<NoteView> Notes { get; }
}

/// <summary>Makes snapshots and deltas.</summary>
internal sealed class BenchView(IBenchSource source)
{
    /// <summary>Rows of the trace in a snapshot.</summary>
    public const int SnapshotRowsMax = 400;

    /// <summary>Rows of the trace in a delta.</summary>
    public const int DeltaRowsMax = 150;

    private readonly Dictionary<string, byte[]> _ecus = [];
    private byte[] _faults = [];
    private long _loadTold;
    private long _rowTold;
    private long _noteTold;

    /// <summary>Everything.</summary>
    public BenchUpdate Snapshot()
    {
        source.Trace.Close();
        return new BenchUpdate
        {
            NowMs = source.NowMs,
            Head = source.Head,
            Ecus = source.Ecus,
            Bus = source.Bus with { Points = Flat(source.Load.After(0)) },
            Faults = source.Faults,
            Signals = source.Signals.All,
            Trace = source.Trace.After(0, SnapshotRowsMax),
            Notes = source.Notes,
        };
    }

    /// <summary>What is different since the last delta.</summary>
    public BenchUpdate Delta()
    {
        source.Trace.Close();
        EcuView[] ecus = [.. source.Ecus.Where(IsDifferent)];
        IReadOnlyList<FaultView> faults = source.Faults;
        byte[] faultBytes = JsonSerializer.SerializeToUtf8Bytes(new BenchUpdate { Faults = faults }, BenchJsonContext.Default.BenchUpdate);
        bool areFaultsNew = !faultBytes.AsSpan().SequenceEqual(_faults);
        _faults = faultBytes;
        IReadOnlyList<TraceRow> rows = source.Trace.After(_rowTold, DeltaRowsMax);
        long skipped = source.Trace.Newest - _rowTold - rows.Count;
        _rowTold = source.Trace.Newest;
        NoteView[] notes = [.. source.Notes.Where(note => note.Number > _noteTold)];
        _noteTold = notes.Length > 0 ? notes[^1].Number : _noteTold;
        IReadOnlyList<CurvePoint> load = source.Load.After(_loadTold);
        _loadTold = source.Load.Count;
        return new BenchUpdate
        {
            NowMs = source.NowMs,
            Ecus = ecus.Length > 0 ? ecus : null,
            Bus = load.Count > 0 ? source.Bus with { Points = Flat(load) } : null,
            Faults = areFaultsNew ? faults : null,
            Signals = source.Signals.TakeNew(),
            Trace = rows.Count > 0 ? rows : null,
            TraceSkipped = skipped > 0 ? skipped : null,
            Notes = notes.Length > 0 ? notes : null,
        };
    }

    private static double[] Flat(IEnumerable<CurvePoint> points) => [.. points.SelectMany(point => new[] { point.UtcMs, Math.Round(point.Value, 2) })];

    private bool IsDifferent(EcuView ecu)
    {
        byte[] now = JsonSerializer.SerializeToUtf8Bytes(new BenchUpdate { Ecus = [ecu] }, BenchJsonContext.Default.BenchUpdate);
        bool isSame = _ecus.TryGetValue(ecu.Name, out byte[]? before) && before.AsSpan().SequenceEqual(now);
        _ecus[ecu.Name] = now;
        return !isSame;
    }
}
