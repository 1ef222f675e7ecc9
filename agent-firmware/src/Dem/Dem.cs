// Diagnostic event manager (ISO 14229-1:2020 Annex D): debounces what is reported, keeps status byte and counters of each
// event of nf.config and the snapshots of some, all in NvM block Dem.
// Invariants: SetEvent only notes; an outcome reported before NvM is readable counts once it is; of several outcomes in
// one cycle none is lost, the last decides testFailed. The block is written when a status bit other than testFailed or a
// counter of cycles has changed and NvM has nothing else to do: in one operation cycle those change a few times at most.
// What anybody on the bus may provoke (failed accesses, lost frames, whatever an application reports, clears), and what
// changes counters only, is written sparingly, so that a storm of resets or clears cannot wear the flash out.
// Must not know who asks for a status, nor what the records of a snapshot mean. Block layout: PROTOCOL.md, "NvM".
// Tests: tests/agent-firmware/Dem.
namespace EsyncAgent;

/// <summary>Events, their status and its storage.</summary>
public sealed class Dem
{
    private const byte Format = 0xD1;
    private const byte HasFailed = 0x01;
    private const byte HasPassedLast = 0x02;

    // Anybody may send 14, and a fault that is there comes back at once after each clear: a storm of clears would fill the report
    // log with changes of DTCs and wear its flash out.
    private const int ClearsAtOnce = 4;

    private readonly DemConfig _config;
    private readonly NvM _nvm;
    private readonly DemDebounce _debounce;
    private readonly DemEvents _events;
    private readonly DemMemory _memory;
    private readonly MinuteBudget _clears = new MinuteBudget(ClearsAtOnce);
    private readonly byte[] _outcomes;
    private IDemListener _listener;
    private ISnapshotSource _source;
    private bool _hasWork = true;
    private bool _isLoaded;
    private bool _hasOutcomes;
    private bool _isStoreDue;
    private bool _isSparing;
    private bool _isCaptured;
    private bool _hasCleared;
    private uint _nowMs;

    /// <summary>Makes the manager; at most <see cref="DemConfig.CountMax"/> events. Empty arrays of the configuration are completed.</summary>
    public Dem(DemConfig config, NvM nvm)
    {
        config.Complete();
        _config = config;
        _nvm = nvm;
        _debounce = new DemDebounce(config);
        _events = new DemEvents(config);
        _memory = new DemMemory(config, _events);
        _outcomes = new byte[_events.Count];
    }

    /// <summary>Switch of service 85; while false no report counts.</summary>
    public bool IsStorageEnabled { get; set; } = true;

    /// <summary>Number of events.</summary>
    public int Count
    {
        get { return _events.Count; }
    }

    /// <summary>True when everything that was reported is handed to NvM.</summary>
    public bool IsStored
    {
        get { return !_hasOutcomes && !_isStoreDue; }
    }

    /// <summary>
    /// How the last clear stands: Pending while NvM is at it, Ok when it is in both NvM areas or a sparing write is held back
    /// (then a reset before its time brings back what was cleared), NotOk when the flash did not take it.
    /// </summary>
    public StdReturn ClearResult
    {
        get
        {
            StdReturn result = _isStoreDue ? StdReturn.Pending : _nvm.WriteResult(NvMBlock.Dem);
            return result == StdReturn.Pending && !_isStoreDue && _nvm.IsIdle ? StdReturn.Ok : result;
        }
    }

    /// <summary>False before NvM could be read, and when clears come in a storm (<see cref="MinuteBudget"/>).</summary>
    public bool MayClear
    {
        get { return _isLoaded && _clears.IsLeft(_nowMs); }
    }

    /// <summary>Whom to tell of changed status bytes; one at the most.</summary>
    public void Attach(IDemListener listener)
    {
        _listener = listener;
    }

    /// <summary>Where snapshots come from; without it none is captured.</summary>
    public void AttachSnapshots(ISnapshotSource source)
    {
        _source = source;
    }

    /// <summary>DTC of the event at <paramref name="index"/>, three bytes.</summary>
    public uint DtcOf(int index)
    {
        return _config.Dtcs[index];
    }

    /// <summary>Index of the event with this DTC; −1 when there is none.</summary>
    public int IndexOfDtc(uint dtc)
    {
        int index = _config.Dtcs.Length - 1;
        while (index >= 0 && _config.Dtcs[index] != dtc)
        {
            index--;
        }

        return index;
    }

    /// <summary>Index of an event by its number; −1 when it is not configured.</summary>
    public int IndexOf(byte eventNumber)
    {
        return Ascending.IndexOf(_config.Events, eventNumber);
    }

    /// <summary>Status byte of an event by its number; −1 when it is not configured.</summary>
    public int StatusOf(byte eventNumber)
    {
        int index = IndexOf(eventNumber);
        return index < 0 ? -1 : _events.StatusOf(index);
    }

    /// <summary>Status byte of the event at <paramref name="index"/>.</summary>
    public byte StatusAt(int index)
    {
        return _events.StatusOf(index);
    }

    /// <summary>Fault detection counter, −128 to 127.</summary>
    public int FaultDetectionCounterAt(int index)
    {
        return _debounce.CounterOf(index);
    }

    /// <summary>Times that testFailed was set since the last clear or the end of ageing, at most 255.</summary>
    public byte OccurrencesAt(int index)
    {
        return _events.OccurrencesOf(index);
    }

    /// <summary>Passed cycles since the last failure, while confirmedDTC is set.</summary>
    public byte AgeingAt(int index)
    {
        return _events.AgeingOf(index);
    }

    /// <summary>Cycles with a failure since the last passed one, at most 255.</summary>
    public byte FailedCyclesAt(int index)
    {
        return _events.FailedCyclesOf(index);
    }

    /// <summary>True while the event's DTC is permanent.</summary>
    public bool IsPermanentAt(int index)
    {
        return _events.IsPermanent(index);
    }

    /// <summary>Writes the number of identifiers of the first or latest snapshot, then identifiers and records; returns the length, 0 when none is kept.</summary>
    public int CopySnapshot(int index, bool isFirst, byte[] into, int offset)
    {
        return _memory.CopySnapshot(index, isFirst, into, offset);
    }

    /// <summary>Only during <see cref="IDemListener.StatusChanged"/>: writes identifiers and records of the snapshot that was captured with this change; returns the length, 0 when none was.</summary>
    public int CopyCapture(byte[] into, int offset)
    {
        return _isCaptured ? _memory.CopyCapture(into, offset) : 0;
    }

    /// <summary>Reports the outcome of a test. Events that nf.config does not name are passed over.</summary>
    public void SetEvent(byte eventNumber, bool isFailed)
    {
        int index = IndexOf(eventNumber);
        if (index < 0 || !IsStorageEnabled)
        {
            return;
        }

        int counter = _debounce.Report(index, isFailed);
        if (counter == DemDebounce.Failed)
        {
            Note(index, (byte)((_outcomes[index] & ~HasPassedLast) | HasFailed));
        }
        else if (counter == DemDebounce.Passed)
        {
            Note(index, (byte)(_outcomes[index] | HasPassedLast));
        }
    }

    /// <summary>Clears the event at <paramref name="index"/> (ISO 14229-1:2020 §12.2). False, and nothing is done, when <see cref="MayClear"/> is.</summary>
    public bool Clear(int index)
    {
        return ClearRange(index, index + 1);
    }

    /// <summary>Clears all events. False, and nothing is done, when <see cref="MayClear"/> is.</summary>
    public bool ClearAll()
    {
        return ClearRange(0, Count);
    }

    /// <summary>Loads once, applies what was reported, stores what has changed.</summary>
    public void MainFunction(uint nowMs)
    {
        _nowMs = nowMs;
        if (!_hasWork)
        {
            return;
        }

        if (!_isLoaded)
        {
            if (!_nvm.IsReady)
            {
                return;
            }

            Load();
        }

        if (_hasOutcomes)
        {
            _hasOutcomes = false;
            for (int i = 0; i < _outcomes.Length; i++)
            {
                Apply(i, _outcomes[i]);
            }
        }

        if (_isStoreDue && _nvm.IsIdle)
        {
            Store();
        }

        _hasWork = _isStoreDue;
    }

    private bool ClearRange(int first, int end)
    {
        if (!MayClear)
        {
            return false;
        }

        _hasCleared = false;
        for (int i = first; i < end; i++)
        {
            ClearOne(i);
        }

        if (_hasCleared)
        {
            _clears.Take(_nowMs);
        }

        return true;
    }

    private void ClearOne(int index)
    {
        byte before = _events.StatusOf(index);
        _outcomes[index] = 0;
        _debounce.Reset(index);
        _events.Clear(index);
        bool isGone = _memory.Remove(index);
        if (isGone || _events.IsStatusChanged(index) || _events.IsCounterChanged(index) || _nvm.WriteResult(NvMBlock.Dem) == StdReturn.NotOk)
        {
            RequestStore(true);
        }

        _hasCleared = _hasCleared || before != DemStatus.Initial;
        Tell(index, before);
    }

    private void Note(int index, byte outcome)
    {
        _outcomes[index] = outcome;
        _hasOutcomes = true;
        _hasWork = true;
    }

    private void Apply(int index, int outcome)
    {
        if (outcome == 0)
        {
            return;
        }

        _outcomes[index] = 0;
        byte before = _events.StatusOf(index);
        bool isFirst = false;
        if ((outcome & HasFailed) != 0)
        {
            isFirst = _events.Fail(index);
            _isCaptured = (before & DemStatus.TestFailed) == 0 && _memory.Capture(index, _source) != 0;
        }

        if ((outcome & HasPassedLast) != 0)
        {
            _events.Pass(index);
        }

        if (_events.IsStatusChanged(index))
        {
            RequestStore(DemEvent.IsProvokable(_config.Events[index]));
        }
        else if (isFirst || _events.IsCounterChanged(index))
        {
            RequestStore(true);
        }

        Tell(index, before);
        _isCaptured = false;
    }

    private void Tell(int index, byte before)
    {
        byte now = _events.StatusOf(index);
        if (now != before && _listener != null)
        {
            _listener.StatusChanged(_config.Events[index], _config.Dtcs[index], before, now);
        }
    }

    private void RequestStore(bool isSparing)
    {
        _isSparing = (_isSparing || !_isStoreDue) && isSparing;
        _isStoreDue = true;
        _hasWork = true;
    }

    private void Load()
    {
        _isLoaded = true;
        byte[] from = _nvm.Data(NvMBlock.Dem);
        int length = _nvm.Length(NvMBlock.Dem);
        if (length < DemEvents.HeaderLength || from[0] != Format)
        {
            return;
        }

        int at = DemEvents.HeaderLength;
        int end = at + (from[1] * DemEvents.RecordLength);
        for (; at < end && end <= length; at += DemEvents.RecordLength)
        {
            int index = IndexOf(from[at]);
            if (index >= 0)
            {
                _events.Load(index, from, at);
            }
        }

        int entryLength = at < length ? LoadEntry(from, at, length) : 0;
        while (entryLength != 0)
        {
            at += entryLength;
            entryLength = at < length ? LoadEntry(from, at, length) : 0;
        }
    }

    // An entry stays as long as its fault is pending or confirmed.
    private int LoadEntry(byte[] from, int at, int end)
    {
        int index = IndexOf(from[at]);
        bool isKept = index >= 0 && (_events.StatusOf(index) & (DemStatus.Pending | DemStatus.Confirmed)) != 0;
        return _memory.Load(isKept ? index : -1, from, at, end);
    }

    private void Store()
    {
        // Laid out where NvM has it: there is no second copy.
        byte[] block = _nvm.Data(NvMBlock.Dem);
        block[0] = Format;
        block[1] = (byte)Count;
        int length = DemEvents.HeaderLength;
        length += _events.Store(block, length);
        length += _memory.Store(block, length);
        _isStoreDue = false;
        if (_isSparing)
        {
            _nvm.WriteSparingly(NvMBlock.Dem, block, 0, length);
        }
        else
        {
            _nvm.Write(NvMBlock.Dem, block, 0, length);
        }
    }
}
