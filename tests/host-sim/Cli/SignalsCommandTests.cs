// esync signals: what it prints, what it writes, and that nf.config is left alone when something is wrong.
using EsyncSim;
using EsyncSim.Config;
using EsyncTests.HostSim.Signals;
using Xunit;
using static EsyncTests.HostSim.Cli.EsyncCommandLineTests;

namespace EsyncTests.HostSim.Cli;

public sealed class SignalsCommandTests : IDisposable
{
    private readonly Folder _folder = new();

    public SignalsCommandTests()
    {
        File.WriteAllText(_folder["car.dbc"], DbcTexts.Tidy);
        File.Copy(Repository.PathOf("nf.config"), _folder["nf.config"]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Import_prints_the_section_and_tells_what_is_left_out()
    {
        var (code, output, error) = await RunAsync("signals", "import", "--dbc", _folder["car.dbc"]);
        Assert.Equal(ExitCode.Ok, code);
        Assert.StartsWith("signals:" + Environment.NewLine + "  # EngineData" + Environment.NewLine + "  Vehicle.Car.EngineData.Speed: { did: 0x0200, type: uint16, unit: rpm, factor: 0.25, max: 16000, source: { can: 0x100, startBit: 0, length: 16, byteOrder: little, timeoutMs: 300 } }   # Of the shaft", output);
        Assert.Contains("car.dbc(19): signal `Climate.Ratio` is left out: it is a float", error);
        Assert.Contains("5 signals taken", error);
    }

    [Fact]
    public async Task Import_writes_them_into_the_configuration_and_a_second_time_adds_nothing()
    {
        string[] command = ["signals", "import", "--dbc", _folder["car.dbc"], "--ecu", "battery", "--write", "--config", _folder["nf.config"]];
        int before = NfConfig.Load(_folder["nf.config"]).Ecu("battery").SignalEntries.Count;
        string old = File.ReadAllText(_folder["nf.config"]);
        var (code, output, _) = await RunAsync(command);
        Assert.Equal(ExitCode.Ok, code);
        Assert.Contains("5 signals added to battery", output);
        Assert.Equal(before + 5, NfConfig.Load(_folder["nf.config"]).Ecu("battery").SignalEntries.Count);
        string[] now = File.ReadAllLines(_folder["nf.config"]);
        Assert.Equal(old.Split('\n').SkipLast(1), now.Where(line => !line.Contains("Vehicle.Battery.", StringComparison.Ordinal) && line.Trim() is not ("# EngineData" or "# Climate")));

        (code, output, string error) = await RunAsync(command);
        Assert.Equal(ExitCode.Ok, code);
        Assert.Contains("nothing to add", output);
        Assert.Contains("the ECU has `Vehicle.Battery.EngineData.Speed` already", error);
        Assert.Equal(now, File.ReadAllLines(_folder["nf.config"]));
    }

    [Fact]
    public async Task Import_leaves_the_configuration_alone_when_it_would_be_wrong()
    {
        string old = File.ReadAllText(_folder["nf.config"]);
        File.WriteAllText(_folder["bad.dbc"], DbcTexts.Tidy.Replace(" 256 ", " 2018 ", StringComparison.Ordinal));
        var (code, _, error) = await RunAsync("signals", "import", "--dbc", _folder["bad.dbc"], "--ecu", "motor", "--write", "--config", _folder["nf.config"]);
        Assert.Equal(ExitCode.BadFile, code);
        Assert.Contains("is left as it is: with 5 signals more it would be wrong", error);
        Assert.Contains("error NF031: 0x7E2 is the frame of `Vehicle.Motor.EngineData.Speed` and physicalRequest of `battery`", error);
        Assert.Equal(old, File.ReadAllText(_folder["nf.config"]));
    }

    [Fact]
    public async Task Import_with_write_needs_an_ECU()
    {
        var (code, _, error) = await RunAsync("signals", "import", "--dbc", _folder["car.dbc"], "--write");
        Assert.Equal(ExitCode.BadUsage, code);
        Assert.Contains("--write: name the ECU that reads the signals with --ecu NAME", error);
        (code, _, error) = await RunAsync("signals", "import", "--dbc", _folder["none.dbc"]);
        Assert.Equal(ExitCode.BadFile, code);
        Assert.Contains("none.dbc is not there", error);
    }

    [Fact]
    public async Task Export_writes_what_import_takes_again()
    {
        var (code, output, error) = await RunAsync("signals", "export", "--dbc", _folder["motor.dbc"], "--ecu", "motor", "--config", _folder["nf.config"]);
        Assert.Equal(ExitCode.Ok, code);
        Assert.Contains("3 signals in 1 messages", output);
        Assert.Contains("Vehicle.Powertrain.ElectricMotor.Speed is left out: the application publishes it", error);
        (code, output, _) = await RunAsync("signals", "import", "--dbc", _folder["motor.dbc"]);
        Assert.Equal(ExitCode.Ok, code);
        string speed = "Vehicle.Speed: { did: 0x0210, type: uint16, unit: km/h, factor: 0.01, max: 300, source: { can: 0x120, startBit: 0, length: 16, byteOrder: little, timeoutMs: 500 } }";
        Assert.Contains(speed, output);
    }
}
