// What the native CAN of an STM32 board still receives while others load the bus: it has no filter, so that each of their
// frames takes a place in its ring, posts an event and is looked at by an interpreter.
// A second of virtual time at 500 kbit/s. Our tester sends a frame every 3 ms, with more right to the bus than the others.
// A turn of the agent takes 134 µs (322 IL in a download, 2.4 million a second) and 60 µs for each frame of ours; now and
// then one takes longer: a piece of cryptography, a garbage collection, another thread.
using EsyncAgent;
using EsyncAgent.Drivers;
using EsyncSim.Bus;
using EsyncSim.Devices;
using EsyncTests.HostSim.Bus;
using Xunit;

namespace EsyncTests.Boards.Drivers;

public sealed class StockCanLoadTests
{
    private const long TurnNs = 134_000;
    private const long FrameNs = 60_000;
    private const long LongTurnEveryNs = 53 * VirtualTime.NsPerMs;

    // Foreign load and the data bytes of its frames; the longest turn that loses nothing, for the ring is full after 16
    // frames; what events and GetMessage take of the processor; our frames that arrive when no turn is long, and when one
    // takes 8 or 20 ms every 53 ms: 20 ms is the quantum of nanoFramework's threads.
    [Theory]
    [InlineData(10, 8, "20.5", 8, 100, 100, 100)]
    [InlineData(25, 8, "10.7", 15, 100, 100, 84)]
    [InlineData(50, 8, "6.0", 26, 100, 96, 74)]
    [InlineData(75, 8, "4.6", 35, 100, 94, 67)]
    [InlineData(90, 8, "3.8", 41, 100, 91, 63)]
    [InlineData(100, 8, "3.3", 46, 100, 89, 57)]
    [InlineData(10, 1, "12.9", 13, 100, 100, 87)]
    [InlineData(25, 1, "5.9", 26, 100, 97, 75)]
    [InlineData(50, 1, "3.3", 45, 100, 90, 58)]
    [InlineData(75, 1, "2.1", 64, 100, 81, 23)]
    [InlineData(90, 1, "1.3", 78, 100, 66, 18)]
    [InlineData(100, 1, "0.6", 87, 100, 20, 15)]
    public void What_is_left_of_reception_under_foreign_load(
        int foreignPercent, int foreignBytes, string longestTurnMs, int processorPercent, int arrived, int arrivedWith8, int arrivedWith20)
    {
        (int whole, int processor, _) = Measure(foreignPercent, foreignBytes, 0);
        int with8 = Measure(foreignPercent, foreignBytes, 80).ArrivedPercent;
        int with20 = Measure(foreignPercent, foreignBytes, 200).ArrivedPercent;
        Assert.Equal((processorPercent, arrived, arrivedWith8, arrivedWith20), (processor, whole, with8, with20));
        Assert.Equal(longestTurnMs, LongestTurn(foreignPercent, foreignBytes));
    }

    [Fact]
    public void Nothing_is_lost_and_little_is_paid_when_nobody_else_speaks()
    {
        Assert.Equal((100, 4, 0u), Measure(0, 0, 200));
    }

    // In tenths of a millisecond, by halving.
    private static string LongestTurn(int foreignPercent, int foreignBytes)
    {
        int good = -1, bad = 1000;
        while (bad - good > 1)
        {
            int middle = (good + bad) / 2;
            (good, bad) = Measure(foreignPercent, foreignBytes, middle).Lost == 0 ? (middle, bad) : (good, middle);
        }

        return good < 0 ? "none" : (good / 10.0).ToString("0.0");
    }

    private static (int ArrivedPercent, int ProcessorPercent, uint Lost) Measure(int foreignPercent, int foreignBytes, int longTurnTenths)
    {
        BusBench bench = new();
        StockCanModel can = new(bench.Bus, "ecu");
        can.PowerOn();
        Stm32Can driver = new(can, new StoppedClock(), Mcp2515Story.Identifiers(), 64, 320, 8, 0);
        TrafficNode tester = new(bench.Bus, "tester"), others = new(bench.Bus, "others");
        tester.Start(new BusFrame(0x7E0, false, [1, 2, 3, 4, 5, 6, 7, 8]), 3 * VirtualTime.NsPerMs);
        StartForeign(bench.Bus, others, foreignPercent, foreignBytes);
        long elapsedNs = 0, nativeNs = 0, nextLongNs = LongTurnEveryNs, end = bench.Time.NowNs + VirtualTime.NsPerSecond;
        can.ElapsedNs = () => elapsedNs;
        can.Charge = ns => elapsedNs += ns;
        CanFrame frame = new();
        int arrived = 0;
        while (bench.Time.NowNs < end)
        {
            elapsedNs = 0;
            can.Dispatch();
            nativeNs += elapsedNs;
            elapsedNs += TurnNs;
            while (driver.TryReceive(frame))
            {
                arrived++;
                elapsedNs += FrameNs;
            }

            if (bench.Time.NowNs >= nextLongNs)
            {
                elapsedNs += longTurnTenths * VirtualTime.NsPerMs / 10;
                nextLongNs += LongTurnEveryNs;
            }

            long turnNs = elapsedNs;
            elapsedNs = 0;
            bench.Time.RunFor(turnNs);
        }

        long spanNs = bench.Time.NowNs - end + VirtualTime.NsPerSecond;
        return ((int)Math.Round(100.0 * arrived / tester.SentCount), (int)Math.Round(100.0 * nativeNs / spanNs), can.LostCount);
    }

    private static void StartForeign(VirtualBus bus, TrafficNode node, int percent, int bytes)
    {
        BusFrame frame = new(0x7F0, false, Enumerable.Range(1, bytes).Select(i => (byte)(0x55 ^ i)).ToArray());
        if (percent > 0)
        {
            long frameNs = bus.BitsToNs(FrameBits.Count(frame) + FrameBits.InterframeBits);
            node.Start(frame, percent == 100 ? 0 : frameNs * 100 / percent);
        }
    }

    private sealed class StoppedClock : IMcu
    {
        public McuResetCause ResetCause => McuResetCause.PowerOn;

        public uint NowMs => 0;

        public int ReadUniqueId(byte[] into) => 0;

        public void ReadEntropy(byte[] into) => Array.Clear(into);

        public void Reset() => throw new InvalidOperationException("nobody wished a reset");
    }
}
