// The vehicle's client on the wire to the server: what it answers to requests that are wrong, early or hopeless.
// The good way is told by tests/host-sim/Demo.
using System.Security.Cryptography;
using EsyncSim.Bus;
using EsyncSim.Demo;
using EsyncSim.Packages;
using EsyncSim.Server;
using EsyncTests.AgentFirmware.EcuM;
using EsyncTests.HostSim.Rules;
using Xunit;

namespace EsyncTests.HostSim.Vehicle;

public sealed class VehicleClientTests : IDisposable
{
    private static readonly Topics Topics = new("V1");
    private readonly DemoWorld _world = new(
        new DemoOptions { ConfigPath = Repository.PathOf("nf.config"), IsNetworkVirtual = true },
        new PlainScreen(TextWriter.Null));

    private readonly IMessageLink _server;
    private readonly List<EsyncMessage> _heard = [];

    public VehicleClientTests()
    {
        _server = _world.Network.Join("server");
        _server.Subscribe(Topics.FromVehicle, (_, payload) =>
        {
            EsyncMessage message = EsyncJson.TryDecode(payload)!;
            _heard.Add(message);
            if (message.Epoch is not null)
            {
                _server.Publish(Topics.ToVehicle, EsyncJson.Encode(message with { Type = "esync.acknowledge" }));
            }
        });
    }

    public void Dispose() => _world.Dispose();

    [Fact]
    public void An_ECU_that_the_vehicle_does_not_have_is_a_terminal_failure()
    {
        EsyncPackage answer = Ask("esync.query-package", new EsyncPackage { Type = "/ECU/turbine", Name = "t" });

        Assert.Equal("INSTALL_FAILED", answer.Status);
        Assert.True(answer.IsTerminalFailure);
        Assert.Contains("/ECU/turbine", answer.Message);
    }

    [Fact]
    public void An_ECU_that_does_not_answer_is_told()
    {
        EsyncPackage answer = Ask("esync.query-package", Motor(), isPowered: false);

        Assert.Equal("INSTALL_FAILED", answer.Status);
        Assert.Null(answer.IsTerminalFailure);
        Assert.Contains("no answer", answer.Message);
    }

    [Fact]
    public void An_ECU_without_owner_denies_the_download()
    {
        EsyncPackage answer = Ask("esync.ready-download", Motor(), isProvisioned: false);

        Assert.StartsWith("DOWNLOAD_", answer.Status);
        Assert.NotEqual("DOWNLOAD_CONSENT", answer.Status);
    }

    [Fact]
    public void A_package_that_is_not_the_announced_one_is_not_used()
    {
        byte[] announced = [1, 2, 3];
        EsyncPackage answer = Ask("esync.ready-download", Motor(announced), handsOut: [1, 2, 4]);

        Assert.Equal("INSTALL_FAILED", answer.Status);
        Assert.Contains("announced", answer.Message);
    }

    [Fact]
    public void A_package_that_never_comes_costs_a_bounded_time()
    {
        EsyncPackage answer = Ask("esync.prepare-update", Motor([1, 2, 3]));

        Assert.Equal("INSTALL_FAILED", answer.Status);
        Assert.InRange(_world.Time.NowNs, 60 * VirtualTime.NsPerSecond, 100 * VirtualTime.NsPerSecond);
    }

    [Fact]
    public void A_file_that_is_no_package_is_a_terminal_failure()
    {
        byte[] file = [1, 2, 3];
        EsyncPackage answer = Ask("esync.prepare-update", Motor(file), handsOut: file);

        Assert.Equal("INSTALL_FAILED", answer.Status);
        Assert.True(answer.IsTerminalFailure);
    }

    [Fact]
    public void What_is_no_request_is_not_answered()
    {
        _server.Publish(Topics.ToVehicle, "no message"u8.ToArray());
        _server.Publish(Topics.ToVehicle, EsyncJson.Encode(new EsyncMessage { Type = "esync.query-package", Body = new EsyncBody { Package = Motor() } }));
        EsyncPackage answer = Ask("esync.query-package", Motor());

        Assert.Equal("motor", answer.Name);
        Assert.Single(_heard);
    }

    [Fact]
    public void Each_step_ends_where_it_should_and_the_next_goes_on_from_there()
    {
        Package package = _world.Motor.Sign(_world.Motor.Request("1.0.0", 1));
        byte[] file = package.Encode();

        Assert.Equal("INSTALL_READY", Ask("esync.prepare-update", Motor(file), handsOut: file).Status);
        Assert.Equal("INSTALL_READY", Ask("esync.prepare-update", Motor(file)).Status);
        Assert.Equal("INSTALL_IN_PROGRESS", Ask("esync.ready-update", Motor(file)).Status);
        Assert.Equal("INSTALL_COMPLETED", Ask("esync.confirm-update", Motor(file)).Status);
        Assert.Equal("1.0.0", Ask("esync.query-package", Motor()).Version);
        Assert.Single(_world.Transfers);
        EsyncMessage[] kept = [.. _heard.Where(message => message.ReplyTo is not null)];
        Assert.Equal(Enumerable.Range(1, kept.Length), kept.Select(message => message.Body.Sequence!.Value));
        Assert.Single(kept.Select(message => message.Epoch).Distinct());
        Assert.Contains(_heard, message => message.Type == "esync.update-report" && message.Body.Progress == 50);
    }

    [Fact]
    public void Keys_of_an_ECU_are_a_package_of_their_own_kind()
    {
        byte[] file = _world.Motor.Sign(Keys()).Document;
        EsyncPackage keys = Motor(file, "/ECU/motor/trust", "1");

        Assert.Equal("0", Ask("esync.query-package", keys).Version);
        Assert.Equal("INSTALL_READY", Ask("esync.prepare-update", keys, handsOut: file).Status);
        Assert.Equal("0", Ask("esync.query-package", keys).Version);
        EsyncPackage answer = Ask("esync.ready-update", keys);
        Assert.Equal("INSTALL_COMPLETED", answer.Status);
        Assert.Contains("trust manifest 1: author", answer.Message);
        Assert.Equal("INSTALL_COMPLETED", Ask("esync.confirm-update", keys).Status);
        Assert.Equal("1", Ask("esync.query-package", keys).Version);

        byte[] image = _world.Motor.Sign(_world.Motor.Request("1.0.0", 1)).Encode();
        answer = Ask("esync.prepare-update", Motor(image), handsOut: image);
        Assert.Equal("INSTALL_FAILED", answer.Status);
        Assert.Contains("RoleMissing", answer.Message);
    }

    [Fact]
    public void Neither_kind_of_package_is_taken_for_the_other()
    {
        byte[] keys = _world.Motor.Sign(Keys()).Document;
        EsyncPackage answer = Ask("esync.ready-update", Motor(keys), handsOut: keys);
        Assert.Equal(("INSTALL_FAILED", true), (answer.Status, answer.IsTerminalFailure));

        byte[] image = _world.Motor.Sign(_world.Motor.Request("1.0.0", 1)).Encode();
        answer = Ask("esync.ready-update", Motor(image, "/ECU/motor/trust", "1"), handsOut: image);
        Assert.Equal(("INSTALL_FAILED", true), (answer.Status, answer.IsTerminalFailure));
        Assert.Equal("0", Ask("esync.query-package", Motor(null, "/ECU/motor/trust")).Version);
    }

    [Fact]
    public void Rules_are_taken_for_rules_only_and_nothing_else_for_rules()
    {
        byte[] rules = TestRules.Sign(TestRules.For(_world.Motor.Bench.Definition, 1)).Document;
        byte[] image = _world.Motor.Sign(_world.Motor.Request("1.0.0", 1)).Encode();
        Assert.Equal("0", Ask("esync.query-package", Motor(null, "/ECU/motor/rules")).Version);
        foreach ((byte[] file, string type) in new[] { (rules, "/ECU/motor"), (rules, "/ECU/motor/trust"), (image, "/ECU/motor/rules"), (rules, "/ECU/turbine/rules") })
        {
            EsyncPackage answer = Ask("esync.ready-update", Motor(file, type, "1"), handsOut: file);
            Assert.Equal(("INSTALL_FAILED", true), (answer.Status, answer.IsTerminalFailure));
        }

        // These ECUs trust no key of the role rules: the file is one, and the ECU says what is wrong with it.
        EsyncPackage refused = Ask("esync.ready-update", Motor(rules, "/ECU/motor/rules", "1"), handsOut: rules);
        Assert.Contains("RoleMissing", refused.Message);
    }

    private TrustList Keys()
    {
        PackageRequest request = _world.Motor.Request("1.0.0", 1);
        return TestTrust.List(1, TestTrust.NewAuthor, TestTrust.NewOem) with { VendorId = request.VendorId, ClassId = request.ClassId };
    }

    private static EsyncPackage Motor(byte[]? file = null, string type = "/ECU/motor", string version = "1.0.0") => new()
    {
        Type = type,
        Name = "motor",
        Version = version,
        VersionList = file is null ? null : new Dictionary<string, EsyncVersion>
        {
            [version] = new() { Sha256 = Convert.ToHexStringLower(SHA256.HashData(file)) },
        },
    };

    // Sends one request and waits for its answer.
    private EsyncPackage Ask(string type, EsyncPackage package, bool isPowered = true, bool isProvisioned = true, byte[]? handsOut = null)
    {
        _world.Time.Run(async () =>
        {
            await StartAsync(isPowered, isProvisioned);
            string id = $"{type} {_world.Time.NowNs}";
            _server.Publish(Topics.ToVehicle, EsyncJson.Encode(new EsyncMessage { Type = type, ReplyId = id, Body = new EsyncBody { Package = package } }));
            bool isHandedOut = false;
            int before = _heard.Count;
            while (!_heard.Exists(message => message.ReplyTo == id))
            {
                await _world.Time.DelayMs(10);
                if (handsOut is not null && !isHandedOut && _heard.Skip(before).Any(message => message.Type == "esync.start-download"))
                {
                    isHandedOut = true;
                    _server.Publish(Topics.Package("any"), handsOut);
                }
            }
        });
        return _heard.Last(message => message.ReplyTo is not null).Body.Package;
    }

    private async Task StartAsync(bool isPowered, bool isProvisioned)
    {
        if (!isPowered || _world.Motor.Bench.Ecu.IsPowered)
        {
            Connect();
            return;
        }

        _world.Motor.Bench.Ecu.PowerOn();
        await _world.Motor.Client.AwaitPresenceAsync();
        if (isProvisioned)
        {
            await _world.Motor.Client.SessionAsync(0x03);
            await _world.Motor.Client.RoutineAsync(0x0220, "provision", _world.Motor.ProvisioningRecord);
            await _world.Motor.Client.SessionAsync(0x01);
        }

        Connect();
    }

    private void Connect()
    {
        if (_world.Vehicle.IsCompleted)
        {
            _world.Connect(Topics.Vehicle);
        }
    }
}
