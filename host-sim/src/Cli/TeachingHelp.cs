// Help that teaches: the usual page, then examples that can be pasted; on the root page also the way in.
// The examples come from the commands themselves; this page only prints them.
// Tests: tests/host-sim/Cli.
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace EsyncSim.Cli;

/// <summary>Prints the standard help page of a command and its examples below.</summary>
internal sealed class TeachingHelp(HelpAction standard) : SynchronousCommandLineAction
{
    private static readonly (string CommandLine, string Meaning)[] FirstSteps =
    [
        ("esync demo", "the whole story in one run: two ECUs updated, faults undone, forgeries refused"),
        ("esync <command> --help", "what a command does, with examples"),
    ];

    /// <summary>Help is help, whatever else is missing on the line.</summary>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        int code = standard.Invoke(parseResult);
        Command command = parseResult.CommandResult.Command;
        IReadOnlyList<(string CommandLine, string Meaning)> examples = command switch
        {
            RootCommand => FirstSteps,
            ToolCommand tool => tool.Examples,
            _ => [],
        };
        if (examples.Count > 0)
        {
            Print(examples, parseResult.InvocationConfiguration.Output);
        }

        return code;
    }

    private static void Print(IReadOnlyList<(string CommandLine, string Meaning)> examples, TextWriter output)
    {
        output.WriteLine("Examples:");
        foreach ((string commandLine, string meaning) in examples)
        {
            output.WriteLine($"  {commandLine}");
            output.WriteLine($"      {meaning}");
        }

        output.WriteLine();
    }
}
