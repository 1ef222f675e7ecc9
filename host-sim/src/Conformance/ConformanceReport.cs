// The results of a run: as JSON, as JUnit XML, and as a table for people. The page to hand on is VerdictPage.
// Invariants: not applicable is told as skipped and counts neither for nor against; the verdict is "pass" only when something
// passed, nothing failed and nothing is open; the score is passed of applicable.
// Tests: tests/host-sim/Conformance.
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using EsyncSim.Bus;
using EsyncSim.Hil;
using Spectre.Console;

namespace EsyncSim.Conformance;

/// <summary>How many cases of a chapter, or of all, ended how.</summary>
/// <param name="Passed">Every expectation met.</param>
/// <param name="Failed">An expectation not met.</param>
/// <param name="Inconclusive">Not tried to the end.</param>
/// <param name="NotApplicable">Not meant for this ECU, or not possible with what is at hand.</param>
internal sealed record ConformanceScore(int Passed, int Failed, int Inconclusive, int NotApplicable)
{
    /// <summary>Cases that apply.</summary>
    public int Applicable => Passed + Failed + Inconclusive;

    /// <summary>The score in words.</summary>
    [JsonIgnore]
    public string Text => Applicable == 0 ? "none applies" : string.Create(CultureInfo.InvariantCulture, $"{Passed} of {Applicable}");

    /// <summary>Counts results.</summary>
    public static ConformanceScore Of(IEnumerable<ConformanceResult> results)
    {
        ILookup<ConformanceVerdict, ConformanceResult> ends = results.ToLookup(result => result.Verdict);
        return new ConformanceScore(
            ends[ConformanceVerdict.Pass].Count(), ends[ConformanceVerdict.Fail].Count(), ends[ConformanceVerdict.Inconclusive].Count(), ends[ConformanceVerdict.NotApplicable].Count());
    }
}

/// <summary>Results of all cases of a run.</summary>
/// <param name="Target">What was judged, in words.</param>
/// <param name="Profile">What it was judged by.</param>
/// <param name="When">When, in words: a date on a real bus, the seed on a virtual one.</param>
/// <param name="Results">The results in order.</param>
internal sealed record ConformanceReport(string Target, ConformanceProfile Profile, string When, IReadOnlyList<ConformanceResult> Results)
{
    /// <summary>The score of all.</summary>
    public ConformanceScore Score { get; } = ConformanceScore.Of(Results);

    /// <summary>True when something passed, nothing failed and nothing is open.</summary>
    public bool IsPassed => Score.Passed > 0 && Score.Failed + Score.Inconclusive == 0;

    /// <summary>The chapters that have cases, with their scores.</summary>
    public IReadOnlyList<(string Prefix, string Name, ConformanceScore Score)> Chapters =>
    [
        .. ConformanceCatalogue.Chapters
            .Select(chapter => (chapter.Prefix, chapter.Name, Results.Where(result => result.Case.Chapter == chapter.Prefix).ToArray()))
            .Where(chapter => chapter.Item3.Length > 0)
            .Select(chapter => (chapter.Prefix, chapter.Name, ConformanceScore.Of(chapter.Item3))),
    ];

    /// <summary>The verdict as it stands in reports.</summary>
    public static string Word(ConformanceVerdict verdict) => verdict switch
    {
        ConformanceVerdict.Pass => "pass",
        ConformanceVerdict.Fail => "fail",
        ConformanceVerdict.Inconclusive => "inconclusive",
        _ => "not applicable",
    };

    /// <summary>The report as JSON (host-sim/README.md, "Conformance").</summary>
    public byte[] ToJson()
    {
        ConformanceFile file = new(
            Target,
            Profile.Name,
            Profile.Source,
            When,
            Score,
            [.. Chapters.Select(chapter => new ConformanceChapterEntry(chapter.Prefix, chapter.Name, chapter.Score))],
            [.. Results.Select(Entry)],
            IsPassed ? "pass" : "fail");
        return JsonSerializer.SerializeToUtf8Bytes(file, ConformanceJsonContext.Default.ConformanceFile);
    }

    /// <summary>The report as JUnit XML: a suite for each chapter, a case for each case; inconclusive is an error, not applicable skipped.</summary>
    public byte[] ToJUnit() => JUnitReport.Write(
        $"conformance {Target}",
        [.. Chapters.Select(chapter =>
        {
            ConformanceResult[] own = [.. Results.Where(result => result.Case.Chapter == chapter.Prefix)];
            return new HilSuite(chapter.Name, own.Sum(result => result.Seconds), [.. own.Select(Case)]);
        })]);

    /// <summary>Prints what did not pass, the score by chapter and the verdict.</summary>
    public void Write(IAnsiConsole console, TimeSpan wall)
    {
        foreach (ConformanceResult result in Results.Where(result => result.Verdict is ConformanceVerdict.Fail or ConformanceVerdict.Inconclusive))
        {
            console.MarkupLine($"[red]{Word(result.Verdict)}[/]  {Markup.Escape($"{result.Case.Id} {result.Case.Name} ({result.Case.Clause}): {Summary(result)}")}");
        }

        Table table = new() { Border = TableBorder.Simple, Title = new TableTitle(Markup.Escape($"Conformance of {Target}")) };
        table.AddColumns("chapter", "passed of applicable", "failed", "inconclusive", "not applicable");
        foreach ((string _, string name, ConformanceScore score) in Chapters)
        {
            table.AddRow(Markup.Escape(name), score.Text, Number(score.Failed), Number(score.Inconclusive), Number(score.NotApplicable));
        }

        console.Write(table);
        string verdict = IsPassed ? "[green]pass[/]" : "[red]fail[/]";
        console.MarkupLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{verdict}: {Score.Text} passed, {Score.Failed} failed, {Score.Inconclusive} inconclusive, {Score.NotApplicable} not applicable; {Results.Sum(result => result.Seconds):F0} s of the bus's time in {wall.TotalSeconds:F1} s"));
    }

    /// <summary>A line about a result: the first expectation that was not met, or why there was none.</summary>
    public static string Summary(ConformanceResult result) => result.Broken is { } broken
        ? $"expected {broken.Expected}; came {broken.Came}"
        : result.Reason;

    /// <summary>A frame with its time, as evidence is written: milliseconds, identifier, bytes.</summary>
    public static string Line(EvidenceFrame frame) =>
        string.Create(CultureInfo.InvariantCulture, $"{frame.AtNs / (double)VirtualTime.NsPerMs,10:F3}  {frame.Frame}");

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static ConformanceEntry Entry(ConformanceResult result) => new(
        result.Case.Id,
        result.Case.Name,
        result.Case.Clause,
        result.Case.Requirement,
        Word(result.Verdict),
        result.Reason,
        result.Restored,
        result.Seconds,
        [.. result.Steps.Select(step => new ConformanceStepEntry(step.Expected, step.Came, step.IsMet))],
        [.. result.Evidence.Select(frame => Line(frame).TrimStart())],
        result.FramesLeftOut);

    private static HilCase Case(ConformanceResult result)
    {
        HilEnd end = result.Verdict switch
        {
            ConformanceVerdict.Pass => HilEnd.Passed,
            ConformanceVerdict.Fail => HilEnd.Failed,
            ConformanceVerdict.NotApplicable => HilEnd.Skipped,
            _ => HilEnd.Error,
        };
        StringBuilder output = new();
        output.Append(result.Case.Clause).Append(": ").Append(result.Case.Requirement).Append('\n');
        foreach (ConformanceStep step in result.Steps)
        {
            output.Append(step.IsMet ? "met     " : "NOT MET ").Append("expected ").Append(step.Expected).Append(", came ").Append(step.Came).Append('\n');
        }

        foreach (EvidenceFrame frame in end is HilEnd.Failed or HilEnd.Error ? result.Evidence : [])
        {
            output.Append(Line(frame)).Append('\n');
        }

        return new HilCase(result.Case.Chapter, $"{result.Case.Id} {result.Case.Name}", end, result.Seconds, end == HilEnd.Passed ? string.Empty : Summary(result), output.ToString());
    }
}

/// <summary>The JSON file.</summary>
internal sealed record ConformanceFile(
    string Target, string Ecu, string Profile, string When, ConformanceScore Score, IReadOnlyList<ConformanceChapterEntry> Chapters, IReadOnlyList<ConformanceEntry> Cases, string Outcome);

/// <summary>One chapter in the JSON file.</summary>
internal sealed record ConformanceChapterEntry(string Id, string Name, ConformanceScore Score);

/// <summary>One case in the JSON file.</summary>
internal sealed record ConformanceEntry(
    string Id, string Name, string Clause, string Requirement, string Verdict, string Reason, string Restored, double Seconds, IReadOnlyList<ConformanceStepEntry> Steps, IReadOnlyList<string> Frames, int FramesLeftOut);

/// <summary>One expectation in the JSON file.</summary>
internal sealed record ConformanceStepEntry(string Expected, string Came, bool Met);

/// <summary>Serialisation code made by the compiler.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ConformanceFile))]
internal sealed partial class ConformanceJsonContext : JsonSerializerContext;
