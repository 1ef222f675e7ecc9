// Clients that mean harm or break: half lines, endless ones, floods, no reading, too many, gone in the middle. Each time a good client
// beside them is served as before, and nothing of them is left.
using System.Net.Sockets;
using System.Text;
using EsyncSim.Bus.Serve;
using EsyncTests.HostSim.Bench;
using Xunit;

namespace EsyncTests.HostSim.Bus.Serve;

public sealed class HostileClientTests : IDisposable
{
    private const string Request = "< send 7E0 8 2 3e 0 cc cc cc cc cc >";
    private const string Response = " 027E00CCCCCCCCCC >";
    private readonly LiveRig _rig = new(LiveRig.AnySocketcand, LiveRig.AnySlcan, LiveRig.AnyLines);
    private readonly LiveClient _good;

    public HostileClientTests() => _good = _rig.ConnectRaw();

    public void Dispose()
    {
        _good.Dispose();
        _rig.Dispose();
    }

    [Theory]
    [InlineData(0, "< open can0 >< rawmode >< send 7E0 8 2 3e")]
    [InlineData(0, "< op")]
    [InlineData(1, "O\rt7E0802")]
    [InlineData(2, "22f1")]
    public void Half_a_line_and_gone(int place, string text)
    {
        for (int i = 0; i < 20; i++)
        {
            using LiveClient client = _rig.Connect(place);
            client.Send(text);
            client.Socket.LingerState = new LingerOption(i % 2 == 0, 0); // every other one breaks off instead of leaving
        }

        AssertAlone();
    }

    [Theory]
    [InlineData(0, "< send ", "has no end after 256 characters")]
    [InlineData(2, "", "longer than 4095 bytes")]
    public void A_line_without_end_ends_its_client_alone(int place, string begin, string note)
    {
        using LiveClient client = _rig.Connect(place);
        SendAsMuchAsGoes(client, begin + new string('7', 1_000_000));
        client.ReadToEnd();
        AssertAlone();
        Assert.Contains(_rig.Notes, line => line.Contains("is sent away", StringComparison.Ordinal) && line.Contains(note, StringComparison.Ordinal));
    }

    [Fact]
    public void Noise_is_answered_or_ends_its_client_alone()
    {
        Random noise = new(7);
        for (int place = 0; place < 3; place++)
        {
            using LiveClient client = _rig.Connect(place);
            byte[] bytes = new byte[20_000];
            noise.NextBytes(bytes);
            SendAsMuchAsGoes(client, Encoding.Latin1.GetString(bytes));
        }

        AssertAlone();
    }

    [Fact]
    public async Task A_flood_waits_in_TCP_and_the_bus_goes_on()
    {
        using LiveClient flood = _rig.ConnectRaw();
        using LiveClient tester = _rig.Connect(2); // who hears the flood would have to read it as fast as it comes
        Task flooding = Task.Run(() => SendAsMuchAsGoes(flood, string.Concat(Enumerable.Repeat("< send 7FF 0 >", 20_000))), TestContext.Current.CancellationToken);
        int waitingMax = 0;
        for (int i = 0; i < 20 || (waitingMax == 0 && !flooding.IsCompleted); i++)
        {
            tester.Send("3E00\n");
            Assert.Equal("7e00\n", tester.ReadTo("\n"));
            waitingMax = Math.Max(waitingMax, _rig.OnPump(() => _rig.Bench.Bus.Nodes.OfType<ClientNode>().Max(node => node.Count)));
        }

        await flooding;
        Assert.InRange(waitingMax, 1, 32 + (4096 / "< send 7FF 0 >".Length) + 1);
        flood.Dispose();
        tester.Dispose();
        AssertAlone();
    }

    [Fact]
    public void Who_does_not_read_loses_frames_is_told_of_and_holds_nobody_up()
    {
        using LiveClient slow = _rig.ConnectRaw(receiveBuffer: 4096);
        using LiveClient sender = _rig.Connect(1);
        sender.Send("O\r");
        sender.ReadTo("\r");
        for (int i = 0; i < 60; i++)
        {
            sender.Send(string.Concat(Enumerable.Repeat("t12380102030405060708\r", 100)));
            for (int answers = 0; answers < 100; answers++)
            {
                sender.ReadTo("z\r");
                _good.ReadTo(" 0102030405060708 >");
            }
        }

        _rig.Await(() => _rig.Notes.Any(line => line.Contains("reads too slowly", StringComparison.Ordinal)), "nobody is told");
        Assert.All(_rig.Notes, line => Assert.StartsWith($"socketcand client {slow.Socket.LocalEndPoint} ", line));
        Assert.InRange(_rig.Notes.Length, 1, 15);
        slow.Dispose();
        sender.Dispose();
        AssertAlone();
    }

    [Fact]
    public void Answers_that_nobody_reads_stop_the_reading()
    {
        using LiveClient client = _rig.Connect(1, receiveBuffer: 4096);
        client.Socket.SendTimeout = 300;
        client.Socket.SendBufferSize = 4096;
        Assert.True(SendAsMuchAsGoes(client, new string('\r', 4_000_000)) < 4_000_000);
        client.Dispose();
        AssertAlone();
    }

    [Fact]
    public async Task Questions_without_end_whose_answers_are_read_hold_nobody_up()
    {
        LiveClient[] askers = [.. Enumerable.Range(0, 4).Select(_ => _rig.Connect(1))];
        Task[] asking = [.. askers.Select(asker => Task.Run(() => SendAsMuchAsGoes(asker, new string('\r', 300_000)), TestContext.Current.CancellationToken))];
        Task[] reading = [.. askers.Select(asker => Task.Run(asker.ReadToEnd, TestContext.Current.CancellationToken))];
        for (int i = 0; i < 20; i++)
        {
            _good.Send(Request);
            _good.ReadTo(Response);
        }

        await Task.WhenAll(asking);
        Array.ForEach(askers, asker => asker.Socket.Shutdown(SocketShutdown.Send));
        await Task.WhenAll(reading);
        Array.ForEach(askers, asker => asker.Dispose());
        AssertAlone();
    }

    [Theory]
    [InlineData(0, "< error 16 clients are connected already, that is all >")]
    [InlineData(1, "\a")]
    [InlineData(2, "")]
    public void One_too_many_is_told_so_and_comes_in_when_another_has_left(int place, string refusal)
    {
        int before = place == 0 ? 1 : 0;
        List<LiveClient> clients = [.. Enumerable.Range(0, BusServer.ClientsMax - before).Select(_ => _rig.Connect(place))];
        _rig.Await(() => _rig.Bench.Bus.Nodes.OfType<ClientNode>().Count() == BusServer.ClientsMax + 1 - before, "not all have come in");
        for (int i = 0; i < 5; i++)
        {
            using LiveClient refused = _rig.Connect(place);
            Assert.Equal(refusal, refused.ReadToEnd());
        }

        // The 1st, the 2nd and the 4th.
        _rig.Await(() => _rig.Notes.Count(line => line.Contains("16 clients are connected, that is all", StringComparison.Ordinal)) == 3, "the refusals are not told");
        clients.ForEach(client => client.Dispose());
        AssertAlone();
        using LiveClient late = _rig.Connect(place);
        late.Send(place switch { 0 => "< echo >", 1 => "V\r", _ => "3E00\n" });
        late.ReadTo(place switch { 0 => "< echo >", 1 => "V1010\r", _ => "7e00\n" });
    }

    [Theory]
    [InlineData(0, "< open can0 >< rawmode >< send 7E0 8 1f ff 36 1 0 0 0 0 >")]
    [InlineData(1, "O\rt7E081FFF360100000000\r")]
    [InlineData(2, "long")]
    public void Gone_in_the_middle_of_a_transfer(int place, string text)
    {
        using LiveClient client = _rig.Connect(place);
        client.Send(text == "long" ? "36" + new string('0', 8000) + "\n" : text);
        _good.ReadTo("< frame 7E8 "); // the ECU lets it go on
        client.Socket.LingerState = new LingerOption(true, 0);
        client.Dispose();
        AssertAlone();
    }

    // The good client is served, and is the only one that is left.
    private void AssertAlone()
    {
        _rig.Await(() => _rig.Bench.ClientCount == 1 && _rig.Bench.Bus.Nodes.OfType<ClientNode>().Count() == 1, "clients that are gone are still here");
        _good.Send(Request);
        _good.ReadTo(Response);
    }

    private static int SendAsMuchAsGoes(LiveClient client, string text)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        int sent = 0;
        try
        {
            while (sent < bytes.Length)
            {
                sent += client.Socket.Send(bytes.AsSpan(sent, Math.Min(4096, bytes.Length - sent)));
            }
        }
        catch (SocketException)
        {
            // The server has had enough of it.
        }

        return sent;
    }
}
