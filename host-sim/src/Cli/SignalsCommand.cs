// esync signals import | export: signals of DBC files to nf.config and back. What a file has and an ECU cannot read is told on
// standard error, a line each, with the reason.
// Invariant: nf.config is written as a whole when what comes out keeps every rule, and not at all otherwise.
// Tests: tests/host-sim/Cli/SignalsCommandTests.cs.
using System.CommandLine;
using System.Text;
using EsyncSim.Config;
using EsyncSim.Files;
using EsyncSim.Signals;

namespace EsyncSim.Cli;

/// <summary>The command `signals`.</summary>
internal static class SignalsCommand
{
    private const long FileLengthMax = 64 << 20;

    /// <summary>The command with its subcommands.</summary>
    public static Command Create()
    {
        var config = new Option<string?>("--config")
        {
            Description = "The configuration; without it the nearest nf.config, from the current folder upwards",
            HelpName = "FILE",
        };
        return new ToolCommand("signals", "Take signals of a DBC file into nf.config, or write those of an ECU as one.") { CreateImport(config), CreateExport(config) }
            .WithExample("esync signals import --dbc vehicle.dbc", "the `signals` part of nf.config for every signal that an ECU can read; what it cannot, and why, on standard error");
    }

    private static ToolCommand CreateImport(Option<string?> config)
    {
        Option<string> dbc = new("--dbc") { Description = "The DBC file, UTF-8 or Windows-1252", HelpName = "FILE", Required = true };
        Option<string?> ecu = new("--ecu") { Description = "The ECU that reads the signals: its identifiers and names are kept free. Without it they are counted from 0x0200", HelpName = "NAME" };
        Option<string?> map = new("--map") { Description = "VSS paths for names of the file: YAML, one `Message.Signal: Vehicle.…` a line, `none` to leave one out. Others get Vehicle.<ECU or file>.<Message>.<Signal>", HelpName = "FILE" };
        Option<string[]> message = new("--message") { Description = "Take this message only; may stand several times", HelpName = "NAME", AllowMultipleArgumentsPerToken = true };
        Option<bool> write = new("--write") { Description = "Put the signals into nf.config, behind those that the ECU has, and leave every other line as it is" };
        ToolCommand command = new ToolCommand("import", "Turn a DBC file into the `signals` part of nf.config, and print it or put it there. Whatever cannot be taken is told with its line and the reason.")
            .WithExample("esync signals import --dbc vehicle.dbc", "print it")
            .WithExample("esync signals import --dbc vehicle.dbc --message EngineData --ecu motor --write", "put the signals of one message into nf.config, for the ECU motor");
        foreach (Option option in new Option[] { dbc, ecu, map, message, write, config })
        {
            command.Options.Add(option);
        }

        command.SetAction(result =>
        {
            string file = result.GetRequiredValue(dbc);
            string? name = result.GetValue(ecu);
            string path = result.GetValue(config) ?? NfConfig.FindDefault();
            if (result.GetValue(write) && name is null)
            {
                throw new UserErrorException(ExitCode.BadUsage, "--write: name the ECU that reads the signals with --ecu NAME");
            }

            EcuDefinition? reader = name is null ? null : NfConfig.Load(path).Ecu(name);
            string? mapFile = result.GetValue(map);
            SignalMap names = mapFile is null ? SignalMap.Empty : SignalMap.Read(mapFile, Text(mapFile, "map"));
            var import = new DbcImport(DbcParser.Parse(Text(file, "DBC file")), name ?? Path.GetFileNameWithoutExtension(file), names, reader?.SignalEntries ?? []);
            IReadOnlyList<ImportedSignal> taken = import.Take(result.GetValue(message) ?? []);
            InvocationConfiguration console = result.InvocationConfiguration;
            foreach (DbcNote note in import.Notes)
            {
                console.Error.WriteLine(note.Line == 0 ? $"{file}: {note.Text}" : $"{file}({note.Line}): {note.Text}");
            }

            string[] lines = [.. LinesOf(taken)];
            if (result.GetValue(write))
            {
                Write(path, name!, lines, taken.Count, console);
            }
            else
            {
                Print(lines, taken.Count, console);
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static ToolCommand CreateExport(Option<string?> config)
    {
        Option<string> dbc = new("--dbc") { Description = "The DBC file to write, as UTF-8", HelpName = "FILE", Required = true };
        Option<string> ecu = new("--ecu") { Description = "The ECU whose signals are written", HelpName = "NAME", Required = true };
        ToolCommand command = new ToolCommand("export", "Write the signals that an ECU reads from CAN frames as a DBC file. Paths, identifiers, types and timeouts are attributes in it, so that `import` gives the same signals again.")
            .WithExample("esync signals export --dbc motor.dbc --ecu motor", "the frames that the ECU motor of the nearest nf.config listens to");
        command.Options.Add(dbc);
        command.Options.Add(ecu);
        command.Options.Add(config);
        command.SetAction(result =>
        {
            string file = result.GetRequiredValue(dbc);
            OutputFiles.RequireWritable(file);
            EcuDefinition reader = NfConfig.Load(result.GetValue(config) ?? NfConfig.FindDefault()).Ecu(result.GetRequiredValue(ecu));
            ConfiguredSignal[] read = [.. reader.SignalEntries.Where(s => s.Can is not null)];
            foreach (ConfiguredSignal other in reader.SignalEntries.Except(read))
            {
                result.InvocationConfiguration.Error.WriteLine($"{other.Definition.Path} is left out: the application publishes it, and it is on no bus");
            }

            OutputFiles.Write(file, DbcExport.Print(reader.Name, read));
            result.InvocationConfiguration.Output.WriteLine($"{file}: {Count(read.Length)} in {read.GroupBy(s => s.Can!.MarkedIdentifier).Count()} messages");
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Print(string[] lines, int count, InvocationConfiguration console)
    {
        console.Output.WriteLine("signals:");
        foreach (string line in lines)
        {
            console.Output.WriteLine($"  {line}");
        }

        console.Error.WriteLine($"{Count(count)} taken");
    }

    private static void Write(string path, string ecu, string[] lines, int count, InvocationConfiguration console)
    {
        if (count == 0)
        {
            console.Output.WriteLine($"{path}: nothing to add");
            return;
        }

        string merged = SignalMerge.Into(path, Text(path, "configuration"), ecu, lines);
        IReadOnlyList<ConfigProblem> problems = NfConfig.Check(path, merged);
        if (problems.Count > 0)
        {
            throw new UserErrorException(ExitCode.BadFile, string.Join(Environment.NewLine, problems.Select(p => p.ToString()).Prepend($"{path} is left as it is: with {Count(count)} more it would be wrong (lines as they would be). Take fewer with --message or --map.")));
        }

        AtomicFile.WriteOutput(path, Encoding.UTF8.GetBytes(merged));
        console.Output.WriteLine($"{path}: {Count(count)} added to {ecu}. `esync config generate` writes them for the boards");
    }

    private static IEnumerable<string> LinesOf(IReadOnlyList<ImportedSignal> taken) =>
        taken.SelectMany((signal, i) => (i == 0 || taken[i - 1].Message != signal.Message ? [$"# {signal.Message}"] : Array.Empty<string>()).Append(SignalYaml.Line(signal.Signal, signal.Comment)));

    private static string Text(string path, string what) => DbcText.Decode(AtomicFile.ReadInput(path, what, FileLengthMax));

    private static string Count(int signals) => signals == 1 ? "1 signal" : $"{signals} signals";
}
