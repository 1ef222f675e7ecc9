// The update target: takes manifest and image, keeps the bank state machine, answers what the tester asks.
// One operation at a time, started by Dcm and advanced by MainFunction; the boot record is the only state that
// outlives a reset, and it changes only by BankTransitions.
// Invariants: the running bank's flash is never touched; a bank is trusted only as far as the boot record says.
// Must not know UDS: it speaks StdReturn and FotaError, Dcm turns them into responses.
// Tests: tests/agent-firmware/Fota.
namespace EsyncAgent;

/// <summary>FOTA target (PROTOCOL.md, "Routines", "Transfer", "Banks").</summary>
public sealed class Fota : IUpdateTarget
{
    /// <summary>Address of the staging slot in RequestDownload.</summary>
    public const uint StagingAddress = 0x10000000;

    /// <summary>Address of the secondary bank in RequestDownload; the offset of the first transferred byte is added.</summary>
    public const uint BankAddress = 0x20000000;

    private const byte ConsentGiven = 1;
    private const byte ConsentPostponed = 2;
    private const byte ConsentDenied = 3;
    private const byte ReasonApplication = 1;
    private const byte ReasonTrial = 2;
    private const byte ReasonNotProvisioned = 4;

    private enum StartUp : byte
    {
        NotStarted,
        Slot,
        Log,
        Done,
    }

    private readonly Banks _banks;
    private readonly SecondarySlot _slot;
    private readonly CheckpointLog _checkpoints;
    private readonly BankWriter _writer;
    private readonly Download _download;
    private readonly FotaReports _reports;
    private readonly ConfirmMarker _marker;
    private readonly IApplicationLoader _application;
    private readonly KeyStore _keys;
    private readonly Dem _dem;
    private readonly IdsM _idsM;
    private readonly RoutineAuthenticateManifest _authenticate;
    private readonly RoutineCheckDependencies _check;
    private readonly RoutineRollBack _rollBack;
    private readonly RoutineInstallTrust _installTrust;
    private readonly FotaRoutine _installRules;
    private readonly FotaRoutine[] _routines;
    private FotaRoutine _routine;
    private StdReturn _routineResult = StdReturn.Ok;
    private bool _isRoutineStarted;
    private bool _isRoutineBegun;
    private bool _isReinspecting;
    private int _inspectedBank;
    private bool _hasWork;
    private StartUp _startUp;

    /// <summary>
    /// Makes the target. <paramref name="rules"/> takes collection rules that are installed, null where there is no report log. Seal computer, chunk tags, the two chunk buffers (4,096 bytes each) and their job are
    /// those of the boot sequence, which ends before <see cref="Start"/>.
    /// </summary>
    public Fota(FotaConfig config, ushort messageLengthMax, Fls fls, Csm csm, KeyStore keys, Dem dem, IdsM idsM, Banks banks, ManifestVerifier verifier, IApplicationLoader application, ICan can, SlotSeal seal, ChunkTags tags, byte[] bufferA, byte[] bufferB, FlsJob chunkJob, RuleStore rules)
    {
        _banks = banks;
        _application = application;
        _keys = keys;
        _dem = dem;
        _idsM = idsM;
        _slot = new SecondarySlot(banks, seal);
        int stateLengthMax = TransferStart.StateLengthMax(config.Encodings);
        _checkpoints = new CheckpointLog(fls, stateLengthMax, bufferA);
        _writer = new BankWriter(fls, tags, _checkpoints, bufferA, bufferB, stateLengthMax);
        Decoder = config.Encodings != FotaConfig.PlainOnly ? new TransferDecoder(config, fls, csm, keys, banks, _writer) : null;
        _download = new Download(fls, banks, _slot, _checkpoints, _writer, Decoder);
        _reports = new FotaReports(config, fls, csm, keys, idsM, banks, _slot, _download, application, can, messageLengthMax);
        _marker = new ConfirmMarker(fls, banks, bufferB, chunkJob);
        _check = new RoutineCheckDependencies(fls, csm, banks, _slot, _checkpoints, config.IsImageDigestChecked, bufferA, chunkJob);
        _authenticate = new RoutineAuthenticateManifest(
            verifier, config.Encodings, keys, new SlotWriter(fls, seal, bufferB, chunkJob), _slot, banks, idsM, application, _download, fls.Map.Staging);
        _rollBack = new RoutineRollBack(banks, _slot);
        _installTrust = new RoutineInstallTrust(
            new TrustVerifier(config, keys, verifier, bufferB), keys, banks, idsM, _download, fls.Map.Staging, bufferB);
        _installRules = rules == null
            ? new RoutineNotHere(RoutineInstallRules.Rid, FotaError.ReportLogAbsent)
            : new RoutineInstallRules(new RulesVerifier(config, keys, verifier, rules, bufferB), rules, banks, idsM, _download, fls.Map.Staging, bufferB);
        _routines = new FotaRoutine[]
        {
            _authenticate,
            new RoutineEraseMemory(banks, _slot, _checkpoints),
            _check,
            new RoutineActivate(verifier, keys, banks, _slot, idsM, config.TrialAttemptsMax),
            new RoutineConfirm(banks, application),
            _rollBack,
            _installTrust,
            _installRules,
        };
    }

    /// <inheritdoc/>
    public FotaError LastError { get; private set; }

    /// <inheritdoc/>
    public uint LastErrorDetail { get; private set; }

    /// <summary>Decoders of encoded images; null where none are taken.</summary>
    public TransferDecoder Decoder { get; }

    /// <summary>True when boot is over and requests can be served.</summary>
    public bool IsReady
    {
        get { return _startUp == StartUp.Done; }
    }

    /// <summary>True when <see cref="MainFunction"/> has something to do that waits neither for the flash nor for the time.</summary>
    public bool HasWork
    {
        get { return _hasWork; }
    }

    /// <summary>True while a routine is under way.</summary>
    public bool IsRoutineRunning
    {
        get { return _isRoutineStarted; }
    }

    /// <inheritdoc/>
    public bool IsTransferActive
    {
        get { return _download.IsActive; }
    }

    /// <inheritdoc/>
    public bool IsOnTrial
    {
        get { return _banks.Record.State[_banks.Secondary] == BankState.Trial; }
    }

    /// <inheritdoc/>
    public uint TransferRemaining
    {
        get { return _download.Remaining; }
    }

    /// <summary>Boot has decided which bank runs: read what is known of the other.</summary>
    public void Start()
    {
        LastError = _banks.Record.LastError;
        _inspectedBank = _banks.Secondary;
        _slot.BeginInspection();
        _startUp = StartUp.Slot;
        _hasWork = true;
    }

    /// <inheritdoc/>
    public StdReturn StartDownload(byte dataFormatIdentifier, uint address, uint size)
    {
        // The chunk buffers are a routine's until it has ended, and the confirm mark's.
        if (!IsReady || _isRoutineStarted || !_marker.IsDone)
        {
            return StdReturn.Pending;
        }

        return Note(_download.Start(dataFormatIdentifier, address, size));
    }

    /// <inheritdoc/>
    public StdReturn TransferData(byte[] data, int offset, int count)
    {
        return Note(_download.Accept(data, offset, count));
    }

    /// <inheritdoc/>
    public StdReturn TransferExit()
    {
        return Note(_download.Finish());
    }

    /// <inheritdoc/>
    public void AbortTransfer()
    {
        _download.Abort();
    }

    /// <inheritdoc/>
    public FotaError RoutineCondition(ushort routineIdentifier)
    {
        FotaRoutine wanted = Find(routineIdentifier);
        if (!IsReady || _download.IsActive || (_isRoutineStarted && wanted != _routine))
        {
            return FotaError.Busy;
        }

        return wanted.Condition();
    }

    /// <inheritdoc/>
    public StdReturn StartRoutine(ushort routineIdentifier)
    {
        // A tester that lost its session while this routine ran finds it again, with its result.
        FotaRoutine wanted = Find(routineIdentifier);
        if (!_isRoutineStarted || wanted != _routine)
        {
            _routine = wanted;
            _routine.ClearError();
            _isRoutineStarted = true;
            _routineResult = StdReturn.Pending;
            _isRoutineBegun = false;
            _hasWork = true;
        }

        return StdReturn.Pending;
    }

    /// <inheritdoc/>
    public StdReturn PollRoutine()
    {
        return _routineResult;
    }

    /// <inheritdoc/>
    public int CheckPreconditions(byte[] into, int offset)
    {
        byte reasons = 0;
        reasons |= _application.IsUpdateAllowed ? (byte)0 : ReasonApplication;
        reasons |= _banks.IsSecondaryInUse ? ReasonTrial : (byte)0;
        reasons |= _keys.IsProvisioned ? (byte)0 : ReasonNotProvisioned;
        into[offset] = reasons == 0 ? ConsentGiven : (reasons & ReasonNotProvisioned) != 0 ? ConsentDenied : ConsentPostponed;
        into[offset + 1] = reasons;
        return 2;
    }

    /// <inheritdoc/>
    public int ReadVersionReport(byte[] nonce, int nonceOffset, byte[] into, int offset)
    {
        return _keys.IsProvisioned ? _reports.ReadVersionReport(nonce, nonceOffset, LastError, into, offset) : -1;
    }

    /// <inheritdoc/>
    public int ReadDid(ushort dataIdentifier, byte[] into, int offset)
    {
        if (dataIdentifier != 0xFD03)
        {
            return _reports.ReadDid(dataIdentifier, into, offset);
        }

        BigEndian.WriteU16(into, offset, (ushort)LastError);
        BigEndian.WriteU32(into, offset + 2, LastErrorDetail);
        BigEndian.WriteU16(into, offset + 6, _banks.Record.RollbackCount);
        return 8;
    }

    /// <inheritdoc/>
    public void NoteRefusal(FotaError reason)
    {
        LastError = reason;
        LastErrorDetail = 0;
    }

    /// <summary>Brings start-up, transfer, routine and confirm mark forward; <paramref name="isLull"/>: a flow control has just left.</summary>
    public void MainFunction(uint nowMs, bool isLull)
    {
        if (_startUp != StartUp.Done)
        {
            AdvanceStartUp();
            return;
        }

        _checkpoints.MainFunction(nowMs);
        _download.MainFunction();
        bool hasMore = _writer.MainFunction(nowMs, isLull);
        if (!_marker.IsDone)
        {
            _marker.Advance();
        }
        else if (_isRoutineStarted && _writer.IsIdle)
        {
            AdvanceRoutine();
        }

        _hasWork = hasMore || _isRoutineStarted || _download.IsDecoding || !_marker.IsDone;
    }

    private void AdvanceStartUp()
    {
        switch (_startUp)
        {
            case StartUp.Slot:
                if (_slot.Inspect() != StdReturn.Pending)
                {
                    _checkpoints.BeginLoad();
                    _startUp = StartUp.Log;
                }

                break;
            case StartUp.Log:
                _checkpoints.MainFunction(0);
                if (_checkpoints.Result != StdReturn.Pending)
                {
                    _marker.Begin();
                    _startUp = StartUp.Done;
                }

                break;
            default:
                break;
        }
    }

    private void AdvanceRoutine()
    {
        if (_isReinspecting)
        {
            if (_slot.Inspect() != StdReturn.Pending)
            {
                _isReinspecting = false;
                _marker.Begin();
                EndRoutine(StdReturn.Ok);
            }

            return;
        }

        StdReturn result = _isRoutineBegun ? _routine.Advance() : _routine.Start();
        _isRoutineBegun = true;
        if (result == StdReturn.Pending)
        {
            return;
        }

        // Confirm and roll back exchange the roles of the banks: what is known of the secondary is then of the other.
        if (result == StdReturn.Ok && _banks.Secondary != _inspectedBank)
        {
            _inspectedBank = _banks.Secondary;
            _isReinspecting = true;
            _slot.BeginInspection();
            return;
        }

        EndRoutine(result);
    }

    private void EndRoutine(StdReturn result)
    {
        _isRoutineStarted = false;
        _routineResult = result;
        LastError = _routine.Error;
        LastErrorDetail = _routine.ErrorDetail;
        if (_routine == _authenticate || _routine == _installTrust || _routine == _installRules)
        {
            _dem.SetEvent(DemEvent.ManifestRefused, result != StdReturn.Ok);
        }
        else if (_routine == _check && result == StdReturn.Ok)
        {
            // All of the image was programmed and read back.
            _dem.SetEvent(DemEvent.FlashFailed, false);
        }
        else if (_routine == _rollBack && result == StdReturn.Ok)
        {
            _idsM.Report(IdsMEvent.RollbackOrdered, (ushort)FotaError.RolledBackByClient);
        }
    }

    private StdReturn Note(StdReturn result)
    {
        _hasWork = true;
        if (result == StdReturn.NotOk)
        {
            LastError = _download.Error;
            LastErrorDetail = _download.ErrorDetail;
            if (LastError == FotaError.FlashFailed || LastError == FotaError.ReadBackMismatch)
            {
                _dem.SetEvent(DemEvent.FlashFailed, true);
            }
            else if (LastError == FotaError.ChunkMismatch || LastError == FotaError.PieceMismatch)
            {
                _idsM.Report(IdsMEvent.ChunkRefused, (ushort)LastError);
            }
        }

        return result;
    }

    private FotaRoutine Find(ushort routineIdentifier)
    {
        for (int i = 0; i < _routines.Length; i++)
        {
            if (_routines[i].Identifier == routineIdentifier)
            {
                return _routines[i];
            }
        }

        return _authenticate;
    }
}
