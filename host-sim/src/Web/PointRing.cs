// Points of a curve over time: the last so many, older ones make room.
// Invariants: fixed memory; points are counted from 1, so that a reader takes those behind the last one it has.
// Tests: tests/host-sim/Web/CurveTests.cs.
namespace EsyncSim.Web;

/// <summary>One point.</summary>
/// <param name="UtcMs">Its moment, UTC in milliseconds since 1970.</param>
/// <param name="Value">Its value.</param>
public readonly record struct CurvePoint(long UtcMs, double Value);

/// <summary>The last points of a curve.</summary>
/// <param name="capacity">How many are kept.</param>
public sealed class PointRing(int capacity)
{
    private readonly CurvePoint[] _points = new CurvePoint[capacity];

    /// <summary>Points that were ever added.</summary>
    public long Count { get; private set; }

    /// <summary>The newest one; null when there is none.</summary>
    public CurvePoint? Newest => Count == 0 ? null : _points[(Count - 1) % _points.Length];

    /// <summary>Adds a point.</summary>
    public void Add(CurvePoint point)
    {
        _points[Count % _points.Length] = point;
        Count++;
    }

    /// <summary>Points behind the first <paramref name="known"/>, the oldest first, as far as they are kept.</summary>
    public IReadOnlyList<CurvePoint> After(long known)
    {
        long first = Math.Max(known, Count - _points.Length);
        return [.. Enumerable.Range(0, (int)Math.Max(Count - first, 0)).Select(i => _points[(first + i) % _points.Length])];
    }
}
