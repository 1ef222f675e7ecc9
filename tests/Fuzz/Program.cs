// Fuzzes parsers and modules:
//   dotnet run --project tests/Fuzz -c Release -- --list
//   dotnet run --project tests/Fuzz -c Release -- --target cbor --inputs 1000000 --seed 1
// Exit codes: 0 nothing found, 1 a finding, 2 wrong arguments.
// Tests: tests/Fuzz/Checks.
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace EsyncTests.Fuzzing;

internal static class Program
{
    private const string Help = """
        Fuzzes parsers and modules of agent and host, guided by the branches that an input takes.

          --list               the targets
          --target NAME        one target; `all` takes one after the other
          --inputs N           inputs to try with each (100000)
          --seed S             decides the run; the same seed gives the same run (1)
          --corpus DIR         begin with the inputs in DIR/<target>, and add what this run found worth keeping
          --json FILE          write the reports there
          --unseen             name the methods with outcomes of branches that were not seen
          --input HEX          try one input with the target and say which rule it breaks
          --afl DIR            make a copy for AFL++ in DIR, instrumented by SharpFuzz, and print the command

        A run keeps nothing on the disk unless --corpus or --json say so.
        Exit codes: 0 nothing found, 1 a finding, 2 wrong arguments.
        """;

    private static int Main(string[] arguments)
    {
        if (arguments is ["--under-afl", string underAfl])
        {
            AflProgram.Run(underAfl);
            return 0;
        }

        Dictionary<string, string> options = [];
        for (int i = 0; i < arguments.Length; i++)
        {
            bool isAlone = arguments[i] is "--list" or "--help" or "--unseen";
            bool isKnown = isAlone || (arguments[i] is "--target" or "--inputs" or "--seed" or "--corpus" or "--json" or "--input" or "--afl" && i + 1 < arguments.Length);
            if (!isKnown)
            {
                Console.Error.WriteLine($"{arguments[i]}: no such option, or its value is missing. --help tells what there is.");
                return 2;
            }

            options[arguments[i]] = isAlone ? string.Empty : arguments[++i];
        }

        return Execute(options);
    }

    private static int Execute(Dictionary<string, string> options)
    {
        string target = options.GetValueOrDefault("--target", string.Empty);
        string[] names = [.. FuzzTargets.Names.Where(name => target == "all" || name == target)];
        if (options.ContainsKey("--list"))
        {
            foreach (string name in FuzzTargets.Names)
            {
                Console.WriteLine($"{name,-14} {FuzzTargets.Make(name).What}");
            }

            return 0;
        }

        bool isNumber = long.TryParse(options.GetValueOrDefault("--inputs", "100000"), CultureInfo.InvariantCulture, out long inputs)
            & ulong.TryParse(options.GetValueOrDefault("--seed", "1"), CultureInfo.InvariantCulture, out ulong seed);
        if (options.ContainsKey("--help") || names.Length == 0 || !isNumber)
        {
            Console.WriteLine(Help);
            return options.ContainsKey("--help") ? 0 : 2;
        }

        if (options.TryGetValue("--afl", out string? folder))
        {
            Console.WriteLine(AflProgram.Prepare(folder, names[0]));
            return 0;
        }

        return options.TryGetValue("--input", out string? hex) ? TryOne(names[0], hex) : RunAll(names, inputs, seed, options);
    }

    private static int TryOne(string name, string hex)
    {
        string? broken = new InputChecker(FuzzTargets.Make(name)).Check(Convert.FromHexString(hex));
        Console.WriteLine(broken ?? "no rule broken");
        return broken is null ? 0 : 1;
    }

    private static int RunAll(string[] names, long inputs, ulong seed, Dictionary<string, string> options)
    {
        List<FuzzReport> reports = [];
        Console.WriteLine($"{"target",-14} {"inputs",11} {"per s",9} {"kept",6} {"branches seen",16} {"steps",10} {"bytes",10}  findings");
        foreach (string name in names)
        {
            string? corpus = options.TryGetValue("--corpus", out string? root) ? Path.Combine(root, name) : null;
            Stopwatch watch = Stopwatch.StartNew();
            FuzzReport report = FuzzContext.Run(name, inputs, seed, corpus);
            reports.Add(report);
            string seen = report.Outcomes == 0 ? "-" : $"{report.OutcomesSeen}/{report.Outcomes} {100.0 * report.OutcomesSeen / report.Outcomes:F0} %";
            Console.WriteLine($"{name,-14} {report.Inputs,11} {report.Inputs / watch.Elapsed.TotalSeconds,9:F0} {report.Kept,6} {seen,16} {report.StepsMax,10} {report.AllocatedMax,10}  {report.Findings.Count}");
            foreach (FuzzFinding finding in report.Findings)
            {
                Console.WriteLine($"  input {finding.At}: {finding.Rule}{Environment.NewLine}    {finding.Input}");
            }

            foreach (string method in options.ContainsKey("--unseen") ? report.Unseen : [])
            {
                Console.WriteLine($"  unseen {method}");
            }
        }

        if (options.TryGetValue("--json", out string? file))
        {
            File.WriteAllText(file, JsonSerializer.Serialize(reports));
        }

        return reports.Any(report => report.Findings.Count > 0) ? 1 : 0;
    }
}
