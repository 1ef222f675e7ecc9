// Two connections, identifiers exchanged, over a wire that takes time: random lengths both ways at once, with random
// block sizes, separation times and queue lengths; every byte arrives, and in steady state nothing is allocated.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncTests.AgentFirmware.CanIf;
using Xunit;

namespace EsyncTests.AgentFirmware.CanTp;

public sealed class CanTpBackToBackTests
{
    [Fact]
    public void Random_messages_both_ways_at_once_arrive_as_they_were_sent()
    {
        for (ulong seed = 1; seed <= 60; seed++)
        {
            var random = new SeededRandom(seed);
            var bench = new Bench(random);
            for (int round = 0; round < 4; round++)
            {
                byte[] there = Message(random);
                byte[] back = Message(random);
                bench.Exchange(there, back);
                Assert.True(there.AsSpan().SequenceEqual(bench.Right.Message), $"seed {seed}, round {round}, {there.Length} bytes there");
                Assert.True(back.AsSpan().SequenceEqual(bench.Left.Message), $"seed {seed}, round {round}, {back.Length} bytes back");
            }
        }
    }

    [Fact]
    public void A_wire_that_loses_a_frame_ends_both_sides_and_the_next_message_arrives()
    {
        for (ulong seed = 1; seed <= 40; seed++)
        {
            var random = new SeededRandom(seed);
            var bench = new Bench(random) { LostFrame = random.Next(20) };
            byte[] message = new byte[100 + random.Next(2000)];
            bench.Exchange(message, null);
            Assert.False(bench.Left.CanTp.IsTransmitting);
            Assert.False(bench.Right.CanTp.IsReceiving);

            bench.LostFrame = -1;
            random.Fill(message);
            bench.Exchange(message, null);
            Assert.True(message.AsSpan().SequenceEqual(bench.Right.Message), $"seed {seed}");
        }
    }

    [Fact]
    public void In_steady_state_nothing_is_allocated()
    {
        var bench = new Bench(new SeededRandom(1));
        byte[] message = new byte[4095];
        bench.Exchange(message, message);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 3; i++)
        {
            bench.Exchange(message, message);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static byte[] Message(SeededRandom random)
    {
        int[] kinds = [8, 30, 4100, 10_000];
        byte[] message = new byte[1 + random.Next(kinds[random.Next(kinds.Length)])];
        random.Fill(message);
        return message;
    }

    /// <summary>Two ends and the wire between them: every step of 250 µs carries one frame each way.</summary>
    private sealed class Bench
    {
        private readonly Wire _there;
        private readonly Wire _back;
        private long _nowUs = 0xFFF00000; // the counter of microseconds wraps soon

        public Bench(SeededRandom random)
        {
            Left = new End(random, 0x7E8, 0x7E0);
            Right = new End(random, 0x7E0, 0x7E8);
            _there = new Wire(Left.Can, Right.Can);
            _back = new Wire(Right.Can, Left.Can);
        }

        public End Left { get; }

        public End Right { get; }

        public int LostFrame { get; set; } = -1;

        public void Exchange(byte[] there, byte[]? back)
        {
            Left.Start(there);
            Right.Start(back);
            int index = 0;
            for (int step = 0; step < 8_000_000 && (Left.IsBusy || Right.IsBusy || _there.IsBusy || _back.IsBusy); step++)
            {
                _nowUs += 250;
                Left.Cycle(_nowUs);
                Right.Cycle(_nowUs);
                if (_there.IsBusy && index++ == LostFrame)
                {
                    _there.Lose();
                }

                _there.Step();
                _back.Step();
            }

            if (LostFrame < 0 && (Left.Result != CanTpResult.Ok || (back != null && Right.Result != CanTpResult.Ok)))
            {
                Assert.Fail($"there {Left.Result}, back {Right.Result}");
            }
        }
    }

    /// <summary>One direction of the wire: a frame that leaves arrives a step later.</summary>
    private sealed class Wire
    {
        private readonly CanFrame[] _frames = [new(), new(), new(), new()];
        private readonly ScriptedCan _from;
        private readonly ScriptedCan _to;
        private int _count;
        private int _first;

        public Wire(ScriptedCan from, ScriptedCan to)
        {
            _from = from;
            _to = to;
            from.IsRecording = false;
            from.FreeBuffers = 2;
            from.FrameLeft = Take;
        }

        public bool IsBusy => _count > 0;

        public void Step()
        {
            if (_count > 0)
            {
                _to.Arrive(_frames[_first]);
                Lose();
            }
        }

        public void Lose()
        {
            _first = (_first + 1) % _frames.Length;
            _count--;
            _from.FreeBuffers++;
        }

        private void Take(CanFrame frame)
        {
            CanFrame slot = _frames[(_first + _count++) % _frames.Length];
            slot.Identifier = frame.Identifier;
            slot.Length = frame.Length;
            frame.Data.CopyTo(slot.Data, 0);
        }
    }

    /// <summary>One end, with an upper layer that takes messages of up to 10,000 bytes.</summary>
    private sealed class End : ICanTpUpper
    {
        private static readonly byte[] BlockSizes = [0, 1, 2, 8, 15, 255];
        private static readonly byte[] SeparationTimes = [0, 0, 0, 0xF1, 0xF5, 1, 3];
        private readonly byte[] _buffer = new byte[10_000];
        private readonly EsyncAgent.CanIf _canIf;
        private readonly bool _hasFineClock;
        private int _length;

        public End(SeededRandom random, uint rxId, uint txId)
        {
            _canIf = new EsyncAgent.CanIf(new CanIfConfig { PhysicalRxId = rxId, TxId = txId, TransmitQueueLength = 1 + random.Next(8) }, Can);
            CanTp = new EsyncAgent.CanTp(
                new CanTpConfig
                {
                    BlockSize = BlockSizes[random.Next(BlockSizes.Length)],
                    SeparationTimeMin = SeparationTimes[random.Next(SeparationTimes.Length)],
                },
                _canIf);
            CanTp.Attach(this);
            _hasFineClock = random.Next(2) == 0;
        }

        public ScriptedCan Can { get; } = new();

        public EsyncAgent.CanTp CanTp { get; }

        public CanTpResult Result { get; private set; }

        public bool IsBusy => CanTp.IsTransmitting || CanTp.IsReceiving || Can.ArrivingCount > 0;

        public ReadOnlySpan<byte> Message => _buffer.AsSpan(0, _length);

        public void Start(byte[]? message)
        {
            if (message != null && CanTp.Transmit(message, 0, (uint)message.Length) != StdReturn.Ok)
            {
                Assert.Fail("The message was not accepted.");
            }
        }

        public void Cycle(long nowUs)
        {
            uint nowMs = (uint)(nowUs / 1000);
            _canIf.MainFunction(nowMs);
            if (_hasFineClock)
            {
                CanTp.MainFunction(nowMs, (uint)nowUs);
            }
            else
            {
                CanTp.MainFunction(nowMs);
            }
        }

        public byte[] StartOfReception(bool isFunctional, uint length) => _buffer;

        public void RxIndication(bool isFunctional, uint length, CanTpResult result) =>
            _length = result == CanTpResult.Ok ? (int)length : 0;

        public void TxConfirmation(CanTpResult result) => Result = result;
    }
}
