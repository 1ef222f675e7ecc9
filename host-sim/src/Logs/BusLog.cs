// A log file of bus traffic that a user asked for; its ending says what kind it is: .log candump, .asc Vector ASC, .pcapng Wireshark.
// Invariants: frames go into the file as they come, for the log of a run that failed or was stopped is worth most; memory does not grow
// with the run. A disk that is full ends the run with one clear line.
// Tests: tests/host-sim/Logs/LogRoundTripTests.cs, tests/host-sim/Cli/LogOptionTests.cs.
using System.Text;
using EsyncSim.Bus;

namespace EsyncSim.Logs;

/// <summary>A log file that is being written.</summary>
public sealed class BusLog : IBusObserver, IDisposable
{
    /// <summary>The endings and what they stand for, for help and messages.</summary>
    public const string Kinds = ".log as candump -l, .asc as Vector ASC, .pcapng for Wireshark";

    private readonly string _path;
    private readonly Stream _stream;
    private readonly TextWriter? _writer;
    private readonly AscLog? _asc;
    private readonly IBusObserver _log;

    private BusLog(string path, Stream stream, bool hasErrorFrames, LogClock? clock)
    {
        _path = path;
        _stream = stream;
        if (EndingOf(path) == ".pcapng")
        {
            _log = new PcapngLog(stream, hasErrorFrames, clock);
            return;
        }

        _writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        _asc = EndingOf(path) == ".asc" ? new AscLog(_writer, hasErrorFrames, clock) : null;
        _log = _asc ?? (IBusObserver)new CandumpLog(_writer, hasErrorFrames, clock);
    }

    /// <summary>Begins a file; one that is there is replaced.</summary>
    /// <param name="path">The file.</param>
    /// <param name="hasErrorFrames">True: error frames as well.</param>
    /// <param name="clock">What time it is; null: as the bus is, simulated or not.</param>
    /// <exception cref="UserErrorException">Its ending names no kind, or it cannot be written.</exception>
    public static BusLog Create(string path, bool hasErrorFrames = false, LogClock? clock = null)
    {
        RequireKind(path);
        try
        {
            return new BusLog(path, new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read), hasErrorFrames, clock);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Failure(path, error);
        }
    }

    /// <summary>Refuses a file whose ending names no kind of log.</summary>
    /// <exception cref="UserErrorException">It names none.</exception>
    public static void RequireKind(string path)
    {
        if (EndingOf(path) is not (".log" or ".asc" or ".pcapng"))
        {
            throw new UserErrorException(ExitCode.BadUsage, $"{path} names no kind of log by its ending; it takes {Kinds}");
        }
    }

    /// <inheritdoc/>
    public void OnRecord(in BusRecord record)
    {
        try
        {
            _log.OnRecord(record);
        }
        catch (IOException error)
        {
            throw Failure(_path, error);
        }
    }

    /// <summary>Brings what was logged so far into the file.</summary>
    /// <exception cref="UserErrorException">It cannot be written.</exception>
    public void Flush()
    {
        try
        {
            _writer?.Flush();
            _stream.Flush();
        }
        catch (IOException error)
        {
            throw Failure(_path, error);
        }
    }

    /// <summary>Ends the file.</summary>
    /// <exception cref="UserErrorException">It cannot be written.</exception>
    public void Dispose()
    {
        try
        {
            _asc?.End();
            _writer?.Dispose();
            _stream.Dispose();
        }
        catch (IOException error)
        {
            throw Failure(_path, error);
        }
    }

    /// <summary>Ending of a file's name in small letters.</summary>
    internal static string EndingOf(string path) => Path.GetExtension(path).ToLowerInvariant();

    private static UserErrorException Failure(string path, Exception error) => new(ExitCode.BadFile, $"cannot write {path}: {error.Message}");
}
