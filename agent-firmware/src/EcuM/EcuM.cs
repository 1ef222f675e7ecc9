// The ECU state manager: builds the whole agent from one configuration object and the ports, and runs it.
//   start-up: memory scanned → (boot record rebuilt) → bank chosen and started → running
//   running:  CanIf, CanTp, Data, Dcm, Fota, NvM, report log, Dem, IdsM, boot record, Fls, application, supervision, in this order
//   going down: a wish for reset waits until nothing is half-written, then the processor is reset.
// Invariants: nothing blocks; the only reset is here; until the bank is chosen no request is served.
// Tests: tests/agent-firmware/EcuM.
namespace EsyncAgent;

/// <summary>Composition and cyclic order of the agent.</summary>
public sealed class EcuM : IModeControl
{
    // Longest wait for pending writes before a reset that was asked for.
    private const uint ResetWaitMsMax = 2000;

    // Bits of controlType and communicationType (ISO 14229-1:2020 §10.5).
    private const byte ReceptionDisabled = 0x02;
    private const byte NormalCommunication = 0x01;

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

    private readonly ICan _can;
    private readonly IMcu _mcu;
    private readonly IApplicationLoader _application;
    private readonly CanFrame _discarded = new CanFrame();
    private readonly BootRecordStore _records;
    private readonly BootRecovery _recovery;
    private readonly BootSequence _boot;
    private readonly ApplicationSupervisor _supervisor;
    private Phase _phase;
    private bool _isFaultReported;
    private uint _resetWishedMs;

    /// <summary>Builds the agent. All memory that it will ever use is allocated here.</summary>
    public EcuM(EcuConfig config, ICan can, IFls flash, ICrypto crypto, IMcu mcu, IApplicationLoader application)
    {
        _can = can;
        _mcu = mcu;
        _application = application;
        byte[] chunkA = new byte[BankWriter.ChunkLength];
        byte[] chunkB = new byte[BankWriter.ChunkLength];

        CanIf = new CanIf(config.CanIf, can);
        CanTp = new CanTp(config.CanTp, CanIf);
        Fls = new Fls(config.Fls, flash);
        NvM = new NvM(config.NvM, Fls);
        Csm = new Csm(crypto);
        Keys = new KeyStore(Csm, NvM);
        Dem = new Dem(config.Dem, NvM);
        IdsM = new IdsM(NvM, config.NvM.LengthMax[NvMBlock.SecurityEvents]);
        _records = new BootRecordStore(Fls);
        Banks = new Banks(config.Fls, _records);
        SlotSeal seal = new SlotSeal(Fls, Csm, chunkA);
        ManifestVerifier verifier = new ManifestVerifier(config.Fota, Fls, Csm, Keys);
        _recovery = new BootRecovery(Fls, Banks, seal, verifier);
        _boot = new BootSequence(Banks, new BankLoader(Fls, Csm, seal, application, chunkB), seal, Dem, IdsM);
        _supervisor = new ApplicationSupervisor(config.Fota, application);
        Data = new Data(config.Data, config.CanIf.SignalRxIds.Length, CanIf, Fls, NvM, Dem, mcu, application);
        Fota = new Fota(config.Fota, config.Dcm.MessageLengthMax, Fls, Csm, Keys, Dem, IdsM, Banks, verifier, application, can, seal, chunkA, chunkB, Data.Rules);
        Dcm = new Dcm(config.Dcm, CanIf, CanTp, Csm, NvM, Keys, Dem, IdsM, Data, Fota, mcu, application, this);
    }

    /// <summary>CAN interface.</summary>
    public CanIf CanIf { get; }

    /// <summary>Transport.</summary>
    public CanTp CanTp { get; }

    /// <summary>Flash map.</summary>
    public Fls Fls { get; }

    /// <summary>Non-volatile memory.</summary>
    public NvM NvM { get; }

    /// <summary>Crypto services.</summary>
    public Csm Csm { get; }

    /// <summary>Device secret and trust anchors.</summary>
    public KeyStore Keys { get; }

    /// <summary>Diagnostic events.</summary>
    public Dem Dem { get; }

    /// <summary>Security events.</summary>
    public IdsM IdsM { get; }

    /// <summary>The two banks.</summary>
    public Banks Banks { get; }

    /// <summary>Update target.</summary>
    public Fota Fota { get; }

    /// <summary>Signals.</summary>
    public Data Data { get; }

    /// <summary>Diagnostic server.</summary>
    public Dcm Dcm { get; }

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
            Data.IsReceptionEnabled = (controlType & ReceptionDisabled) == 0;
        }
    }

    /// <summary>One turn of the agent.</summary>
    public void MainFunction(uint nowMs)
    {
        switch (_phase)
        {
            case Phase.Run:
                CanIf.MainFunction(nowMs);
                CanTp.MainFunction(nowMs);
                Data.MainFunction(nowMs);
                Dcm.MainFunction(nowMs);
                Fota.MainFunction(nowMs);
                MemoryMainFunctions(nowMs);
                _application.MainFunction(nowMs);
                Supervise(nowMs);
                break;
            case Phase.Down:
                break;
            default:
                MemoryMainFunctions(nowMs);
                AdvancePhase(nowMs);
                break;
        }
    }

    private void MemoryMainFunctions(uint nowMs)
    {
        NvM.MainFunction(nowMs);
        Data.MemoryMainFunction(nowMs);
        Dem.MainFunction(nowMs);
        IdsM.MainFunction(nowMs);
        _records.MainFunction(nowMs);
        Fls.MainFunction(nowMs);
    }

    private void AdvancePhase(uint nowMs)
    {
        switch (_phase)
        {
            case Phase.ScanMemory:
                ScanMemory();
                break;
            case Phase.FirstRecord:
                _phase = Banks.WriteResult == StdReturn.Pending ? _phase : Phase.Boot;
                break;
            case Phase.Recover:
                _phase = _recovery.Advance() == StdReturn.Pending ? _phase : Phase.Boot;
                break;
            case Phase.Boot:
                Boot(nowMs);
                break;
            case Phase.Revert:
                if (Banks.WriteResult != StdReturn.Pending)
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
        if (!NvM.IsReady || !_records.IsLoaded)
        {
            return;
        }

        if (_records.WasMended || _records.IsLost)
        {
            Dem.SetEvent(DemEvent.BootRecordMended, true);
        }

        if (_records.WasMended)
        {
            IdsM.Report(IdsMEvent.BootRecordMended, (ushort)FotaError.None);
        }

        if (_records.IsBlank && NvM.IsBlank)
        {
            // A new device gets its first record before anything else can be written, so that a blank record
            // beside a written NvM is known for a loss ever after.
            Banks.BeginChange();
            Banks.Commit();
            _phase = Phase.FirstRecord;
        }
        else if (_records.IsBlank || _records.IsLost)
        {
            IdsM.Report(IdsMEvent.BootRecordRebuilt, (ushort)FotaError.BootRecordLost);
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
        while (_can.TryReceive(_discarded))
        {
        }

        _supervisor.Start(nowMs);
        Fota.Start();
        _phase = Phase.Run;
    }

    private void Supervise(uint nowMs)
    {
        int reported = _application.TakeEvent();
        if (reported >= 0)
        {
            Dem.SetEvent((byte)(reported >> 1), (reported & 1) != 0);
        }

        if (_phase != Phase.Run || Banks.Running == Banks.None)
        {
            return;
        }

        FotaError fault = _supervisor.Judge(nowMs);
        if (Banks.IsTrialRunning)
        {
            if (fault == FotaError.None && _supervisor.IsConfirmOverdue(nowMs))
            {
                fault = FotaError.ConfirmTimeExpired;
            }

            if (fault != FotaError.None && !Fota.IsRoutineRunning)
            {
                Revert(fault);
            }
        }
        else if (fault != FotaError.None && !_isFaultReported)
        {
            _isFaultReported = true;
            Dem.SetEvent(DemEvent.ApplicationFaulted, true);
        }
    }

    private void Revert(FotaError reason)
    {
        BankTransitions.RejectTrial(Banks.BeginChange(), Banks.Running, reason);
        Banks.Commit();
        Dem.SetEvent(DemEvent.TrialRolledBack, true);
        IdsM.Report(IdsMEvent.TrialReverted, (ushort)reason);
        _phase = Phase.Revert;
    }

    private void Reset(uint nowMs)
    {
        bool isSettled = NvM.IsIdle && Dem.IsStored && IdsM.IsHanded && Data.Reports.IsIdle && Fls.IsIdle;
        if (isSettled || nowMs - _resetWishedMs >= ResetWaitMsMax)
        {
            _phase = Phase.Down;
            _mcu.Reset();
        }
    }
}
