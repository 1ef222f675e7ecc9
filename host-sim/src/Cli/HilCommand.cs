// esync hil: the part of a hardware rack's run that reads what the tools and the board have said. The run itself is
// tests/hil/run.sh.
// Tests: tests/host-sim/Hil.
using System.CommandLine;
using EsyncSim.Hil;

namespace EsyncSim.Cli;

/// <summary>The verb `hil`.</summary>
internal static class HilCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create() => new ToolCommand("hil", "Hardware in the loop: judge what a rack has recorded. The run itself is tests/hil/run.sh.") { Collect() }
        .WithExample("tests/hil/run.sh --help", "flash a board, run the device tests on it, update it over CAN");

    private static ToolCommand Collect()
    {
        Option<string> run = new("--run") { Description = "Folder that tests/hil/run.sh wrote", Required = true, HelpName = "FOLDER" };
        Option<string> junit = new("--junit") { Description = "JUnit XML to write, one suite for each step", Required = true, HelpName = "FILE" };
        Option<string> name = new("--name") { Description = "Name of the run in the report", HelpName = "TEXT", DefaultValueFactory = _ => "hil" };
        Option<int?> tests = new("--tests") { Description = "Device tests that must have reported; by default at least one", HelpName = "N" };
        Option<int> restarts = new("--restarts") { Description = "Times that the rack restarted the board while it was recorded", HelpName = "N" };
        NumberOption.RequireFrom(0, tests, restarts);
        ToolCommand command = new("collect", "Read a recorded run, write JUnit XML, and end with 0 only if every step passed.") { run, junit, name, tests, restarts };
        command.WithExample("esync hil collect --run hil-results --junit junit.xml", "one line for each step, and the report");
        command.SetAction(parsed => RunCollect(
            parsed.InvocationConfiguration.Output,
            parsed.GetRequiredValue(run),
            parsed.GetRequiredValue(junit),
            parsed.GetRequiredValue(name),
            new DeviceTestExpectation(parsed.GetValue(tests), parsed.GetValue(restarts))));
        return command;
    }

    private static int RunCollect(TextWriter output, string run, string junit, string name, DeviceTestExpectation expected)
    {
        OutputFiles.RequireWritable(junit);
        IReadOnlyList<HilSuite> suites = HilRun.Read(run, expected);
        OutputFiles.Write(junit, JUnitReport.Write(name, suites));
        foreach (HilSuite suite in suites)
        {
            string verdict = !suite.IsGood ? "FAIL" : suite.Count(HilEnd.Skipped) == suite.Cases.Count ? "skip" : "pass";
            output.WriteLine($"{verdict}  {suite.Name}: {suite.Count(HilEnd.Passed)} of {suite.Cases.Count}");
            foreach (HilCase one in suite.Cases.Where(one => one.End != HilEnd.Passed))
            {
                output.WriteLine($"      {one.Class} {one.Name}: {one.End.ToString().ToLowerInvariant()}, {one.Message}");
            }
        }

        bool isGood = suites.All(suite => suite.IsGood);
        output.WriteLine($"{(isGood ? "PASS" : "FAIL")}, report in {junit}");
        return isGood ? ExitCode.Ok : ExitCode.UnexpectedOutcome;
    }
}
