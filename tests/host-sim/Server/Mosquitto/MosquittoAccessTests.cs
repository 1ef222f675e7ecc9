// Who comes in at mosquitto and who does not, by certificate and by password; what each may say and hear; and the words for it.
using System.Text;
using EsyncSim;
using EsyncSim.Bus;
using EsyncSim.Server;
using Xunit;

namespace EsyncTests.HostSim.Server.Mosquitto;

public sealed class MosquittoAccessTests : IAsyncLifetime
{
    private const long PatienceNs = 60 * VirtualTime.NsPerSecond;

    private readonly Folder _folder = new();
    private ReadmeBroker _broker = null!;

    public async ValueTask InitializeAsync() => _broker = await ReadmeBroker.StartAsync(_folder);

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public void Certificate_and_password_let_in()
    {
        using BrokerLink server = Connect(_broker.AsServer()), vehicle = Connect(_broker.As("V1"));
        using BrokerLink serverByPassword = Connect(_broker.ByPassword("esync-server")), vehicleByPassword = Connect(_broker.ByPassword("V1"));

        Assert.All([server, vehicle, serverByPassword, vehicleByPassword], link => Assert.True(link.IsConnected));
    }

    [Fact]
    public void Who_is_not_known_stays_outside_and_is_told_why()
    {
        using TestAuthority other = new("other authority");
        BrokerAccess server = _broker.AsServer();

        Refused(server with { Authorities = other.Certificates }, "is not trusted", "is not from an authority of --broker-ca");
        Refused(server with { Authorities = null }, "is not trusted", "--broker-ca FILE");
        Refused(server with { Certificate = null }, "give --broker-cert and --broker-key");
        Refused(server with { Certificate = other.Client(_folder, "V9") }, "does not take the certificate \"CN=V9\"");
        Refused(_broker.ByPassword("V1", "wrong"), "the user V1; check --broker-user and --broker-password-file");
        Refused(_broker.ByPassword("V2"), "the user V2");
        Refused(BrokerAccess.Parse(_broker.PasswordAddress) with { Authorities = _broker.Authority.Certificates }, "who names no user; give --broker-user");
        Refused(BrokerAccess.Parse(_broker.PasswordAddress.Replace("mqtts", "mqtt", StringComparison.Ordinal)), "with it: mqtts://");
    }

    [Fact]
    public async Task A_certificate_for_another_host_is_no_proof()
    {
        using Folder folder = new();
        await using ReadmeBroker elsewhere = await ReadmeBroker.StartAsync(folder, "broker.example");

        Refused(elsewhere.AsServer(), "is not trusted", "\"CN=broker.example\" is not for 127.0.0.1");
    }

    [Fact]
    public void A_vehicle_has_its_own_topics_only()
    {
        VirtualTime time = Paced();
        using BrokerLink server = BrokerLink.Connect(time, _broker.AsServer(), "server");
        using BrokerLink vehicle = BrokerLink.Connect(time, _broker.As("V1"), "vehicle"), stranger = BrokerLink.Connect(time, _broker.As("V2"), "vehicle");
        Topics own = new("V1");
        List<string> heard = [], refused = [];
        SimSignal end = new(time), ready = new(time);
        stranger.Refused = refused.Add;
        vehicle.Subscribe("esync/v1/V1/#", (topic, _) =>
        {
            heard.Add($"V1 {topic}");
            (topic == own.ToVehicle ? ready : end).Set();
        });
        stranger.Subscribe("#", (topic, _) => heard.Add($"V2 {topic}"));
        server.Subscribe("esync/v1/+/from-vehicle", (topic, payload) => heard.Add($"server {topic} {Encoding.ASCII.GetString(payload.Span)}"));
        bool isDone = false;
        time.Run(
            async () =>
            {
                // What comes back to V1 was handed out after all subscriptions above.
                server.Publish(own.ToVehicle, "ready"u8.ToArray());
                isDone = await ready.Wait(PatienceNs);
                stranger.Publish(own.FromVehicle, "forged"u8.ToArray());
                stranger.Publish(own.ToVehicle, "forged"u8.ToArray());
                stranger.Publish("esync/v1/V2/from-vehicle", "own"u8.ToArray());
                vehicle.Publish(own.FromVehicle, "own"u8.ToArray());
                while (isDone && (refused.Count < 2 || heard.Count(line => line.StartsWith("server", StringComparison.Ordinal)) < 2))
                {
                    await time.DelayMs(10);
                }

                server.Publish(own.Package("00"), "p"u8.ToArray());
                isDone &= await end.Wait(PatienceNs);
            },
            3 * PatienceNs);

        Assert.True(isDone);
        Assert.Equal(
            ["V1 esync/v1/V1/package/00", "V1 esync/v1/V1/to-vehicle", "server esync/v1/V1/from-vehicle own", "server esync/v1/V2/from-vehicle own"],
            heard.Order(StringComparer.Ordinal));
        Assert.Equal([own.FromVehicle, own.ToVehicle], refused.Select(line => line.Split("messages to ")[1].Split(' ')[0]));
        Assert.All(refused, line => Assert.Contains("NotAuthorized", line, StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_sent_to_a_vehicle_that_is_away_waits_for_it_at_the_broker()
    {
        VirtualTime time = Paced();
        Topics own = new("V1");
        using BrokerLink bench = BrokerLink.Connect(time, _broker.ByPassword("esync-bench"), "bench");
        using (BrokerLink vehicle = BrokerLink.ConnectVehicle(time, _broker.As("V1"), "V1", mayBeAway: false))
        {
            Assert.True(IsHeard(time, vehicle, own, "present", bench));
        }

        // Once it has come back to who said it, the broker has it.
        Assert.True(IsHeard(time, bench, own, "while it was away", bench));
        using BrokerLink next = BrokerLink.ConnectVehicle(time, _broker.As("V1"), "V1", mayBeAway: false);
        Assert.True(IsHeard(time, next, own, "while it was away", null));
    }

    // Whether a party hears a text on the vehicle's topic, which somebody says there once a second, if anybody does.
    private static bool IsHeard(VirtualTime time, BrokerLink party, Topics topics, string text, BrokerLink? speaker)
    {
        bool isHeard = false;
        SimSignal came = new(time);
        party.Subscribe(topics.ToVehicle, (_, payload) =>
        {
            isHeard |= Encoding.ASCII.GetString(payload.Span) == text;
            came.Set();
        });
        time.Run(async () =>
        {
            for (long endNs = time.NowNs + PatienceNs; !isHeard && time.NowNs < endNs;)
            {
                came.Reset();
                speaker?.Publish(topics.ToVehicle, Encoding.ASCII.GetBytes(text));
                await came.Wait(VirtualTime.NsPerSecond);
            }
        });
        return isHeard;
    }

    private static VirtualTime Paced() => new() { Pace = new WallPace(TimeProvider.System, 0) };

    private static BrokerLink Connect(BrokerAccess access) => BrokerLink.Connect(Paced(), access, "party");

    private static void Refused(BrokerAccess access, params string[] parts)
    {
        UserErrorException error = Assert.Throws<UserErrorException>(() => Connect(access));
        Assert.Equal(ExitCode.BrokerUnreachable, error.ExitCode);
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', error.Message);
    }
}
