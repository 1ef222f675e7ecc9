// The last lines of what has happened, with numbers that only grow.
// Invariant: memory is bounded by the number of lines. Tests: tests/host-sim/Web/BenchViewTests.cs.
namespace EsyncSim.Web;

/// <summary>Keeps notes.</summary>
/// <param name="nowMs">UTC in milliseconds since 1970.</param>
internal sealed class NoteBook(Func<long> nowMs)
{
    /// <summary>Notes that are kept.</summary>
    public const int CountMax = 200;

    private readonly List<NoteView> _notes = [];
    private long _number;

    /// <summary>The notes, the newest last.</summary>
    public IReadOnlyList<NoteView> All => _notes;

    /// <summary>Adds one.</summary>
    public void Add(string ecu, string level, string text)
    {
        _notes.Add(new NoteView(++_number, nowMs(), ecu, level, text));
        _notes.RemoveRange(0, Math.Max(_notes.Count - CountMax, 0));
    }
}
