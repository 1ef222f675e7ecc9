// esync server and esync client with mosquitto between them, over TLS and by certificates: a whole update of a virtual ECU, and one in
// whose middle the broker is killed and started again. The wall clock runs faster than it does.
using EsyncSim;
using EsyncSim.Applications;
using EsyncSim.Bench;
using EsyncSim.Bus.Real;
using EsyncSim.Cli;
using EsyncSim.Config;
using EsyncSim.Packages;
using EsyncSim.Server;
using EsyncSim.Signing;
using EsyncTests.HostSim.Cli;
using EsyncTests.HostSim.Signing;
using Xunit;

namespace EsyncTests.HostSim.Server.Mosquitto;

public sealed class MosquittoUpdateTests : IAsyncLifetime
{
    private const string Vehicle = "V1";

    private readonly Folder _folder = new();
    private readonly Folder _brokerFolder = new();
    private ReadmeBroker _broker = null!;

    private static string Config => Repository.PathOf("nf.config");

    public async ValueTask InitializeAsync()
    {
        _broker = await ReadmeBroker.StartAsync(_brokerFolder);
        await File.WriteAllBytesAsync(_folder["author.pub"], TestKeys.Author().Anchor.ToFile());
        await File.WriteAllBytesAsync(_folder["oem.pub"], TestKeys.Oem().Anchor.ToFile());
        await EsyncRun.Ok("provision", "--config", Config, "--ecu", "motor", "--flash", _folder["motor.flash"], "--anchor", _folder["author.pub"], "--anchor", _folder["oem.pub"]);
        TestPackage.OfMotor(NfConfig.Load(Config).Ecu("motor").Config.Fota, "2.0.0", 2).Save(_folder["motor.esp"]);
        await File.WriteAllTextAsync(_folder["c.yaml"], $"campaign: c\nvehicles: [{Vehicle}]\ntargets:\n  - {{ ecu: motor, package: motor.esp }}\n");
    }

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        _brokerFolder.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_vehicle_is_updated_through_mosquitto_and_a_broker_that_is_killed_only_delays_it(bool isKilled)
    {
        using CancellationTokenSource stop = new();
        using StringWriter said = new(), driven = new();
        TaskCompletionSource transfer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using MosquittoEar ear = await MosquittoEar.ConnectAsync(_broker.AsServer(), new Topics(Vehicle).FromVehicle, payload =>
        {
            if (EsyncJson.TryDecode(payload) is { Type: EsyncType.UpdateReport, Body.Progress: > 5 })
            {
                transfer.TrySetResult();
            }
        });
        ClientRequest request = new()
        {
            Broker = _broker.As(Vehicle),
            Vehicle = Vehicle,
            Journal = _folder["v1.journal"],
            Buses = [new BenchBus("can0", BusAddress.Virtual, [(NfConfig.Load(Config).Ecu("motor"), _folder["motor.flash"])])],
        };
        Task<int> client = Task.Run(() => ClientCommand.Run(driven, request, new FastClock(), stop.Token), CancellationToken.None);
        Task<int> server = Task.Run(
            () => ServerCommand.Run(said, new ServerRequest { Database = _folder["cloud.db"], Broker = _broker.AsServer(), Plans = [CampaignFile.Load(_folder["c.yaml"])] }, new FastClock(), TestContext.Current.CancellationToken), CancellationToken.None);
        await transfer.Task.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        if (isKilled)
        {
            await _broker.Process.KillAsync();
            await _broker.Process.StartAsync();
        }

        Assert.Equal(ExitCode.Ok, await server);
        Assert.Matches("V1 +motor +2.0.0 +Completed", said.ToString());
        await stop.CancelAsync();
        Assert.Equal(ExitCode.Ok, await client);
        Assert.Contains("already; nothing was sent", await EsyncRun.Ok("update", "--config", Config, "--package", _folder["motor.esp"], "--flash", _folder["motor.flash"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_and_vehicle_in_one_party_need_a_user_who_may_do_all()
    {
        await File.WriteAllTextAsync(_folder["password"], "a password with blanks\n", TestContext.Current.CancellationToken);
        string[] update =
        [
            "update", "--config", Config, "--package", _folder["motor.esp"], "--flash", _folder["motor.flash"],
            "--broker", _broker.PasswordAddress, "--broker-ca", _brokerFolder["ca.crt"], "--broker-password-file", _folder["password"], "--broker-user",
        ];

        Assert.Contains("do its topic rules let this party write there?", await EsyncRun.Fails(ExitCode.BrokerUnreachable, [.. update, "V1"]), StringComparison.Ordinal);
        Assert.Contains("2.0.0", await EsyncRun.Ok([.. update, "esync-bench"]), StringComparison.Ordinal);
    }

    /// <summary>The wall clock, many times as fast.</summary>
    private sealed class FastClock : TimeProvider
    {
        private const int Factor = 20;

        public override long GetTimestamp() => base.GetTimestamp() * Factor;
    }
}
