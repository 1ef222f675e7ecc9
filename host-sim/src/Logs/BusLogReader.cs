// Reads logs of bus traffic, whoever wrote them: candump's file and screen forms, and Vector ASC. Frames come in the order of the file.
// Invariants: memory does not grow with the file; what is no classic data frame is counted by kind and left out, never taken for one; a
// line that is none of the log's is an error with file and line, for whoever goes on over it replays something else than was recorded.
// Tests: tests/host-sim/Logs/LogReaderTests.cs, LogRoundTripTests.cs.
using System.Text;

namespace EsyncSim.Logs;

/// <summary>Counts of what a log had besides data frames.</summary>
public sealed class LogLeftOut
{
    /// <summary>Remote frames.</summary>
    public int Remote { get; set; }

    /// <summary>Error frames.</summary>
    public int Error { get; set; }

    /// <summary>Frames of CAN FD.</summary>
    public int Fd { get; set; }

    /// <summary>Other events that a log may have: statistics, requests to send, marks of its tool.</summary>
    public int Event { get; set; }

    /// <summary>In words; empty when nothing was left out.</summary>
    public string Words => string.Join(", ", new[] { (Remote, "remote"), (Error, "error"), (Fd, "CAN FD"), (Event, "other") }
        .Where(kind => kind.Item1 > 0).Select(kind => $"{kind.Item1} {kind.Item2}"));
}

/// <summary>Reads one log.</summary>
public sealed class BusLogReader : IDisposable
{
    private const int LineLengthMax = 4096;

    private readonly string _path;
    private readonly TextReader _reader;
    private readonly LogLines _lines;
    private int _number;

    /// <summary>Begins to read.</summary>
    /// <param name="path">Name of the log; its ending .asc says that it is a Vector ASC, all others are candump.</param>
    /// <param name="reader">The text; it is closed with this object.</param>
    public BusLogReader(string path, TextReader reader)
    {
        _path = path;
        _reader = reader;
        _lines = BusLog.EndingOf(path) == ".asc" ? new AscLines() : new CandumpLines();
    }

    /// <summary>What was left out so far.</summary>
    public LogLeftOut LeftOut => _lines.LeftOut;

    /// <summary>Opens a file.</summary>
    /// <exception cref="UserErrorException">It is not there, or of a kind that is not read.</exception>
    public static BusLogReader Open(string path)
    {
        if (BusLog.EndingOf(path) is ".pcapng" or ".pcap" or ".blf" or ".trc" or ".mf4")
        {
            throw new UserErrorException(ExitCode.BadUsage, $"{path}: logs that are read are candump (.log) and Vector ASC (.asc); record it as one of these, or convert it");
        }

        try
        {
            return new BusLogReader(path, new StreamReader(path, Encoding.UTF8));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(ExitCode.BadFile, $"cannot read the log {path}: {error.Message}");
        }
    }

    /// <summary>All frames of a file.</summary>
    /// <exception cref="UserErrorException">It cannot be read.</exception>
    public static IReadOnlyList<LoggedFrame> ReadAll(string path, out LogLeftOut leftOut)
    {
        using BusLogReader reader = Open(path);
        List<LoggedFrame> frames = [];
        while (reader.TryRead(out LoggedFrame frame))
        {
            frames.Add(frame);
        }

        leftOut = reader.LeftOut;
        return frames;
    }

    /// <summary>Takes the next data frame; false at the end.</summary>
    /// <exception cref="UserErrorException">A line is none of such a log.</exception>
    public bool TryRead(out LoggedFrame frame)
    {
        try
        {
            while (_reader.ReadLine() is { } line)
            {
                _number++;
                if (line.Length > LineLengthMax)
                {
                    throw new FormatException("is too long for a line of a log");
                }

                if (_lines.TryTake(line, out frame))
                {
                    return true;
                }
            }
        }
        catch (FormatException error)
        {
            throw new UserErrorException(ExitCode.BadFile, $"{_path}({_number}): this line {error.Message}");
        }
        catch (IOException error)
        {
            throw new UserErrorException(ExitCode.BadFile, $"cannot read the log {_path}: {error.Message}");
        }

        frame = default;
        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();
}
