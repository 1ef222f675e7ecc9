// RID 0211: puts the verified image on trial; the next reset starts it.
// Invariant: the change is one boot record; a power cut leaves the bank either verified or on trial.
// Tests: tests/agent-firmware/Fota.
namespace EsyncAgent;

/// <summary>Activate.</summary>
public sealed class RoutineActivate : FotaRoutine
{
    private readonly Banks _banks;
    private readonly byte _attempts;

    /// <summary>Makes the routine; <paramref name="attempts"/> is the number of boots that the trial may use up.</summary>
    public RoutineActivate(Banks banks, byte attempts)
        : base(0x0211)
    {
        _banks = banks;
        _attempts = attempts;
    }

    /// <inheritdoc/>
    public override FotaError Condition()
    {
        return _banks.IsTrialRunning ? FotaError.TrialRunning : FotaError.None;
    }

    /// <inheritdoc/>
    public override StdReturn Start()
    {
        BankState state = _banks.Record.State[_banks.Secondary];
        if (state == BankState.Trial)
        {
            return StdReturn.Ok;
        }

        if (state != BankState.Verified)
        {
            return Fail(FotaError.NotVerified, 0);
        }

        BankTransitions.Activate(_banks.BeginChange(), _banks.Secondary, _attempts);
        _banks.Commit();
        return StdReturn.Pending;
    }

    /// <inheritdoc/>
    public override StdReturn Advance()
    {
        return AwaitRecord(_banks);
    }
}
