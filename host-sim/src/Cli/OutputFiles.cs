// Files that a run writes because the user named them: refused before the run when they cannot be written, and written
// as a whole at its end, or not at all.
// Tests: tests/host-sim/Cli.
using System.Text;
using EsyncSim.Files;

namespace EsyncSim.Cli;

/// <summary>Output files of a command.</summary>
internal static class OutputFiles
{
    /// <summary>Checks places before the work begins; null stands for a file that nobody wants.</summary>
    /// <exception cref="UserErrorException">One of them can never be written.</exception>
    public static void RequireWritable(params string?[] paths)
    {
        foreach (string path in paths.OfType<string>())
        {
            if (path.Length == 0 || Directory.Exists(path) || !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
            {
                throw new UserErrorException(ExitCode.BadFile, $"cannot write {path}: it is a directory, or its directory is not there");
            }
        }
    }

    /// <summary>Writes bytes.</summary>
    public static void Write(string? path, byte[] data)
    {
        if (path is not null)
        {
            AtomicFile.WriteOutput(path, data);
        }
    }

    /// <summary>Writes text as UTF-8.</summary>
    public static void Write(string? path, string? text)
    {
        if (text is not null)
        {
            Write(path, Encoding.UTF8.GetBytes(text));
        }
    }
}
