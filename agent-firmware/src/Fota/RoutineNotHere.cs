// Stands in for a routine whose part this ECU does not have, so that a tester hears the reason in place of a 31.
// Invariant: never starts.
// Tests: tests/agent-firmware/EcuM/RulesInstallTests.cs.
namespace EsyncAgent;

/// <summary>A routine that answers with a reason, always.</summary>
public sealed class RoutineNotHere : FotaRoutine
{
    private readonly FotaError _reason;

    /// <summary>Makes it with its identifier and the reason.</summary>
    public RoutineNotHere(ushort identifier, FotaError reason)
        : base(identifier)
    {
        _reason = reason;
    }

    /// <inheritdoc/>
    public override FotaError Condition()
    {
        return _reason;
    }

    /// <inheritdoc/>
    public override StdReturn Start()
    {
        return Fail(_reason, 0);
    }

    /// <inheritdoc/>
    public override StdReturn Advance()
    {
        return StdReturn.NotOk;
    }
}
