// esync bench: measured figures beside their goals.
// Tests: tests/host-sim/Cli/BenchCommandTests.cs.
using System.CommandLine;
using EsyncSim.Config;
using EsyncSim.Measure;
using Spectre.Console;

namespace EsyncSim.Cli;

/// <summary>The command `bench`.</summary>
internal static class BenchCommand
{
    private static readonly string[] Subjects = [LineBench.Subject];

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Argument<string[]> subjects = new("SUBJECT") { Description = $"What to measure, of {string.Join(", ", Subjects)}; without one, all", Arity = ArgumentArity.ZeroOrMore };
        subjects.AcceptOnlyFromAmong(Subjects);
        Option<bool> quick = new("--quick") { Description = "Smaller images and fewer runs, for a first look: goals are for the whole run" };
        Option<bool> check = new("--check") { Description = "End with 1 when a goal is missed" };
        Option<string?> json = new("--json") { Description = "Write the figures as JSON", HelpName = "FILE" };
        ToolCommand command = new(
            "bench",
            "Figures and their goals. `line`: how near a download comes to what the CAN bus can carry, where the rest goes, what boards, testers and faults make of it; " +
            "counted in virtual time, the same on every machine. Ends with 0 whether goals are met or not, unless --check is given.")
        {
            subjects, quick, check, json,
        };
        command.WithExample("esync bench", "everything, with the goals and what is missed")
            .WithExample("esync bench line --json line.json", "the line alone, some ten seconds, its figures in a file too")
            .WithExample("esync bench line --quick", "a first look, with images of 64 KiB")
            .WithExample("esync bench line --check", "for a CI server: ends with 1 when a goal is missed");
        command.SetAction((parsed, stop) => Task.Run(
            () =>
            {
                string? path = parsed.GetValue(json);
                OutputFiles.RequireWritable(path);
                IAnsiConsole console = Terminal.ConsoleOf(parsed.InvocationConfiguration.Output);
                string[] wanted = parsed.GetValue(subjects) is { Length: > 0 } some ? some : Subjects;
                BenchTable[] tables = [.. Subjects.Where(wanted.Contains).Select(subject => Measure(console, subject, parsed.GetValue(quick), stop))];
                OutputFiles.Write(path, new BenchFile(tables).ToJson());
                return Conclude(console, tables, parsed.GetValue(check));
            },
            CancellationToken.None));
        return command;
    }

    private static BenchTable Measure(IAnsiConsole console, string subject, bool isQuick, CancellationToken stop)
    {
        BenchTable table = WithProgress(console, subject, progress => Measure(subject, isQuick, progress, stop));
        BenchScreen.Write(console, table);
        return table;
    }

    private static BenchTable Measure(string subject, bool isQuick, Action<string> progress, CancellationToken stop) => subject switch
    {
        LineBench.Subject => LineBench.Measure(NfConfig.FindDefault(), isQuick, progress, stop),
        _ => throw new ArgumentException($"no subject {subject}", nameof(subject)),
    };

    // On a terminal one line that changes, in a file or a pipe a line for each step.
    private static BenchTable WithProgress(IAnsiConsole console, string subject, Func<Action<string>, BenchTable> measure) => console.Profile.Out.IsTerminal
        ? console.Status().Start(Markup.Escape(subject), context => measure(what => context.Status(Markup.Escape($"{subject}: {what}"))))
        : measure(what => console.WriteLine($"{subject}: {what}"));

    private static int Conclude(IAnsiConsole console, BenchTable[] tables, bool isChecked)
    {
        BenchRow[] judged = [.. tables.SelectMany(table => table.Rows).Where(row => row.IsMet is not null)];
        BenchRow[] missed = [.. judged.Where(row => row.IsMet is false)];
        console.WriteLine();
        console.WriteLine($"{judged.Length - missed.Length} of {judged.Length} goals met{(missed.Length == 0 ? string.Empty : $"; missed: {string.Join(", ", missed.Select(row => row.Id))}")}");
        return isChecked && missed.Length > 0 ? ExitCode.UnexpectedOutcome : ExitCode.Ok;
    }
}
