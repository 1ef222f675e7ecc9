// Signals that have reached the server, as curves: what rules have the ECUs collect, by the way of reports.
// Invariants: a fixed number of points for each signal; a value that comes late does not stand before a newer one. Values that are none
// (never set) make no point.
// Tests: tests/host-sim/Web/BenchTests.cs.
using EsyncSim.Data;

namespace EsyncSim.Web;

/// <summary>Collects values.</summary>
internal sealed class SignalWatch
{
    /// <summary>Points that are kept of each signal.</summary>
    public const int PointCountMax = 300;

    private readonly SortedDictionary<string, Curve> _curves = new(StringComparer.Ordinal);

    /// <summary>Takes the values of a batch.</summary>
    public void Take(DataBatch batch, IReadOnlyList<DataRecord> records)
    {
        foreach (VssValue value in records.SelectMany(record => record.Values ?? []))
        {
            string id = $"{batch.Ecu} {value.Path}";
            if (!_curves.TryGetValue(id, out Curve? curve))
            {
                _curves[id] = curve = new Curve(id, batch.Ecu, value.Path);
            }

            curve.Take(value, batch.Units?.GetValueOrDefault(value.Path) ?? curve.Unit, UtcText.TryParse(value.Ts) ?? 0);
        }
    }

    /// <summary>All signals with all their points.</summary>
    public IReadOnlyList<SignalView> All => [.. _curves.Values.Select(curve => curve.View(0))];

    /// <summary>Signals that have changed since the last call, each with its new points; null when none has.</summary>
    public IReadOnlyList<SignalView>? TakeNew()
    {
        SignalView[] changed = [.. _curves.Values.Where(curve => curve.IsChanged).Select(curve => curve.TakeNew())];
        return changed.Length == 0 ? null : changed;
    }

    private sealed class Curve(string id, string ecu, string path)
    {
        private readonly PointRing _points = new(PointCountMax);
        private string _text = "–";
        private string _quality = string.Empty;
        private long _utcMs;
        private long _told;

        public string Unit { get; private set; } = string.Empty;

        public bool IsChanged { get; private set; }

        public void Take(VssValue value, string unit, long utcMs)
        {
            if (utcMs < _utcMs)
            {
                return;
            }

            _utcMs = utcMs;
            Unit = unit;
            _text = value.Value is null ? "–" : ExportWriter.Text(value.Value);
            _quality = value.Quality ?? string.Empty;
            IsChanged = true;
            if (value.Value is { } scalar && _points.Newest?.UtcMs != utcMs)
            {
                _points.Add(new CurvePoint(utcMs, scalar.Number));
            }
        }

        public SignalView View(long known) => new(id, ecu, path, Unit, _text, _quality, _utcMs, [.. _points.After(known).SelectMany(point => new[] { point.UtcMs, point.Value })]);

        public SignalView TakeNew()
        {
            SignalView view = View(_told);
            _told = _points.Count;
            IsChanged = false;
            return view;
        }
    }
}
