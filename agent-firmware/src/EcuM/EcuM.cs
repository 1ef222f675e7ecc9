// The ECU state manager: builds the whole agent from one configuration object and the ports, and runs it.
//   start-up: memory scanned → (boot record rebuilt) → bank chosen and started → running
//   running:  CanIf, CanTp, Data, Dcm, Fota, NvM, report log, Dem, IdsM, boot record, Fls, application, supervision, in this order;
//             what moves data in each turn, what watches the time in the first one of a millisecond, what waits for the flash when it has ended
//   going down: a wish for reset waits until nothing is half-written, then the processor is reset.
// Invariants: nothing blocks; the only reset is here; until the bank is chosen no request is served. Tests: tests/agent-firmware/EcuM.
namespace EsyncAgent;

/// <summary>Composition and cyclic order of the agent.</summary>
public sealed class EcuM : IModeControl
{
    // Longest wait for pending writes before a reset that was asked for.
    private const uint ResetWaitMsMax = 2000;

    // Bits of controlType and communicationType (ISO 14229-1:2020 §10.5).
    private const byte ReceptionDisabled = 0x02, NormalCommunication = 0x01;

    private enum Phase : byte
    {
        ScanMemory,
        FirstRecord,
        Recover,
        Boot,
        Run,
        Revert,
        Reset,
        Down,
    }

    private readonly IMcu _mcu;
    private readonly IApplicationLoader _application;

    // What has its turn stands in fields: a property would cost an interpreter as much again.
    private readonly CanIf _canIf;
    private readonly CanTp _canTp;
    private readonly Fls _fls;
    private readonly NvM _nvM;
    private readonly Dem _dem;
    private readonly IdsM _idsM;
    private readonly Banks _banks;
    private readonly Fota _fota;
    private readonly Data _data;
    private readonly Dcm _dcm;
    private readonly BootRecordStore _records;
    private readonly BootRecovery _recovery;
    private readonly BootSequence _boot;
    private readonly ApplicationSupervisor _supervisor;
    private readonly CanSupervisor _canSupervisor;
    private Phase _phase;
    private bool _isFaultReported;
    private bool _isStartProven;
    private uint _resetWishedMs;
    private uint _turnMs;
    private bool _hasFlashEnded;
    private bool _isLogAtWork;

    /// <summary>Builds the agent. All memory that it will ever use is allocated here.</summary>
    public EcuM(EcuConfig config, ICan can, IFls flash, ICrypto crypto, IMcu mcu, IApplicationLoader application)
    {
        _mcu = mcu;
        _application = application;
        byte[] chunkA = new byte[BankWriter.ChunkLength];
        byte[] chunkB = new byte[BankWriter.ChunkLength];
        FlsJob chunkJob = new FlsJob(FlsPriority.Fota);
        _canIf = new CanIf(config.CanIf, can);
        _canTp = new CanTp(config.CanTp, _canIf);
        _fls = new Fls(config.Fls, flash);
        _nvM = new NvM(config.NvM, _fls);
        Csm = new Csm(crypto);
        Keys = new KeyStore(Csm, _nvM);
        _dem = new Dem(config.Dem, _nvM);
        _idsM = new IdsM(_nvM, config.NvM.LengthMax[NvMBlock.SecurityEvents]);
        _records = new BootRecordStore(_fls);
        _banks = new Banks(config.Fls, _records);
        SlotSeal seal = new SlotSeal(_fls, Csm, chunkA);
        ChunkTags tags = new ChunkTags(_fls, Csm, ChunkTags.WindowInOrder);
        ManifestVerifier verifier = new ManifestVerifier(config.Fota, _fls, Csm, Keys, chunkA);
        _recovery = new BootRecovery(_fls, _banks, seal, verifier, chunkB, chunkJob);
        _boot = new BootSequence(_banks, new BankLoader(_fls, seal, tags, application, chunkA, chunkB, chunkJob), seal, _dem, _idsM);
        _supervisor = new ApplicationSupervisor(config.Fota, application);
        _canSupervisor = new CanSupervisor(_canIf, _dem);
        _data = new Data(config.Data, config.CanIf.SignalRxIds.Length, _canIf, _fls, _nvM, _dem, mcu, application);
        _fota = new Fota(config.Fota, config.Dcm.MessageLengthMax, _fls, Csm, Keys, _dem, _idsM, _banks, verifier, application, can, seal, tags, chunkA, chunkB, chunkJob, _data.Rules);
        _dcm = new Dcm(config.Dcm, _canIf, _canTp, Csm, _nvM, Keys, _dem, _idsM, _data, _fota, mcu, application, this);
    }

    /// <summary>CAN interface.</summary>
    public CanIf CanIf
    {
        get { return _canIf; }
    }

    /// <summary>Transport.</summary>
    public CanTp CanTp
    {
        get { return _canTp; }
    }

    /// <summary>Flash map.</summary>
    public Fls Fls
    {
        get { return _fls; }
    }

    /// <summary>Non-volatile memory.</summary>
    public NvM NvM
    {
        get { return _nvM; }
    }

    /// <summary>Crypto services.</summary>
    public Csm Csm { get; }

    /// <summary>Device secret and trust anchors.</summary>
    public KeyStore Keys { get; }

    /// <summary>Diagnostic events.</summary>
    public Dem Dem
    {
        get { return _dem; }
    }

    /// <summary>Security events.</summary>
    public IdsM IdsM
    {
        get { return _idsM; }
    }

    /// <summary>The two banks.</summary>
    public Banks Banks
    {
        get { return _banks; }
    }

    /// <summary>Update target.</summary>
    public Fota Fota
    {
        get { return _fota; }
    }

    /// <summary>Signals.</summary>
    public Data Data
    {
        get { return _data; }
    }

    /// <summary>Diagnostic server.</summary>
    public Dcm Dcm
    {
        get { return _dcm; }
    }

    /// <summary>True from the boot decision on, until a reset is under way.</summary>
    public bool IsRunning
    {
        get { return _phase == Phase.Run; }
    }

    /// <summary>controlType of the last CommunicationControl (ISO 14229-1:2020 §10.5); 0 enables everything.</summary>
    public byte CommunicationControlType { get; private set; }

    /// <inheritdoc/>
    public void RequestReset(bool isHard)
    {
        // Hard and soft are the same to this agent: both restart the runtime and with it every module.
        _resetWishedMs = _mcu.NowMs;
        _phase = Phase.Reset;
    }

    /// <inheritdoc/>
    public void CommunicationControl(byte controlType, byte communicationType)
    {
        CommunicationControlType = controlType;
        if ((communicationType & NormalCommunication) != 0)
        {
            _data.IsReceptionEnabled = (controlType & ReceptionDisabled) == 0;
        }
    }

    /// <summary>One turn of the agent.</summary>
    public void MainFunction(uint nowMs)
    {
        if (_phase != Phase.Run)
        {
            AdvancePhase(nowMs);
            return;
        }

        _canIf.MainFunction(nowMs);
        bool isLull = _canTp.MainFunction(nowMs);
        _dcm.MainFunction(nowMs);
        if (_hasFlashEnded || _fota.HasWork)
        {
            _fota.MainFunction(nowMs, isLull);
        }

        if (nowMs != _turnMs)
        {
            _turnMs = nowMs;
            TimeFunctions(nowMs);
        }
        else if (_hasFlashEnded)
        {
            MemoryMainFunctions(nowMs);
        }
        else if (_isLogAtWork && _fls.IsIdle)
        {
            _isLogAtWork = _data.MemoryMainFunction(nowMs);
        }

        _hasFlashEnded = _fls.MainFunction(nowMs);
    }

    // In the first turn of a millisecond: what goes by the clock.
    private void TimeFunctions(uint nowMs)
    {
        _data.MainFunction(nowMs);
        MemoryMainFunctions(nowMs);
        _dcm.TimeFunction(nowMs);
        _application.MainFunction(nowMs);
        _canSupervisor.MainFunction(nowMs);
        Supervise(nowMs);
    }

    private void MemoryMainFunctions(uint nowMs)
    {
        _nvM.MainFunction(nowMs);
        _isLogAtWork = _data.MemoryMainFunction(nowMs);
        _dem.MainFunction(nowMs);
        _idsM.MainFunction(nowMs);
        _records.MainFunction(nowMs);
    }

    private void AdvancePhase(uint nowMs)
    {
        if (_phase == Phase.Down)
        {
            return;
        }

        MemoryMainFunctions(nowMs);
        _fls.MainFunction(nowMs);
        switch (_phase)
        {
            case Phase.ScanMemory:
                ScanMemory();
                break;
            case Phase.FirstRecord:
                _phase = _banks.WriteResult == StdReturn.Pending ? _phase : Phase.Boot;
                break;
            case Phase.Recover:
                _phase = _recovery.Advance() == StdReturn.Pending ? _phase : Phase.Boot;
                break;
            case Phase.Boot:
                Boot(nowMs);
                break;
            case Phase.Revert:
                if (_banks.WriteResult != StdReturn.Pending)
                {
                    RequestReset(true);
                }

                break;
            default:
                Reset(nowMs);
                break;
        }
    }

    private void ScanMemory()
    {
        if (!_nvM.IsReady || !_records.IsLoaded)
        {
            return;
        }

        if (!_records.IsBlank || _records.IsLost)
        {
            _dem.SetEvent(DemEvent.BootRecordMended, _records.WasMended || _records.IsLost);
        }

        if (_records.WasMended)
        {
            _idsM.Report(IdsMEvent.BootRecordMended, (ushort)FotaError.None);
        }

        if (_records.IsBlank && _nvM.IsBlank)
        {
            // A new device gets its first record before anything else can be written, so that a blank record beside a written NvM is known for a loss ever after.
            _banks.BeginChange();
            _banks.Commit();
            _phase = Phase.FirstRecord;
        }
        else if (_records.IsBlank || _records.IsLost)
        {
            _idsM.Report(IdsMEvent.BootRecordRebuilt, (ushort)FotaError.BootRecordLost);
            _recovery.Begin();
            _phase = Phase.Recover;
        }
        else
        {
            _phase = Phase.Boot;
        }
    }

    private void Boot(uint nowMs)
    {
        if (_boot.Advance() == StdReturn.Pending)
        {
            return;
        }

        if (_boot.IsResetNeeded)
        {
            RequestReset(true);
            return;
        }

        // Requests that came in while nobody could answer have been repeated or given up by now.
        _canIf.DropReceived();
        _supervisor.Start(nowMs);
        _canSupervisor.Start(nowMs);
        _fota.Start();
        _turnMs = nowMs - 1;
        _phase = Phase.Run;
    }

    private void Supervise(uint nowMs)
    {
        int reported = _application.TakeEvent();
        if (reported >= 0)
        {
            // The snapshot is to hold what the application published before.
            _data.TakePublished();
            _dem.SetEvent((byte)(reported >> 1), (reported & 1) != 0);
        }

        if (_phase != Phase.Run || _banks.Running == Banks.None)
        {
            return;
        }

        FotaError fault = _supervisor.Judge(nowMs);
        if (_banks.IsTrialRunning)
        {
            if (fault == FotaError.None && _supervisor.IsConfirmOverdue(nowMs))
            {
                fault = FotaError.ConfirmTimeExpired;
            }

            if (fault != FotaError.None && !_fota.IsRoutineRunning)
            {
                Revert(fault);
            }
        }
        else if (fault != FotaError.None)
        {
            if (!_isFaultReported)
            {
                _isFaultReported = true;
                _dem.SetEvent(DemEvent.ApplicationFaulted, true);
            }
        }
        else if (!_isStartProven && _supervisor.IsAlive)
        {
            _isStartProven = true;
            PassInThisStart(DemEvent.TrialRolledBack);
            PassInThisStart(DemEvent.ImageDamaged);
            PassInThisStart(DemEvent.ApplicationFaulted);
        }
    }

    // What failed on the way to where this start is now did not pass in it.
    private void PassInThisStart(byte eventNumber)
    {
        if ((_dem.StatusOf(eventNumber) & DemStatus.TestFailedThisOperationCycle) == 0)
        {
            _dem.SetEvent(eventNumber, false);
        }
    }

    private void Revert(FotaError reason)
    {
        BankTransitions.RejectTrial(_banks.BeginChange(), _banks.Running, reason);
        _banks.Commit();
        _dem.SetEvent(DemEvent.TrialRolledBack, true);
        _idsM.Report(IdsMEvent.TrialReverted, (ushort)reason);
        _phase = Phase.Revert;
    }

    private void Reset(uint nowMs)
    {
        bool isSettled = _nvM.IsIdle && _dem.IsStored && _idsM.IsHanded && _data.Reports.IsIdle && _fls.IsIdle;
        if (isSettled || nowMs - _resetWishedMs >= ResetWaitMsMax)
        {
            _phase = Phase.Down;
            _mcu.Reset();
        }
    }
}
