// ISO 15765-2, the ECU as sender of responses: first frame, obedience to block size, STmin, wait, overflow, N_Bs.
// The response is of records that the profile names with their lengths.
// Clause: ISO 15765-2:2016 §9.6.3 to §9.6.5, §9.7.
// Tests: tests/host-sim/Conformance.
using EsyncSim.Bus;

namespace EsyncSim.Conformance;

/// <summary>Cases of the ECU's sending.</summary>
internal static class TransportSendingCases
{
    private const ConformanceNeeds Bus = ConformanceNeeds.Bus;
    private const string Flow = "ISO 15765-2:2016 §9.6.5";
    private const string Times = "ISO 15765-2:2016 §9.7, table 16 (N_Bs)";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new("TP-049", "short response", "ISO 15765-2:2016 §9.6.2", "A response of six bytes is a single frame", Bus, ShortAsync),
        new("TP-050", "first frame of a response", "ISO 15765-2:2016 §9.6.3", "A response of more than seven bytes begins with a first frame, and nothing follows before a flow control", Bus, FirstAsync),
        new("TP-051", "response in one block", "ISO 15765-2:2016 §9.6.4", "After flow control BS 0 the whole response comes, with its length and sequence numbers from 1 on", Bus, WholeAsync),
        new("TP-052", "sequence number after 15", "ISO 15765-2:2016 §9.6.4.3", "The ECU's sequence number goes from 15 to 0", Bus, WrapAsync),
        new("TP-053", "block size 1", Flow + ".3", "After flow control BS 1 one consecutive frame comes, and the next one only after the next flow control", Bus, scene => BlocksAsync(scene, 1)),
        new("TP-054", "block size 3", Flow + ".3", "After flow control BS 3 three consecutive frames come", Bus, scene => BlocksAsync(scene, 3)),
        new("TP-055", "block size larger than the response", Flow + ".3", "BS 255 does not hold the response back", Bus, scene => FlowAsync(scene, 0xFF, 0)),
        new("TP-056", "STmin 1 ms", Flow + ".4", "Between two consecutive frames there is at least 1 ms", Bus, scene => GapAsync(scene, 0x01)),
        new("TP-057", "STmin 10 ms", Flow + ".4", "Between two consecutive frames there are at least 10 ms", Bus, scene => GapAsync(scene, 0x0A)),
        new("TP-058", "STmin 127 ms", Flow + ".4", "Between two consecutive frames there are at least 127 ms", Bus, scene => GapAsync(scene, 0x7F)),
        new("TP-059", "STmin 100 to 900 µs", Flow + ".4", "The codes F1 to F9 are 100 to 900 µs, and are kept", Bus, MicrosecondsAsync),
        new("TP-060", "reserved STmin 80", Flow + ".5", "The reserved code 80 is taken as 127 ms", Bus, scene => GapAsync(scene, 0x80)),
        new("TP-061", "reserved STmin F0", Flow + ".5", "The reserved code F0 is taken as 127 ms", Bus, scene => GapAsync(scene, 0xF0)),
        new("TP-062", "reserved STmin FA", Flow + ".5", "The reserved code FA is taken as 127 ms", Bus, scene => GapAsync(scene, 0xFA)),
        new("TP-063", "reserved STmin FF", Flow + ".5", "The reserved code FF is taken as 127 ms", Bus, scene => GapAsync(scene, 0xFF)),
        new("TP-064", "STmin after the end of a block", Flow + ".4", "STmin counts within each block anew, and a later block keeps it too", Bus, GapInBlocksAsync),
        new("TP-065", "flow control wait", Flow + ".1", "After flow control 'wait' nothing is sent until 'continue to send'", Bus, WaitAsync),
        new("TP-066", "as many waits as are allowed", "ISO 15765-2:2016 §9.6.5.1 (N_WFTmax)", "N_WFTmax flow controls 'wait' in a row are accepted", Bus, scene => WaitsAsync(scene, 0)),
        new("TP-067", "one wait too many", "ISO 15765-2:2016 §9.6.5.1 (N_WFTmax)", "One flow control 'wait' more than N_WFTmax ends the transmission", Bus, scene => WaitsAsync(scene, 1)),
        new("TP-068", "wait starts N_Bs anew", Times, "Each flow control 'wait' starts N_Bs anew: two of them, each shortly before its end, do not end the transmission", Bus, WaitRestartsAsync),
        new("TP-069", "flow control overflow", Flow + ".1", "Flow control 'overflow' ends the transmission; the next request is served", Bus, scene => EndedAsync(scene, 0x32)),
        new("TP-070", "reserved flow status", Flow + ".2", "The reserved flow status 3 ends the transmission; the next request is served", Bus, scene => EndedAsync(scene, 0x33)),
        new("TP-071", "reserved flow status F", Flow + ".2", "The reserved flow status F ends the transmission; the next request is served", Bus, scene => EndedAsync(scene, 0x3F)),
        new("TP-072", "no flow control", Times, "Without a flow control the transmission ends after N_Bs; a later one is ignored, the next request is served", Bus, TimeoutAsync),
        new("TP-073", "flow control shortly before N_Bs", Times, "A flow control that comes before N_Bs has run out is in time", Bus, LateAsync),
        new("TP-074", "no flow control after a block", Times, "Without a flow control after a block the transmission ends after N_Bs", Bus, BlockTimeoutAsync),
        new("TP-075", "flow control without STmin", "ISO 15765-2:2016 §10.4.2", "A flow control of two bytes is ignored; a whole one that follows is obeyed", Bus, ShortFlowAsync),
        new("TP-076", "flow control when nothing is sent", "ISO 15765-2:2016 §9.8.3", "A flow control while the ECU sends nothing is ignored", Bus, IdleAsync),
        new("TP-077", "flow control in the middle of a block", "ISO 15765-2:2016 §9.8.3", "A flow control that is not awaited is ignored: the block goes on, whatever the flow status says", Bus, MiddleAsync),
        new("TP-078", "two responses in a row", "ISO 15765-2:2016 §9.6.4.3", "Each response begins with the sequence number 1 again", Bus, TwiceAsync),
        new("TP-079", "padding of the last consecutive frame", "ISO 15765-2:2016 §10.4.2", "The last consecutive frame is filled as the profile says", Bus, LastFrameAsync),
    ];

    private static async Task ShortAsync(ConformanceScene scene)
    {
        scene.Tester.Discard();
        await scene.SendFrame(0x02, 0x10, 0x01);
        SceneFrame? answer = await scene.NextFrame(scene.AnswerMs());
        scene.Expect(answer is { Data: [0x06, 0x50, 0x01, ..] }, "single frame 06 50 01 …", answer.Text());
    }

    private static async Task FirstAsync(ConformanceScene scene)
    {
        (byte[] request, int length) = scene.LongRead(2);
        scene.Tester.Discard();
        SceneFrame sent = await scene.SendFrame([(byte)request.Length, .. request]);
        SceneFrame? first = await scene.NextFrame(scene.AnswerMs());
        scene.Expect(first is { Kind: 1, Data: [_, _, 0x62, ..] } && first.Data[1] == (byte)length, $"first frame of {length} bytes, 1{length >> 8:X} {(byte)length:X2} 62 …", first.Text());
        scene.ExpectMs("from the request's end", 0, scene.Profile.Timing.Late(scene.Profile.Timing.P2Ms), first?.MsAfter(sent.AtNs) ?? double.NaN);
        SceneFrame? early = await scene.NextFrame(scene.TimeoutMsMin(scene.Profile.Transport.NBsMs) / 2);
        scene.Expect(early is null, "no frame before a flow control", early.Text());
    }

    private static async Task WholeAsync(ConformanceScene scene)
    {
        int length = await scene.BeginResponseAsync(2);
        await scene.SendFrame(0x30, 0x00, 0x00);
        IReadOnlyList<SceneFrame> frames = await scene.ExpectConsecutivesAsync("the rest of the response", TransportScript.Consecutives(length));
        await scene.ExpectNoFrameAsync("nothing after the last one");
        scene.Expect(frames.All(frame => frame.Data.Length > 1), "frames that hold data", $"{frames.Count} frames");
    }

    private static async Task WrapAsync(ConformanceScene scene)
    {
        int length = await scene.BeginResponseAsync(17);
        await scene.SendFrame(0x30, 0x00, 0x00);
        await scene.ExpectConsecutivesAsync("the response", TransportScript.Consecutives(length));
    }

    private static async Task BlocksAsync(ConformanceScene scene, byte blockSize)
    {
        int left = TransportScript.Consecutives(await scene.BeginResponseAsync(blockSize + 2));
        for (int sequence = 1; left > 0; sequence += blockSize, left -= blockSize)
        {
            await scene.SendFrame(0x30, blockSize, 0x00);
            await scene.ExpectConsecutivesAsync("a block", Math.Min(blockSize, left), sequence);
            SceneFrame? more = await scene.NextFrame(scene.AnswerMs());
            scene.Expect(more is null, "no frame before the next flow control", more.Text());
            if (more is not null)
            {
                return;
            }
        }
    }

    private static async Task FlowAsync(ConformanceScene scene, byte blockSize, byte separation)
    {
        int length = await scene.BeginResponseAsync(2);
        await scene.SendFrame(0x30, blockSize, separation);
        await scene.ExpectConsecutivesAsync("the response", TransportScript.Consecutives(length));
    }

    private static async Task GapAsync(ConformanceScene scene, byte code)
    {
        int length = await scene.BeginResponseAsync(3);
        await scene.SendFrame(0x30, 0x00, code);
        ExpectGaps(scene, code, await scene.ExpectConsecutivesAsync($"the response with STmin {code:X2}", TransportScript.Consecutives(length)));
    }

    private static async Task MicrosecondsAsync(ConformanceScene scene)
    {
        for (byte code = 0xF1; code <= 0xF9; code++)
        {
            await GapAsync(scene, code);
        }
    }

    private static async Task GapInBlocksAsync(ConformanceScene scene)
    {
        const byte Code = 0x0A;
        const byte BlockSize = 2;
        await scene.BeginResponseAsync(6);
        for (int sequence = 1; sequence < 3 * BlockSize; sequence += BlockSize)
        {
            await scene.SendFrame(0x30, BlockSize, Code);
            ExpectGaps(scene, Code, await scene.ExpectConsecutivesAsync("a block", BlockSize, sequence));
        }
    }

    // STmin is from a frame's end to the beginning of the next one; what is measured is from end to end, so that a frame of
    // the shortest length is added. On a real bus a frame that the host saw late shortens the gap behind it by as much as it
    // lengthens the one before: the mean is judged there, and the host's jitter counts at its two ends only.
    private static void ExpectGaps(ConformanceScene scene, byte code, IReadOnlyList<SceneFrame> frames)
    {
        const int ShortestFrameBits = 108;
        double frameMs = ShortestFrameBits * 1000.0 / scene.Profile.Addressing.BitRate;
        double leastMs = (FrameTester.SeparationNs(code) / (double)VirtualTime.NsPerMs) + frameMs;
        double[] gaps = [.. frames.Zip(frames.Skip(1), (before, after) => after.MsAfter(before.AtNs)).DefaultIfEmpty(double.NaN)];
        double mostMs = scene.Profile.Transport.NCrMs;
        if (scene.IsRealTime)
        {
            scene.ExpectMs($"mean time between two frames with STmin {code:X2}", Math.Max(leastMs - ((double)scene.Profile.Timing.ToleranceMs / gaps.Length), 0), mostMs, gaps.Average());
        }
        else
        {
            scene.ExpectMs($"shortest time between two frames with STmin {code:X2}", leastMs, mostMs, gaps.Min());
        }
    }

    private static async Task WaitAsync(ConformanceScene scene)
    {
        int length = await scene.BeginResponseAsync(2);
        await scene.SendFrame(0x31, 0x00, 0x00);
        await scene.ExpectNoFrameAsync("after 'wait'");
        await scene.SendFrame(0x30, 0x00, 0x00);
        await scene.ExpectConsecutivesAsync("after 'continue to send'", TransportScript.Consecutives(length));
    }

    private static async Task WaitsAsync(ConformanceScene scene, int more)
    {
        int most = scene.Profile.Transport.WaitFrameMax ?? throw new NotApplicableException("the profile does not name N_WFTmax (transport.waitFrameMax)");
        int length = await scene.BeginResponseAsync(2);
        for (int i = 0; i < most + more; i++)
        {
            await scene.SendFrame(0x31, 0x00, 0x00);
            await scene.PauseAsync(5);
        }

        await scene.SendFrame(0x30, 0x00, 0x00);
        if (more == 0)
        {
            await scene.ExpectConsecutivesAsync($"after {most} times 'wait'", TransportScript.Consecutives(length));
            return;
        }

        await scene.ExpectNoFrameAsync($"after {most + 1} times 'wait'");
        await scene.ExpectAliveAsync();
    }

    private static async Task WaitRestartsAsync(ConformanceScene scene)
    {
        if (scene.Profile.Transport.WaitFrameMax is < 2)
        {
            scene.NotApplicable("the ECU accepts fewer than two flow controls 'wait'");
        }

        int length = await scene.BeginResponseAsync(2);
        for (int i = 0; i < 2; i++)
        {
            await scene.PauseAsync(scene.TimeoutMsMin(scene.Profile.Transport.NBsMs));
            await scene.SendFrame(0x31, 0x00, 0x00);
        }

        await scene.PauseAsync(scene.TimeoutMsMin(scene.Profile.Transport.NBsMs));
        await scene.SendFrame(0x30, 0x00, 0x00);
        await scene.ExpectConsecutivesAsync("after two times 'wait'", TransportScript.Consecutives(length));
    }

    private static async Task EndedAsync(ConformanceScene scene, byte head)
    {
        await scene.BeginResponseAsync(2);
        await scene.SendFrame(head, 0x00, 0x00);
        await scene.ExpectNoFrameAsync($"after flow control {head:X2}");
        await scene.SendFrame(0x30, 0x00, 0x00);
        await scene.ExpectNoFrameAsync("after a 'continue to send' that comes too late");
        await scene.ExpectAliveAsync();
    }

    private static async Task TimeoutAsync(ConformanceScene scene)
    {
        await scene.BeginResponseAsync(2);
        await scene.PauseAsync(scene.TimeoutMsMax(scene.Profile.Transport.NBsMs));
        await scene.SendFrame(0x30, 0x00, 0x00);
        await scene.ExpectNoFrameAsync("after N_Bs");
        await scene.ExpectAliveAsync();
    }

    private static async Task LateAsync(ConformanceScene scene)
    {
        int length = await scene.BeginResponseAsync(2);
        await scene.PauseAsync(scene.TimeoutMsMin(scene.Profile.Transport.NBsMs));
        await scene.SendFrame(0x30, 0x00, 0x00);
        await scene.ExpectConsecutivesAsync("before the end of N_Bs", TransportScript.Consecutives(length));
    }

    private static async Task BlockTimeoutAsync(ConformanceScene scene)
    {
        await scene.BeginResponseAsync(3);
        await scene.SendFrame(0x30, 0x01, 0x00);
        await scene.ExpectConsecutivesAsync("the first block", 1);
        await scene.PauseAsync(scene.TimeoutMsMax(scene.Profile.Transport.NBsMs));
        await scene.SendFrame(0x30, 0x00, 0x00);
        await scene.ExpectNoFrameAsync("after N_Bs");
        await scene.ExpectAliveAsync();
    }

    private static async Task ShortFlowAsync(ConformanceScene scene)
    {
        int length = await scene.BeginResponseAsync(2);
        await scene.Tester.SendFrameAsync(scene.Profile.Addressing.Request, [0x30, 0x00]);
        await scene.ExpectNoFrameAsync("after a flow control of two bytes");
        await scene.SendFrame(0x30, 0x00, 0x00);
        await scene.ExpectConsecutivesAsync("after a whole one", TransportScript.Consecutives(length));
    }

    private static async Task IdleAsync(ConformanceScene scene)
    {
        scene.Tester.Discard();
        foreach (byte head in new byte[] { 0x30, 0x31, 0x32, 0x3F })
        {
            await scene.SendFrame(head, 0x00, 0x00);
        }

        await scene.ExpectNoFrameAsync("flow controls that nobody awaits");
        await scene.ExpectAliveAsync();
    }

    private static async Task MiddleAsync(ConformanceScene scene)
    {
        const byte Slow = 20;
        int count = TransportScript.Consecutives(await scene.BeginResponseAsync(4));
        await scene.SendFrame(0x30, 0x00, Slow);
        await scene.ExpectConsecutivesAsync("the first", 1);
        await scene.SendFrame(0x32, 0x00, 0x00);
        await scene.ExpectConsecutivesAsync("after 'overflow' in the middle of the block", count - 1, 2);
    }

    private static async Task TwiceAsync(ConformanceScene scene)
    {
        for (int i = 0; i < 2; i++)
        {
            await FlowAsync(scene, 0, 0);
        }
    }

    private static async Task LastFrameAsync(ConformanceScene scene)
    {
        AddressingProfile addressing = scene.Profile.Addressing;
        if (addressing.IsPadded is not { } isPadded)
        {
            throw new NotApplicableException("the profile does not say whether frames are padded (addressing.padding)");
        }

        int length = await scene.BeginResponseAsync(2);
        int rest = ((length - 7) % 7) + 1;
        if (rest == 7)
        {
            scene.NotApplicable("the last consecutive frame of the response at hand is full");
        }

        await scene.SendFrame(0x30, 0x00, 0x00);
        IReadOnlyList<SceneFrame> frames = await scene.ExpectConsecutivesAsync("the response", TransportScript.Consecutives(length));
        SceneFrame? last = frames.LastOrDefault();
        scene.Expect(last?.Data.Length == (isPadded ? 8 : rest + 1), isPadded ? "eight bytes" : $"{rest + 1} bytes", last.Text());
        if (addressing.Padding is { } padding)
        {
            scene.Expect(last is not null && last.Data.Skip(rest + 1).All(value => value == padding), $"filled with {padding:X2} from byte {rest + 1} on", last.Text());
        }
    }
}
