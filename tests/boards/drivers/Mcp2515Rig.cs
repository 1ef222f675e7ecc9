// A driver on the chip model on the virtual bus, each transaction taking its time: 20 µs for the call, 0.8 µs a byte. The
// bus goes on meanwhile, so that frames end between any two accesses.
using EsyncAgent;
using EsyncAgent.Drivers;
using EsyncSim.Bus;
using EsyncSim.Devices;
using EsyncTests.HostSim.Bus;
using Xunit;

namespace EsyncTests.Boards.Drivers;

internal sealed class Mcp2515Rig : ISpiPort
{
    private const long TransactionNs = 20_000;
    private const long ByteNs = 800;
    private readonly CanFrame _frame = new();

    internal Mcp2515Rig(CanIfConfig? identifiers = null, CanBitTiming? timing = null, int bitRate = 500_000)
    {
        Identifiers = identifiers ?? Mcp2515Story.Identifiers();
        Bench = new BusBench(bitRate);
        Tester = Bench.Node("tester");
        Chip = new Mcp2515Chip(Bench.Bus, "ecu");
        Chip.PowerOn();
        Driver = Make(timing ?? Mcp2515Story.Timing());
    }

    internal CanIfConfig Identifiers { get; }

    internal BusBench Bench { get; }

    internal VirtualTime Time => Bench.Time;

    internal VirtualCan Tester { get; }

    internal Mcp2515Chip Chip { get; }

    internal Mcp2515 Driver { get; private set; }

    internal int TransactionCount { get; private set; }

    internal int ByteCount { get; private set; }

    /// <summary>A rig whose chip is on the bus.</summary>
    internal static Mcp2515Rig Started(CanIfConfig? identifiers = null, CanBitTiming? timing = null)
    {
        Mcp2515Rig rig = new(identifiers, timing);
        rig.Start();
        return rig;
    }

    internal void Start()
    {
        for (int i = 0; i < 1000 && !Driver.IsStarted; i++)
        {
            Assert.Null(Receive());
            Time.RunFor(10_000);
        }

        Assert.True(Driver.IsStarted, $"fault {Driver.Fault}");
        Forget();
    }

    /// <summary>The processor starts again: a new driver, the chip as it is.</summary>
    internal void Restart() => Driver = Make(Mcp2515Story.Timing());

    internal void Forget() => (TransactionCount, ByteCount) = (0, 0);

    /// <summary>One call of TryReceive; the frame as text, or null.</summary>
    internal string? Receive() => Driver.TryReceive(_frame) ? BusFrame.From(_frame).ToString() : null;

    internal List<string> Drain() => Bench.Drain(Driver);

    internal bool Send(uint identifier, params byte[] data) => Bench.Send(Driver, identifier, data);

    /// <summary>The tester sends so many frames back to back; the first data byte counts from 0.</summary>
    internal void Burst(int count, uint identifier = 0x7E0, bool isExtended = false)
    {
        int number = 0;
        void Next()
        {
            while (number < count && Bench.Send(Tester, identifier, isExtended, (byte)number, 1, 2, 3, 4, 5, 6, 7))
            {
                number++;
            }
        }

        Tester.FrameSent = Next;
        Next();
    }

    public void Transfer(byte[] write, byte[]? read, int count)
    {
        Time.RunFor(TransactionNs + (count * ByteNs));
        TransactionCount++;
        ByteCount += count;
        Chip.Transfer(write, read, count);
    }

    private Mcp2515 Make(CanBitTiming timing) => new(this, Chip, timing, Identifiers, 8, 0xF3);
}
