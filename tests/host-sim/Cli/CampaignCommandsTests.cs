// esync server and esync client as two processes have them: a broker between them, a virtual ECU in a file, a database and a journal.
// They share a clock that goes on only while both wait; who waits here waits for a message or for the end of a program, not for a time.
using EsyncSim;
using EsyncSim.Applications;
using EsyncSim.Cli;
using EsyncSim.Config;
using EsyncSim.Packages;
using EsyncSim.Server;
using EsyncSim.Signing;
using EsyncTests.HostSim.Signing;
using MQTTnet;
using Xunit;

namespace EsyncTests.HostSim.Cli;

public sealed class CampaignCommandsTests : IAsyncLifetime
{
    private const string Vehicle = "V1";

    private readonly Folder _folder = new();
    private readonly ISigner[] _signers = [new MemorySigner(TestKeys.Author()), new MemorySigner(TestKeys.Oem())];
    private readonly SharedClock _clock = new();
    private LoopbackBroker? _broker;

    private static string Config => Repository.PathOf("nf.config");

    private string Broker => $"mqtt://127.0.0.1:{_broker!.Port}";

    public async ValueTask InitializeAsync()
    {
        _broker = await LoopbackBroker.StartAsync();
        await File.WriteAllBytesAsync(_folder["author.pub"], TestKeys.Author().Anchor.ToFile());
        await File.WriteAllBytesAsync(_folder["oem.pub"], TestKeys.Oem().Anchor.ToFile());
        foreach (string ecu in new[] { "motor", "battery" })
        {
            await EsyncRun.Ok("provision", "--config", Config, "--ecu", ecu, "--flash", _folder[$"{ecu}.flash"], "--anchor", _folder["author.pub"], "--anchor", _folder["oem.pub"]);
        }

        Save("one.esp", "motor", BuiltInApplications.MotorControl, "1.0.0", 1);
        Save("two.esp", "motor", BuiltInApplications.MotorControl, "2.0.0", 2);
        Save("bad.esp", "motor", BuiltInApplications.MotorControl, "2.1.0-selftest", 3);
        Save("two-motor.esp", "motor", BuiltInApplications.MotorControl, "2.0.0", 2);
        Save("battery.esp", "battery", BuiltInApplications.BatteryManager, "1.0.0", 1);
    }

    public async ValueTask DisposeAsync()
    {
        await _broker!.StopAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Campaigns_run_to_their_end_and_the_exit_code_says_how()
    {
        using CancellationTokenSource stop = new();
        using StringWriter said = new(), driven = new();
        Task<int> client = Client(driven, stop.Token, "motor", "battery");

        Assert.Equal(ExitCode.Ok, await Server(said, "one", "two"));
        Assert.Contains("V1 motor: runs no application", said.ToString(), StringComparison.Ordinal);
        Assert.Contains("V1 motor: INSTALL_COMPLETED", said.ToString(), StringComparison.Ordinal);
        Assert.Matches("V1 +motor +2.0.0 +Completed", said.ToString());
        Assert.Matches("V1 +battery +1.0.0 +Completed", said.ToString());
        Assert.Contains("motor 2.0.0: ", driven.ToString(), StringComparison.Ordinal);
        int before = said.ToString().Length;
        Assert.Equal(ExitCode.Ok, await Server(said, "two"));
        Assert.DoesNotContain("INSTALL", said.ToString()[before..], StringComparison.Ordinal);

        UserErrorException error = await Assert.ThrowsAsync<UserErrorException>(() => Server(said, "bad"));
        Assert.Equal((ExitCode.UnexpectedOutcome, "campaign bad (Done): 0 of 1 vehicles have all of what it wanted"), (error.ExitCode, error.Message));
        Assert.Matches("V1 +motor +2.1.0-selftest +RolledBack", said.ToString());

        await stop.CancelAsync();
        Assert.Equal(ExitCode.Ok, await client);
        Assert.Contains("stopped; nothing was under way", driven.ToString(), StringComparison.Ordinal);
        Assert.Contains("already; nothing was sent", await EsyncRun.Ok("update", "--config", Config, "--package", _folder["two.esp"], "--flash", _folder["motor.flash"]), StringComparison.Ordinal);
        Assert.NotEmpty(Directory.GetFiles(_folder["v1.journal.packages"]));
        Assert.NotEmpty(Directory.GetFiles(_folder["reports"]));
        string reported = await EsyncRun.Ok("data", "export", "--db", _folder["reports.db"], "--events");
        Assert.Contains("motor", reported, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_has_a_journal_starts_without_a_broker()
    {
        using CancellationTokenSource stop = new();
        using StringWriter said = new(), first = new(), second = new();
        Task<int> client = Client(first, stop.Token, "motor");
        Assert.Equal(ExitCode.Ok, await Server(said, "one"));
        await stop.CancelAsync();
        Assert.Equal(ExitCode.Ok, await client);
        int port = _broker!.Port;
        await _broker.StopAsync();

        using CancellationTokenSource stopSecond = new();
        client = Client(second, stopSecond.Token, "motor");
        _broker = await LoopbackBroker.StartAsync(port);
        Assert.Equal(ExitCode.Ok, await Server(said, "two-motor"));
        await stopSecond.CancelAsync();
        Assert.Equal(ExitCode.Ok, await client);
    }

    [Fact]
    public async Task Client_and_server_that_end_in_the_middle_go_on_when_they_are_started_again()
    {
        using CancellationTokenSource stop = new(), stopSecond = new();
        using StringWriter said = new(), first = new(), second = new();
        TaskCompletionSource transfer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using IMqttClient ear = await ListenAsync(transfer);
        Task<int> client = Client(first, stop.Token, "motor");
        Task<int> server = Server(said, stop.Token, "one");
        await await Task.WhenAny(transfer.Task, client, server);
        Assert.True(transfer.Task.IsCompleted, $"{first}{said}");
        await stop.CancelAsync();

        Assert.Equal(ExitCode.Ok, await client);
        Assert.Contains("stopped in the middle of esync.prepare-update for /ECU/motor", first.ToString(), StringComparison.Ordinal);
        UserErrorException error = await Assert.ThrowsAsync<UserErrorException>(() => server);
        Assert.Equal(EsyncCommandLine.Interrupted, error.ExitCode);
        Assert.Contains("goes on from here", error.Message, StringComparison.Ordinal);

        client = Client(second, stopSecond.Token, "motor");
        int before = said.ToString().Length;
        Assert.Equal(ExitCode.Ok, await Server(said, "one"));
        string after = said.ToString()[before..];
        Assert.DoesNotContain("motor: runs", after, StringComparison.Ordinal);
        Assert.Contains("V1 motor: INSTALL_COMPLETED", after, StringComparison.Ordinal);
        await stopSecond.CancelAsync();
        Assert.Equal(ExitCode.Ok, await client);
        Assert.Contains("already; nothing was sent", await EsyncRun.Ok("update", "--config", Config, "--package", _folder["one.esp"], "--flash", _folder["motor.flash"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_input_is_one_line_that_says_what_to_do()
    {
        string[] server = ["server", "--db", _folder["cloud.db"], "--broker", Broker, "--campaign"];
        string[] client = ["client", "--journal", _folder["v1.journal"], "--config", Config, "--broker"];
        await File.WriteAllTextAsync(_folder["wrong.yaml"], "campaign: c\n", TestContext.Current.CancellationToken);
        Assert.Contains("lacks `vehicles`", (await EsyncCommandLineTests.RunAsync([.. server, _folder["wrong.yaml"]])).Error, StringComparison.Ordinal);
        Assert.Contains("is not there", await EsyncRun.Fails(ExitCode.BadFile, [.. server, _folder["none.yaml"]]), StringComparison.Ordinal);
        Assert.Contains("does not answer", await EsyncRun.Fails(ExitCode.BrokerUnreachable, "server", "--db", _folder["cloud.db"], "--broker", "mqtt://127.0.0.1:1", "--campaign", WriteCampaign("one")), StringComparison.Ordinal);
        Assert.Contains("does not answer", await EsyncRun.Fails(ExitCode.BrokerUnreachable, [.. client, "mqtt://127.0.0.1:1", "--ecu", $"motor={_folder["motor.flash"]}"]), StringComparison.Ordinal);
        Assert.Contains("NAME=FILE", await EsyncRun.Fails(ExitCode.BadUsage, [.. client, Broker, "--ecu", "motor"]), StringComparison.Ordinal);
        Assert.Contains("twice", await EsyncRun.Fails(ExitCode.BadUsage, [.. client, Broker, "--ecu", "motor=a", "--ecu", "motor=b"]), StringComparison.Ordinal);
        Assert.Contains("esync provision", await EsyncRun.Fails(ExitCode.BadFile, [.. client, Broker, "--ecu", $"battery={_folder["motor.pub"]}"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("server", "esync client")]
    [InlineData("client", "--bus socketcan:can0")]
    public async Task Help_teaches_by_examples(string command, string part)
    {
        string help = await EsyncRun.Ok(command, "--help");
        Assert.Contains($"  esync {command} ", help.Split("Examples:")[1], StringComparison.Ordinal);
        Assert.Contains(part, help, StringComparison.Ordinal);
    }

    private Task<int> Server(TextWriter output, params string[] campaigns) => Server(output, TestContext.Current.CancellationToken, campaigns);

    private Task<int> Server(TextWriter output, CancellationToken stop, params string[] campaigns)
    {
        ServerRequest request = new()
        {
            Database = _folder["cloud.db"],
            Broker = BrokerAccess.Of(_broker!),
            Plans = [.. campaigns.Select(name => CampaignFile.Load(WriteCampaign(name)))],
            Reports = _folder["reports.db"],
        };
        return _clock.Run(() => ServerCommand.Run(output, request, _clock, stop));
    }

    private Task<int> Client(TextWriter output, CancellationToken stop, params string[] ecus)
    {
        ClientRequest request = new()
        {
            Broker = BrokerAccess.Of(_broker!),
            Vehicle = Vehicle,
            Journal = _folder["v1.journal"],
            Buses = ClientRequest.ParseBuses([], [.. ecus.Select(ecu => $"{ecu}={_folder[$"{ecu}.flash"]}")], NfConfig.Load(Config)),
            Reports = _folder["reports"],
        };
        return _clock.Run(() => ClientCommand.Run(output, request, _clock, stop));
    }

    private string WriteCampaign(string name)
    {
        string path = _folder[$"{name}.yaml"];
        string second = name == "two" ? "  - { ecu: battery, package: battery.esp }\nmode: all-or-nothing\n" : string.Empty;
        File.WriteAllText(path, $"campaign: {name}\nvehicles: [{Vehicle}]\ntargets:\n  - {{ ecu: motor, package: {name}.esp }}\n{second}");
        return path;
    }

    // Ends when the vehicle says that a part of an image is in the ECU.
    private async Task<IMqttClient> ListenAsync(TaskCompletionSource transfer)
    {
        IMqttClient ear = new MqttClientFactory().CreateMqttClient();
        ear.ApplicationMessageReceivedAsync += received =>
        {
            EsyncMessage? message = EsyncJson.TryDecode(System.Buffers.BuffersExtensions.ToArray(received.ApplicationMessage.Payload));
            if (message is { Type: EsyncType.UpdateReport, Body.Progress: > 5 })
            {
                transfer.TrySetResult();
            }

            return Task.CompletedTask;
        };
        await ear.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", _broker!.Port).Build());
        await ear.SubscribeAsync(new Topics(Vehicle).FromVehicle);
        return ear;
    }

    private void Save(string name, string ecu, string application, string release, uint sequence)
    {
        EsyncAgent.FotaConfig fota = NfConfig.Load(Config).Ecu(ecu).Config.Fota;
        PackageBuilder.Build(
            new PackageRequest
            {
                Name = ecu,
                Hardware = ecu,
                Image = BuiltInApplications.Image(application, release),
                Sequence = sequence,
                SecurityVersion = 1,
                VendorId = fota.VendorId,
                ClassId = fota.ClassId,
            },
            _signers).Save(_folder[name]);
    }
}
