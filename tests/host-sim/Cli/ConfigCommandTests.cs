// esync config: what it prints, what it writes, what it leaves alone.
using EsyncSim;
using EsyncSim.Config;
using Xunit;
using static EsyncTests.HostSim.Cli.EsyncCommandLineTests;

namespace EsyncTests.HostSim.Cli;

public sealed class ConfigCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Check_of_a_good_file_names_its_ECUs_and_ends_with_0()
    {
        var (code, output, error) = await RunAsync("config", "check", "--config", Repository.PathOf("nf.config"));
        Assert.Equal((ExitCode.Ok, ""), (code, error));
        Assert.Contains("motor on virtual, battery on virtual, climate on esp32-mcp2515, pump on stm32f769i-discovery, door on stm32f429i-discovery, lamp on nucleo-f767zi, emulator on virtual: nothing wrong", output);
        Assert.Matches(@"(?m)^ *climate +comfort +250000 +8 MHz +2 +1 \+ 8 \+ 4 \+ 3 +2 +81\.25 % +CNF1\.\.3 41 9F 02", output);
    }

    [Fact]
    public async Task Check_of_a_wrong_file_prints_errors_as_MSBuild_reads_them_and_ends_with_3()
    {
        string file = Write(Repository.Read("nf.config").Replace("response: 0x7EA", "response: 0x7E8"));
        var (code, output, error) = await RunAsync("config", "check", "--config", file);
        Assert.Equal((ExitCode.BadFile, ""), (code, output));
        Assert.Matches(@"^.*nf\.config\(\d+,\d+\): error NF031: 0x7E8 is response of `battery` and response of `motor` ", error);
        Assert.Equal(1, error.TrimEnd().Count(c => c == '\n') + 1);
    }

    [Fact]
    public async Task Check_of_a_file_that_is_not_there_says_what_to_do()
    {
        var (code, _, error) = await RunAsync("config", "check", "--config", Path.Combine(_folder, "none.config"));
        Assert.Equal(ExitCode.BadFile, code);
        Assert.Contains("Name the configuration with --config FILE.", error);
    }

    [Fact]
    public async Task Wear_tells_the_years_of_each_area_and_ends_with_1_when_they_are_too_few()
    {
        var (code, output, error) = await RunAsync("config", "wear", "--config", Repository.PathOf("nf.config"));
        Assert.Equal((ExitCode.Ok, ""), (code, error));
        Assert.Matches(@"(?m)^ *motor +w25q32 +nvm +5 +850 +4,758 +100,000 +118 +18 *$", output);
        Assert.Matches(@"(?m)^ *emulator +ram +nvm .* no limit +over 1,000 +over 1,000 *$", output);

        string file = Write(Repository.Read("nf.config").Replace("sparingDelayMsMax: 7200000", "sparingDelayMsMax: 3600000"));
        (code, output, error) = await RunAsync("config", "wear", "--config", file);
        Assert.Equal(ExitCode.UnexpectedOutcome, code);
        Assert.Matches(@"(?m)^ *motor +w25q32 +nvm +5 +850 +9,116 +100,000 +118 +10 *$", output);
        Assert.StartsWith("less than 15 years: nvm of motor, nvm of battery, nvm of climate,", error);

        (code, _, error) = await RunAsync("config", "wear", "--updates", "-1", "--config", Repository.PathOf("nf.config"));
        Assert.Equal(ExitCode.BadUsage, code);
        Assert.Contains("--updates -1: give the updates of a year", error);
    }

    [Fact]
    public async Task Generate_writes_a_file_for_each_ECU_removes_its_own_stale_ones_and_leaves_others_alone()
    {
        string folder = Path.Combine(_folder, "out");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "OldConfig.cs"), ConfigGenerator.Mark + "\n// …");
        File.WriteAllText(Path.Combine(folder, "Mine.cs"), "// by hand\n");
        var (code, _, _) = await RunAsync("config", "generate", "--config", Repository.PathOf("nf.config"), "--out", folder);
        Assert.Equal(ExitCode.Ok, code);
        Assert.Equal(["BatteryConfig.cs", "ClimateConfig.cs", "DoorConfig.cs", "EmulatorConfig.cs", "LampConfig.cs", "Mine.cs", "MotorConfig.cs", "PumpConfig.cs"], Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Generate_from_a_wrong_file_writes_nothing()
    {
        string file = Write(Repository.Read("nf.config").Replace("format: 1", "format: 9"));
        string folder = Path.Combine(_folder, "out");
        var (code, _, error) = await RunAsync("config", "generate", "--config", file, "--out", folder);
        Assert.Equal(ExitCode.BadFile, code);
        Assert.Contains("error NF006: `format` is 9", error);
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task Generate_into_what_is_no_folder_says_that_it_cannot_write()
    {
        string file = Write(Repository.Read("nf.config"));
        var (code, _, error) = await RunAsync("config", "generate", "--config", file, "--out", file);
        Assert.Equal(ExitCode.BadFile, code);
        Assert.StartsWith($"error: cannot write the folder {file}: ", error);
    }

    [Fact]
    public async Task The_tools_own_boards_serve_a_configuration_elsewhere()
    {
        string file = Write(Repository.Read("nf.config"));
        var (code, _, error) = await RunAsync("config", "check", "--config", file);
        Assert.Equal((ExitCode.Ok, ""), (code, error));
    }

    private string Write(string text)
    {
        string file = Path.Combine(_folder, NfConfig.FileName);
        File.WriteAllText(file, text);
        return file;
    }
}
