// RID 0213: the way back. A trial (running or waiting for its reset) is rejected; otherwise the previous image
// becomes the active one, unless its securityVersion is below the floor. The next reset starts it.
// Tests: tests/agent-firmware/Fota.
namespace EsyncAgent;

/// <summary>Roll back.</summary>
public sealed class RoutineRollBack : FotaRoutine
{
    private readonly Banks _banks;
    private readonly SecondarySlot _slot;

    /// <summary>Makes the routine.</summary>
    public RoutineRollBack(Banks banks, SecondarySlot slot)
        : base(0x0213)
    {
        _banks = banks;
        _slot = slot;
    }

    /// <inheritdoc/>
    public override FotaError Condition()
    {
        return FotaError.None;
    }

    /// <inheritdoc/>
    public override StdReturn Start()
    {
        BootRecord record = _banks.Record;
        bool isRepeat = _banks.Running != Banks.None && record.State[_banks.Running] == BankState.Rejected;
        if (isRepeat)
        {
            return StdReturn.Ok;
        }

        BankState state = record.State[_banks.Secondary];
        if (state == BankState.Trial)
        {
            BankTransitions.RejectTrial(_banks.BeginChange(), _banks.Secondary, FotaError.RolledBackByClient);
        }
        else if (state != BankState.Previous || !_slot.IsTrusted)
        {
            return Fail(FotaError.NoPreviousImage, 0);
        }
        else if (_slot.Header.SecurityVersion < record.SecurityVersionFloor)
        {
            return Fail(FotaError.SecurityVersionTooLow, _slot.Header.SecurityVersion);
        }
        else
        {
            BankTransitions.SwapToPrevious(_banks.BeginChange(), FotaError.RolledBackByClient);
        }

        _banks.Commit();
        return StdReturn.Pending;
    }

    /// <inheritdoc/>
    public override StdReturn Advance()
    {
        return AwaitRecord(_banks);
    }
}
