// RID 0212: confirms the running trial. Its bank becomes the active one, the former one the way back, and the floor
// rises. The confirm mark in the slot follows in the background (ConfirmMarker): it only serves the day on which
// all copies of the boot record are lost.
// Tests: tests/agent-firmware/Fota.
namespace EsyncAgent;

/// <summary>Confirm.</summary>
public sealed class RoutineConfirm : FotaRoutine
{
    private readonly Banks _banks;
    private readonly IApplicationLoader _application;

    /// <summary>Makes the routine.</summary>
    public RoutineConfirm(Banks banks, IApplicationLoader application)
        : base(0x0212)
    {
        _banks = banks;
        _application = application;
    }

    /// <inheritdoc/>
    public override FotaError Condition()
    {
        return FotaError.None;
    }

    /// <inheritdoc/>
    public override StdReturn Start()
    {
        if (!_banks.IsTrialRunning)
        {
            // A repeat, its answer having been lost: the trial of this bank was confirmed.
            bool isConfirmed = _banks.Running == _banks.Record.ActiveBank && _banks.Record.EsyncState == EsyncState.InstallCompleted;
            return isConfirmed ? StdReturn.Ok : Fail(FotaError.NoTrial, 0);
        }

        if (_application.State != ApplicationState.Running)
        {
            return Fail(_application.State == ApplicationState.Starting ? FotaError.SelfTestPending : FotaError.SelfTestFailed, 0);
        }

        // Just after a reset a stall is not known yet: what never made a turn would be confirmed and run for good.
        if (_application.AliveCounter == 0)
        {
            return Fail(FotaError.SelfTestPending, 0);
        }

        BankTransitions.Confirm(_banks.BeginChange(), _banks.Running, _banks.RunningSecurityVersion);
        _banks.Commit();
        return StdReturn.Pending;
    }

    /// <inheritdoc/>
    public override StdReturn Advance()
    {
        return AwaitRecord(_banks);
    }
}
