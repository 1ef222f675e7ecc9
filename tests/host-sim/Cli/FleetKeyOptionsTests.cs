// A server that signs vehicle manifests and a client that demands them, as two processes have them; and what is said of keys that do not fit.
using EsyncSim;
using EsyncSim.Applications;
using EsyncSim.Cli;
using EsyncSim.Config;
using EsyncSim.Files;
using EsyncSim.Packages;
using EsyncSim.Server;
using EsyncSim.Signing;
using EsyncTests.HostSim.Signing;
using Xunit;

namespace EsyncTests.HostSim.Cli;

public sealed class FleetKeyOptionsTests : IAsyncLifetime
{
    private const string Vehicle = "V1";

    private readonly Folder _folder = new();
    private LoopbackBroker? _broker;

    private static string Config => Repository.PathOf("nf.config");

    public async ValueTask InitializeAsync()
    {
        _broker = await LoopbackBroker.StartAsync();
        await File.WriteAllBytesAsync(_folder["author.pub"], TestKeys.Author().Anchor.ToFile());
        await File.WriteAllBytesAsync(_folder["oem.pub"], TestKeys.Oem().Anchor.ToFile());
        await EsyncRun.Ok("keys", "new", _folder["fleet.key"], "--role", "fleet", "--parameters", "2xH5/W4");
        await EsyncRun.Ok("keys", "new", _folder["rules.key"], "--role", "rules", "--parameters", "H5/W4");
    }

    public async ValueTask DisposeAsync()
    {
        await _broker!.StopAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_campaign_with_a_fleet_key_is_followed_and_one_without_is_not()
    {
        await EsyncRun.Ok("provision", "--config", Config, "--ecu", "motor", "--flash", _folder["motor.flash"], "--anchor", _folder["author.pub"], "--anchor", _folder["oem.pub"]);
        SavePackage();
        using CancellationTokenSource stop = new();
        using StringWriter said = new(), driven = new();
        Task<int> client = Client(driven, stop.Token);

        UserErrorException refused = await Assert.ThrowsAsync<UserErrorException>(() => Server(said, "bare", null));
        Assert.Equal(ExitCode.UnexpectedOutcome, refused.ExitCode);
        Assert.Matches("V1 +motor +1.0.0 +Denied +the server sends no vehicle manifest", said.ToString());

        SigningKeyStore store = new(DiskFileSystem.Instance, Thread.Sleep, new KeyRegister(DiskFileSystem.Instance, _folder["register"]));
        FleetSigner signer = new(FileSigner.Open(store, _folder["fleet.key"]), () => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        Assert.Equal(ExitCode.Ok, await Server(said, "signed", signer));
        Assert.Matches("V1 +motor +1.0.0 +Completed", said.ToString());
        Assert.Equal(1, store.Load(_folder["fleet.key"]).NextIndex);

        await stop.CancelAsync();
        Assert.Equal(ExitCode.Ok, await client);
        Assert.Contains("only with a vehicle manifest signed by fleet key", driven.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_that_do_not_fit_are_told_before_anything_connects()
    {
        await File.WriteAllTextAsync(_folder["c.yaml"], "campaign: c\nvehicles: [V1]\ntargets:\n  - { ecu: motor, package: motor.esp }\n", TestContext.Current.CancellationToken);
        SavePackage();
        string[] server = ["server", "--db", _folder["cloud.db"], "--broker", "mqtt://127.0.0.1:1", "--campaign", _folder["c.yaml"], "--register", _folder["register"]];
        Assert.Contains("role rules", await EsyncRun.Fails(ExitCode.KeyProblem, [.. server, "--fleet-key", _folder["rules.key"]]), StringComparison.Ordinal);
        Assert.Contains("is not there", await EsyncRun.Fails(ExitCode.BadFile, [.. server, "--fleet-key", _folder["none.key"]]), StringComparison.Ordinal);
        Assert.Contains("--fleet-hours", await EsyncRun.Fails(ExitCode.BadUsage, [.. server, "--fleet-key", _folder["fleet.key"], "--fleet-hours", "0"]), StringComparison.Ordinal);
        Assert.Contains("--fleet-hours", await EsyncRun.Fails(ExitCode.BadUsage, [.. server, "--fleet-key", _folder["fleet.key"], "--fleet-hours", "100000"]), StringComparison.Ordinal);
        Assert.Contains("does not answer", await EsyncRun.Fails(ExitCode.BrokerUnreachable, [.. server, "--fleet-key", _folder["fleet.key"]]), StringComparison.Ordinal);

        // A copy of before: the register knows better.
        byte[] backup = await File.ReadAllBytesAsync(_folder["fleet.key"], TestContext.Current.CancellationToken);
        new SigningKeyStore(DiskFileSystem.Instance, Thread.Sleep, new KeyRegister(DiskFileSystem.Instance, _folder["register"])).Sign(_folder["fleet.key"], [1]);
        await File.WriteAllBytesAsync(_folder["fleet.key"], backup, TestContext.Current.CancellationToken);
        Assert.Contains("old copy", await EsyncRun.Fails(ExitCode.KeyProblem, [.. server, "--fleet-key", _folder["fleet.key"]]), StringComparison.Ordinal);

        string[] client = ["client", "--journal", _folder["v1.journal"], "--config", Config, "--broker", "mqtt://127.0.0.1:1", "--ecu", $"motor={_folder["motor.flash"]}", "--fleet-anchor"];
        Assert.Contains("role oem", await EsyncRun.Fails(ExitCode.KeyProblem, [.. client, _folder["oem.pub"]]), StringComparison.Ordinal);
        Assert.Contains("public key", await EsyncRun.Fails(ExitCode.BadFile, [.. client, _folder["none.pub"]]), StringComparison.Ordinal);
    }

    private Task<int> Server(TextWriter output, string campaign, FleetSigner? signer)
    {
        File.WriteAllText(_folder[$"{campaign}.yaml"], $"campaign: {campaign}\nvehicles: [{Vehicle}]\ntargets:\n  - {{ ecu: motor, package: motor.esp }}\n");
        return Task.Run(
            () => ServerCommand.Run(output, new ServerRequest { Database = _folder["cloud.db"], Broker = BrokerAccess.Of(_broker!), Plans = [CampaignFile.Load(_folder[$"{campaign}.yaml"])], Fleet = signer }, new FastClock(), TestContext.Current.CancellationToken), CancellationToken.None);
    }

    private Task<int> Client(TextWriter output, CancellationToken stop)
    {
        ClientRequest request = new()
        {
            Broker = BrokerAccess.Of(_broker!),
            Vehicle = Vehicle,
            Journal = _folder["v1.journal"],
            FleetAnchors = [TrustAnchor.Load(_folder["fleet.pub"])],
            Buses = ClientRequest.ParseBuses([], [$"motor={_folder["motor.flash"]}"], NfConfig.Load(Config)),
        };
        return Task.Run(() => ClientCommand.Run(output, request, new FastClock(), stop), CancellationToken.None);
    }

    private void SavePackage()
    {
        TestPackage.OfMotor(NfConfig.Load(Config).Ecu("motor").Config.Fota, "1.0.0", 1).Save(_folder["motor.esp"]);
    }

    /// <summary>The wall clock, many times as fast; the time of day is the wall's.</summary>
    private sealed class FastClock : TimeProvider
    {
        private const int Factor = 20;

        public override long GetTimestamp() => base.GetTimestamp() * Factor;
    }
}
