// How many IL instructions an application may still spend in the turn that it has now.
// Instrumented bundles call Spend at the start of each basic block (IlBudget puts the calls in). When the budget is used
// up, every further block throws, so that no loop, catch or finally of the application keeps the turn.
// Invariant: one turn at a time on a thread; outside a turn nothing is counted against anybody.
// Tests: tests/host-sim/Applications.
namespace EsyncSim.Applications;

/// <summary>The budget of the running turn, one for each thread. Public because instrumented bundles call it.</summary>
public static class TurnBudget
{
    [ThreadStatic]
    private static long _left;

    [ThreadStatic]
    private static long _whole;

    /// <summary>True once the present turn has spent more than it had.</summary>
    public static bool IsExceeded => _left < 0;

    /// <summary>Begins a turn with a budget in IL instructions.</summary>
    public static void Open(long instructions)
    {
        _whole = instructions;
        _left = instructions;
    }

    /// <summary>Ends the turn and returns what it spent, in IL instructions.</summary>
    public static long Close()
    {
        long spent = _whole - _left;
        Open(long.MaxValue);
        return spent;
    }

    /// <summary>
    /// Stands for Thread.Sleep: a board's processor does other things meanwhile, but the turn does not come back, so the
    /// sleep costs what working for that long would. A negative time sleeps for ever. Called by instrumented code only.
    /// </summary>
    /// <exception cref="TurnBudgetExceededException">The turn has used up its budget.</exception>
    public static void Sleep(int milliseconds)
    {
        _left -= milliseconds < 0 ? long.MaxValue / 2 : milliseconds * HostApplicationLoader.InstructionsPerMs;
        ThrowIfExceeded();
    }

    /// <summary>As <see cref="Sleep(int)"/>.</summary>
    /// <exception cref="TurnBudgetExceededException">The turn has used up its budget.</exception>
    public static void Sleep(TimeSpan time) => Sleep((int)Math.Min(time.TotalMilliseconds, int.MaxValue));

    /// <summary>Counts one basic block of <paramref name="instructions"/>. Called by instrumented code only.</summary>
    /// <exception cref="TurnBudgetExceededException">The turn has used up its budget.</exception>
    public static void Spend(int instructions)
    {
        _left -= instructions;
        ThrowIfExceeded();
    }

    private static void ThrowIfExceeded()
    {
        if (_left < 0)
        {
            throw new TurnBudgetExceededException();
        }
    }
}

/// <summary>Ends a turn that has used up its budget; the loader takes it for a stall, not for a fault.</summary>
public sealed class TurnBudgetExceededException() : Exception("the turn has used up its budget of IL instructions");
