// The result of a replay, as JSON and for people.
// Invariant: a comparison passes only when something was answered and every answer is the same, seeds and challenges excepted.
// Tests: tests/host-sim/Cli/ReplayCommandTests.cs.
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using EsyncSim.Bus;
using EsyncSim.Decode;

namespace EsyncSim.Replay;

/// <summary>Result of a replay.</summary>
/// <param name="File">The log.</param>
/// <param name="Place">Where it was played to.</param>
/// <param name="Count">How it went.</param>
/// <param name="LeftOut">What the log had besides data frames; empty for nothing.</param>
/// <param name="Answers">Both answers to each question; null when nobody compared.</param>
internal sealed record ReplayReport(string File, string Place, ReplayCount Count, string LeftOut, IReadOnlyList<ReplayAnswer>? Answers)
{
    private const int BytesShown = 12;

    /// <summary>True when nothing is other than it was recorded, or nobody compared.</summary>
    public bool IsPassed => Answers is null || (Answers.Any(answer => answer.Recorded is not null) && Answers.All(answer => answer.Verdict is ReplayVerdict.Same or ReplayVerdict.Challenge));

    /// <summary>The report as JSON (host-sim/README.md, "Replay").</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(
        new ReplayFile(
            File, Place, Count.Sent, Count.Seconds, Count.LatestMs, LeftOut,
            Answers is null ? null : [.. Answers.Select(answer => new ReplayEntry(answer.Ns / (double)VirtualTime.NsPerSecond, Hex(answer.Request), Hex(answer.Recorded), Hex(answer.Came), Word(answer.Verdict)))],
            IsPassed ? "pass" : "fail"),
        ReplayJsonContext.Default.ReplayFile);

    /// <summary>Prints it.</summary>
    public void Write(TextWriter output, UdsText? words)
    {
        foreach (ReplayAnswer answer in Answers ?? [])
        {
            if (answer.Verdict != ReplayVerdict.Same)
            {
                output.WriteLine($"{Word(answer.Verdict),-10} {words?.Request(answer.Request).Text} [{Short(answer.Request)}]");
                output.WriteLine($"           recorded {Said(words, answer.Recorded)}");
                output.WriteLine($"           came     {(answer.Verdict == ReplayVerdict.NotAsked ? "another question, or none" : Said(words, answer.Came))}");
            }
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Count.Sent} frames of {File} played to {Place} in {Count.Seconds:F3} s, the latest {Count.LatestMs:F1} ms late"));
        if (LeftOut.Length > 0)
        {
            output.WriteLine($"left out of the log: {LeftOut}");
        }

        if (Answers is not null)
        {
            string counts = string.Join(", ", Answers.GroupBy(answer => answer.Verdict).OrderBy(group => group.Key).Select(group => $"{group.Count()} {Word(group.Key)}"));
            string nothing = Answers.Any(answer => answer.Recorded is not null) ? string.Empty : "; the log has no answer to compare";
            output.WriteLine($"{(IsPassed ? "pass" : "fail")}: {Answers.Count} questions{(counts.Length > 0 ? ": " : string.Empty)}{counts}{nothing}");
        }
    }

    /// <summary>The verdict as it stands in reports.</summary>
    internal static string Word(ReplayVerdict verdict) => verdict switch
    {
        ReplayVerdict.Same => "same",
        ReplayVerdict.Challenge => "challenge",
        ReplayVerdict.Access => "access",
        ReplayVerdict.Missing => "missing",
        ReplayVerdict.Added => "added",
        ReplayVerdict.NotAsked => "not asked",
        _ => "different",
    };

    private static string Said(UdsText? words, byte[]? bytes) => bytes is null ? "no answer" : $"{words?.Response(bytes).Text} [{Short(bytes)}]";

    private static string Short(byte[] bytes)
    {
        string digits = string.Join(' ', bytes.Take(BytesShown).Select(value => value.ToString("X2", CultureInfo.InvariantCulture)));
        return bytes.Length > BytesShown ? $"{digits} … {bytes.Length} bytes" : digits;
    }

    private static string? Hex(byte[]? bytes) => bytes is null ? null : Convert.ToHexString(bytes);
}

/// <summary>The JSON file.</summary>
internal sealed record ReplayFile(
    string File, string Place, long Frames, double Seconds, double LatestMs, string LeftOut, IReadOnlyList<ReplayEntry>? Answers, string Outcome);

/// <summary>One question in the JSON file.</summary>
internal sealed record ReplayEntry(double Seconds, string? Request, string? Recorded, string? Came, string Verdict);

/// <summary>Serialisation code made by the compiler.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ReplayFile))]
internal sealed partial class ReplayJsonContext : JsonSerializerContext;
