// Attacks on the transport and by the bus itself: frames that begin and never end, that come in between, that say wait; noise.
// They need no secret. What has to come is mostly a bound: how soon the ECU is there again, and that an update comes to its end.
// Clause: ISO 15765-2:2016 §9.6, §9.7, §9.8; PROTOCOL.md, "Transport".
// Tests: tests/host-sim/Attack.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Client;

namespace EsyncSim.Attack;

/// <summary>Attacks on the transport.</summary>
internal static class TransportAttacks
{
    private const int FloodFrames = 600;
    private const int PresenceMsMax = 1000;
    private const int WaitPeriodMs = 300;

    // WFTmax of nf.config is bounded by 255, but the default of 8 is what an ECU has; two periods of reserve.
    private const int WaitsTried = 30;

    // A request of 17 bytes: it needs a first frame, and is free in every session.
    private static readonly byte[] LongRequest = [0x22, 0xFD, 0x00, 0xFD, 0x01, 0xFD, 0x02, 0xFD, 0x03, 0xFD, 0x04, 0xFD, 0x05, 0xFD, 0x08, 0xF1, 0x86];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<AttackCase> All { get; } =
    [
        new("slow-retrieval", AttackOrigin.Uptane, "A request that comes so slowly that it never ends, to hold the session and keep others out", AttackNeeds.Bus, AttackTrace.Nothing, SlowAsync)
        {
            Limit = "a sender that is slow within the limits of ISO-TP is served; that an update takes too long only its server can see, in version reports",
        },
        new("denial-of-service", AttackOrigin.Uptane, "Flood the ECU with requests while it is busy with one", AttackNeeds.Bus, AttackTrace.Nothing, FloodAsync)
        {
            Limit = "while the flood lasts nobody else is served: classic CAN gives the bus to the lowest identifier",
        },
        new("babbling-node", AttackOrigin.Uptane, "A node that takes the whole bus for eight seconds in the middle of an image", AttackNeeds.Secret | AttackNeeds.Keys | AttackNeeds.Model, AttackTrace.Update, BabbleAsync),
        new("drop-request", AttackOrigin.Uptane, "Lose the answer to every other block of an update, then every request", AttackNeeds.Secret | AttackNeeds.Keys | AttackNeeds.Model, AttackTrace.Update, DropAsync),
        new("endless-pending", AttackOrigin.Gateway, "A gateway that answers response pending for ever", AttackNeeds.Model, AttackTrace.Nothing, PendingAsync),
        new("first-frame-flood", AttackOrigin.Design, "First frames of messages that never come, up to 4 GiB long", AttackNeeds.Bus, AttackTrace.Nothing, FirstFramesAsync),
        new("interleaved-senders", AttackOrigin.Design, "Consecutive frames of a stranger in the middle of an update's blocks", AttackNeeds.Secret | AttackNeeds.Keys, AttackTrace.Update, InterleaveAsync)
        {
            Limit = "a stranger who does so without end hinders the update for as long; he changes nothing",
        },
        new("endless-flow-control", AttackOrigin.Design, "Answer the ECU's first frame by wait, for ever", AttackNeeds.Bus, AttackTrace.Nothing, WaitAsync),
    ];

    private static async Task SlowAsync(AttackScene scene)
    {
        const int SlowMs = 900;
        await scene.EnterAsync(DcmSession.Extended);
        await scene.Raw.SendAsync(0x10, 200, 0x22);
        for (byte sequence = 1; sequence <= 5; sequence++)
        {
            await scene.Time.DelayMs(SlowMs);
            await scene.Raw.SendAsync((byte)(0x20 | sequence));
        }

        await scene.ExpectAsync("another tester meanwhile", [0x3E, 0x00], Answer.Positive, isFunctional: true);
        await scene.Time.DelayMs(scene.Config.CanTp.NCrMs + scene.Config.Dcm.S3ServerMs + 500);
        scene.Log.Add("the session after N_Cr and S3, 22 F1 86", "01", Convert.ToHexString(await scene.Client.ReadAsync(0xF186)));
        await scene.ExpectAsync("a request of several frames", LongRequest, Answer.Positive);
    }

    private static async Task FloodAsync(AttackScene scene)
    {
        await scene.EnterAsync(DcmSession.Extended);
        await scene.SeedAsync();

        // A wrong key is counted in flash, which takes a while; meanwhile the rest comes in.
        await scene.Link.SendAsync((byte[])[0x27, 0x02, .. new byte[16]]);
        for (int i = 0; i < FloodFrames; i++)
        {
            Task sent = (i % 3) switch
            {
                0 => scene.Raw.SendAsync(0x02, 0x3E, 0x00),
                1 => scene.Raw.SendFunctionalAsync(0x02, 0x3E, 0x00),
                _ => scene.Raw.SendAsync(0x03, 0x22, 0xFD, 0x05),
            };
            await sent;
        }

        // What is asked now was not in the flood: its answer says that the ECU is through with all of that.
        scene.Log.AddBound("after 600 requests as fast as the bus carries them: 22 FD 00 is answered", "ms", PresenceMsMax, await scene.AnsweredMsAsync([0x22, 0xFD, 0x00], PresenceMsMax));
        await scene.AwaitQuietAsync();
        await scene.ExpectAsync("to all", [0x3E, 0x00], Answer.Positive, isFunctional: true);
        await scene.ExpectAsync("a request of several frames", LongRequest, Answer.Positive);
    }

    private static async Task BabbleAsync(AttackScene scene)
    {
        const int BabbleSeconds = 8;
        const int InBlock = 8;
        TrafficNode babbler = new(scene.Model.VirtualBus, "babbler");
        BlockWatch watch = new(scene.Config.CanIf)
        {
            Began = count =>
            {
                if (count == InBlock)
                {
                    babbler.Start(new BusFrame(0, false, new byte[8]), 0);
                    scene.Time.After(BabbleSeconds * VirtualTime.NsPerSecond, babbler.Stop);
                }
            },
        };
        scene.Model.VirtualBus.Observe(watch);
        await UpdateAsync(scene, $"an update, the bus taken for {BabbleSeconds} s", UpdateEnd.Confirmed);
        scene.Log.Add("the babbling node was on the bus", "yes", babbler.SentCount > 0 ? "yes" : "no");
    }

    private static async Task DropAsync(AttackScene scene)
    {
        const int LostSecondsMax = 100;
        const int Stolen = 10;
        BusFaults faults = scene.Model.VirtualBus.Faults;
        int stolen = 0;
        BlockWatch thief = new(scene.Config.CanIf)
        {
            // Every other block: its repetition gets the answer.
            Ended = count =>
            {
                if (count % 2 == 0)
                {
                    faults.Add(new BusFaultRule { Name = $"attack-{stolen++}", Kind = BusFaultKind.Drop, MatchIndex = 0, Identifier = scene.Config.CanIf.TxId });
                }
            },
        };
        scene.Model.VirtualBus.Observe(thief);
        await UpdateAsync(scene, "an update that loses the answer to every other block", UpdateEnd.Confirmed);
        scene.Log.Add("answers that were lost", "ten or more", stolen >= Stolen ? "ten or more" : $"{stolen}");
        scene.Model.VirtualBus.Forget(thief);
        faults.Clear();
        faults.Add(new BusFaultRule { Name = "attack-all", Kind = BusFaultKind.Drop, Probability = 1, Identifier = scene.Config.CanIf.PhysicalRxId });
        long startNs = scene.Time.NowNs;
        await UpdateAsync(scene, "an update whose every request is lost", UpdateEnd.Lost, sequence: AttackKeys.RunningSequence + 2);
        scene.Log.AddBound("until the client notices", "s", LostSecondsMax, (scene.Time.NowNs - startNs) / (double)VirtualTime.NsPerSecond);
        faults.Clear();
    }

    private static async Task PendingAsync(AttackScene scene)
    {
        TesterTiming timing = new();
        PendingForEver gateway = new(scene.Time);
        long startNs = scene.Time.NowNs;
        bool isAnswered = await new UdsTester(gateway, timing).TryAsync([0x31, 0x01, 0xFF, 0x00]);
        scene.Log.Add("31 01 FF 00, answered by 7F 31 78 every five seconds", Answer.None, isAnswered ? Answer.Positive : Answer.None);
        scene.Log.AddBound(
            "until the client gives up", "s", (timing.PendingMax + 2) * timing.P2StarMsMax / 1000.0, (scene.Time.NowNs - startNs) / (double)VirtualTime.NsPerSecond);
    }

    private static async Task FirstFramesAsync(AttackScene scene)
    {
        scene.Raw.Discard();
        await scene.Raw.SendAsync(0x10, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0x22, 0xF1);
        byte[]? answer = await scene.Raw.ReceiveAsync(100);
        scene.Log.Add("a first frame of 4 GiB", "flow control 32, overflow", answer is { Length: > 0 } ? $"flow control {answer[0]:X2}{(answer[0] == 0x32 ? ", overflow" : string.Empty)}" : Answer.None);
        for (int i = 0; i < FloodFrames; i++)
        {
            await scene.Raw.SendAsync((byte)(0x1F - (i & 1)), 0xFF, 0x36, 0x01, 0xAA, 0xBB, 0xCC, 0xDD);
        }

        await scene.AwaitQuietAsync();
        await scene.ExpectAsync("a request of several frames at once", LongRequest, Answer.Positive);
        scene.Raw.Discard();
        await scene.Raw.SendFunctionalAsync(0x10, 0x20, 0x22, 0xF1, 0x90, 0xF1, 0x8C, 0xF1);
        scene.Log.Add("a first frame to all", Answer.None, await scene.Raw.ReceiveAsync(200) is null ? Answer.None : "flow control");
    }

    private static async Task InterleaveAsync(AttackScene scene)
    {
        const int Bursts = 6;
        const int BlocksBetween = 2;
        BlockWatch watch = new(scene.Config.CanIf);
        scene.Access.Bus.Observe(watch);
        bool isOver = false;
        async Task InterfereAsync()
        {
            for (int burst = 0; burst < Bursts && !isOver;)
            {
                await scene.Time.DelayMs(20);
                if (watch.Count > burst * BlocksBetween)
                {
                    burst++;

                    // Backwards, so that one of them is the one that is due, whatever the owner has come to.
                    for (int sequence = 15; sequence >= 0; sequence--)
                    {
                        await scene.Raw.SendAsync((byte)(0x20 | sequence), 0xBA, 0xDB, 0xAD, 0xBA, 0xDB, 0xAD, 0xBA);
                    }
                }
            }
        }

        Task stranger = InterfereAsync();
        await UpdateAsync(scene, "an update with six bursts of sixteen consecutive frames in between", UpdateEnd.Confirmed);
        isOver = true;
        await stranger;
        scene.Log.Add("frames of the stranger were on the bus", "yes", scene.Raw.SentCount > 0 ? "yes" : "no");
    }

    private static async Task WaitAsync(AttackScene scene)
    {
        int boundMs = (scene.Config.CanTp.WaitFrameMax + 3) * WaitPeriodMs;
        scene.Link.Close();
        scene.Raw.Discard();
        await scene.Raw.SendAsync(0x03, 0x22, 0xFD, 0x05);
        byte[]? first = await scene.Raw.ReceiveAsync(200);
        scene.Log.Add("22 FD 05", "first frame", first is { Length: > 0 } && first[0] >> 4 == 1 ? "first frame" : Answer.None);
        await scene.Raw.SendAsync(0x02, 0x3E, 0x00);
        long startNs = scene.Time.NowNs;
        double answeredMs = double.PositiveInfinity;
        for (int i = 0; i < WaitsTried && double.IsInfinity(answeredMs); i++)
        {
            await scene.Raw.SendAsync(0x31, 0x00, 0x00);
            byte[]? frame = await scene.Raw.ReceiveAsync(WaitPeriodMs);
            answeredMs = frame is { Length: > 2 } && frame[1] == 0x7E ? (scene.Time.NowNs - startNs) / (double)VirtualTime.NsPerMs : answeredMs;
        }

        scene.Log.AddBound("flow control 31 every 300 ms; 3E 00 in between is answered", "ms", boundMs, answeredMs);
        scene.Reconnect();
    }

    private static async Task UpdateAsync(AttackScene scene, string what, UpdateEnd expected, uint sequence = AttackKeys.RunningSequence + 1)
    {
        UpdateOutcome outcome = await ModelTarget.UpdateAsync(
            scene.Client, scene.Keys.Package(AttackKeys.NextVersion, sequence, AttackKeys.Floor), new UpdatePolicy());
        scene.Log.Add(what, expected.ToString(), outcome.End == expected ? expected.ToString() : $"{outcome.End}, {outcome.Text}");
    }

    // Sees the blocks of TransferData that pass, by the frames of their messages.
    private sealed class BlockWatch(CanIfConfig ecu) : IBusObserver
    {
        private const byte TransferData = 0x36;
        private int _framesLeft;

        /// <summary>Blocks that have begun.</summary>
        public int Count { get; private set; }

        public Action<int>? Began { get; init; }

        public Action<int>? Ended { get; init; }

        public void OnRecord(in BusRecord record)
        {
            BusFrame frame = record.Frame;
            if (frame.Identifier != ecu.PhysicalRxId)
            {
                return;
            }

            int kind = frame[0] >> 4;
            if (kind == 1 && frame[2] == TransferData)
            {
                _framesLeft = (((frame[0] & 0x0F) << 8) | frame[1]) / 7;
                Count++;
                Began?.Invoke(Count);
            }
            else if (kind == 2 && --_framesLeft == 0)
            {
                Ended?.Invoke(Count);
            }
        }
    }

    // A link behind which somebody is always busy; he tires after an hour, so that a client without bound is found out.
    private sealed class PendingForEver(VirtualTime time) : IDiagnosticLink
    {
        private const int PendingsMax = 720;
        private int _pendings;
        private byte _service;

        public VirtualTime Time => time;

        public Task<bool> SendAsync(ReadOnlyMemory<byte> request)
        {
            _service = request.Span[0];
            return Task.FromResult(true);
        }

        public Task<bool> SendFunctionalAsync(ReadOnlyMemory<byte> request) => Task.FromResult(true);

        public async Task<byte[]?> ReceiveAsync(long timeoutNs)
        {
            await time.DelayMs(_pendings == 0 ? 20 : 5000);
            return ++_pendings > PendingsMax ? null : [0x7F, _service, 0x78];
        }

        public void Discard()
        {
        }
    }
}
