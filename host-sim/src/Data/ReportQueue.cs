// The client's store of records between ECUs and server: bounded, on disk, one queue for each ECU in segments that are only added to.
// Invariants: what TryAppend said true for is on the medium and survives every crash; of what it was adding when the crash came
// nothing half is ever seen; order and numbers of an ECU stay as they came; no more than BytesMax bytes wait, and whoever finds it full
// leaves the records where they are. A segment goes when the server has all of it. A damaged one is put aside, said, and never hidden:
// the next record still tells which one was before it.
// It must not know what records say, nor the network.
// Tests: tests/host-sim/Data/ReportQueueTests.cs (a crash at every file operation).
using System.Globalization;
using EsyncSim.Files;

namespace EsyncSim.Data;

/// <summary>Records that go to the server next.</summary>
/// <param name="Epoch">Life of the ECU's log.</param>
/// <param name="After">Number of the record before them; 0 when there was none.</param>
/// <param name="Records">The records, ascending.</param>
public sealed record QueuedBatch(uint Epoch, uint After, IReadOnlyList<ReportRecord> Records);

/// <summary>A queue of records on disk.</summary>
public sealed class ReportQueue : IDisposable
{
    /// <summary>Bytes of a queue when nothing else is said.</summary>
    public const long BytesMaxByDefault = 16 << 20;

    /// <summary>Bytes that a queue must be allowed at least.</summary>
    public const long BytesMaxMin = 2 * QueueSegment.LengthMax;

    // The longest message of ISO-TP with a length of 12 bits.
    private const int AnswerLengthMax = 4095;

    private const string Extension = ".queue", Damaged = ".damaged";

    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly IDisposable _lock;
    private readonly Dictionary<string, List<QueueSegment>> _ecus = [];
    private readonly List<string> _damages = [];
    private long _nextNumber = 1;

    private ReportQueue(IFileSystem files, string directory, long bytesMax, IDisposable held)
    {
        _files = files;
        _directory = directory;
        _lock = held;
        BytesMax = bytesMax;
    }

    /// <summary>Where it lies.</summary>
    public string Directory => _directory;

    /// <summary>Bytes that may wait.</summary>
    public long BytesMax { get; }

    /// <summary>True when an ECU's longest answer might find no room.</summary>
    public bool IsFull => Bytes + AnswerLengthMax > BytesMax;

    /// <summary>Bytes that wait.</summary>
    public long Bytes => _ecus.Values.Sum(segments => segments.Sum(segment => (long)segment.Length));

    /// <summary>What was damaged when the queue was opened, a line each.</summary>
    public IReadOnlyList<string> Damages => _damages;

    /// <summary>ECUs whose records wait.</summary>
    public IReadOnlyList<string> Ecus => [.. _ecus.Where(ecu => ecu.Value.Count > 0).Select(ecu => ecu.Key)];

    /// <summary>Opens a queue, or begins one; the directory is made when it is not there.</summary>
    /// <exception cref="UserErrorException">Another process has it, or the bound is too narrow.</exception>
    /// <exception cref="IOException">The disk does not let it be read.</exception>
    public static ReportQueue Open(IFileSystem files, string directory, long bytesMax = BytesMaxByDefault)
    {
        if (bytesMax < BytesMaxMin)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"a queue of {bytesMax} bytes is too small: it takes {BytesMaxMin} at least");
        }

        files.CreateDirectory(directory);
        IDisposable held = files.TryLock(Path.Combine(directory, "lock"))
            ?? throw new UserErrorException(ExitCode.BadFile, $"the queue in {directory} is in use by another process; end that one, or name another directory");
        ReportQueue queue = new(files, directory, bytesMax, held);
        try
        {
            queue.Load();
            return queue;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Records of an ECU that wait.</summary>
    public int CountOf(string ecu) => Segments(ecu).Sum(segment => segment.Waiting);

    /// <summary>Life of the log and number of the last record that waits; null when none does.</summary>
    public (uint Epoch, uint Sequence)? LastOf(string ecu) => Segments(ecu) is [.., { } last] ? (last.Epoch, last.Last) : null;

    /// <summary>All records of an ECU that wait, in order, with the life of the log that each is of.</summary>
    public IEnumerable<(uint Epoch, ReportRecord Record)> AllOf(string ecu) =>
        Segments(ecu).SelectMany(segment => segment.Read(_files).Select(record => (segment.Epoch, record)));

    /// <summary>Takes records; true when they are on the medium, false when there is no room for them.</summary>
    /// <param name="ecu">Where they are from.</param>
    /// <param name="epoch">Life of its log.</param>
    /// <param name="previous">Number of the record before the first one, by who took that.</param>
    /// <param name="records">The records, ascending, one at least.</param>
    /// <exception cref="IOException">The disk does not take them; nothing was taken.</exception>
    public bool TryAppend(string ecu, uint epoch, uint previous, IReadOnlyList<ReportRecord> records)
    {
        int bytes = records.Sum(record => record.Bytes.Length);
        if (Bytes + bytes + QueueSegment.HeadLength > BytesMax)
        {
            return false;
        }

        List<QueueSegment> segments = Segments(ecu);
        QueueSegment? last = segments is [.., { } open] ? open : null;
        if (last?.CanTake(epoch, previous, bytes) == true)
        {
            last.Append(_files, records);
        }
        else
        {
            string path = Path.Combine(_directory, string.Create(CultureInfo.InvariantCulture, $"{Uri.EscapeDataString(ecu)}-{_nextNumber:D12}{Extension}"));
            segments.Add(QueueSegment.Create(_files, path, epoch, previous, records));
            _nextNumber++;
        }

        return true;
    }

    /// <summary>The first records that wait of an ECU; null when none do.</summary>
    /// <param name="ecu">The ECU.</param>
    /// <param name="countMax">Records at most.</param>
    /// <param name="bytesMax">Bytes at most, but one record in any case.</param>
    public QueuedBatch? Peek(string ecu, int countMax, int bytesMax)
    {
        List<QueueSegment> segments = Segments(ecu);
        while (segments is [{ Waiting: 0 } done, ..])
        {
            Remove(segments, done);
        }

        return segments is [{ } first, ..] ? first.Peek(_files, countMax, bytesMax) : null;
    }

    /// <summary>The server has an ECU's records of a life of its log up to a number. Other lives are untouched.</summary>
    public void Acknowledge(string ecu, uint epoch, uint upTo)
    {
        List<QueueSegment> segments = Segments(ecu);
        foreach (QueueSegment segment in segments.TakeWhile(segment => segment.Epoch == epoch && segment.Previous < upTo).ToArray())
        {
            segment.Acknowledge(_files, upTo);
            if (segment.Waiting == 0)
            {
                Remove(segments, segment);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    private List<QueueSegment> Segments(string ecu)
    {
        if (!_ecus.TryGetValue(ecu, out List<QueueSegment>? segments))
        {
            _ecus[ecu] = segments = [];
        }

        return segments;
    }

    // A crash that takes the removal along costs a repetition, which the server knows for one.
    private void Remove(List<QueueSegment> segments, QueueSegment segment)
    {
        _files.Delete(segment.Path);
        segments.Remove(segment);
    }

    private void Load()
    {
        foreach (string path in _files.List(_directory))
        {
            string name = Path.GetFileNameWithoutExtension(path);
            int dash = name.LastIndexOf('-');
            if (Path.GetExtension(path) != Extension || dash < 0 || !long.TryParse(name.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            {
                continue;
            }

            _nextNumber = Math.Max(_nextNumber, number + 1);
            Load(Uri.UnescapeDataString(name[..dash]), path);
        }
    }

    private void Load(string ecu, string path)
    {
        List<QueueSegment> segments = Segments(ecu);
        QueueSegment? segment = QueueSegment.TryOpen(_files, path);
        if (segment is null)
        {
            _files.Replace(path, path + Damaged);
            _damages.Add($"{path} is damaged; it is put aside as {Path.GetFileName(path)}{Damaged}, and its records are lost");
            return;
        }

        QueueSegment? before = segments is [.., { } last] && last.Epoch == segment.Epoch ? last : null;
        if (before?.Last > segment.Previous)
        {
            before.CutAfter(_files, segment.Previous);
        }
        else if (before?.Last < segment.Previous)
        {
            _damages.Add($"{before.Path} is damaged: {ecu}'s records {before.Last + 1} to {segment.Previous} are lost");
        }

        segments.Add(segment);
    }
}
