// tests/hil/run.sh, run by bash on a rack of stand-ins: its order of steps, its commands, what it does after a failure, and
// its exit codes. Bash must be there; without it these tests fail.
using System.Text.RegularExpressions;
using Xunit;

namespace EsyncTests.HostSim.Hil;

public sealed class RackScriptTests : IDisposable
{
    private readonly Rack _rack = new();

    public void Dispose() => _rack.Dispose();

    [Fact]
    public void A_run_with_every_step_calls_each_tool_once_and_passes()
    {
        (int code, string output, string error) = _rack.RunScript([.. _rack.Everything, "--tests", "2"]);
        Assert.True(code == 0, output + error);
        Assert.Equal(
            [
                "nanoff --update --target ESP32_REV3 --serialport tty --suppressnanoffversioncheck",
                "nanoff --target ESP32_REV3 --serialport tty --deploy --image tests.bin --suppressnanoffversioncheck",
                "stty -F tty 921600 raw -echo",
                "restart ",
                "nanoff --target ESP32_REV3 --serialport tty --deploy --image board program.bin --suppressnanoffversioncheck",
                "esync provision --ecu motor --bus socketcan:can0 --device motor.device --anchor author.pub --anchor oem.pub",
                "esync update --package motor-2.esp --ecu motor --bus socketcan:can0 --device motor.device --log out/update.log",
            ],
            _rack.Calls);
        Assert.Equal(
            ["flash pass", "deploy-tests pass", "device-tests pass,pass,pass", "deploy pass", "provision pass", "update pass"], _rack.Verdicts);
        Assert.EndsWith("PASS, report in " + _rack["out/junit.xml"], output.Trim());
    }

    [Fact]
    public void An_STM32_is_flashed_by_JTAG_and_restarted_by_nanoff()
    {
        _rack.Tool("nanoff", $"echo \"nanoff $*\" >>\"{_rack["calls"]}\"; case $* in *--deploy*) ;; *--reset*) cat \"{_rack["board.bin"]}\" >\"{_rack["tty"]}\";; esac");
        (int code, string output, string error) = _rack.RunScript(
            "--target", "ST_STM32F769I_DISCOVERY", "--serialport", _rack["tty"], "--jtag", "--address", "0x080C0000", "--tests-image", _rack["tests.bin"]);
        Assert.True(code == 0, output + error);
        Assert.Equal(
            [
                "nanoff --update --target ST_STM32F769I_DISCOVERY --jtag --suppressnanoffversioncheck",
                "nanoff --target ST_STM32F769I_DISCOVERY --jtag --deploy --image tests.bin --address 0x080C0000 --reset --suppressnanoffversioncheck",
                "stty -F tty 921600 raw -echo",
                "nanoff --target ST_STM32F769I_DISCOVERY --reset --suppressnanoffversioncheck",
            ],
            _rack.Calls);
    }

    [Theory]
    [InlineData("165", "Error E4005: Failed to open specified COM port.\n", "E4005")]
    [InlineData("0", "No operation was performed with the options supplied.\n", "did nothing")]
    public void After_a_flash_that_failed_nothing_else_is_tried(string code, string output, string message)
    {
        _rack.Write("nanoff.code", code);
        _rack.Write("nanoff.txt", output);
        Assert.Equal(1, _rack.RunScript(_rack.Everything).Code);
        Assert.Single(_rack.Calls);
        Assert.Equal(
            ["flash failure", "deploy-tests skipped", "device-tests skipped", "deploy skipped", "provision skipped", "update skipped"], _rack.Verdicts);
        Assert.Contains(message, _rack.Report.Descendants("failure").Single().Attribute("message")!.Value);
        Assert.All(_rack.Report.Descendants("skipped"), one => Assert.Equal("the board could not be flashed", one.Attribute("message")!.Value));
    }

    [Fact]
    public void A_device_test_that_failed_does_not_keep_the_board_from_being_updated()
    {
        _rack.Write("board.bin", "Ready.\r\nTest failed,A.B.c.0,expected 1\r\nTest passed,A.B.d.0,1\r\nDone.\r\n");
        (int code, string output, _) = _rack.RunScript(_rack.Everything);
        Assert.Equal(1, code);
        Assert.Equal(
            ["flash pass", "deploy-tests pass", "device-tests failure,pass,pass", "deploy pass", "provision pass", "update pass"], _rack.Verdicts);
        Assert.Contains("A.B c.0: failed, expected 1", output);
    }

    [Fact]
    public void What_the_board_ran_before_its_restart_does_not_end_the_recording()
    {
        _rack.Write("board.bin", "tail\r\nDone.\r\nReady.\r\nTest passed,A.B.c.0,1\r\nDone.\r\nlate\r\n");
        Assert.Equal(0, _rack.RunScript([.. _rack.Everything, "--tests", "1"]).Code);
    }

    [Fact]
    public void A_program_that_does_not_end_is_an_error()
    {
        _rack.Tool("timeout", "printf 'Ready.\\nTest passed,A.B.c.0,1\\n'; exit 124");
        Assert.Equal(1, _rack.RunScript(_rack.Everything).Code);
        Assert.Contains("device-tests pass,error,error", _rack.Verdicts);
    }

    [Fact]
    public void A_board_that_cannot_be_restarted_is_an_error_and_the_reason_is_kept()
    {
        _rack.Tool("restart", "echo no relay >&2; exit 9");
        Assert.Equal(1, _rack.RunScript(_rack.Everything).Code);
        Assert.Contains("device-tests error,error", _rack.Verdicts);
        Assert.Contains("no relay", File.ReadAllText(_rack["out/03-device-tests-tools.log"]));
    }

    [Fact]
    public void An_ECU_that_refuses_is_told_by_esyncs_own_words_and_is_not_updated()
    {
        _rack.Write("esync.code", "5");
        Assert.Equal(1, _rack.RunScript(_rack.Everything).Code);
        Assert.Equal(["provision failure", "update skipped"], _rack.Verdicts[^2..]);
        Assert.Equal("exit code 5: as told", _rack.Report.Descendants("failure").Single().Attribute("message")!.Value);
    }

    [Fact]
    public void A_second_run_replaces_the_first_and_provisions_no_more()
    {
        _rack.Write("board.bin", "Ready.\r\nTest failed,A.B.c.0,x\r\nDone.\r\n");
        Assert.Equal(1, _rack.RunScript(_rack.Everything).Code);
        _rack.Write("motor.device", "{}");
        _rack.Write("board.bin", "Ready.\r\nTest passed,A.B.c.0,1\r\nDone.\r\n");
        Assert.Equal(0, _rack.RunScript(_rack.Everything).Code);
        Assert.Equal(["provision skipped", "update pass"], _rack.Verdicts[^2..]);
    }

    [Fact]
    public void A_report_that_cannot_be_made_is_exit_code_4()
    {
        _rack.Tool("esync", "exit 3");
        (int code, _, string error) = _rack.RunScript("--target", "ESP32_REV3", "--serialport", _rack["tty"]);
        Assert.Equal(4, code);
        Assert.Contains(_rack["out"], error);
    }

    [Fact]
    public void A_run_that_is_stopped_ends_with_130_and_goes_no_further()
    {
        _rack.Tool("nanoff", $"echo \"nanoff $*\" >>\"{_rack["calls"]}\"; kill -TERM $PPID");
        Assert.Equal(130, _rack.RunScript(_rack.Everything).Code);
        Assert.Single(_rack.Calls);
    }

    [Theory]
    [InlineData("nanoff")]
    [InlineData("tty")]
    [InlineData("tests.bin")]
    [InlineData("motor-2.esp")]
    public void What_is_missing_is_told_before_the_board_is_touched(string missing)
    {
        _rack.Without(missing);
        File.Delete(_rack[missing]);
        (int code, string output, string error) = _rack.RunScript(_rack.Everything);
        Assert.Equal((3, ""), (code, output));
        Assert.Contains(missing, Assert.Single(error.Trim().Split('\n')));
        Assert.Empty(_rack.Calls);
    }

    [Theory]
    [InlineData("--target is missing", "--serialport", "p")]
    [InlineData("--serialport is missing", "--target", "T")]
    [InlineData("unknown argument --fly", "--fly")]
    [InlineData("--target needs a value", "--target")]
    [InlineData("--baud takes a number", "--target", "T", "--serialport", "p", "--baud", "fast")]
    [InlineData("--seconds takes a number", "--target", "T", "--serialport", "p", "--seconds", "0")]
    [InlineData("--address takes a number", "--target", "T", "--serialport", "p", "--address", "8080000")]
    [InlineData("--jtag needs --address", "--target", "T", "--serialport", "p", "--jtag", "--image", "i")]
    [InlineData("need --ecu, --bus and --device", "--target", "T", "--serialport", "p", "--package", "p")]
    [InlineData("--tests counts", "--target", "T", "--serialport", "p", "--tests", "3")]
    [InlineData("nothing to do", "--target", "T", "--no-flash")]
    public void Wrong_arguments_are_one_line_and_exit_code_2(string text, params string[] arguments)
    {
        (int code, string output, string error) = _rack.RunPlain(arguments);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains(text, Assert.Single(error.Trim().Split('\n')));
    }

    [Fact]
    public void Help_names_every_option_that_the_script_takes()
    {
        (int code, string output, _) = _rack.RunPlain("--help");
        Assert.Equal(0, code);
        string script = Repository.Read("tests/hil/run.sh");
        string[] options = [.. Regex.Matches(script, @"^    (--[a-z-]+)( \| -h)?\) ", RegexOptions.Multiline).Select(match => match.Groups[1].Value)];
        Assert.InRange(options.Length, 20, 30);
        Assert.All(options, option => Assert.Contains($"  {option} ", output));
    }

    [Fact]
    public void A_dry_run_prints_the_commands_and_touches_nothing()
    {
        (int code, string output, string error) = _rack.RunScript([.. _rack.Everything, "--dry-run"]);
        Assert.True(code == 0, error);
        Assert.Empty(_rack.Calls);
        Assert.False(Directory.Exists(_rack["out"]));
        string[] lines = output.Trim().Split('\n');
        Assert.Equal(["nanoff", "nanoff", "stty", "timeout", "bash", "nanoff", "esync", "esync", "esync"], lines.Select(line => line.Split(' ')[0]));
        Assert.Contains("board\\ program.bin", lines[5]);
    }
}
