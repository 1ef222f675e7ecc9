// Diagnostic event manager: a status byte for each event of nf.config, kept in NvM block Dem.
// Invariants: SetEvent only notes; an outcome reported before NvM is readable counts once it is; of several outcomes in
// one cycle none is lost, the last decides testFailed. The block is written when a bit other than testFailed has changed
// and NvM has nothing else to do: in one operation cycle those change a few times at most. What anybody on the bus may
// provoke (failed accesses, lost frames, whatever an application reports) is written sparingly, so that a storm of resets
// cannot wear the flash out.
// Must not know who asks for a status. Block layout: PROTOCOL.md, "NvM".
// Tests: tests/agent-firmware/Dem.
namespace EsyncAgent;

/// <summary>Event status and its storage (ISO 14229-1:2020 Annex D.2).</summary>
public sealed class Dem
{
    private const byte NoEvent = 0xFF;
    private const byte HasFailed = 0x01;
    private const byte HasPassedLast = 0x02;
    private const int PairLength = 2;

    private readonly DemConfig _config;
    private readonly NvM _nvm;
    private readonly byte[] _indexOf = new byte[256];
    private readonly byte[] _status;
    private readonly byte[] _stored;
    private readonly byte[] _outcomes;
    private readonly byte[] _record;
    private bool _isLoaded;
    private bool _hasOutcomes;
    private bool _isStoreDue;
    private bool _isSparing;

    /// <summary>Makes the manager; at most <see cref="DemConfig.CountMax"/> events.</summary>
    public Dem(DemConfig config, NvM nvm)
    {
        _config = config;
        _nvm = nvm;
        int count = config.Events.Length;
        _status = new byte[count];
        _stored = new byte[count];
        _outcomes = new byte[count];
        _record = new byte[count * PairLength];
        Bytes.Fill(_indexOf, 0, _indexOf.Length, NoEvent);
        for (int i = 0; i < count; i++)
        {
            _indexOf[config.Events[i]] = (byte)i;
            _status[i] = DemStatus.Initial;
        }
    }

    /// <summary>Switch of service 85; while false no outcome counts.</summary>
    public bool IsStorageEnabled { get; set; } = true;

    /// <summary>Number of events.</summary>
    public int Count
    {
        get { return _status.Length; }
    }

    /// <summary>DTC of the event at <paramref name="index"/>, three bytes.</summary>
    public uint DtcOf(int index)
    {
        return _config.Dtcs[index];
    }

    /// <summary>Status byte of an event by its number; −1 when it is not configured.</summary>
    public int StatusOf(byte eventNumber)
    {
        int index = _indexOf[eventNumber];
        return index == NoEvent ? -1 : _status[index];
    }

    /// <summary>Reports the outcome of a test. Events that nf.config does not name are passed over.</summary>
    public void SetEvent(byte eventNumber, bool isFailed)
    {
        int index = _indexOf[eventNumber];
        if (index == NoEvent || !IsStorageEnabled)
        {
            return;
        }

        int noted = _outcomes[index] & ~HasPassedLast;
        _outcomes[index] = (byte)(noted | (isFailed ? HasFailed : HasPassedLast));
        _hasOutcomes = true;
    }

    /// <summary>True when everything that was reported is handed to NvM.</summary>
    public bool IsStored
    {
        get { return !_hasOutcomes && !_isStoreDue; }
    }

    /// <summary>Loads once, applies what was reported, stores what has changed.</summary>
    public void MainFunction(uint nowMs)
    {
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
            Apply();
        }

        if (_isStoreDue && _nvm.IsIdle)
        {
            Store();
        }
    }

    private void Load()
    {
        _isLoaded = true;
        byte[] from = _nvm.Data(NvMBlock.Dem);
        int length = _nvm.Length(NvMBlock.Dem);
        for (int at = 0; at + 1 < length; at += PairLength)
        {
            int index = _indexOf[from[at]];
            if (index != NoEvent)
            {
                _stored[index] = from[at + 1];
                _status[index] = DemStatus.AtCycleStart(from[at + 1]);
            }
        }
    }

    private void Apply()
    {
        _hasOutcomes = false;
        for (int i = 0; i < _outcomes.Length; i++)
        {
            int outcome = _outcomes[i];
            if (outcome == 0)
            {
                continue;
            }

            _outcomes[i] = 0;
            byte next = _status[i];
            next = (outcome & HasFailed) != 0 ? DemStatus.AfterFailure(next) : next;
            next = (outcome & HasPassedLast) != 0 ? DemStatus.AfterPass(next) : next;
            _status[i] = next;
            if (((next ^ _stored[i]) & ~DemStatus.TestFailed) != 0)
            {
                _isSparing = (_isSparing || !_isStoreDue) && DemEvent.IsProvokable(_config.Events[i]);
                _isStoreDue = true;
            }
        }
    }

    private void Store()
    {
        for (int i = 0; i < _status.Length; i++)
        {
            _record[i * PairLength] = _config.Events[i];
            _record[(i * PairLength) + 1] = _status[i];
            _stored[i] = _status[i];
        }

        _isStoreDue = false;
        if (_isSparing)
        {
            _nvm.WriteSparingly(NvMBlock.Dem, _record, 0, _record.Length);
        }
        else
        {
            _nvm.Write(NvMBlock.Dem, _record, 0, _record.Length);
        }
    }
}
