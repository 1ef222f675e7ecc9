// One ECU in the collector's hands: a visit asks for time and log, tells the time where that is due, and takes records.
// Invariants: session and access are opened only when there is something to do, and closed again; a guest changes neither. A record is
// acknowledged to the ECU when it is in the queue on disk. The number before the first record of each batch is the last one that was
// taken, so that a loss shows.
// Tests: tests/host-sim/Data/DataCollectorTests.cs.
using EsyncSim.Client;
using EsyncSim.Files;
using EsyncSim.Vehicle;

namespace EsyncSim.Data;

/// <summary>Collects the reports of one ECU.</summary>
internal sealed class EcuCollection
{
    private const byte RequestOutOfRange = 0x31;

    private readonly CollectedEcu _ecu;
    private readonly ReportChannel _channel;
    private readonly IFileSystem _files;
    private readonly ReportQueue _queue;
    private readonly Func<long> _utcNowMs;
    private readonly CollectorOptions _options;
    private readonly string _linePath;
    private int _savedRevision;
    private ushort? _boot;
    private (uint Epoch, uint Sequence) _taken;
    private (uint Epoch, uint Next) _empty;

    public EcuCollection(CollectedEcu ecu, IFileSystem files, ReportQueue queue, Func<long> utcNowMs, CollectorOptions options)
    {
        _ecu = ecu;
        _channel = new ReportChannel(ecu.Ecu.Client);
        _files = files;
        _queue = queue;
        _utcNowMs = utcNowMs;
        _options = options;
        _linePath = TimeLineFile.PathOf(queue.Directory, Name);
        TimeLine line = TimeLineFile.Load(files, _linePath, out bool isDamaged);
        foreach ((uint epoch, ReportRecord record) in queue.AllOf(Name))
        {
            line.Observe(epoch, record);
        }

        _savedRevision = line.Revision;
        Form = new DataForm(Name, ecu.Signals, line);
        Problem = isDamaged ? $"{_linePath} is damaged; older records are dated by estimate" : string.Empty;
    }

    /// <summary>Its name.</summary>
    public string Name => _ecu.Ecu.Name;

    /// <summary>How its records are read.</summary>
    public DataForm Form { get; }

    /// <summary>What was said last; empty when all is well.</summary>
    public string Problem { get; set; }

    /// <summary>What the ECU has dropped; null when it was not asked.</summary>
    public DataDropped? Dropped { get; private set; }

    /// <summary>Visits the ECU once; returns what is wrong, empty when all is well.</summary>
    /// <param name="collected">Called with records when they are in the queue.</param>
    /// <param name="isStopped">True when nobody wants them any more.</param>
    public async Task<string> VisitAsync(Action<IReadOnlyList<ReportRecord>> collected, Func<bool> isStopped)
    {
        using EcuTurn turn = await _ecu.Ecu.Gate.EnterAsync(canBeGuest: true);
        bool isOpen = false;
        try
        {
            ReportLogState log = await _channel.ReadLogStateAsync();
            EcuTime time = await _channel.ReadTimeAsync();
            Dropped = new DataDropped(log.Dropped[0], log.Dropped[1], log.Dropped[2], log.Expired);
            if (log.Epoch == 0)
            {
                return string.Empty; // an ECU without a log has signals, and nothing to collect
            }

            await LearnTableAsync(time.Boot);
            bool isTimeDue = IsTimeDue(time);
            if ((isTimeDue || MustRead(log)) && !turn.IsGuest)
            {
                isOpen = true;
                await _ecu.Ecu.Client.SessionAsync(0x03);
                await _ecu.Ecu.Client.AuthenticateAsync();
            }

            await DateAsync(log, time, isTimeDue);
            return await TakeAsync(log, turn.IsGuest ? _options.AnswersAsGuestMax : _options.AnswersPerVisitMax, collected, isStopped);
        }
        catch (DiagnosticException exception)
        {
            return exception.Message;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"the queue in {_queue.Directory} takes nothing: {exception.Message}";
        }
        finally
        {
            if (isOpen)
            {
                await _ecu.Ecu.Client.Tester.TryAsync([0x10, 0x01]);
            }
        }
    }

    // Values can be read only with the signals that the ECU had when it made them.
    private async Task LearnTableAsync(ushort boot)
    {
        if (_boot == boot)
        {
            return;
        }

        try
        {
            Form.SignalTableId = (await _channel.ReadStateAsync()).SignalTableId;
        }
        catch (NegativeResponseException refusal) when (refusal.Code == RequestOutOfRange)
        {
            Form.SignalTableId = null; // an agent that has no such record: its start records have to tell
        }

        _boot = boot;
    }

    private bool IsTimeDue(EcuTime time) => time.UtcMs is not { } utcMs || Math.Abs(utcMs - _utcNowMs()) > _options.ClockToleranceMs;

    private bool MustRead(ReportLogState log) => HasMore(log, Math.Max(LastTaken(log), log.AcknowledgedUpTo)) || LastTaken(log) > log.AcknowledgedUpTo;

    // Numbers may be left of which nobody will see a record: one look is enough until there are others.
    private bool HasMore(ReportLogState log, uint last) => log.NextSequence > last + 1 && _empty != (log.Epoch, log.NextSequence);

    private async Task DateAsync(ReportLogState log, EcuTime time, bool isTimeDue)
    {
        if (isTimeDue)
        {
            EcuTime told = await _channel.SetTimeAsync(_utcNowMs());
            Form.Line.Correlate(new TimeCorrelation(log.Epoch, told.Boot, told.Ms, log.NextSequence, told.UtcMs!.Value));
        }
        else if (!Form.Line.Knows(log.Epoch, time.Boot))
        {
            Form.Line.Correlate(new TimeCorrelation(log.Epoch, time.Boot, time.Ms, log.NextSequence, time.UtcMs!.Value));
        }
    }

    private async Task<string> TakeAsync(ReportLogState log, int answersMax, Action<IReadOnlyList<ReportRecord>> collected, Func<bool> isStopped)
    {
        uint taken = LastTaken(log);
        uint previous = taken > 0 ? taken : log.AcknowledgedUpTo;
        if (taken > log.AcknowledgedUpTo)
        {
            await _channel.AcknowledgeAsync(log.Epoch, taken);
        }

        for (int answer = 0; answer < answersMax && HasMore(log, Math.Max(previous, log.AcknowledgedUpTo)); answer++)
        {
            if (_queue.IsFull)
            {
                return Full();
            }

            uint from = Math.Max(previous, log.AcknowledgedUpTo) + 1;
            ReportsRead read = await _channel.ReadReportsAsync(from);
            if (isStopped() || read.Epoch != log.Epoch)
            {
                break;
            }

            if (read.Records.Count == 0)
            {
                _empty = (log.Epoch, log.NextSequence);
                break;
            }

            if (read.Records[0].Sequence < from)
            {
                throw new MalformedReportException($"number {read.Records[0].Sequence} was not asked for, which was from {from} on", 0);
            }

            if (!Store(log.Epoch, previous, read.Records))
            {
                return Full();
            }

            previous = read.Records[^1].Sequence;
            collected(read.Records);
            await _channel.AcknowledgeAsync(log.Epoch, previous);
        }

        return Form.SignalTableId is null || Form.SignalTableId == _ecu.Signals.TableId ? string.Empty
            : $"its signals are not those of nf.config (table {Form.SignalTableId:X8}, expected {_ecu.Signals.TableId:X8}); values go up as bytes";
    }

    private bool Store(uint epoch, uint previous, IReadOnlyList<ReportRecord> records)
    {
        foreach (ReportRecord record in records)
        {
            Form.Line.Observe(epoch, record);
        }

        // First: records in the queue shall never be without what dates them.
        if (_savedRevision != Form.Line.Revision)
        {
            TimeLineFile.Save(_files, _linePath, Form.Line);
            _savedRevision = Form.Line.Revision;
        }

        if (!_queue.TryAppend(Name, epoch, previous, records))
        {
            return false;
        }

        _taken = (epoch, records[^1].Sequence);
        return true;
    }

    private string Full() => $"the queue in {_queue.Directory} is full ({_queue.Bytes} of {_queue.BytesMax} bytes); reports stay in the ECU until the server takes some";

    // The queue's own last number counts before memory: what it lost is to show as a gap.
    private uint LastTaken(ReportLogState log)
    {
        if (_queue.LastOf(Name) is { } waiting && waiting.Epoch == log.Epoch)
        {
            return waiting.Sequence;
        }

        return _taken.Epoch == log.Epoch ? _taken.Sequence : 0;
    }
}
