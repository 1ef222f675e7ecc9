// `esync provision` and `esync update` as a user runs them, against ECUs that `esync ecu run` serves: two programs over loopback. The
// updates run side by side, for each waits for the ECU's trial by the wall clock.
using EsyncSim;
using EsyncSim.Applications;
using EsyncSim.Signing;
using EsyncTests.HostSim.Bench;
using EsyncTests.HostSim.Cli;
using EsyncTests.HostSim.Signing;
using Xunit;

namespace EsyncTests.HostSim.Bus.Real;

public sealed class ServedUpdateTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly LiveRig _socketcand = new(LiveRig.AnySocketcand);
    private readonly LiveRig _slcan = new(LiveRig.AnySlcan);

    public void Dispose()
    {
        _socketcand.Dispose();
        _slcan.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task ECUs_are_provisioned_and_updated_over_socketcand_and_slcan()
    {
        foreach ((string name, SigningKey key) in new[] { ("author", TestKeys.Author()), ("oem", TestKeys.Oem()) })
        {
            await File.WriteAllBytesAsync(_folder[name + ".pub"], key.Anchor.ToFile(), TestContext.Current.CancellationToken);
            SigningKeyStore.Disk.Create(_folder[name + ".key"], key);
        }

        await File.WriteAllBytesAsync(_folder["motor.bin"], BuiltInApplications.Image(BuiltInApplications.MotorControl, "1.0.0"), TestContext.Current.CancellationToken);
        await EsyncRun.Ok(
            "package", "build", "--config", Repository.PathOf("nf.config"), "--image", _folder["motor.bin"], "--name", "motor-control", "--ecu", "motor", "--security-version", "1",
            "--sequence", "1", "--key", _folder["author.key"], "--key", _folder["oem.key"], "--out", _folder["motor.esp"]);
        await Task.WhenAll(UpdateAsync(_socketcand.Places[0].ToString(), "first"), UpdateAsync(_slcan.Places[0] + "?bitrate=500000", "second"));
        Assert.Empty(_socketcand.Notes);
        Assert.Empty(_slcan.Notes);
    }

    [Fact]
    public async Task A_bus_that_is_not_served_there_is_one_line()
    {
        string address = _socketcand.Places[0].ToString().Replace("can0", "can7", StringComparison.Ordinal);
        string error = await EsyncRun.Fails(ExitCode.BusUnusable, "attack", "--config", Repository.PathOf("nf.config"), "--bus", address, "--ecu", "motor");
        Assert.Contains("the server says: error could not open bus can7, this server has can0", error);
    }

    private async Task UpdateAsync(string bus, string name)
    {
        string[] options = ["--config", Repository.PathOf("nf.config"), "--ecu", "motor", "--bus", bus, "--device", _folder[name + ".device"]];
        string told = await EsyncRun.Ok(["provision", .. options, "--anchor", _folder["author.pub"], "--anchor", _folder["oem.pub"]]);
        Assert.Contains($"on {bus}", told);
        told = await EsyncRun.Ok(["update", .. options, "--package", _folder["motor.esp"], "--log", _folder[name + ".log"]]);
        Assert.Contains("1.0.0 Confirmed", told);
        Assert.Contains(" can0 7E8#", await File.ReadAllTextAsync(_folder[name + ".log"], TestContext.Current.CancellationToken));
    }
}
