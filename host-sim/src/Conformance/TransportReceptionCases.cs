// ISO 15765-2, the ECU as receiver of requests: single frames, first frames, its flow control, consecutive frames.
// The request is tester present (3E 00): every ECU has it, and a wrong length of it is answered too, so that messages of
// any length can be sent without knowing a single record of the ECU.
// Clause: ISO 15765-2:2016 §9.6.2 to §9.6.5, §9.8.
// Tests: tests/host-sim/Conformance.
namespace EsyncSim.Conformance;

/// <summary>Cases of the ECU's reception.</summary>
internal static class TransportReceptionCases
{
    private const ConformanceNeeds Bus = ConformanceNeeds.Bus;
    private const string Single = "ISO 15765-2:2016 §9.6.2";
    private const string First = "ISO 15765-2:2016 §9.6.3";
    private const string Consecutive = "ISO 15765-2:2016 §9.6.4";
    private const string Flow = "ISO 15765-2:2016 §9.6.5";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new("TP-001", "single frame of two bytes", Single, "A single frame whose length fits is taken, and the request in it is answered within P2", Bus, SingleAsync),
        new("TP-002", "single frame of length 0", Single, "A single frame whose SF_DL is 0 is ignored", Bus, scene => IgnoredAsync(scene, 0x00, TransportScript.TesterPresent, 0x00)),
        new("TP-003", "single frame of one byte", Single, "SF_DL 1 is the shortest message, and it is handed up: the service answers its length", Bus, scene => LengthAsync(scene, 1)),
        new("TP-004", "single frame of seven bytes", Single, "SF_DL 7 is the longest message of a single frame, and it is handed up", Bus, scene => LengthAsync(scene, 7)),
        new("TP-005", "single frame of length 8", Single, "SF_DL 8 does not fit a classic frame with normal addressing and is ignored", Bus, scene => IgnoredAsync(scene, 0x08, TransportScript.TesterPresent, 0, 0, 0, 0, 0, 0)),
        new("TP-006", "single frame of length 15", Single, "SF_DL 15 does not fit a classic frame and is ignored", Bus, scene => IgnoredAsync(scene, 0x0F, TransportScript.TesterPresent, 0, 0, 0, 0, 0, 0)),
        new("TP-007", "protocol control types 4 to F", "ISO 15765-2:2016 §9.6.1", "Frames of a reserved N_PCItype are ignored", Bus, ReservedAsync),
        new("TP-008", "frames longer than SF_DL", Single, "What follows the message in a single frame is padding and does not matter", Bus, PaddingAsync),
        new("TP-009", "single frame shorter than it says", "ISO 15765-2:2016 §10.4.2", "A frame with fewer bytes than SF_DL announces is ignored", Bus, scene => ExactAsync(scene, [0x02, TransportScript.TesterPresent], isAnswered: false)),
        new("TP-010", "single frame without padding", "ISO 15765-2:2016 §10.4.2", "A single frame that is just long enough is taken when the ECU does not insist on padded frames", Bus, scene => ExactAsync(scene, [0x02, TransportScript.TesterPresent, 0x00], isAnswered: true)),
        new("TP-011", "empty frame", "ISO 15765-2:2016 §9.6.1", "A frame without a byte has no protocol control information and is ignored", Bus, scene => ExactAsync(scene, [], isAnswered: false)),
        new("TP-012", "padding of the ECU's frames", "ISO 15765-2:2016 §10.4.2", "The ECU's frames are filled as the profile says", Bus, FillAsync),
        new("TP-020", "flow control after a first frame", Flow, "A first frame is answered by one flow control 'continue to send' within N_Br", Bus, FlowControlAsync),
        new("TP-021", "shortest first frame", First, "A message of 8 bytes is the shortest that a first frame may begin, and it is received", Bus, scene => MessageAsync(scene, 8)),
        new("TP-022", "first frame of length 7", First, "A first frame whose FF_DL a single frame could have held is ignored: no flow control", Bus, scene => NoFlowAsync(scene, 0x10, 0x07, TransportScript.TesterPresent, 0, 0, 0, 0, 0)),
        new("TP-023", "first frame of length 1", First, "A first frame whose FF_DL is 1 is ignored: no flow control", Bus, scene => NoFlowAsync(scene, 0x10, 0x01, TransportScript.TesterPresent, 0, 0, 0, 0, 0)),
        new("TP-024", "first frame of two bytes", First, "A first frame that is not full is ignored: no flow control", Bus, ShortFirstAsync),
        new("TP-025", "escape of a length that 12 bits hold", First, "A 32-bit FF_DL of 4095 or less is ignored: no flow control 'continue to send'", Bus, scene => NoClearanceAsync(scene, 0x10, 0x00, 0x00, 0x00, 0x00, 0x14, TransportScript.TesterPresent, 0)),
        new("TP-026", "escape of a length beyond the buffer", First, "A 32-bit FF_DL that is longer than the longest request is answered by flow control 'overflow', or ignored", Bus, scene => NoClearanceAsync(scene, 0x10, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, TransportScript.TesterPresent, 0)),
        new("TP-027", "first frame one byte beyond the buffer", First, "FF_DL of the longest request and one is answered by flow control 'overflow'; the next request is taken", Bus, OverflowAsync),
        new("TP-028", "longest request", First, "A message of the longest length that the profile names is received whole", Bus, LongestAsync),
        new("TP-030", "wrong sequence number", Consecutive + ".4", "A consecutive frame with a wrong sequence number ends the reception without an answer; the next request is taken", Bus, scene => BrokenAsync(scene, 0x22, 0x21, 0x22)),
        new("TP-031", "repeated sequence number", Consecutive + ".4", "The same sequence number twice is a wrong one and ends the reception", Bus, scene => BrokenAsync(scene, 0x21, 0x21, 0x22)),
        new("TP-032", "first sequence number 0", Consecutive + ".3", "The first consecutive frame has the sequence number 1; 0 ends the reception", Bus, scene => BrokenAsync(scene, 0x20, 0x21, 0x22)),
        new("TP-033", "sequence number after 15", Consecutive + ".3", "After the sequence number 15 comes 0: a message of 20 consecutive frames is received", Bus, scene => MessageAsync(scene, 6 + (20 * 7))),
        new("TP-034", "sequence number that does not wrap to 1", Consecutive + ".4", "After the sequence number 15 a 1 is wrong and ends the reception", Bus, WrapAsync),
        new("TP-035", "last consecutive frame just long enough", "ISO 15765-2:2016 §10.4.2", "The last consecutive frame may be as short as the rest of the message when the ECU does not insist on padded frames", Bus, ShortLastAsync),
        new("TP-036", "consecutive frame that is not full", Consecutive, "A consecutive frame in the middle with fewer than seven bytes of data is not taken for one: the message does not come to its end", Bus, ShortMiddleAsync),
        new("TP-037", "missing consecutive frame", "ISO 15765-2:2016 §9.7, table 16 (N_Cr)", "When a consecutive frame does not come within N_Cr the reception ends without an answer, and what comes later of it is ignored", Bus, TimeoutAsync),
        new("TP-038", "consecutive frame shortly before N_Cr", "ISO 15765-2:2016 §9.7, table 16 (N_Cr)", "A consecutive frame that comes before N_Cr has run out is in time", Bus, SlowAsync),
        new("TP-039", "flow control after each block", Flow + ".3", "After BS consecutive frames the ECU sends the next flow control, within N_Br", Bus, BlocksAsync),
        new("TP-040", "announced block size", Flow + ".3", "BS of the ECU's flow control is not looser than the profile says", Bus, BlockSizeAsync),
        new("TP-041", "announced separation time", Flow + ".4", "STmin of the ECU's flow control is no reserved code, and not shorter than the profile says", Bus, SeparationAsync),
        new("TP-042", "lengths around the frames' borders", Consecutive, "Messages whose last consecutive frame has 1, 6 and 7 bytes are received", Bus, BordersAsync),
        new("TP-043", "consecutive frames as fast as the bus carries them", Flow + ".4", "An ECU that announces STmin 0 takes consecutive frames without a pause", Bus, FastAsync),
    ];

    private static async Task SingleAsync(ConformanceScene scene)
    {
        scene.Tester.Discard();
        SceneFrame sent = await scene.SendFrame(0x02, TransportScript.TesterPresent, 0x00);
        SceneFrame? answer = await scene.NextFrame(scene.AnswerMs());
        scene.Expect(answer is { Data: [0x02, 0x7E, 0x00, ..] }, "single frame 02 7E 00", answer.Text());
        scene.ExpectMs("from the request's end to the answer's end", 0, scene.Profile.Timing.Late(scene.Profile.Timing.P2Ms), answer?.MsAfter(sent.AtNs) ?? double.NaN);
    }

    private static async Task LengthAsync(ConformanceScene scene, int length)
    {
        scene.Tester.Discard();
        byte[] message = TransportScript.Message(length);
        await scene.SendFrame([(byte)length, .. message]);
        SceneFrame? answer = await scene.NextFrame(scene.AnswerMs());
        scene.Expect(answer is { Data: [0x03, 0x7F, TransportScript.TesterPresent, _, ..] }, $"negative response 7F 3E to a tester present of {length} bytes", answer.Text());
    }

    private static async Task IgnoredAsync(ConformanceScene scene, params byte[] frame)
    {
        scene.Tester.Discard();
        await scene.SendFrame(frame);
        await scene.ExpectNoFrameAsync("the frame is ignored");
        await scene.ExpectAliveAsync();
    }

    private static async Task ReservedAsync(ConformanceScene scene)
    {
        scene.Tester.Discard();
        for (int type = 4; type <= 0x0F; type++)
        {
            await scene.SendFrame((byte)((type << 4) | 0x02), TransportScript.TesterPresent, 0x00);
        }

        await scene.ExpectNoFrameAsync("twelve frames of the types 4 to F are ignored");
        await scene.ExpectAliveAsync();
    }

    private static async Task PaddingAsync(ConformanceScene scene)
    {
        foreach (byte padding in new byte[] { 0x00, 0x55, 0xAA, 0xFF })
        {
            scene.Tester.Discard();
            await scene.SendFrame(0x02, TransportScript.TesterPresent, 0x00, padding, padding, padding, padding, padding);
            SceneFrame? answer = await scene.NextFrame(scene.AnswerMs());
            scene.Expect(answer is { Data: [0x02, 0x7E, 0x00, ..] }, $"02 7E 00 to a request filled with {padding:X2}", answer.Text());
        }
    }

    private static async Task ExactAsync(ConformanceScene scene, byte[] frame, bool isAnswered)
    {
        if (isAnswered)
        {
            scene.RequireShortFrames();
        }

        scene.Tester.Discard();
        await scene.Tester.SendFrameAsync(scene.Profile.Addressing.Request, frame);
        if (isAnswered)
        {
            SceneFrame? answer = await scene.NextFrame(scene.AnswerMs());
            scene.Expect(answer is { Data: [0x02, 0x7E, 0x00, ..] }, $"02 7E 00 to a frame of {frame.Length} bytes", answer.Text());
            return;
        }

        await scene.ExpectNoFrameAsync($"a frame of {frame.Length} bytes is ignored");
        await scene.ExpectAliveAsync();
    }

    private static async Task FillAsync(ConformanceScene scene)
    {
        AddressingProfile addressing = scene.Profile.Addressing;
        if (addressing.IsPadded is not { } isPadded)
        {
            throw new NotApplicableException("the profile does not say whether frames are padded (addressing.padding)");
        }

        scene.Tester.Discard();
        await scene.SendFrame(0x02, TransportScript.TesterPresent, 0x00);
        SceneFrame? answer = await scene.NextFrame(scene.AnswerMs());
        scene.Expect(answer?.Data.Length == (isPadded ? 8 : 3), isPadded ? "eight bytes" : "three bytes", answer.Text());
        if (addressing.Padding is { } padding)
        {
            scene.Expect(answer is not null && answer.Data.Skip(3).All(value => value == padding), $"filled with {padding:X2}", answer.Text());
        }

        SceneFrame flow = await scene.BeginMessageAsync(20);
        scene.Expect(flow.Data.Length == (isPadded ? 8 : 3), isPadded ? "a flow control of eight bytes" : "a flow control of three bytes", flow.Hex);
        scene.Expect(addressing.Padding is null || flow.Data.Skip(3).All(value => value == addressing.Padding), $"filled with {addressing.Padding:X2} too", flow.Hex);
    }

    private static async Task FlowControlAsync(ConformanceScene scene)
    {
        scene.Tester.Discard();
        SceneFrame first = await scene.SendFrame(0x10, 0x0A, TransportScript.TesterPresent, 0x00, 0, 0, 0, 0);
        SceneFrame? flow = await scene.NextFrame(scene.FlowMs());
        scene.Expect(flow is { Data: [0x30, _, _, ..] }, "flow control 30 BS STmin", flow.Text());
        scene.ExpectMs("from the first frame's end", 0, scene.Profile.Timing.Late(scene.Profile.Transport.NBrMs), flow?.MsAfter(first.AtNs) ?? double.NaN);
        await scene.ExpectNoFrameAsync("no second flow control");
    }

    private static async Task MessageAsync(ConformanceScene scene, int length)
    {
        scene.RequireRequestLength(length);
        Exchange exchange = await scene.ExchangeAsync(TransportScript.Message(length));
        scene.Expect(exchange.Nrc is not null, $"negative response to a tester present of {length} bytes", exchange.Text);
    }

    private static async Task NoFlowAsync(ConformanceScene scene, params byte[] frame)
    {
        scene.Tester.Discard();
        await scene.SendFrame(frame);
        await scene.ExpectNoFrameAsync("no flow control");
        await scene.ExpectAliveAsync();
    }

    private static async Task ShortFirstAsync(ConformanceScene scene)
    {
        scene.Tester.Discard();
        await scene.Tester.SendFrameAsync(scene.Profile.Addressing.Request, [0x10, 0x0A]);
        await scene.ExpectNoFrameAsync("no flow control");
        await scene.ExpectAliveAsync();
    }

    private static async Task NoClearanceAsync(ConformanceScene scene, params byte[] frame)
    {
        scene.Tester.Discard();
        await scene.SendFrame(frame);
        SceneFrame? flow = await scene.NextFrame(scene.FlowMs());
        scene.Expect(flow is null or { Data: [0x32, ..] }, "flow control 32 'overflow', or no frame", flow.Text());
        await scene.ExpectAliveAsync();
    }

    private static async Task OverflowAsync(ConformanceScene scene)
    {
        const int Longest = 0xFFF;
        int length = scene.RequestLengthMax() + 1;
        if (length > Longest)
        {
            throw new NotApplicableException("the longest request is the longest that 12 bits can announce");
        }

        scene.Tester.Discard();
        await scene.SendFrame((byte)(0x10 | (length >> 8)), (byte)length, TransportScript.TesterPresent, 0, 0, 0, 0, 0);
        SceneFrame? flow = await scene.NextFrame(scene.FlowMs());
        scene.Expect(flow is { Data: [0x32, ..] }, "flow control 32 'overflow'", flow.Text());
        await scene.ExpectAliveAsync();
    }

    private static async Task LongestAsync(ConformanceScene scene) => await MessageAsync(scene, scene.RequestLengthMax());

    private static async Task BrokenAsync(ConformanceScene scene, params byte[] heads)
    {
        const byte Right = 0x21;
        SceneFrame flow = await scene.BeginMessageAsync(20);
        int rightOnes = heads[0] == Right ? 1 : 0;
        if (rightOnes > 0)
        {
            await scene.SendConsecutiveAsync(flow, 1);
        }

        foreach (byte head in heads.Skip(rightOnes))
        {
            await scene.SendFrame(head, 0, 0, 0, 0, 0, 0, 0);
        }

        await scene.ExpectNoFrameAsync("the message is given up in silence");
        await scene.ExpectAliveAsync();
    }

    private static async Task WrapAsync(ConformanceScene scene)
    {
        const int Last = 15;
        SceneFrame flow = await scene.BeginMessageAsync(6 + (18 * 7));
        for (int number = 1; number <= Last; number++)
        {
            await scene.SendConsecutiveAsync(flow, number);
        }

        for (byte head = 0x21; head <= 0x23; head++)
        {
            await scene.SendFrame(head, 0, 0, 0, 0, 0, 0, 0);
        }

        await scene.ExpectNoFrameAsync("the message is given up in silence");
        await scene.ExpectAliveAsync();
    }

    private static async Task ShortLastAsync(ConformanceScene scene)
    {
        scene.RequireShortFrames();
        await scene.BeginMessageAsync(8);
        await scene.Tester.SendFrameAsync(scene.Profile.Addressing.Request, [0x21, 0x00, 0x00]);
        SceneFrame? answer = await scene.NextFrame(scene.AnswerMs());
        scene.Expect(answer is { Data: [0x03, 0x7F, TransportScript.TesterPresent, ..] }, "the message is answered: 7F 3E", answer.Text());
    }

    private static async Task ShortMiddleAsync(ConformanceScene scene)
    {
        await scene.BeginMessageAsync(20);
        await scene.Tester.SendFrameAsync(scene.Profile.Addressing.Request, [0x21, 0x00, 0x00, 0x00]);
        await scene.SendFrame(0x22, 0, 0, 0, 0, 0, 0, 0);
        await scene.ExpectNoFrameAsync("the message does not come to its end");
        await scene.Time.DelayMs(scene.Profile.Transport.NCrMs);
        await scene.ExpectAliveAsync();
    }

    private static async Task TimeoutAsync(ConformanceScene scene)
    {
        SceneFrame flow = await scene.BeginMessageAsync(20);
        await scene.SendConsecutiveAsync(flow, 1);
        await scene.PauseAsync(scene.TimeoutMsMax(scene.Profile.Transport.NCrMs));
        await scene.SendFrame(0x22, 0, 0, 0, 0, 0, 0, 0);
        await scene.ExpectNoFrameAsync("the rest of the message comes too late and is ignored");
        await scene.ExpectAliveAsync();
    }

    private static async Task SlowAsync(ConformanceScene scene)
    {
        SceneFrame flow = await scene.BeginMessageAsync(20);
        await scene.PauseAsync(scene.TimeoutMsMin(scene.Profile.Transport.NCrMs));
        await scene.SendConsecutiveAsync(flow, 1);
        await scene.PauseAsync(scene.TimeoutMsMin(scene.Profile.Transport.NCrMs));
        await scene.SendFrame(0x22, 0, 0, 0, 0, 0, 0, 0);
        await scene.ExpectRefusedLengthAsync("the message is received");
    }

    private static async Task BlocksAsync(ConformanceScene scene)
    {
        SceneFrame flow = await scene.BeginMessageAsync(40);
        if (flow.Data[1] == 0)
        {
            throw new NotApplicableException("the ECU announces no block size: all consecutive frames come in one block");
        }

        int length = 6 + (((2 * flow.Data[1]) + 1) * 7);
        await scene.PauseAsync(scene.TimeoutMsMax(scene.Profile.Transport.NCrMs));
        scene.RequireRequestLength(length);
        flow = await scene.BeginMessageAsync(length);
        for (int i = 1, left = flow.Data[1]; i <= 2 * flow.Data[1]; i++)
        {
            SceneFrame sent = await scene.SendFrame((byte)(0x20 | (i & 0x0F)), 0, 0, 0, 0, 0, 0, 0);
            if (--left == 0)
            {
                SceneFrame? next = await scene.NextFrame(scene.FlowMs());
                scene.Expect(next is { Data: [0x30, _, _, ..] }, $"flow control after {flow.Data[1]} frames", next.Text());
                scene.ExpectMs("from the block's end", 0, scene.Profile.Timing.Late(scene.Profile.Transport.NBrMs), next?.MsAfter(sent.AtNs) ?? double.NaN);
                left = flow.Data[1];
            }
            else if (left == 1)
            {
                scene.Expect(await scene.NextFrame(1) is null, "no flow control before the block's end", "a frame of the ECU");
            }
        }
    }

    private static async Task BlockSizeAsync(ConformanceScene scene)
    {
        int named = scene.Profile.Transport.BlockSize ?? throw new NotApplicableException("the profile names no block size");
        SceneFrame flow = await scene.BeginMessageAsync(20);
        scene.Expect(named == 0 || (flow.Data[1] != 0 && flow.Data[1] <= named), named == 0 ? "any block size" : $"a block size of 1 to {named}", flow.Hex);
    }

    private static async Task SeparationAsync(ConformanceScene scene)
    {
        SceneFrame flow = await scene.BeginMessageAsync(20);
        byte code = flow.Data[2];
        scene.Expect(code is <= 0x7F or (>= 0xF1 and <= 0xF9), "no reserved code", $"{code:X2}");
        if (scene.Profile.Transport.SeparationTimeMin is { } named)
        {
            scene.Expect(FrameTester.SeparationNs(code) >= FrameTester.SeparationNs(named), $"STmin {named:X2} or more", $"{code:X2}");
        }
    }

    private static async Task BordersAsync(ConformanceScene scene)
    {
        foreach (int rest in new[] { 1, 6, 7, 8 })
        {
            await MessageAsync(scene, 6 + 7 + rest);
        }
    }

    private static async Task FastAsync(ConformanceScene scene)
    {
        if (scene.Profile.Transport.SeparationTimeMin is not 0)
        {
            throw new NotApplicableException("the profile does not say that STmin is 0");
        }

        int length = Math.Min(scene.RequestLengthMax(), 6 + (200 * 7));
        await MessageAsync(scene, length);
    }
}
