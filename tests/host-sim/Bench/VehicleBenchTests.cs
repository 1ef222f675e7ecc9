// A vehicle's client on real buses, as far as a program can try it: an ECU behind a socket whose kernel the test plays, and a second interface on which
// nobody says anything, under one clock.
using EsyncSim.Applications;
using EsyncSim.Bench;
using EsyncSim.Bus;
using EsyncSim.Bus.Real;
using EsyncSim.Client;
using EsyncSim.Packages;
using EsyncSim.Server;
using EsyncSim.Signing;
using EsyncSim.Vehicle;
using EsyncTests.HostSim.Bus.Real;
using EsyncTests.HostSim.Signing;
using Xunit;

namespace EsyncTests.HostSim.Bench;

public sealed class VehicleBenchTests : IDisposable
{
    private readonly SocketEcu _socket = new();

    public void Dispose() => _socket.Dispose();

    [Fact]
    public void A_campaign_goes_through_the_client_to_an_ECU_behind_a_socket()
    {
        _socket.Provision();
        BenchBus[] buses =
        [
            new("powertrain", BusAddress.Parse("socketcan:can0"), [(_socket.Definition, _socket.Device)]),
            new("comfort", BusAddress.Parse("socketcan:can1"), [(_socket.Definition, _socket.Device)]),
        ];
        using VehicleBench bench = VehicleBench.Open(buses, _socket.Kernel.Clock, CancellationToken.None, address => address.Rest == "can0" ? _socket.Kernel.Open() : new SilentChannel());
        using VirtualMessageNetwork network = new(bench.Time, 1);
        Topics topics = new("V1");
        VehicleEcu[] ecus = [.. bench.Members.Select((member, i) => new VehicleEcu($"ecu{i}", member.Client, new UpdatePolicy()) { Bus = member.BusName })];
        VehicleClient client = new(bench.Time, network.Join("vehicle"), topics, ecus, VehicleJournal.InMemory("v"));
        CampaignServer server = new(bench.Time, network.Join("server"), topics, new MemoryCampaignStore("s"));
        bench.Start();
        IReadOnlyList<TargetResult> results = bench.Time.Run(() =>
        {
            _ = client.RunAsync();
            return server.RunAsync(new Campaign("c", [Target("ecu0"), Target("ecu1")]));
        });
        client.Stop();
        bench.Finish();

        Assert.Equal("Completed, Failed", string.Join(", ", results.Select(result => result.End == TargetEnd.Failed && result.Target.Ecu == "ecu0" ? result.Message : $"{result.End}")));
        Assert.NotEmpty(results[1].Message);
        Assert.Equal(["powertrain", "comfort"], bench.Members.Select(member => member.BusName));
    }

    private CampaignTarget Target(string ecu)
    {
        Package package = TestPackage.OfMotor(_socket.Definition.Config.Fota, "1.0.0", 1);
        return new CampaignTarget { Ecu = ecu, PackageName = "motor", Version = "1.0.0", File = package.Encode() };
    }

    /// <summary>An interface on which nobody is.</summary>
    private sealed class SilentChannel : IFrameChannel
    {
        public string Name => "can1";

        public void Wait(long timeoutNs)
        {
        }

        public bool TryRead(out BusFrame frame)
        {
            frame = default;
            return false;
        }

        public bool TryWrite(in BusFrame frame) => true;

        public void SetFilter(IReadOnlyList<(uint Identifier, bool IsExtended)> accepted)
        {
        }

        public void Dispose()
        {
        }
    }
}
