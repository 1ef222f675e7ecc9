// What rules cost an interpreter, reckoned before they run: constants in IL instructions, each an upper bound of what the
// code in RuleEngine executes for it.
// Invariant: a set's cost is never below what one evaluation really executes, the worst case taken; a test counts.
// Must not know how fast the ECU is: DataConfig.IlPerTurnMax is its share.
// Tests: tests/host-sim/Ecu/RuleCostTests.
namespace EsyncAgent;

/// <summary>Upper bounds in IL instructions.</summary>
public static class RuleCost
{
    /// <summary>Of an evaluation whatever is in the set: its turns, and samples of windows that are handed on in them.</summary>
    public const int Round = HandOn + Turn;

    /// <summary>Of a turn of an evaluation.</summary>
    public const int Turn = 80;

    /// <summary>Of a sample of a window that is handed on.</summary>
    public const int HandOn = 300;

    /// <summary>Of looking at one rule that has no window.</summary>
    public const int Rule = 130;

    /// <summary>Of the window around its triggers.</summary>
    public const int Window = 120;

    /// <summary>Of one comparison.</summary>
    public const int Term = 140;

    /// <summary>Of a sample, without its signals.</summary>
    public const int Sample = 240;

    /// <summary>Of each signal in it.</summary>
    public const int Signal = 105;

    /// <summary>Reckons a rule of a set and adds it to the sum; false when that is above <paramref name="max"/>.</summary>
    internal static bool Reckon(RuleSet set, int rule, int max)
    {
        // A rule with a window may take a sample for it in the same evaluation in which it triggers.
        bool hasWindow = set.SamplePeriodMs[rule] != 0;
        int check = Rule + (set.TermFirst[rule + 1] - set.TermFirst[rule]) * Term;
        check += hasWindow ? Window : 0;
        int sample = Sample + (set.SignalFirst[rule + 1] - set.SignalFirst[rule]) * Signal;
        set.Cost += check + (hasWindow ? 2 * sample : sample);
        if (set.Cost > max)
        {
            return false;
        }

        set.CheckCosts[rule] = (ushort)check;
        set.SampleCosts[rule] = (ushort)sample;
        return true;
    }
}
