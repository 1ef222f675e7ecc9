// A recorded run and its report: each kind of step, steps that were not run, and folders that hold no run.
using System.Xml.Linq;
using EsyncSim;
using EsyncTests.HostSim.Cli;
using Xunit;

namespace EsyncTests.HostSim.Hil;

public sealed class HilRunTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_run_that_passed_is_a_suite_for_each_step_and_exit_code_0()
    {
        Write("flash.log", NanoffLogTests.Good);
        Write("tests.log", "Ready.\nTest passed,A.B.c.0,5000000\nTest skipped,A.B.d.0,later\nDone.\n");
        Write("update.log", "pass: 1 of 1 steps as expected\n");
        (int code, string output, string error) = await CollectAsync(
            ["flash", "nanoff", "0", "21500", "flash.log"],
            ["device-tests", "device-tests", "0", "3000", "tests.log"],
            ["provision", "esync", "-", "0", "the ECU has its secret already"],
            ["update", "esync", "0", "9250", "update.log"]);
        Assert.True(code == ExitCode.Ok, error);
        Assert.Contains("pass  device-tests: 2 of 3", output);
        Assert.Contains("skip  provision: 0 of 1", output);
        XElement report = Report();
        Assert.Equal(("rack 1", "6", "0", "0", "2", "33.750"), Counts(report));
        Assert.Equal(["flash", "device-tests", "provision", "update"], report.Elements("testsuite").Select(suite => (string)suite.Attribute("name")!));
        XElement test = report.Descendants("testcase").Single(one => (string?)one.Attribute("name") == "c.0");
        Assert.Equal(("A.B", "0.500"), ((string)test.Attribute("classname")!, (string)test.Attribute("time")!));
        Assert.Contains("Flashing firmware", report.Descendants("system-out").First().Value);
    }

    [Fact]
    public async Task What_failed_is_told_on_the_screen_and_in_the_report_and_by_exit_code_1()
    {
        Write("flash.log", "Error E4005: Failed to open specified COM port.\n");
        Write("tests.log", "Ready.\nTest failed,A.B.c.0,wrong\nDone.\n");
        Write("update.log", "step\nerror: the ECU motor was not updated: RoleMissing\n");
        (int code, string output, _) = await CollectAsync(
            ["flash", "nanoff", "165", "1", "flash.log"],
            ["device-tests", "device-tests", "0", "1", "tests.log"],
            ["update", "esync", "4", "1", "update.log"]);
        Assert.Equal(ExitCode.UnexpectedOutcome, code);
        Assert.Equal(("rack 1", "4", "3", "0", "0", "0.003"), Counts(Report()));
        string[] messages = [.. Report().Descendants("failure").Select(failure => (string)failure.Attribute("message")!)];
        Assert.Equal(
            ["E4005: Failed to open specified COM port.", "wrong", "exit code 4: the ECU motor was not updated: RoleMissing"],
            messages);
        Assert.All(messages, message => Assert.Contains(message, output));
        Assert.EndsWith($"FAIL, report in {_folder["junit.xml"]}", output.Trim());
    }

    [Theory]
    [InlineData("124", "in time")]
    [InlineData("1", "serial line")]
    public async Task A_line_that_could_not_be_recorded_is_an_error_beside_the_tests_that_it_shows(string exitCode, string name)
    {
        Write("tests.log", "Ready.\nTest passed,A.B.c.0,1\nDone.\n");
        (int code, _, _) = await CollectAsync(["device-tests", "device-tests", exitCode, "1", "tests.log"]);
        Assert.Equal(ExitCode.UnexpectedOutcome, code);
        Assert.Equal(name, (string)Report().Descendants("error").Single().Parent!.Attribute("name")!);
    }

    [Fact]
    public async Task What_XML_cannot_hold_does_not_break_the_report()
    {
        Write("update.log", "a\0b\u001b[31m\uFFFE😀\n");
        await CollectAsync(["update", "esync", "1", "1", "update.log"]);
        Assert.Equal("a\uFFFDb\uFFFD[31m\uFFFD😀\n", Report().Descendants("system-out").Single().Value);
    }

    [Fact]
    public async Task The_number_of_tests_and_the_racks_restarts_are_told_by_options()
    {
        Write("tests.log", "Ready.\nReady.\nTest passed,A.B.c.0,1\nDone.\n");
        string[] step = ["device-tests", "device-tests", "0", "1", "tests.log"];
        WriteSteps(step);
        Assert.Equal(ExitCode.UnexpectedOutcome, (await RunAsync("--tests", "1")).Code);
        Assert.Equal(ExitCode.Ok, (await RunAsync("--tests", "1", "--restarts", "1")).Code);
        Assert.Equal(ExitCode.UnexpectedOutcome, (await RunAsync("--tests", "2", "--restarts", "1")).Code);
    }

    [Theory]
    [InlineData("flash nanoff 0 1", "steps.tsv(1) is no step")]
    [InlineData("flash nanoff 0 soon flash.log", "steps.tsv(1) is no step")]
    [InlineData("flash nanoff good 1 flash.log", "\"good\" is no exit code")]
    [InlineData("flash spoon 0 1 flash.log", "\"spoon\" is no kind of step")]
    [InlineData("flash nanoff 0 1 none.log", "none.log is not there")]
    [InlineData("", "lists no step")]
    public async Task What_is_no_run_is_one_line_and_no_report(string step, string text)
    {
        Write("flash.log", NanoffLogTests.Good);
        WriteSteps(step.Split(' '));
        (int code, _, string error) = await RunAsync();
        Assert.Equal(ExitCode.BadFile, code);
        Assert.Contains(text, error);
        Assert.Single(error.Trim().Split('\n'));
        Assert.False(File.Exists(_folder["junit.xml"]));
    }

    private static (string, string, string, string, string, string) Counts(XElement element)
    {
        string Get(string name) => (string)element.Attribute(name)!;
        return (Get("name"), Get("tests"), Get("failures"), Get("errors"), Get("skipped"), Get("time"));
    }

    private XElement Report() => XElement.Load(_folder["junit.xml"]);

    private void Write(string name, string text) => File.WriteAllText(_folder[name], text);

    private void WriteSteps(params string[][] steps) =>
        Write("steps.tsv", string.Concat(steps.Where(step => step[0].Length > 0).Select(step => string.Join('\t', step) + "\n")));

    private Task<(int Code, string Output, string Error)> CollectAsync(params string[][] steps)
    {
        WriteSteps(steps);
        return RunAsync();
    }

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] more) => EsyncCommandLineTests.RunAsync(
        ["hil", "collect", "--run", Path.GetDirectoryName(_folder["x"])!, "--junit", _folder["junit.xml"], "--name", "rack 1", .. more]);
}
