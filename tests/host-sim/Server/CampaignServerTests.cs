// The server against a vehicle that the test plays: which messages it sends, and what it makes of the answers.
using System.Text;
using EsyncSim.Bus;
using EsyncSim.Server;
using Xunit;

namespace EsyncTests.HostSim.Server;

public class CampaignServerTests
{
    private static readonly Topics Topics = new("ESYNC0DEM0VEH1C01");
    private static readonly CampaignTarget Target = new()
    {
        Ecu = "motor",
        PackageName = "motor-control",
        Version = "2.0.0",
        File = [1, 2, 3],
        RollbackVersions = ["1.0.0"],
    };

    [Fact]
    public void A_good_vehicle_is_taken_through_all_steps()
    {
        Exchange exchange = new();

        TargetResult result = exchange.Run();

        Assert.Equal(TargetEnd.Completed, result.End);
        Assert.True(result.IsGood);
        Assert.Equal(
            ["esync.query-package", "esync.ready-download", "esync.prepare-update", "esync.ready-update", "esync.confirm-update"],
            exchange.Requests.Select(request => request.Type));
        Assert.Equal(Target.File, exchange.Package);
    }

    [Fact]
    public void A_vehicle_that_runs_the_version_already_is_left_alone()
    {
        Exchange exchange = new() { Installed = "2.0.0" };

        Assert.Equal(TargetEnd.UpToDate, exchange.Run().End);
        Assert.Single(exchange.Requests);
    }

    [Theory]
    [InlineData("Confirmed", TargetEnd.UpToDate)]
    [InlineData("Trial", TargetEnd.Completed)]
    public void A_version_that_is_only_on_trial_is_not_up_to_date(string state, TargetEnd end)
    {
        Exchange exchange = new() { Installed = "2.0.0", State = state };

        Assert.Equal(end, exchange.Run().End);
    }

    [Theory]
    [InlineData("esync.ready-download", "DOWNLOAD_DENIED", TargetEnd.Denied)]
    [InlineData("esync.ready-update", "INSTALL_ROLLBACK", TargetEnd.RolledBack)]
    [InlineData("esync.confirm-update", "INSTALL_ROLLBACK", TargetEnd.RolledBack)]
    public void A_step_that_fails_is_the_last(string type, string status, TargetEnd end)
    {
        Exchange exchange = new() { Statuses = { [type] = status } };

        TargetResult result = exchange.Run();

        Assert.Equal(end, result.End);
        Assert.Equal("RoleMissing", result.Reason);
        Assert.Equal(type, exchange.Requests[^1].Type);
    }

    [Theory]
    [InlineData("1.0.0", TargetEnd.RolledBack)]
    [InlineData("0.9.0", TargetEnd.Failed)]
    public void An_ECU_that_refuses_is_as_it_should_be_only_when_it_runs_a_version_to_return_to(string installed, TargetEnd end)
    {
        Exchange exchange = new() { Installed = installed, Statuses = { ["esync.prepare-update"] = "INSTALL_FAILED" } };

        TargetResult result = exchange.Run();

        Assert.Equal(end, result.End);
        Assert.Equal("RoleMissing", result.Reason);
        Assert.Equal("esync.query-package", exchange.Requests[^1].Type);
    }

    [Fact]
    public void A_postponed_download_is_asked_for_again_and_again_but_not_forever()
    {
        Exchange exchange = new() { Statuses = { ["esync.ready-download"] = "DOWNLOAD_POSTPONED" } };

        Assert.Equal(TargetEnd.Denied, exchange.Run().End);
        Assert.Equal(6, exchange.Requests.Count(request => request.Type == "esync.ready-download"));
    }

    [Fact]
    public void A_vehicle_that_is_silent_costs_a_bounded_time()
    {
        Exchange exchange = new() { IsSilent = true };

        Assert.Equal(TargetEnd.NoAnswer, exchange.Run().End);
        Assert.InRange(exchange.Time.NowNs, 1, 3600 * VirtualTime.NsPerSecond);
    }

    [Fact]
    public void A_request_is_repeated_until_its_answer_is_here()
    {
        Exchange exchange = new() { IsSilent = true };
        exchange.Run();

        string[] asked = [.. exchange.Requests.Where(request => request.Type == "esync.query-package").Select(request => request.ReplyId!)];
        Assert.InRange(asked.Length, 100, 130);
        Assert.Single(asked.Distinct());
    }

    [Fact]
    public void What_the_vehicle_numbers_is_handed_on_once_in_order_and_acknowledged()
    {
        VirtualTime time = new();
        using VirtualMessageNetwork network = new(time, 1);
        Ear ear = new();
        CampaignServer server = new(time, network.Join("server"), Topics, new MemoryCampaignStore("e1"), ear);
        IMessageLink vehicle = network.Join("vehicle");
        List<int> acknowledged = [];
        vehicle.Subscribe(Topics.ToVehicle, (_, payload) => acknowledged.Add(EsyncJson.TryDecode(payload)!.Body.Sequence!.Value));
        foreach (int number in new[] { 1, 3, 2, 2, 1, 3 })
        {
            vehicle.Publish(Topics.FromVehicle, EsyncJson.Encode(new EsyncMessage
            {
                Type = "esync.update-status",
                Epoch = "v1",
                Body = new EsyncBody { Package = new EsyncPackage { Type = "/ECU/motor", Name = "motor" }, Sequence = number },
            }));
        }

        time.RunFor(VirtualTime.NsPerSecond);

        Assert.NotNull(server);
        Assert.Equal([1, 2, 3], ear.Numbers);
        Assert.Equal([1, 1, 2, 2, 2, 3], acknowledged);
    }

    [Fact]
    public void What_an_ECU_could_not_take_is_noted_with_its_target_and_changes_nothing_else()
    {
        Exchange exchange = new() { Failures = { ("/ECU/motor", "c1", "delta"), ("/ECU/battery", "c1", "heatshrink"), ("/ECU/motor", "c0", "delta+aes") } };

        TargetResult result = exchange.Run();

        Assert.Equal(TargetEnd.Completed, result.End);
        Assert.Equal([new IncrementalFailure("delta", "WrongBase")], result.IncrementalFailures);
        Assert.Equal(5, exchange.Requests.Count(request => request.ReplyId is not null));
    }

    [Fact]
    public void Messages_nobody_can_read_and_late_answers_change_nothing()
    {
        Exchange exchange = new() { HasNoise = true };

        Assert.Equal(TargetEnd.Completed, exchange.Run().End);
    }

    [Fact]
    public void The_offer_has_the_field_names_of_libua()
    {
        Exchange exchange = new();
        exchange.Run();

        string json = Encoding.UTF8.GetString(EsyncJson.Encode(exchange.Requests.First(request => request.Type == "esync.prepare-update")));

        Assert.Equal(
            """{"type":"esync.prepare-update","reply-id":"e1-3","epoch":"e1","body":{"package":{"type":"/ECU/motor","name":"motor-control","version":"2.0.0","version-list":{"2.0.0":{"downloaded":false,"sha-256":"039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81","downloadables":[{"url":"esync/v1/ESYNC0DEM0VEH1C01/package/039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81","length":3,"sha-256":"039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81"}]}},"rollback-versions":["1.0.0"]},"campaign":{"id":"c1"},"sequence":3}}""",
            json);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"type\":\"esync.query-package\"}")]
    [InlineData("{\"type\":\"x\",\"body\":{\"package\":{\"type\":null,\"name\":\"n\"}}}")]
    public void What_is_no_message_is_not_read(string json)
    {
        Assert.Null(EsyncJson.TryDecode(Encoding.UTF8.GetBytes(json)));
    }

    private sealed class Ear : ICampaignObserver
    {
        public List<int> Numbers { get; } = [];

        public void Message(bool isToVehicle, EsyncMessage message) => Numbers.Add(message.Body.Sequence!.Value);
    }

    /// <summary>A server, and a vehicle that answers as it is told.</summary>
    private sealed class Exchange
    {
        private IMessageLink? _vehicle;

        public VirtualTime Time { get; } = new();

        public string Installed { get; init; } = "1.0.0";

        public string? State { get; init; }

        public bool IsSilent { get; init; }

        public bool HasNoise { get; init; }

        public Dictionary<string, string> Statuses { get; } = new()
        {
            ["esync.ready-download"] = "DOWNLOAD_CONSENT",
            ["esync.prepare-update"] = "INSTALL_READY",
            ["esync.ready-update"] = "INSTALL_IN_PROGRESS",
            ["esync.confirm-update"] = "INSTALL_COMPLETED",
        };

        /// <summary>Forms that are refused before prepare-update is answered: target, campaign, encoding.</summary>
        public List<(string Target, string Campaign, string Encoding)> Failures { get; } = [];

        public List<EsyncMessage> Requests { get; } = [];

        public byte[] Package { get; private set; } = [];

        public TargetResult Run()
        {
            using VirtualMessageNetwork network = new(Time, 1);
            CampaignServer server = new(Time, network.Join("server"), Topics, new MemoryCampaignStore("e1"));
            _vehicle = network.Join("vehicle");
            _vehicle.Subscribe(Topics.ToVehicle, Answer);
            _vehicle.Subscribe(Topics.Packages, (_, payload) => Package = payload.ToArray());
            return Time.Run(async () => (await server.RunAsync(new Campaign("c1", [Target])))[0], limitNs: 7200 * VirtualTime.NsPerSecond);
        }

        private void Answer(string topic, ReadOnlyMemory<byte> payload)
        {
            EsyncMessage request = EsyncJson.TryDecode(payload)!;
            Requests.Add(request);
            if (IsSilent || request.ReplyId is null)
            {
                return;
            }

            if (HasNoise)
            {
                _vehicle!.Publish(Topics.FromVehicle, "no message"u8.ToArray());
                Send(request with { ReplyId = "0" }, request.Body.Package with { Status = "INSTALL_FAILED" });
            }

            EsyncPackage package = request.Body.Package;
            if (request.Type == "esync.query-package")
            {
                Send(request, package with { Version = Installed });
                return;
            }

            if (request.Type == "esync.ready-download")
            {
                _vehicle!.Publish(Topics.FromVehicle, EsyncJson.Encode(new EsyncMessage { Type = "esync.start-download", Body = new EsyncBody { Package = package } }));
            }

            if (request.Type == "esync.prepare-update")
            {
                Failures.ForEach(Fail);
            }

            Send(request, package with { Status = Statuses[request.Type] });
        }

        private void Fail((string Target, string Campaign, string Encoding) failure) => _vehicle!.Publish(Topics.FromVehicle, EsyncJson.Encode(new EsyncMessage
        {
            Type = "esync.incremental-failed",
            Body = new EsyncBody
            {
                Package = new EsyncPackage { Type = failure.Target, Name = "p" },
                Campaign = new EsyncCampaign(failure.Campaign),
                Ecu = new EsyncEcu { Encoding = failure.Encoding, Reason = "WrongBase" },
            },
        }));

        private void Send(EsyncMessage request, EsyncPackage package) => _vehicle!.Publish(Topics.FromVehicle, EsyncJson.Encode(new EsyncMessage
        {
            Type = "esync.update-status",
            ReplyTo = request.ReplyId,
            Body = new EsyncBody { Package = package, Ecu = new EsyncEcu { Reason = "RoleMissing", State = State } },
        }));
    }
}
