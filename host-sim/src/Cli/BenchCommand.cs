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
    private static readonly string[] Counted = [CountedBench.Il, CountedBench.Memory];
    private static readonly string[] Subjects = [LineBench.Subject, .. Counted, HostBench.Subject];

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Argument<string[]> subjects = new("SUBJECT") { Description = $"What to measure, of {string.Join(", ", Subjects)}; without one, all", Arity = ArgumentArity.ZeroOrMore };
        subjects.AcceptOnlyFromAmong(Subjects);
        Option<bool> quick = new("--quick") { Description = "Smaller images and fewer runs of line and host, for a first look: goals are for the whole run" };
        Option<bool> check = new("--check") { Description = "End with 1 when a goal is missed" };
        Option<string?> json = new("--json") { Description = "Write the figures as JSON", HelpName = "FILE" };
        ToolCommand command = new(
            "bench",
            "Figures and their goals. `line`: how near a download comes to what the CAN bus can carry, where the rest goes, what boards, testers and faults make of it; " +
            "counted in virtual time, the same on every machine. `il` and `memory`: instructions and bytes of the agent, counted by tests/IlCounter, which is built and run in the repository. `host`: how fast the simulator is on this machine, by the wall clock. Ends with 0 whether goals are met or not, unless --check is given.")
        {
            subjects, quick, check, json,
        };
        command.WithExample("esync bench", "everything, with the goals and what is missed; in the repository, for the counting program is built there")
            .WithExample("esync bench line --json line.json", "the line alone, some ten seconds, its figures in a file too")
            .WithExample("esync bench line --quick", "a first look, with images of 64 KiB")
            .WithExample("esync bench line --check", "for a CI server: ends with 1 when a goal is missed");
        command.SetAction((parsed, stop) => Task.Run(
            async () =>
            {
                string? path = parsed.GetValue(json);
                OutputFiles.RequireWritable(path);
                IAnsiConsole console = Terminal.ConsoleOf(parsed.InvocationConfiguration.Output);
                string[] wanted = parsed.GetValue(subjects) is { Length: > 0 } some ? some : All(console);
                List<BenchTable> tables = await MeasureAsync(console, wanted, parsed.GetValue(quick), stop);
                OutputFiles.Write(path, new BenchFile(tables).ToJson());
                return Conclude(console, tables, parsed.GetValue(check));
            },
            CancellationToken.None));
        return command;
    }

    // Who names no subject gets what can be measured where he is, and is told of the rest.
    private static string[] All(IAnsiConsole console)
    {
        if (CountedBench.CanMeasure(NfConfig.FindDefault()))
        {
            return Subjects;
        }

        console.WriteLine($"{string.Join(" and ", Counted)} are left out: they are counted in the repository, by a program that is built there");
        return [.. Subjects.Except(Counted)];
    }

    private static async Task<List<BenchTable>> MeasureAsync(IAnsiConsole console, string[] wanted, bool isQuick, CancellationToken stop)
    {
        List<BenchTable> tables = [];
        string configPath = NfConfig.FindDefault();
        string[] counted = [.. Counted.Where(wanted.Contains)];
        if (counted.Length > 0)
        {
            CountedBench.RequireRepository(configPath, counted);
        }

        if (wanted.Contains(LineBench.Subject))
        {
            await AddAsync(LineBench.Subject, progress => Task.FromResult<IReadOnlyList<BenchTable>>([LineBench.Measure(configPath, isQuick, progress, stop)]));
        }

        if (counted.Length > 0)
        {
            await AddAsync(string.Join(", ", counted), progress => CountedBench.MeasureAsync(configPath, counted, progress, stop));
        }

        if (wanted.Contains(HostBench.Subject))
        {
            await AddAsync(HostBench.Subject, progress => Task.FromResult<IReadOnlyList<BenchTable>>([HostBench.Measure(configPath, isQuick, progress, stop)]));
        }

        return tables;

        async Task AddAsync(string name, Func<Action<string>, Task<IReadOnlyList<BenchTable>>> measureAsync)
        {
            foreach (BenchTable table in await WithProgressAsync(console, name, measureAsync))
            {
                BenchScreen.Write(console, table);
                tables.Add(table);
            }
        }
    }

    // On a terminal one line that changes, in a file or a pipe a line for each step.
    private static Task<IReadOnlyList<BenchTable>> WithProgressAsync(IAnsiConsole console, string name, Func<Action<string>, Task<IReadOnlyList<BenchTable>>> measureAsync) =>
        console.Profile.Out.IsTerminal
            ? console.Status().StartAsync(Markup.Escape(name), context => measureAsync(what => context.Status(Markup.Escape($"{name}: {what}"))))
            : measureAsync(what => console.WriteLine($"{name}: {what}"));

    private static int Conclude(IAnsiConsole console, List<BenchTable> tables, bool isChecked)
    {
        BenchRow[] judged = [.. tables.SelectMany(table => table.Rows).Where(row => row.IsMet is not null)];
        BenchRow[] missed = [.. judged.Where(row => row.IsMet is false)];
        console.WriteLine();
        console.WriteLine($"{judged.Length - missed.Length} of {judged.Length} goals met{(missed.Length == 0 ? string.Empty : $"; missed: {string.Join(", ", missed.Select(row => row.Id))}")}");
        return isChecked && missed.Length > 0 ? ExitCode.UnexpectedOutcome : ExitCode.Ok;
    }
}
