// esync config check | generate | wear: what is wrong in nf.config, its C# for the boards, how long their flash lasts.
// Problems go to standard error in the form that MSBuild and editors understand, one a line, and nothing is written
// while there is one. The build calls `config check` (host-sim/esync.csproj).
// Tests: tests/host-sim/Cli/ConfigCommandTests.cs.
using System.CommandLine;
using System.Globalization;
using EsyncAgent;
using EsyncSim.Config;
using EsyncSim.Wear;

namespace EsyncSim.Cli;

/// <summary>The command `config`.</summary>
public static class ConfigCommand
{
    /// <summary>The command with its subcommands.</summary>
    public static Command Create()
    {
        var config = new Option<string?>("--config")
        {
            Description = "The configuration; without it the nearest nf.config, from the current folder upwards",
            HelpName = "FILE",
        };
        var output = new Option<string?>("--out")
        {
            Description = "Where to write; without it agent-firmware/generated beside the configuration",
            HelpName = "FOLDER",
        };

        ToolCommand check = new ToolCommand("check", "Say what is wrong in nf.config, with line and reason, and which bit timing each ECU gets; the build does the same.")
            .WithExample("esync config check", "check the nearest nf.config");
        check.Options.Add(config);
        FieldsFile json = new(check);
        check.SetAction(parsed => json.Run(parsed, output => Check(parsed.GetValue(config), output, parsed.InvocationConfiguration.Error)));
        ToolCommand generate = new ToolCommand("generate", "Write nf.config as C# for the boards.")
            .WithExample("esync config generate", "write agent-firmware/generated; commit what changed");
        generate.Options.Add(config);
        generate.Options.Add(output);
        generate.SetAction(parsed => Generate(parsed.GetValue(config), parsed.GetValue(output), parsed.InvocationConfiguration));
        return new ToolCommand("config", "Check nf.config, write it as C# for the boards, compute how long their flash lasts, or describe the ECUs for the tools of others.") { check, generate, CreateWear(config), ConfigExportCommand.Create(config) }
            .WithExample("esync config check", "what is wrong in the nearest nf.config, by file and line; nothing is written")
            .WithExample("esync config wear --help", "how long the flash of each board lasts")
            .WithExample("esync config export --help", "DBC, ODX, a profile of Wireshark");
    }

    private static ToolCommand CreateWear(Option<string?> config)
    {
        var updates = new Option<int>("--updates")
        {
            Description = "Updates a year, each interrupted once",
            HelpName = "N",
            DefaultValueFactory = _ => WearLife.Usual.Updates,
        };
        var reports = new Option<int?>("--report-bytes")
        {
            Description = "Bytes of reports an ordinary day, instead of those that the ECU's built-in rules make",
            HelpName = "N",
        };
        ToolCommand wear = new ToolCommand("wear", "Say how many erases a year each area of the flash meets at the most, in normal life and attacked day and night, and how many years it lasts.")
            .WithExample("esync config wear", "the boards of the nearest nf.config; ends with 1 when an area would last less than 15 years")
            .WithExample("esync config wear --updates 365", "an update a day");
        wear.Options.Add(config);
        wear.Options.Add(updates);
        wear.Options.Add(reports);
        FieldsFile json = new(wear);
        wear.SetAction(parsed => json.Run(parsed, output => Wear(parsed.GetValue(config), parsed.GetValue(updates), parsed.GetValue(reports), output, parsed.InvocationConfiguration.Error)));
        return wear;
    }

    private static int Wear(string? path, int updates, int? reportBytes, TextWriter output, TextWriter error)
    {
        path ??= NfConfig.FindDefault();
        if (HasProblems(path, output, error))
        {
            return ExitCode.BadFile;
        }

        if (updates is < 0 or > 10_000)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"--updates {updates}: give the updates of a year, 0 to 10,000");
        }

        if (reportBytes < 0)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"--report-bytes {reportBytes}: give the bytes of reports that a day makes, 0 or more");
        }

        NfConfig config = NfConfig.Load(path);
        (EcuDefinition Ecu, WearLine Line)[] lines =
            [.. config.Ecus.Values.SelectMany(ecu => WearBudget.Of(ecu, WearLife.Usual with { Updates = updates, ReportBytesPerDay = reportBytes }).Select(line => (ecu, line)))];
        Terminal.WriteTable(
            output,
            ["ECU", "part", "area", "erases an update", "a year", "more under attack", "erases it stands", "years", "years under attack"],
            lines.Select(line => WearRow(line.Ecu, line.Line)));
        string[] weak = [.. lines.Where(line => line.Line.Years < WearBudget.YearsMin).Select(line => $"{line.Line.Area} of {line.Ecu.Name}").Distinct()];
        if (weak.Length == 0)
        {
            return ExitCode.Ok;
        }

        error.WriteLine($"less than {WearBudget.YearsMin} years: {string.Join(", ", weak)}. Raise nvm.sparingDelayMsMax, report less often (data.rules), or give the area more sectors.");
        return ExitCode.UnexpectedOutcome;
    }

    private static string[] WearRow(EcuDefinition ecu, WearLine line)
    {
        return
        [
            ecu.Name,
            ecu.FlashPart.Name,
            line.Area,
            Number(line.PerUpdate),
            Number(line.NormalPerYear),
            Number(line.AttackPerYear),
            line.EraseCycles == 0 ? "no limit" : Number(line.EraseCycles),
            Years(line.NormalYears),
            Years(line.Years),
        ];

        static string Number(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

        static string Years(double value) => value >= 1000 ? "over 1,000" : value.ToString("N0", CultureInfo.InvariantCulture);
    }

    private static int Check(string? path, TextWriter output, TextWriter error)
    {
        path ??= NfConfig.FindDefault();
        if (HasProblems(path, output, error))
        {
            return ExitCode.BadFile;
        }

        NfConfig config = NfConfig.Load(path);
        output.WriteLine($"{path}: {string.Join(", ", config.Ecus.Values.Select(e => $"{e.Name} on {e.Board.Name}"))}: nothing wrong");
        Terminal.WriteTable(
            output,
            ["ECU", "bus", "bit/s", "CAN clock", "prescaler", "quanta", "jump", "sample point", "registers"],
            config.Ecus.Values.Select(BitTimingRow));
        return 0;
    }

    private static string[] BitTimingRow(EcuDefinition ecu)
    {
        CanBitTiming timing = ecu.Config.CanBitTiming;
        return
        [
            ecu.Name,
            ecu.Bus.Name,
            $"{ecu.Bus.BitRate}",
            string.Create(CultureInfo.InvariantCulture, $"{ecu.Board.CanClockHz / 1e6:0.###} MHz"),
            $"{timing.Prescaler}",
            $"1 + {timing.PropagationSegment} + {timing.PhaseSegment1} + {timing.PhaseSegment2}",
            $"{timing.SyncJumpWidth}",
            BitTimingCalculator.SamplePoint(timing),
            BitTimingCalculator.Registers(ecu.Board.CanController, timing),
        ];
    }

    private static int Generate(string? path, string? folder, InvocationConfiguration console)
    {
        path ??= NfConfig.FindDefault();
        if (HasProblems(path, console.Output, console.Error))
        {
            return ExitCode.BadFile;
        }

        folder ??= Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "agent-firmware", "generated");
        Dictionary<string, string> files = NfConfig.Load(path).Ecus.Values.ToDictionary(e => ConfigGenerator.ClassName(e.Name) + ".cs", e => ConfigGenerator.Print(e.Config));
        try
        {
            Replace(folder, files, console.Output);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(ExitCode.BadFile, $"cannot write the folder {folder}: {error.Message}");
        }

        return ExitCode.Ok;
    }

    private static void Replace(string folder, Dictionary<string, string> files, TextWriter output)
    {
        Directory.CreateDirectory(folder);
        foreach (string stale in Directory.GetFiles(folder, "*.cs").Where(f => !files.ContainsKey(Path.GetFileName(f))))
        {
            if (File.ReadLines(stale).FirstOrDefault() == ConfigGenerator.Mark)
            {
                File.Delete(stale);
                output.WriteLine($"removed {stale}");
            }
        }

        foreach ((string name, string text) in files)
        {
            string file = Path.Combine(folder, name);
            bool isCurrent = File.Exists(file) && File.ReadAllText(file) == text;
            if (!isCurrent)
            {
                File.WriteAllText(file, text);
            }

            output.WriteLine($"{(isCurrent ? "current" : "written")} {file}");
        }
    }

    private static bool HasProblems(string path, TextWriter output, TextWriter error)
    {
        IReadOnlyList<ConfigProblem> problems = NfConfig.Check(path);
        foreach (ConfigProblem problem in problems)
        {
            error.WriteLine(problem);
            (output as FieldsWriter)?.Add(new FieldsSection(
                "problem",
                [[("file", problem.File), ("line", $"{problem.Line}"), ("column", $"{problem.Column}"), ("rule", problem.Rule), ("reason", problem.Reason), ("remedy", problem.Remedy)]],
                IsTable: false));
        }

        return problems.Count > 0;
    }
}
