// A bus with recorded traffic, for the tests of this folder.
using EsyncAgent;
using EsyncSim.Bus;

namespace EsyncTests.HostSim.Bus;

internal sealed class BusBench : IBusObserver
{
    internal readonly VirtualTime Time = new();
    internal readonly VirtualBus Bus;
    internal readonly List<BusRecord> Records = [];
    private readonly CanFrame _frame = new();

    internal BusBench(int bitRate = 500_000, ulong seed = 1)
    {
        Bus = new VirtualBus(Time, bitRate, "can0", seed);
        Bus.Observe(this);
    }

    internal VirtualCan Node(string name)
    {
        VirtualCan node = new(Bus, name);
        node.PowerOn();
        return node;
    }

    internal bool Send(ICan node, uint identifier, bool isExtended, params byte[] data)
    {
        new BusFrame(identifier, isExtended, data).CopyTo(_frame);
        return node.TrySend(_frame);
    }

    internal bool Send(ICan node, uint identifier, params byte[] data) => Send(node, identifier, false, data);

    internal List<string> Drain(ICan node)
    {
        List<string> frames = [];
        while (node.TryReceive(_frame))
        {
            frames.Add(BusFrame.From(_frame).ToString());
        }

        return frames;
    }

    public void OnRecord(in BusRecord record) => Records.Add(record);
}
