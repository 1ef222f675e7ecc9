// The results of a run: as JSON, as JUnit XML, and as a table for people.
// Invariant: not applicable is told as skipped and never counts as repelled; the outcome is "pass" only when something was
// tried, nothing succeeded and nothing failed.
// Tests: tests/host-sim/Attack.
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using EsyncSim.Hil;
using Spectre.Console;

namespace EsyncSim.Attack;

/// <summary>Results of all attacks of a run.</summary>
internal sealed record AttackReport(string Target, IReadOnlyList<AttackResult> Results)
{
    /// <summary>True when something was tried and every attack that was tried was repelled.</summary>
    public bool IsPassed => Count(AttackVerdict.Repelled) > 0 && Count(AttackVerdict.Succeeded) + Count(AttackVerdict.Error) == 0;

    /// <summary>Attacks that ended so.</summary>
    public int Count(AttackVerdict verdict) => Results.Count(result => result.Verdict == verdict);

    /// <summary>The verdict as it stands in reports.</summary>
    public static string Word(AttackVerdict verdict) => verdict switch
    {
        AttackVerdict.Repelled => "repelled",
        AttackVerdict.Succeeded => "succeeded",
        AttackVerdict.NotApplicable => "not applicable",
        _ => "error",
    };

    /// <summary>The report as JSON (host-sim/README.md, "Attacks").</summary>
    public byte[] ToJson()
    {
        AttackFile file = new(
            Target,
            [.. Results.Select(result => new AttackEntry(
                result.Attack.Name,
                result.Attack.Origin.ToString(),
                result.Attack.What,
                Word(result.Verdict),
                result.Reason,
                result.Attack.Limit,
                result.Seconds,
                [.. result.Steps.Select(step => new AttackStepEntry(step.Sent, step.Expected, step.Came, step.IsHeld))]))],
            IsPassed ? "pass" : "fail");
        return JsonSerializer.SerializeToUtf8Bytes(file, AttackJsonContext.Default.AttackFile);
    }

    /// <summary>The report as JUnit XML: a suite for each origin, a case for each attack.</summary>
    public byte[] ToJUnit() => JUnitReport.Write(
        $"attack {Target}",
        [.. Results.GroupBy(result => result.Attack.Origin).Select(group => new HilSuite(group.Key.ToString(), group.Sum(result => result.Seconds), [.. group.Select(Case)]))]);

    /// <summary>Prints the table and the verdict.</summary>
    public void Write(IAnsiConsole console, TimeSpan wall)
    {
        Table table = new() { Border = TableBorder.Simple, Title = new TableTitle(Markup.Escape($"Attacks on {Target}")) };
        table.AddColumn(new TableColumn("attack") { NoWrap = true });
        table.AddColumn(new TableColumn("verdict") { NoWrap = true });
        table.AddColumn(new TableColumn("steps") { NoWrap = true }.RightAligned());
        table.AddColumn("expected, and came");
        foreach (AttackResult result in Results)
        {
            table.AddRow(Markup.Escape(result.Attack.Name), Colour(result.Verdict), result.Steps.Count.ToString(CultureInfo.InvariantCulture), Markup.Escape(Summary(result)));
        }

        console.Write(table);
        string verdict = IsPassed ? "[green]pass[/]" : "[red]fail[/]";
        console.MarkupLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{verdict}: {Count(AttackVerdict.Repelled)} repelled, {Count(AttackVerdict.Succeeded)} succeeded, {Count(AttackVerdict.Error)} errors, {Count(AttackVerdict.NotApplicable)} not applicable; {Results.Sum(result => result.Seconds):F0} s of the bus's time in {wall.TotalSeconds:F1} s"));
    }

    /// <summary>A line about a result: what was expected, or the first step that came otherwise.</summary>
    public static string Summary(AttackResult result)
    {
        if (result.Reason.Length > 0)
        {
            return result.Reason;
        }

        if (result.Steps.FirstOrDefault(step => !step.IsHeld) is { } fallen)
        {
            return $"{fallen.Sent}: expected {fallen.Expected}, came {fallen.Came}";
        }

        const int Shown = 3;
        string[] distinct = [.. result.Steps.Where(step => !step.Sent.StartsWith("after the attack", StringComparison.Ordinal)).Select(step => step.Came).Distinct()];
        return string.Join("; ", distinct.Take(Shown)) + (distinct.Length > Shown ? $"; and {distinct.Length - Shown} more" : string.Empty);
    }

    private static string Colour(AttackVerdict verdict)
    {
        string colour = verdict switch { AttackVerdict.Repelled => "green", AttackVerdict.NotApplicable => "grey", _ => "red" };
        return $"[{colour}]{Word(verdict)}[/]";
    }

    private static HilCase Case(AttackResult result)
    {
        HilEnd end = result.Verdict switch
        {
            AttackVerdict.Repelled => HilEnd.Passed,
            AttackVerdict.Succeeded => HilEnd.Failed,
            AttackVerdict.NotApplicable => HilEnd.Skipped,
            _ => HilEnd.Error,
        };
        StringBuilder output = new();
        foreach (AttackStep step in result.Steps)
        {
            output.Append(step.IsHeld ? "held   " : "FALLEN ").Append(step.Sent).Append(": expected ").Append(step.Expected).Append(", came ").Append(step.Came).Append('\n');
        }

        return new HilCase(result.Attack.Origin.ToString(), result.Attack.Name, end, result.Seconds, end == HilEnd.Passed ? string.Empty : Summary(result), output.ToString());
    }
}

/// <summary>The JSON file.</summary>
internal sealed record AttackFile(string Target, IReadOnlyList<AttackEntry> Attacks, string Outcome);

/// <summary>One attack in the JSON file.</summary>
internal sealed record AttackEntry(
    string Name, string Origin, string What, string Verdict, string Reason, string Limit, double Seconds, IReadOnlyList<AttackStepEntry> Steps);

/// <summary>One step in the JSON file.</summary>
internal sealed record AttackStepEntry(string Sent, string Expected, string Came, bool Held);

/// <summary>Serialisation code made by the compiler.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AttackFile))]
internal sealed partial class AttackJsonContext : JsonSerializerContext;
