// RID FF00: makes the secondary bank ready for the manifest that is bound to it: record RECEIVING, a fresh
// checkpoint list at chunk 0. The sectors themselves are erased by BankWriter, each just before it is programmed:
// after an interruption FF is no proof of an erase, so an erase ahead of time would have to be repeated anyway.
// Clause: ISO 14229-1:2020 Annex F, routine identifier FF00.
// Tests: tests/agent-firmware/Fota.
namespace EsyncAgent;

/// <summary>Erase memory.</summary>
public sealed class RoutineEraseMemory : FotaRoutine
{
    private enum Step : byte
    {
        Record,
        OpenLog,
        AwaitLog,
    }

    private readonly Banks _banks;
    private readonly SecondarySlot _slot;
    private readonly CheckpointLog _checkpoints;
    private Step _step;

    /// <summary>Makes the routine.</summary>
    public RoutineEraseMemory(Banks banks, SecondarySlot slot, CheckpointLog checkpoints)
        : base(0xFF00)
    {
        _banks = banks;
        _slot = slot;
        _checkpoints = checkpoints;
    }

    /// <inheritdoc/>
    public override FotaError Condition()
    {
        if (_banks.IsSecondaryInUse)
        {
            return FotaError.TrialRunning;
        }

        BankState state = _banks.Record.State[_banks.Secondary];
        bool isBound = _slot.IsTrusted && (state == BankState.Receiving || state == BankState.Verified);
        return isBound ? FotaError.None : FotaError.NoManifest;
    }

    /// <inheritdoc/>
    public override StdReturn Start()
    {
        if (_banks.Record.State[_banks.Secondary] == BankState.Receiving)
        {
            _step = Step.OpenLog;
            return StdReturn.Pending;
        }

        BankTransitions.Restart(_banks.BeginChange(), _banks.Secondary);
        _banks.Commit();
        _step = Step.Record;
        return StdReturn.Pending;
    }

    /// <inheritdoc/>
    public override StdReturn Advance()
    {
        StdReturn result = StdReturn.Pending;
        switch (_step)
        {
            case Step.Record:
                result = AwaitRecord(_banks);
                if (result == StdReturn.Ok)
                {
                    _step = Step.OpenLog;
                    result = StdReturn.Pending;
                }

                return result;
            case Step.OpenLog:
                if (_checkpoints.Open(_slot.Header.Digest, 0))
                {
                    _step = Step.AwaitLog;
                }

                return result;
            default:
                result = _checkpoints.Result;
                return result == StdReturn.NotOk ? Fail(FotaError.FlashFailed, 0) : result;
        }
    }
}
