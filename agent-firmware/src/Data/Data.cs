// Data gathering: the signals of the ECU, where they come from, and who may ask for them. Entry class of the folder.
//   application ─► inbox ─┐
//   CAN frames ─► frames ─┴► signal table ─► services 22, 2A, 2C
//                                       └──► snapshots of Dem ─► feed ─► report log ─► service 31
// Invariants: nothing is allocated after the constructor; all but a log at work has its turn once in a millisecond, so that the other
// turns cost a handful of instructions. Without a report log there are no feed, no engine and no rules, and without CAN signals
// nobody who reads frames: nobody would get what they make.
// Must not know units, factors and VSS paths, which are the host's.
// Tests: tests/agent-firmware/Data.
namespace EsyncAgent;

/// <summary>Signal registry and its sources (PROTOCOL.md, "Signals").</summary>
public sealed class Data : IDemListener, ISnapshotSource
{
    // Longest body: a DTC with as many signals as a snapshot or a rule may name, seven bytes each.
    private const int SnapshotHead = 6;
    private const int SnapshotSignalsMax = 8;
    private const int SignalLengthMax = 7;

    // A log that has no work looks at the time only: for acknowledgements of whole seconds and marks of whole hours.
    private const uint LogRestMs = 16;

    private readonly SignalInbox _inbox;
    private readonly SignalFrames _frames;

    // What has its turn stands in fields: a property would cost an interpreter as much again.
    private readonly ReportLog _reports;
    private readonly DataClock _clock;
    private readonly RuleEngine _engine;
    private readonly RuleStore _rules;
    private uint _nowMs;
    private uint _restMs;

    /// <summary>Makes it and attaches it to its sources.</summary>
    public Data(DataConfig config, int frameCount, CanIf canIf, Fls fls, NvM nvm, Dem dem, IMcu mcu, IApplicationLoader application)
    {
        Signals = new SignalTable(config);
        Outputs = new OutputTable(config);
        int signals = config.RuleSignalsMax < SnapshotSignalsMax ? SnapshotSignalsMax : config.RuleSignalsMax;
        _reports = new ReportLog(fls, mcu, config.QueueLength, ReportLayout.Overhead + SnapshotHead + (SignalLengthMax * signals));
        if (_reports.IsPresent)
        {
            Feed = new ReportFeed(_reports, dem, mcu, config.SignalTableId);
            _engine = new RuleEngine(config, Signals, Feed);
            _rules = new RuleStore(config, nvm, Signals, _engine, Feed);
            dem.Attach(this);
        }

        _clock = new DataClock(_reports, Feed);
        State = new DataState(Signals, _rules, _reports, _clock);
        _inbox = new SignalInbox(Signals, Outputs);
        application.Attach(_inbox);
        dem.AttachSnapshots(this);
        if (frameCount != 0)
        {
            _frames = new SignalFrames(config, Signals, frameCount);
            canIf.AttachSignals(_frames);
        }
    }

    /// <summary>The signals and their values.</summary>
    public SignalTable Signals { get; }

    /// <summary>The outputs.</summary>
    public OutputTable Outputs { get; }

    /// <summary>Records that wait for the client; it has its turn with the other users of the flash.</summary>
    public ReportLog Reports
    {
        get { return _reports; }
    }

    /// <summary>What takes records for it; null where there is none.</summary>
    public ReportFeed Feed { get; }

    /// <summary>The time, as the client says it.</summary>
    public DataClock Clock
    {
        get { return _clock; }
    }

    /// <summary>The identifiers by which it tells how it stands.</summary>
    public DataState State { get; }

    /// <summary>False while a tester has switched the reception of normal communication off (ISO 14229-1:2020 §10.5).</summary>
    public bool IsReceptionEnabled
    {
        get
        {
            return _frames == null || _frames.IsEnabled;
        }

        set
        {
            if (_frames != null)
            {
                _frames.IsEnabled = value;
            }
        }
    }

    /// <summary>The collection rules in force; null where there is no report log.</summary>
    public RuleStore Rules
    {
        get { return _rules; }
    }

    /// <summary>Who samples by them; null where there is no report log.</summary>
    public RuleEngine Engine
    {
        get { return _engine; }
    }

    /// <summary>Signals that were read out of CAN frames so far; wraps.</summary>
    public uint ReadSignalCount
    {
        get { return _frames == null ? 0 : _frames.ReadCount; }
    }

    /// <summary>Signals that were taken from the application so far; wraps.</summary>
    public uint TakenSignalCount
    {
        get { return _inbox.TakenCount; }
    }

    /// <inheritdoc/>
    public void StatusChanged(byte eventNumber, uint dtc, byte before, byte now)
    {
        if (Feed.TellDtc(eventNumber, dtc, before, now, _nowMs))
        {
            _engine.NoteDtc(dtc, before, now);
        }
    }

    /// <inheritdoc/>
    public int AppendRecord(ushort did, byte[] into, int offset)
    {
        int index = Signals.IndexOf(did);
        return index < 0 ? -1 : Signals.WriteRecord(index, into, offset);
    }

    /// <summary>
    /// Goes on with the report log and the rules; they are at work before the boot decision too, for what is reported then. True while
    /// the log has work that does not wait for the next millisecond.
    /// </summary>
    public bool MemoryMainFunction(uint nowMs)
    {
        if (nowMs != _nowMs)
        {
            _nowMs = nowMs;
            if (_rules != null && _rules.HasWork)
            {
                _rules.MainFunction(nowMs);
                Feed.RulesSequence = _rules.InForce.SequenceNumber;
            }
        }

        bool hasWork = _reports.HasWork;
        if (hasWork || nowMs - _restMs >= LogRestMs)
        {
            _reports.MainFunction(nowMs);
            _restMs = nowMs;
            hasWork = _reports.HasWork;
        }

        return hasWork;
    }

    /// <summary>Takes what the application has published so far; for whoever looks at it before this turn's end.</summary>
    public void TakePublished()
    {
        _inbox.MainFunction();
    }

    /// <summary>Takes what was published, and notices what has stayed away.</summary>
    public void MainFunction(uint nowMs)
    {
        _inbox.MainFunction();
        _clock.MainFunction(nowMs);
        if (_frames != null)
        {
            _frames.MainFunction(nowMs);
        }

        if (_engine != null)
        {
            _engine.MainFunction(nowMs);
        }
    }
}
