// Servers over loopback, with an ECU behind them: three protocols, several clients, one bus.
using EsyncSim;
using EsyncSim.Bench;
using EsyncSim.Bus.Serve;
using EsyncSim.Config;
using EsyncTests.HostSim.Bench;
using Xunit;

namespace EsyncTests.HostSim.Bus.Serve;

public sealed class BusServerTests : IDisposable
{
    private readonly LiveRig _rig = new(LiveRig.AnySocketcand, LiveRig.AnySlcan, LiveRig.AnyLines);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void An_ECU_answers_over_socketcand()
    {
        using LiveClient client = _rig.ConnectRaw();
        client.Send("< send 7E0 8 2 3e 0 cc cc cc cc cc >");
        Assert.Matches(@"^\n< frame 7E8 \d{10}\.\d{6} 027E00CCCCCCCCCC >$", client.ReadTo(" >"));
    }

    [Fact]
    public void An_ECU_answers_over_slcan_and_every_line_is_acknowledged()
    {
        using LiveClient client = _rig.Connect(1);
        client.Send("C\rS6\rO\rt7E08023E00CCCCCCCCCC\r");
        Assert.Equal("\r\r\rz\r", client.ReadTo("z\r"));
        Assert.Equal("t7E88027E00CCCCCCCCCC\r", client.ReadTo("\r"));
        client.Send("V\rL\r");
        Assert.Equal("V1010\r\a", client.ReadTo("\a"));
    }

    [Fact]
    public void An_ECU_answers_in_lines_of_UDS_long_requests_and_answers_too()
    {
        using LiveClient client = _rig.Connect(2);
        client.Send("3E00\n\n22f190f190\n3e80\n1003\n");
        Assert.Equal("7e00\n", client.ReadTo("\n"));
        Assert.Equal($"62f190{Hex("ESYNC0DEM0VEH1C01")}f190{Hex("ESYNC0DEM0VEH1C01")}\n", client.ReadTo("\n"));
        Assert.Equal("5003003201f4\n", client.ReadTo("\n"));
        client.Send("7F" + new string('0', 8000) + "\n");
        Assert.Equal("7f7f11\n", client.ReadTo("\n"));
    }

    [Fact]
    public void What_one_client_sends_the_others_hear_and_it_does_not_hear_itself()
    {
        using LiveClient socketcand = _rig.ConnectRaw();
        using LiveClient second = _rig.ConnectRaw();
        using LiveClient slcan = _rig.Connect(1);
        slcan.Send("O\r");
        slcan.ReadTo("\r");
        socketcand.Send("< send 123 2 ab c >");
        Assert.Equal("t1232AB0C\r", slcan.ReadTo("\r"));
        Assert.Contains("< frame 123 ", second.ReadTo(" AB0C >"));
        slcan.Send("T1FFFFFFF101\rT1FFFFFFF0\r");
        Assert.Equal("Z\rZ\r", slcan.ReadTo("Z\rZ\r"));
        Assert.DoesNotContain("frame 123", socketcand.ReadTo("< frame 1FFFFFFF "));
    }

    [Fact]
    public void A_port_that_is_taken_is_one_line()
    {
        using LiveBench bench = new([NfConfig.Load(Repository.PathOf("nf.config")).Ecu("motor")]);
        UserErrorException error = Assert.Throws<UserErrorException>(() => bench.Listen(_rig.Places[0], _ => { }));
        Assert.Equal(ExitCode.BusUnusable, error.ExitCode);
        Assert.Contains($"cannot listen at {_rig.Places[0]}", error.Message);
        error = Assert.Throws<UserErrorException>(() => bench.Listen(ListenAddress.Parse("tcp-lines://127.0.0.1:0?ecu=pump"), _ => { }));
        Assert.Contains("names no ECU that runs here; these do: motor", error.Message);
    }

    private static string Hex(string text) => Convert.ToHexStringLower(System.Text.Encoding.ASCII.GetBytes(text));
}
