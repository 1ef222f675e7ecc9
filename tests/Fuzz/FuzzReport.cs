// What a run has found, in a form that crosses load contexts as JSON.
// Tests: tests/Fuzz/Checks.
namespace EsyncTests.Fuzzing;

/// <summary>An input that broke a rule.</summary>
/// <param name="Rule">Which one, and where.</param>
/// <param name="Input">The shortest form that still breaks it, hexadecimal.</param>
/// <param name="At">Number of the input in its run, from 1.</param>
public sealed record FuzzFinding(string Rule, string Input, long At);

/// <summary>One run of one target.</summary>
public sealed record FuzzReport
{
    /// <summary>The target.</summary>
    public required string Target { get; init; }

    /// <summary>Seed of the run.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Inputs tried.</summary>
    public required long Inputs { get; init; }

    /// <summary>Inputs that showed something new and were kept.</summary>
    public required int Kept { get; init; }

    /// <summary>Outcomes of branches in the target's parsers that were seen, of all there are.</summary>
    public required int OutcomesSeen { get; init; }

    /// <summary>Outcomes of branches in the target's parsers.</summary>
    public required int Outcomes { get; init; }

    /// <summary>Most steps of one input.</summary>
    public required long StepsMax { get; init; }

    /// <summary>Most bytes that one input allocated, after the first thousand inputs.</summary>
    public required long AllocatedMax { get; init; }

    /// <summary>Number that all inputs and what they touched go into: equal in two runs that were the same.</summary>
    public required ulong Fingerprint { get; init; }

    /// <summary>Findings, each kind once.</summary>
    public required IReadOnlyList<FuzzFinding> Findings { get; init; }

    /// <summary>Outcomes that were not seen: method and how many.</summary>
    public required IReadOnlyList<string> Unseen { get; init; }
}
