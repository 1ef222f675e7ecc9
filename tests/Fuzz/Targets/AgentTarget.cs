// What the targets of the whole agent share: the first byte of an input is the state that a run begins in, the rest is played to the
// agent, which allocates nothing and keeps its rules.
// Tests: tests/Fuzz/Checks.
namespace EsyncTests.Fuzzing.Targets;

/// <summary>A target that is the whole agent.</summary>
internal abstract class AgentTarget : FuzzTarget
{
    private AgentStates? _states;

    public override int SmokeInputs => 400;

    public override long StepsMax(int length) => 8_000_000;

    public override long AllocationMax(int length) => 400_000;

    protected AgentBench Bench { get; } = new();

    /// <summary>Bytes that the target itself has allocated while it played.</summary>
    protected long OwnBytes { get; set; }

    /// <summary>Length of the shortest event.</summary>
    protected abstract int EventLengthMin { get; }

    public override void Run(byte[] input)
    {
        if (input.Length <= EventLengthMin)
        {
            return;
        }

        _states ??= new AgentStates(Bench);
        int state = input[0] % AgentStates.Count;
        _states.Enter(Bench, state);
        Require(Bench.Agent.IsRunning, "the agent does not come up");
        long before = GC.GetAllocatedBytesForCurrentThread();
        OwnBytes = 0;
        for (int at = 1; at + EventLengthMin <= input.Length && !Bench.IsResetRequested;)
        {
            at += Play(input.AsSpan(at));
        }

        RequireNoAllocation(before + OwnBytes, "the agent");
        AgentRules.Check(Bench, state);
    }

    /// <summary>Plays the event that these bytes begin with; returns its length.</summary>
    protected abstract int Play(ReadOnlySpan<byte> rest);
}
