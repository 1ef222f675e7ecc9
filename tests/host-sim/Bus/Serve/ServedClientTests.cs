// A client's queues without a socket: a flood waits outside, and what is not read is lost, counted and told.
using System.Text;
using EsyncSim.Bus;
using EsyncSim.Bus.Serve;
using Xunit;

namespace EsyncTests.HostSim.Bus.Serve;

public sealed class ServedClientTests
{
    private readonly BusBench _bench = new();
    private readonly List<string> _notes = [];

    [Fact]
    public async Task A_flood_is_read_on_only_when_the_bus_has_taken_most_of_it()
    {
        ServedClient client = Open();
        Assert.True(client.TakeAsync("O\r"u8).IsCompletedSuccessfully);
        Task<bool> taking = client.TakeAsync(Lines(300));
        Assert.False(taking.IsCompleted);
        Assert.Equal(300, client.WaitingCount);
        _bench.Time.RunFor(10 * VirtualTime.NsPerMs);
        Assert.False(taking.IsCompleted);
        _bench.Time.RunFor(90 * VirtualTime.NsPerMs);
        Assert.True(taking.IsCompleted && await taking);
        Assert.Equal(300, _bench.Records.Count);
        Assert.Equal("100#", _bench.Records[^1].Frame.ToString());
    }

    [Fact]
    public void What_a_client_sent_before_it_left_in_order_still_reaches_the_bus()
    {
        ServedClient client = Open();
        client.TakeAsync(Lines(10, "O\r"));
        Task<bool> draining = client.DrainAsync();
        Assert.False(draining.IsCompleted);
        _bench.Time.RunFor(10 * VirtualTime.NsPerMs);
        Assert.True(draining.IsCompletedSuccessfully);
        Assert.Equal(10, _bench.Records.Count);
    }

    [Fact]
    public async Task Who_breaks_off_takes_its_frames_along()
    {
        ServedClient client = Open();
        Task<bool> taking = client.TakeAsync(Lines(100, "O\r"));
        _bench.Time.RunFor(VirtualTime.NsPerMs);
        client.End();
        Assert.True(taking.IsCompleted && !await taking);
        Assert.Empty(_bench.Bus.Nodes);
        int before = _bench.Records.Count;
        _bench.Time.RunFor(100 * VirtualTime.NsPerMs);
        Assert.Equal(before, _bench.Records.Count);
        Assert.False(await client.TakeAsync("t1000\r"u8));
    }

    [Fact]
    public void Frames_that_are_not_read_are_lost_counted_and_told_seldom()
    {
        ServedClient client = Open();
        client.TakeAsync("O\r"u8);
        VirtualCan other = _bench.Node("other");
        for (int i = 0; i < ServedClient.OutboxMax + 99; i++)
        {
            Assert.True(_bench.Send(other, 0x100));
            _bench.Time.RunFor(VirtualTime.NsPerMs);
        }

        Assert.Equal(ServedClient.OutboxMax, client.UnreadCount);
        Assert.Equal(100, client.LostCount);
        Assert.Equal(7, _notes.Count); // 1, 2, 4 … 64
        Assert.Contains("reads too slowly: 64 of its frames are lost so far", _notes[^1]);

        Assert.False(client.TakeAsync("F\r"u8).IsCompleted); // answers are not lost; for more of them it has to read
        Assert.Equal(ServedClient.OutboxMax + 1, client.UnreadCount);
        client.End();
        Assert.Contains("has lost 100 frames in all", _notes[^1]);
        Assert.Contains("F01\r", Read(client));
    }

    [Fact]
    public void Reading_lets_a_client_go_on()
    {
        ServedClient client = Open();
        Task<bool> taking = client.TakeAsync(Encoding.ASCII.GetBytes(new string('\r', ServedClient.OutboxMax + 5)));
        Assert.False(taking.IsCompleted);
        int read = 0;
        while (client.Outbox.TryRead(out _))
        {
            read++;
            if (client.Written())
            {
                client.Continue();
                break;
            }
        }

        Assert.Equal(6, read);
        Assert.True(taking.IsCompletedSuccessfully);
    }

    private static byte[] Lines(int count, string before = "") => Encoding.ASCII.GetBytes(before + string.Concat(Enumerable.Repeat("t1000\r", count)));

    private static string Read(ServedClient client)
    {
        StringBuilder text = new();
        while (client.Outbox.TryRead(out Said said))
        {
            text.Append(Encoding.ASCII.GetString(said.Bytes));
        }

        return text.ToString();
    }

    private ServedClient Open() => new(_bench.Bus, "client", side => new SlcanConversation(side, 500_000), _notes.Add);
}
