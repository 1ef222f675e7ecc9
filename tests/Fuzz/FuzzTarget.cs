// What is fuzzed: one parser or one module, with inputs to begin from and the rules that hold for every input.
// Invariants: Run leaves nothing behind that the next input could see; it throws nothing but a broken rule: what a parser may
// throw by its documentation is caught in Run, by its type.
// Tests: tests/Fuzz/Checks.
namespace EsyncTests.Fuzzing;

/// <summary>A rule that holds for every input was broken.</summary>
public class BrokenRuleException(string rule) : Exception(rule);

/// <summary>Something allocated that must not. It counts when it happens twice: types are loaded once.</summary>
public sealed class AllocatedException(string what) : BrokenRuleException($"{what} allocates");

/// <summary>One target.</summary>
public abstract class FuzzTarget
{
    /// <summary>What it feeds with what, in a line.</summary>
    public abstract string What { get; }

    /// <summary>Full names of the types whose branches are counted for it.</summary>
    public abstract IReadOnlyList<string> Parsers { get; }

    /// <summary>Methods of these types that read nothing (they build, sign, open files) and do not count, as Type.Method.</summary>
    public virtual IReadOnlyList<string> NotReading => [];

    /// <summary>Longest input in bytes.</summary>
    public virtual int LengthMax => 4096;

    /// <summary>Inputs of the smoke run in the test suite.</summary>
    public virtual int SmokeInputs => 2000;

    /// <summary>Inputs to begin from.</summary>
    public abstract IReadOnlyList<byte[]> Seeds();

    /// <summary>Pieces of the format that chance would hardly find.</summary>
    public virtual IReadOnlyList<byte[]> Words => [];

    /// <summary>Most probes that an input of this length may pass.</summary>
    public abstract long StepsMax(int length);

    /// <summary>Most bytes that an input of this length may allocate, the input's own copies in the target included.</summary>
    public abstract long AllocationMax(int length);

    /// <summary>Makes checksums and lengths of a changed input right again; half of the inputs go through it.</summary>
    public virtual byte[] Repair(byte[] input) => input;

    /// <summary>One input.</summary>
    /// <exception cref="BrokenRuleException">It broke a rule.</exception>
    public abstract void Run(byte[] input);

    /// <summary>Throws when this thread has allocated since it had allocated so many bytes.</summary>
    protected static void RequireNoAllocation(long before, string what)
    {
        if (GC.GetAllocatedBytesForCurrentThread() != before)
        {
            throw new AllocatedException(what);
        }
    }

    /// <summary>Throws unless a rule holds.</summary>
    protected static void Require(bool holds, string rule)
    {
        if (!holds)
        {
            throw new BrokenRuleException(rule);
        }
    }
}
