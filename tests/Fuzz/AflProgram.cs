// The same targets under AFL++ (afl-fuzz), for whoever prefers its mutations: a copy of this program in a folder of its own, in
// which SharpFuzz has instrumented the code under test. A broken rule ends an input with an exception, which AFL++ counts as a crash.
// Invariant: what was built stays as it is; only the copy is instrumented.
// Tests: tests/Fuzz/Checks; that afl-fuzz runs with it was seen by hand.
using SharpFuzz;

namespace EsyncTests.Fuzzing;

/// <summary>The way to AFL++.</summary>
public static class AflProgram
{
    private static readonly string[] Instrumented = ["EsyncAgent.dll", "EsyncAgent.Drivers.dll", "esync.dll"];

    /// <summary>Makes the instrumented copy with the seeds of a target, and gives the command that fuzzes it.</summary>
    public static string Prepare(string folder, string target)
    {
        string program = Path.Combine(Path.GetFullPath(folder), "program");
        string seeds = Path.Combine(Path.GetFullPath(folder), target, "seeds");
        Copy(AppContext.BaseDirectory, program);
        foreach (string name in Instrumented)
        {
            Fuzzer.Instrument(Path.Combine(program, name), _ => true, Options.Value);
        }

        Directory.CreateDirectory(seeds);
        int number = 0;
        foreach (byte[] seed in FuzzTargets.Make(target).Seeds())
        {
            File.WriteAllBytes(Path.Combine(seeds, $"{number++:D3}"), seed);
        }

        string found = Path.Combine(Path.GetFullPath(folder), target, "found");
        return $"AFL_SKIP_BIN_CHECK=1 afl-fuzz -i {seeds} -o {found} -t 5000 -m none -- dotnet {Path.Combine(program, "Fuzz.dll")} --under-afl {target}";
    }

    /// <summary>Serves afl-fuzz.</summary>
    public static void Run(string target)
    {
        // Instrumented code runs only once SharpFuzz has given it a place to count in.
        InputChecker? checker = null;
        Fuzzer.Run(stream =>
        {
            checker ??= new InputChecker(FuzzTargets.Make(target));
            using MemoryStream input = new();
            stream.CopyTo(input);
            if (checker.Check(input.ToArray()) is string broken)
            {
                throw new BrokenRuleException(broken);
            }
        });
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
        }

        foreach (string folder in Directory.GetDirectories(from))
        {
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        }
    }
}
