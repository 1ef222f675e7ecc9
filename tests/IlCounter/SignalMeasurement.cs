// What signals cost: those that come in CAN frames, and those that the application publishes.
// Tests: tests/host-sim/Ecu/IlCounterTests.cs.
using EsyncAgent;
using EsyncSim.Ecu;

namespace EsyncTests.IlCounting;

/// <summary>Prices of the signal registry's sources.</summary>
internal static class SignalMeasurement
{
    private const int Many = 4;
    private const int BitsEach = 8;
    private const ushort FirstDid = 0x0200;

    /// <summary>Measures a frame with several signals, big-endian and multiplexed, which is the dearest kind.</summary>
    public static Dictionary<IlOperation, long> Prices(IlMeter meter)
    {
        long none = Frame(meter, 0);
        return new Dictionary<IlOperation, long>
        {
            [IlOperation.ReceiveSignals] = none,
            [IlOperation.ReadSignal] = (Frame(meter, Many) - none) / Many,
            [IlOperation.TakenSignal] = (Taken(meter, Many) - Taken(meter, 0)) / Many,
        };
    }

    private static long Frame(IlMeter meter, int count)
    {
        DataConfig config = Config(count);
        SignalTable signals = new(config);
        OneFrame can = new();
        CanIf canIf = new(new CanIfConfig { PhysicalRxId = 0x7E0, FunctionalRxId = 0x7DF, TxId = 0x7E8, SignalRxIds = [0x120, OneFrame.Identifier, 0x130] }, can);
        canIf.AttachSignals(new SignalFrames(config, signals, 3));
        long without = meter.Of(() => canIf.MainFunction(0));
        can.IsWaiting = true;
        return meter.Of(() => canIf.MainFunction(0)) - without;
    }

    private static long Taken(IlMeter meter, int count)
    {
        DataConfig config = Config(Many);
        SignalInbox inbox = new(new SignalTable(config), new OutputTable(config));
        for (int i = 0; i < count; i++)
        {
            inbox.Publish((ushort)(FirstDid + i), i);
        }

        return meter.Of(inbox.MainFunction);
    }

    private static DataConfig Config(int count) => new()
    {
        SignalDids = [.. Enumerable.Range(0, count).Select(i => (ushort)(FirstDid + i))],
        SignalTypes = [.. Enumerable.Repeat(SignalType.UInt32, count)],
        SignalMin = new int[count],
        SignalMax = [.. Enumerable.Repeat(int.MaxValue, count)],
        FrameTimeoutMs = new ushort[3],
        FrameFirst = [0, 0, (ushort)count],
        CanDids = [.. Enumerable.Range(0, count).Select(i => (ushort)(FirstDid + i))],
        CanStartBits = [.. Enumerable.Range(0, count).Select(i => (byte)((i * BitsEach) + BitsEach - 1))],
        CanLengths = [.. Enumerable.Repeat((byte)BitsEach, count)],
        CanIsBigEndian = [.. Enumerable.Repeat((byte)1, count)],
        MultiplexorStartBits = [.. Enumerable.Repeat((byte)63, count)],
        MultiplexorLengths = [.. Enumerable.Repeat((byte)4, count)],
        MultiplexorIsBigEndian = [.. Enumerable.Repeat((byte)1, count)],
        MultiplexorValues = new uint[count],
    };

    /// <summary>A controller with one frame.</summary>
    private sealed class OneFrame : ICan
    {
        internal const uint Identifier = 0x125;

        internal bool IsWaiting { get; set; }

        public byte BlockSizeMax => 0;

        public byte SeparationTimeMin => 0;

        public uint OverrunCount => 0;

        public uint BusOffCount => 0;

        public bool TryReceive(CanFrame into)
        {
            into.Identifier = Identifier;
            into.Length = 8;
            bool wasWaiting = IsWaiting;
            IsWaiting = false;
            return wasWaiting;
        }

        public bool TrySend(CanFrame frame) => true;
    }
}
