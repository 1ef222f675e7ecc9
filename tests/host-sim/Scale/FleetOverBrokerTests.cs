// Two fleets and a server that know each other by a broker only, as three processes do: mosquitto over TLS, with the user that the
// README gives them.
using EsyncSim;
using EsyncSim.Cli;
using EsyncSim.Scale;
using EsyncSim.Server;
using EsyncTests.HostSim.Server.Mosquitto;
using Xunit;

namespace EsyncTests.HostSim.Scale;

public sealed class FleetOverBrokerTests : IAsyncLifetime
{
    private readonly Folder _folder = new();
    private readonly Folder _brokerFolder = new();
    private ReadmeBroker _broker = null!;

    public async ValueTask InitializeAsync() => _broker = await ReadmeBroker.StartAsync(_brokerFolder);

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        _brokerFolder.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Two_fleets_are_updated_by_a_server_at_the_same_broker()
    {
        FleetSoftware software = FleetRunTests.Software;
        software.Write(_folder["out"], "both", CampaignMode.Independent, first: 0, vehicles: 5, parallelMax: 5);
        using StringWriter said = new();
        Task<int> server = Task.Run(
            () => ServerCommand.Run(said, new ServerRequest { Database = _folder["cloud.db"], Broker = _broker.AsServer(), Plans = [CampaignFile.Load(Path.Combine(_folder["out"], "campaign.yaml"))] }, TimeProvider.System, TestContext.Current.CancellationToken),
            CancellationToken.None);
        Task<FleetReport>[] fleets = [Fleet(software, first: 0, count: 3), Fleet(software, first: 3, count: 2)];

        Assert.Equal(ExitCode.Ok, await server);
        FleetReport[] reports = await Task.WhenAll(fleets);
        Assert.Equal([(3, "pass"), (2, "pass")], reports.Select(report => (report.Confirmed, report.Outcome)));
        Assert.Equal([6, 4], reports.Select(report => report.Ends["INSTALL_COMPLETED"]));
        Assert.All(reports, report => Assert.True(report is { Messages: > 40, BusFrames: > 2000 }));
    }

    [Fact]
    public async Task A_broker_that_does_not_want_the_fleet_ends_it_with_one_line()
    {
        UserErrorException error = await Assert.ThrowsAsync<UserErrorException>(() => Task.Run(
            () => FleetOverBroker.Run(FleetRunTests.Software, new FleetOptions { Vehicles = 3 }, _broker.ByPassword("esync-bench", "wrong")), TestContext.Current.CancellationToken));

        Assert.Equal(ExitCode.BrokerUnreachable, error.ExitCode);
        Assert.Contains("the user esync-bench", error.Message, StringComparison.Ordinal);
    }

    private Task<FleetReport> Fleet(FleetSoftware software, int first, int count)
    {
        FleetOptions options = new() { Vehicles = count, First = first, Cores = 1, Stop = TestContext.Current.CancellationToken };
        return Task.Run(() => FleetOverBroker.Run(software, options, _broker.ByPassword("esync-bench")), CancellationToken.None);
    }
}
