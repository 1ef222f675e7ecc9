// `esync provision` and `esync update` as a user runs them, against an ECU that `esync ecu run` serves: two programs over loopback.
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
    private readonly LiveRig _rig = new(LiveRig.AnySocketcand, LiveRig.AnySlcan);

    public void Dispose()
    {
        _rig.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_ECU_is_provisioned_over_one_protocol_and_updated_over_both()
    {
        foreach ((string name, SigningKey key) in new[] { ("author", TestKeys.Author()), ("oem", TestKeys.Oem()) })
        {
            await File.WriteAllBytesAsync(_folder[name + ".pub"], key.Anchor.ToFile(), TestContext.Current.CancellationToken);
            SigningKeyStore.Disk.Create(_folder[name + ".key"], key);
        }

        string socketcand = _rig.Places[0].ToString();
        string slcan = _rig.Places[1] + "?bitrate=500000";
        string told = await EsyncRun.Ok([.. Options("provision", socketcand), "--anchor", _folder["author.pub"], "--anchor", _folder["oem.pub"]]);
        Assert.Contains($"on {socketcand}", told);

        await BuildAsync("1.0.0", "--sequence", "1");
        told = await EsyncRun.Ok([.. Options("update", socketcand), "--package", _folder["1.0.0.esp"]]);
        Assert.Contains("1.0.0 Confirmed", told);

        await BuildAsync("2.0.0", "--sequence", "2", "--delta-from", _folder["1.0.0.esp"]);
        told = await EsyncRun.Ok([.. Options("update", slcan), "--package", _folder["2.0.0.esp"], "--log", _folder["update.log"]]);
        Assert.Contains("2.0.0 Confirmed", told);
        Assert.Contains(" can0 7E8#", await File.ReadAllTextAsync(_folder["update.log"], TestContext.Current.CancellationToken));
        Assert.Empty(_rig.Notes);
    }

    [Fact]
    public async Task A_bus_that_is_not_served_there_is_one_line()
    {
        string address = _rig.Places[0].ToString().Replace("can0", "can7", StringComparison.Ordinal);
        string error = await EsyncRun.Fails(ExitCode.BusUnusable, "attack", "--config", Repository.PathOf("nf.config"), "--bus", address, "--ecu", "motor");
        Assert.Contains("the server says: error could not open bus can7, this server has can0", error);
    }

    private string[] Options(string command, string bus) =>
        [command, "--config", Repository.PathOf("nf.config"), "--ecu", "motor", "--bus", bus, "--device", _folder["motor.device"]];

    private async Task BuildAsync(string release, params string[] options)
    {
        await File.WriteAllBytesAsync(_folder[release + ".bin"], BuiltInApplications.Image(BuiltInApplications.MotorControl, release));
        await EsyncRun.Ok([
            "package", "build", "--config", Repository.PathOf("nf.config"), "--image", _folder[release + ".bin"], "--name", "motor-control", "--ecu", "motor", "--security-version", "1",
            "--key", _folder["author.key"], "--key", _folder["oem.key"], "--out", _folder[release + ".esp"], .. options]);
    }
}
