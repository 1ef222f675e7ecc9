// The command line of `esync`: parses, runs one command, and turns whatever happens into one line and an exit code.
// Invariants: a user never sees a stack trace unless --debug asks for it; an error is one line on stderr; the exit
// code is one of ExitCode or InternalError, documented in host-sim/README.md ("Exit codes").
// It must not know what a command does.
// Tests: tests/host-sim/Cli.
using System.CommandLine;
using EsyncSim.Files;

namespace EsyncSim.Cli;

/// <summary>Runs the tool inside the process, so that tests call it as a user does.</summary>
public static class EsyncCommandLine
{
    /// <summary>Exit code for a fault of the tool itself (EX_SOFTWARE of sysexits.h).</summary>
    public const int InternalError = 70;

    /// <summary>Exit code after Ctrl-C, as shells report it.</summary>
    public const int Interrupted = 130;

    /// <summary>Shows the stack trace of an error that the tool did not expect.</summary>
    public static readonly Option<bool> Debug = new("--debug")
    {
        Description = "Show the stack trace when the tool itself fails",
        Recursive = true,
    };

    /// <summary>Parses <paramref name="arguments"/>, runs the command and returns the exit code of the process.</summary>
    /// <param name="arguments">The command line, without the program's name.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <param name="files">Where signing keys and what they sign are; null is the disk.</param>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter error, IFileSystem? files = null)
    {
        RootCommand root = RootCommandFactory.Create(files ?? DiskFileSystem.Instance);
        ParseResult parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0 && parsed.Action is not { ClearsParseErrors: true })
        {
            return ReportUsage(parsed, error);
        }

        InvocationConfiguration invocation = new()
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
        };
        try
        {
            return await parsed.InvokeAsync(invocation);
        }
        catch (Exception exception)
        {
            return Report(exception, parsed.GetValue(Debug), error);
        }
    }

    private static int ReportUsage(ParseResult parsed, TextWriter error)
    {
        error.WriteLine($"error: {Words(parsed.Errors[0].Message)}");
        error.WriteLine($"see: {CommandPath(parsed)} --help");
        return ExitCode.BadUsage;
    }

    // The parser names a value's kind as .NET does, which helps nobody at a command line.
    private static string Words(string message)
    {
        const string Expected = " as expected type '";
        int at = message.IndexOf(Expected, StringComparison.Ordinal);
        return at < 0 ? message
            : $"{message[..at]}: it takes a whole number{(message.AsSpan(at + Expected.Length).Contains("UInt", StringComparison.Ordinal) ? " from 0" : string.Empty)}";
    }

    private static int Report(Exception exception, bool isDebug, TextWriter error)
    {
        switch (exception)
        {
            case UserErrorException user:
                error.WriteLine($"error: {user.Message}");
                return user.ExitCode;
            case OperationCanceledException:
                error.WriteLine("error: stopped before the end");
                return Interrupted;
            default:
                error.WriteLine($"error: the tool failed: {FirstLine(exception.Message)} ({exception.GetType().Name})");
                error.WriteLine(isDebug ? exception.ToString() : "This is a fault of the tool, not of your input; run it again with --debug to see where.");
                return InternalError;
        }
    }

    private static string CommandPath(ParseResult parsed)
    {
        List<string> names = [];
        for (System.CommandLine.Parsing.SymbolResult? result = parsed.CommandResult; result is not null; result = result.Parent)
        {
            if (result is System.CommandLine.Parsing.CommandResult { Command: not RootCommand } command)
            {
                names.Insert(0, command.Command.Name);
            }
        }

        return string.Join(' ', names.Prepend("esync"));
    }

    private static string FirstLine(string text)
    {
        int end = text.IndexOf('\n');
        return (end < 0 ? text : text[..end]).TrimEnd();
    }
}
