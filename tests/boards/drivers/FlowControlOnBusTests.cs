// Flow control over the boards' drivers and chips: frames that a slow turn loses make blocks smaller, and the messages
// arrive all the same, whether the chip tells of the loss (MCP2515) or nobody does (native CAN of STM32 boards).
// ISO 15765-2:2016 §9.6.5, §9.8; a tester repeats what was lost, as a client does with TransferData.
using EsyncAgent;
using EsyncAgent.Drivers;
using EsyncSim.Bus;
using EsyncSim.Devices;
using EsyncTests.HostSim.Bus;
using Xunit;

namespace EsyncTests.Boards.Drivers;

public sealed class FlowControlOnBusTests
{
    private const long TurnNs = 134_000;

    [Fact]
    public void Overruns_that_an_MCP2515_flags_make_blocks_small_enough_for_its_two_buffers()
    {
        Mcp2515Rig rig = Mcp2515Rig.Started();
        Receiver ecu = new(rig.Driver, rig.Identifiers, 8);
        Sender tester = new(rig.Bench, rig.Identifiers);
        long turn = 0;
        void Turn()
        {
            ecu.Turn(rig.Time.NowMs);
            rig.Time.RunFor(++turn % 40 == 0 ? 2 * VirtualTime.NsPerMs : TurnNs); // flash is read back now and then
        }

        Repeat(ecu, tester, Turn, messages: 1, length: 2000);
        Assert.True(rig.Chip.LostCount > 0, "nothing was lost: the turns prove nothing");
        Assert.True(rig.Driver.OverrunCount > 0);
        while (ecu.CanTp.BlockSize > 2)
        {
            Repeat(ecu, tester, Turn, messages: 1, length: 2000);
        }

        uint lost = rig.Chip.LostCount;
        Repeat(ecu, tester, Turn, messages: 10, length: 4095);
        Assert.Equal(lost, rig.Chip.LostCount); // two frames at most are on their way, and there are two buffers
        Assert.Equal((2, 0xF3), (ecu.CanTp.BlockSize, ecu.CanTp.SeparationTimeMin));
        ecu.CanTp.RestoreFlowControl();
        Assert.Equal(8, ecu.CanTp.BlockSize);
        Assert.Empty(rig.Chip.Misuses);
    }

    [Fact]
    public void What_the_native_ring_loses_in_silence_is_inferred_and_the_messages_arrive_all_the_same()
    {
        BusBench bench = new();
        StockCanModel can = new(bench.Bus, "ecu");
        can.PowerOn();
        CanIfConfig identifiers = Mcp2515Story.Identifiers();
        Clock clock = new(bench.Time);
        Receiver ecu = new(new Stm32Can(can, clock, identifiers, 64, 320, 8, 0), identifiers, 8);
        Sender tester = new(bench, identifiers);
        TrafficNode others = new(bench.Bus, "others");
        others.Start(new BusFrame(0x700, false, [1]), 160_000); // 6,250 short frames a second
        long turn = 0, elapsedNs = 0;
        can.Charge = ns => elapsedNs += ns;
        can.ElapsedNs = () => elapsedNs;
        void Turn()
        {
            elapsedNs = 0;
            can.Dispatch();
            ecu.Turn(bench.Time.NowMs);
            long turnNs = elapsedNs + (++turn % 200 == 0 ? 20 * VirtualTime.NsPerMs : TurnNs);
            elapsedNs = 0;
            bench.Time.RunFor(turnNs);
        }

        Repeat(ecu, tester, Turn, messages: 30, length: 1000);
        Assert.True(can.LostCount > 0, "nothing was lost: the turns prove nothing");
        Assert.True(ecu.LostMessageCount > 0);
        Assert.True(ecu.BlockSizeLeast < 8); // two messages were lost in a row
        Assert.Equal(0u, ecu.CanIf.OverrunCount); // nobody told
    }

    /// <summary>Sends messages until so many have arrived whole.</summary>
    private static void Repeat(Receiver ecu, Sender tester, Action turn, int messages, int length)
    {
        int wanted = ecu.MessageCount + messages;
        for (int attempt = 0; ecu.MessageCount < wanted; attempt++)
        {
            Assert.True(attempt < 20 * messages, "the messages do not arrive");
            int before = ecu.MessageCount;
            tester.Send(length);
            for (int i = 0; ecu.MessageCount == before && (tester.IsBusy || ecu.CanTp.IsReceiving); i++)
            {
                Assert.True(i < 100_000, "the connection hangs");
                turn();
            }

            while (tester.IsBusy)
            {
                turn();
            }
        }
    }

    private sealed class Receiver : ICanTpUpper
    {
        private readonly byte[] _buffer = new byte[4095];

        internal Receiver(ICan can, CanIfConfig identifiers, byte blockSize)
        {
            CanIf = new CanIf(identifiers, can);
            CanTp = new CanTp(new CanTpConfig { BlockSize = blockSize }, CanIf);
            CanTp.Attach(this);
        }

        internal CanIf CanIf { get; }

        internal CanTp CanTp { get; }

        internal int BlockSizeLeast { get; private set; } = 8;

        internal int MessageCount { get; private set; }

        internal int LostMessageCount { get; private set; }

        internal void Turn(uint nowMs)
        {
            CanIf.MainFunction(nowMs);
            CanTp.MainFunction(nowMs);
            BlockSizeLeast = Math.Min(BlockSizeLeast, CanTp.BlockSize);
        }

        public byte[] StartOfReception(bool isFunctional, uint length) => _buffer;

        public void RxIndication(bool isFunctional, uint length, CanTpResult result)
        {
            bool isWhole = result == CanTpResult.Ok && Enumerable.Range(0, (int)length).All(i => _buffer[i] == (byte)(i * 7));
            Assert.True(isWhole || result != CanTpResult.Ok, "a message arrived changed");
            MessageCount += isWhole ? 1 : 0;
            LostMessageCount += isWhole ? 0 : 1;
        }

        public void TxConfirmation(CanTpResult result)
        {
        }
    }

    /// <summary>The other end, turned every 20 µs by an event.</summary>
    private sealed class Sender : ICanTpUpper
    {
        private readonly CanIf _canIf;
        private readonly CanTp _canTp;
        private readonly byte[] _data = [.. Enumerable.Range(0, 4095).Select(i => (byte)(i * 7))];

        internal Sender(BusBench bench, CanIfConfig ecu)
        {
            VirtualCan can = bench.Node("client");
            can.SetFilter((ecu.TxId, ecu.IsExtended));
            _canIf = new CanIf(new CanIfConfig { PhysicalRxId = ecu.TxId, FunctionalRxId = uint.MaxValue, TxId = ecu.PhysicalRxId }, can);
            _canTp = new CanTp(new CanTpConfig { FrameTimeUs = 260 }, _canIf);
            _canTp.Attach(this);
            SimEvent? step = null;
            step = bench.Time.CreateEvent(() =>
            {
                _canIf.MainFunction(bench.Time.NowMs);
                _canTp.MainFunction(bench.Time.NowMs, (uint)(bench.Time.NowNs / VirtualTime.NsPerUs));
                step!.After(20_000);
            });
            step.After(0);
        }

        internal bool IsBusy => _canTp.IsTransmitting;

        internal void Send(int length) => Assert.Equal(StdReturn.Ok, _canTp.Transmit(_data, 0, (uint)length));

        public byte[] StartOfReception(bool isFunctional, uint length) => null!;

        public void RxIndication(bool isFunctional, uint length, CanTpResult result)
        {
        }

        public void TxConfirmation(CanTpResult result)
        {
        }
    }

    private sealed class Clock(VirtualTime time) : IMcu
    {
        public McuResetCause ResetCause => McuResetCause.PowerOn;

        public uint NowMs => time.NowMs;

        public int ReadUniqueId(byte[] into) => 0;

        public void ReadEntropy(byte[] into) => Array.Clear(into);

        public void Reset() => throw new InvalidOperationException("nobody wished a reset");
    }
}
