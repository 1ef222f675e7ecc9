// Tries one input and says which rule it broke: an exception that left the target, steps or memory beyond the target's bounds,
// or a rule of the target's own.
// Invariant: memory counts when it is needed twice, for what the runtime makes once (types, compiled code) is no input's doing.
// Tests: tests/Fuzz/Checks.
namespace EsyncTests.Fuzzing;

/// <summary>Runs inputs of one target.</summary>
public sealed class InputChecker(FuzzTarget target)
{
    /// <summary>Steps of the last input.</summary>
    public long Steps { get; private set; }

    /// <summary>Bytes that the last input allocated.</summary>
    public long Allocated { get; private set; }

    /// <summary>The broken rule in words that stay the same for the same fault; null when all hold.</summary>
    public string? Check(byte[] input)
    {
        string? broken = Try(input, out bool isAboutMemory);
        return isAboutMemory ? Try(input, out _) : broken;
    }

    private string? Try(byte[] input, out bool isAboutMemory)
    {
        string? broken = Run(input, out isAboutMemory);
        if (broken is null && Allocated > target.AllocationMax(input.Length))
        {
            isAboutMemory = true;
            broken = "more memory is allocated than an input of this length may need";
        }

        return broken;
    }

    private string? Run(byte[] input, out bool isAboutMemory)
    {
        isAboutMemory = false;
        long steps = target.StepsMax(input.Length);
        Probe.Begin(steps);
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            target.Run(input);
            return null;
        }
        catch (BrokenRuleException broken)
        {
            isAboutMemory = broken is AllocatedException;
            return broken.Message;
        }
#pragma warning disable CA1031 // Any exception that leaves is what is looked for.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return Describe(error);
        }
        finally
        {
            Allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Steps = steps - Probe.StepsLeft;
            Probe.StepsLeft = long.MaxValue;
        }
    }

    // The innermost place in this repository's code; messages differ from input to input and are left out.
    private static string Describe(Exception error)
    {
        IEnumerable<string> lines = (error.StackTrace ?? string.Empty).Split('\n').Select(line => line.Trim());
        string? place = lines.FirstOrDefault(line => line.StartsWith("at Esync", StringComparison.Ordinal) && !line.Contains("Fuzzing.Probe", StringComparison.Ordinal));
        return $"{error.GetType().Name} leaves, {place?.Split(" in ")[0] ?? "from the base library"}";
    }
}
