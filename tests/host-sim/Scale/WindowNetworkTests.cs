// Messages between two worlds with clocks of their own: in order, never earlier than a window, lost as often as is said, and the same
// again under the same seed.
using System.Globalization;
using System.Text;
using EsyncSim.Bus;
using EsyncSim.Scale;
using EsyncSim.Server;
using Xunit;

namespace EsyncTests.HostSim.Scale;

public sealed class WindowNetworkTests
{
    private const int Messages = 200;

    [Fact]
    public void Messages_keep_their_order_and_come_no_earlier_than_a_window()
    {
        List<(int Number, long LateNs)> heard = Run(seed: 1, lossPercent: 0, out _);

        Assert.Equal(Enumerable.Range(0, Messages), heard.Select(one => one.Number));
        Assert.All(heard, one => Assert.InRange(one.LateNs, WindowNetwork.WindowNs, 4 * WindowNetwork.WindowNs));
    }

    [Fact]
    public void Losses_are_counted_and_repeat_with_the_seed()
    {
        List<(int Number, long LateNs)> heard = Run(seed: 1, lossPercent: 20, out WindowNetwork network);

        Assert.InRange(network.LostCount, 20, 60);
        Assert.Equal(((long)Messages, Messages - network.LostCount), (network.PublishedCount, (long)heard.Count));
        Assert.Equal(heard, Run(seed: 1, lossPercent: 20, out _));
        Assert.NotEqual(heard, Run(seed: 2, lossPercent: 20, out _));
    }

    [Fact]
    public void Who_has_left_hears_and_says_nothing()
    {
        WindowNetwork network = new(1);
        VirtualTime time = new();
        IMessageLink gone = network.Join(time, "gone"), here = network.Join(time, "here");
        int heard = 0;
        gone.Subscribe("a", (_, _) => heard++);
        here.Subscribe("#", (_, _) => heard++);
        network.Exchange();
        here.Publish("a", new byte[1]);
        network.Exchange();
        gone.Leave();
        gone.Publish("a", new byte[1]);
        network.Exchange();
        time.RunFor(VirtualTime.NsPerSecond);

        Assert.Equal(1, heard);
    }

    // One world says a number every ten milliseconds, another one hears it.
    private static List<(int Number, long LateNs)> Run(ulong seed, int lossPercent, out WindowNetwork network)
    {
        network = new WindowNetwork(seed, lossPercent);
        VirtualTime mouthTime = new(), earTime = new();
        IMessageLink mouth = network.Join(mouthTime, "mouth");
        List<(int, long)> heard = [];
        long Sent(int number) => number * 10 * VirtualTime.NsPerMs;
        network.Join(earTime, "ear").Subscribe("a/+", (_, payload) =>
        {
            int number = int.Parse(Encoding.ASCII.GetString(payload.Span), CultureInfo.InvariantCulture);
            heard.Add((number, earTime.NowNs - Sent(number)));
        });
        for (int number = 0; number < Messages; number++)
        {
            byte[] payload = Encoding.ASCII.GetBytes($"{number}");
            mouthTime.CreateEvent(() => mouth.Publish("a/b", payload)).At(Sent(number));
        }

        for (long endNs = WindowNetwork.WindowNs; endNs < 5 * VirtualTime.NsPerSecond; endNs += WindowNetwork.WindowNs)
        {
            mouthTime.RunUntil(endNs);
            earTime.RunUntil(endNs);
            network.Exchange();
        }

        return heard;
    }
}
