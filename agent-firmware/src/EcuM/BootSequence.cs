// Chooses the bank that runs, and starts it (PROTOCOL.md, "Banks"):
//   a trial with attempts left → its attempt is consumed in flash first, then it is loaded;
//   a trial without           → rejected;
//   else the confirmed bank   → loaded; when it is damaged, the previous one takes its place;
//   none good                 → the agent goes on without application, reachable.
// Invariants: nothing of a trial runs before its attempt is consumed; a bank that failed never boots again.
// Must not know how a chunk is checked: BankLoader does.
// Tests: tests/agent-firmware/EcuM.
namespace EsyncAgent;

/// <summary>The boot decision as a state machine.</summary>
public sealed class BootSequence
{
    private enum Step : byte
    {
        Choose,
        Consume,
        Load,
        Reject,
    }

    private readonly Banks _banks;
    private readonly BankLoader _bankLoader;
    private readonly SlotSeal _seal;
    private readonly Dem _dem;
    private readonly IdsM _idsM;
    private Step _step;
    private int _candidate;

    /// <summary>Makes it; <paramref name="seal"/> is the one that <paramref name="bankLoader"/> works with.</summary>
    public BootSequence(Banks banks, BankLoader bankLoader, SlotSeal seal, Dem dem, IdsM idsM)
    {
        _banks = banks;
        _bankLoader = bankLoader;
        _seal = seal;
        _dem = dem;
        _idsM = idsM;
    }

    /// <summary>True after a bundle was started and failed: there is no unload, so only a reset leads on.</summary>
    public bool IsResetNeeded { get; private set; }

    /// <summary>Goes on. Ok: the decision is made; <see cref="Banks.Running"/> says what runs.</summary>
    public StdReturn Advance()
    {
        switch (_step)
        {
            case Step.Choose:
                return Choose();
            case Step.Consume:
                if (_banks.WriteResult == StdReturn.Ok)
                {
                    BeginLoad();
                }

                // The attempt could not be written: without it a trial must not run, so it waits for the next boot.
                return _banks.WriteResult == StdReturn.NotOk ? StdReturn.Ok : StdReturn.Pending;
            case Step.Load:
                return Load();
            default:
                if (_banks.WriteResult == StdReturn.Pending)
                {
                    return StdReturn.Pending;
                }

                _step = Step.Choose;
                return IsResetNeeded || _banks.WriteResult == StdReturn.NotOk ? StdReturn.Ok : StdReturn.Pending;
        }
    }

    private StdReturn Choose()
    {
        BootRecord record = _banks.Record;
        if (record.State[_banks.Secondary] == BankState.Trial)
        {
            _candidate = _banks.Secondary;
            if (record.AttemptsLeft == 0)
            {
                Reject(FotaError.TrialAttemptsUsedUp);
                return StdReturn.Pending;
            }

            _banks.BeginChange().AttemptsLeft--;
            _banks.Commit();
            _step = Step.Consume;
            return StdReturn.Pending;
        }

        if (record.State[record.ActiveBank] != BankState.Confirmed)
        {
            return StdReturn.Ok;
        }

        _candidate = record.ActiveBank;
        BeginLoad();
        return StdReturn.Pending;
    }

    private void BeginLoad()
    {
        _bankLoader.Begin(_banks, _candidate);
        _step = Step.Load;
    }

    private StdReturn Load()
    {
        StdReturn result = _bankLoader.Advance();
        if (result == StdReturn.Ok)
        {
            _banks.SetRunning((byte)_candidate, _seal.Slot);
        }
        else if (result == StdReturn.NotOk)
        {
            IsResetNeeded = _bankLoader.WasStarted;
            Reject(_bankLoader.Error);
            return StdReturn.Pending;
        }

        return result;
    }

    private void Reject(FotaError reason)
    {
        BootRecord draft = _banks.BeginChange();
        bool isTrial = _candidate == _banks.Secondary;
        if (isTrial)
        {
            BankTransitions.RejectTrial(draft, _candidate, reason);
        }
        else if (draft.State[_banks.Secondary] == BankState.Previous)
        {
            BankTransitions.SwapToPrevious(draft, reason);
        }
        else
        {
            BankTransitions.RejectActive(draft, reason);
        }

        _dem.SetEvent(isTrial ? DemEvent.TrialRolledBack : DemEvent.ImageDamaged, true);
        _idsM.Report(isTrial ? IdsMEvent.TrialReverted : IdsMEvent.BankRejected, (ushort)reason);
        _banks.Commit();
        _step = Step.Reject;
    }
}
