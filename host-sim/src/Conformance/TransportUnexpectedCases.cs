// ISO 15765-2, frames that are not expected, frames of others, and frames to all: what the ECU does with them while it
// receives, sends or does neither.
// Clause: ISO 15765-2:2016 §9.8.3 (table 24), §10.3; ISO 15765-2:2016 §9.6.2 (functional addressing).
// Tests: tests/host-sim/Conformance.
namespace EsyncSim.Conformance;

/// <summary>Cases of unexpected frames and of addressing.</summary>
internal static class TransportUnexpectedCases
{
    private const ConformanceNeeds Bus = ConformanceNeeds.Bus;
    private const byte TesterPresent = TransportScript.TesterPresent;
    private const string Table = "ISO 15765-2:2016 §9.8.3, table 24";
    private const string Functional = "ISO 15765-2:2016 §9.2.2 (functional communication)";
    private const string Addressing = "ISO 15765-2:2016 §10.3";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new("TP-080", "single frame during a reception", Table, "A single frame ends the reception under way and is taken itself", Bus, SingleInReceptionAsync),
        new("TP-081", "first frame during a reception", Table, "A first frame ends the reception under way and begins the next one", Bus, FirstInReceptionAsync),
        new("TP-082", "consecutive frame without a reception", Table, "A consecutive frame that belongs to nothing is ignored", Bus, ConsecutiveIdleAsync),
        new("TP-083", "flow control during a reception", Table, "A flow control while the ECU receives is ignored; the reception goes on", Bus, FlowInReceptionAsync),
        new("TP-084", "unknown frame during a reception", Table, "A frame of a reserved type while the ECU receives is ignored; the reception goes on", Bus, UnknownInReceptionAsync),
        new("TP-085", "single frame during a transmission", Table, "A single frame while the ECU sends does not disturb what it sends", Bus, scene => InTransmissionAsync(scene, 0x02, TesterPresent, 0x80)),
        new("TP-086", "first frame during a transmission", Table, "A first frame while the ECU sends is ignored or answered by flow control; what it sends goes on", Bus, scene => InTransmissionAsync(scene, 0x10, 0x14, TesterPresent, 0, 0, 0, 0, 0)),
        new("TP-087", "consecutive frame during a transmission", Table, "A consecutive frame while the ECU sends is ignored", Bus, scene => InTransmissionAsync(scene, 0x21, 0, 0, 0, 0, 0, 0, 0)),
        new("TP-088", "unknown frame during a transmission", Table, "A frame of a reserved type while the ECU sends is ignored", Bus, scene => InTransmissionAsync(scene, 0x42, TesterPresent, 0x00)),
        new("TP-089", "single frame while a flow control is awaited", Table, "A single frame between first frame and flow control does not end the transmission", Bus, BeforeFlowAsync),
        new("TP-090", "functional single frame", Functional, "A single frame on the functional identifier is taken, and answered on the response identifier", Bus, FunctionalAsync),
        new("TP-091", "functional first frame", Functional, "A first frame on the functional identifier is ignored: no flow control", Bus, FunctionalFirstAsync),
        new("TP-092", "functional single frame during a reception", Functional, "A functional request without an answer does not end the reception of a physical one", Bus, FunctionalInReceptionAsync),
        new("TP-093", "functional consecutive frame during a reception", Functional, "A consecutive frame on the functional identifier does not belong to the message under way", Bus, FunctionalConsecutiveAsync),
        new("TP-094", "functional flow control", Functional, "A flow control on the functional identifier is ignored", Bus, FunctionalFlowAsync),
        new("TP-095", "frames of others in between", Addressing, "Frames with other identifiers between the frames of a message do not matter", Bus, ForeignAsync),
        new("TP-096", "identifier of the other format", Addressing, "The same number in the other identifier format is another identifier: nobody answers", Bus, OtherFormatAsync),
        new("TP-097", "neighbouring identifiers", Addressing, "Requests on the identifiers one below and one above are not answered by this ECU", Bus, NeighboursAsync),
        new("TP-098", "first frames in a row", Table, "Each of many first frames begins a reception anew; the last one's message is received", Bus, ManyFirstsAsync),
        new("TP-099", "requests back to back", "ISO 15765-2:2016 §9.8", "Fifty requests, each sent as soon as the one before is answered, are all answered once", Bus, BackToBackAsync),
        new("TP-100", "request after a message given up", Table, "After a message that was given up in the middle of a block a whole one is received at once", Bus, AfterBrokenAsync),
        new("TP-101", "long request, long response", "ISO 15765-2:2016 §9.6", "A request of several frames is taken right after a response of several frames", Bus, LongAfterLongAsync),
    ];

    private static async Task SingleInReceptionAsync(ConformanceScene scene)
    {
        SceneFrame flow = await scene.BeginMessageAsync(20);
        await scene.SendConsecutiveAsync(flow, 1);
        await scene.SendFrame(0x02, TesterPresent, 0x00);
        SceneFrame? answer = await scene.NextFrame(scene.AnswerMs());
        scene.Expect(answer is { Data: [0x02, 0x7E, 0x00, ..] }, "the single frame is answered: 02 7E 00", answer.Text());
        await scene.SendFrame(0x22, 0, 0, 0, 0, 0, 0, 0);
        await scene.ExpectNoFrameAsync("the message before it has ended");
    }

    private static async Task FirstInReceptionAsync(ConformanceScene scene)
    {
        await scene.SendConsecutiveAsync(await scene.BeginMessageAsync(20), 1);
        await scene.SendFrame(0x10, 13, TesterPresent, 0, 0, 0, 0, 0);
        SceneFrame? flow = await scene.NextFrame(scene.FlowMs());
        scene.Expect(flow is { Data: [0x30, ..] }, "flow control 30 to the second first frame", flow.Text());
        await scene.SendFrame(0x21, 0, 0, 0, 0, 0, 0, 0);
        await scene.ExpectRefusedLengthAsync("the second message is received");
        await scene.ExpectNoFrameAsync("and nothing else");
    }

    private static async Task ConsecutiveIdleAsync(ConformanceScene scene)
    {
        scene.Tester.Discard();
        for (byte head = 0x20; head <= 0x2F; head++)
        {
            await scene.SendFrame(head, TesterPresent, 0, 0, 0, 0, 0, 0);
        }

        await scene.ExpectNoFrameAsync("sixteen consecutive frames of nothing");
        await scene.ExpectAliveAsync();
    }

    private static Task FlowInReceptionAsync(ConformanceScene scene) => InReceptionAsync(scene, () => scene.SendFrame(0x32, 0x00, 0x00));

    private static Task UnknownInReceptionAsync(ConformanceScene scene) => InReceptionAsync(scene, () => scene.SendFrame(0x72, TesterPresent, 0x00));

    private static async Task InReceptionAsync(ConformanceScene scene, Func<Task> between)
    {
        await scene.BeginMessageAsync(20);
        await scene.SendFrame(0x21, 0, 0, 0, 0, 0, 0, 0);
        await between();
        await scene.SendFrame(0x22, 0, 0, 0, 0, 0, 0, 0);
        await scene.ExpectRefusedLengthAsync("the message is received");
    }

    private static async Task InTransmissionAsync(ConformanceScene scene, params byte[] frame)
    {
        const byte Slow = 20;
        int count = TransportScript.Consecutives(await scene.BeginResponseAsync(4));
        await scene.SendFrame(0x30, 0x00, Slow);
        await scene.ExpectConsecutivesAsync("the first", 1);
        await scene.SendFrame(frame);
        for (int sequence = 2; sequence <= count; sequence++)
        {
            SceneFrame? next = await scene.Tester.NextFrameAsync(2, scene.Profile.Transport.NCrMs);
            scene.Expect(next?.Data[0] == (0x20 | (sequence & 0x0F)), $"consecutive frame {sequence & 0x0F}", next.Text());
        }
    }

    private static async Task BeforeFlowAsync(ConformanceScene scene)
    {
        int count = TransportScript.Consecutives(await scene.BeginResponseAsync(2));
        await scene.SendFrame(0x02, TesterPresent, 0x80);
        await scene.PauseAsync(scene.Profile.Timing.P2Ms);
        await scene.SendFrame(0x30, 0x00, 0x00);
        await scene.ExpectConsecutivesAsync("the response", count);
    }

    private static uint FunctionalId(ConformanceScene scene) =>
        scene.Profile.Addressing.Functional ?? throw new NotApplicableException("the profile names no functional identifier");

    private static Task SendFunctional(ConformanceScene scene, params byte[] bytes) =>
        scene.Tester.SendFrameAsync(FunctionalId(scene), scene.Tester.Padded(bytes));

    private static async Task FunctionalAsync(ConformanceScene scene)
    {
        scene.Tester.Discard();
        await SendFunctional(scene, 0x02, TesterPresent, 0x00);
        SceneFrame? answer = await scene.NextFrame(scene.AnswerMs());
        scene.Expect(answer is { Data: [0x02, 0x7E, 0x00, ..] }, "02 7E 00", answer.Text());
    }

    private static async Task FunctionalFirstAsync(ConformanceScene scene)
    {
        scene.Tester.Discard();
        await SendFunctional(scene, 0x10, 0x14, TesterPresent, 0, 0, 0, 0, 0);
        await scene.ExpectNoFrameAsync("a first frame to all");
        await scene.ExpectAliveAsync();
    }

    private static async Task FunctionalInReceptionAsync(ConformanceScene scene)
    {
        FunctionalId(scene);
        await InReceptionAsync(scene, () => SendFunctional(scene, 0x02, TesterPresent, 0x80));
    }

    private static async Task FunctionalConsecutiveAsync(ConformanceScene scene)
    {
        FunctionalId(scene);
        await InReceptionAsync(scene, () => SendFunctional(scene, 0x22, 0, 0, 0, 0, 0, 0, 0));
    }

    private static async Task FunctionalFlowAsync(ConformanceScene scene)
    {
        FunctionalId(scene);
        int count = TransportScript.Consecutives(await scene.BeginResponseAsync(2));
        await SendFunctional(scene, 0x30, 0x00, 0x00);
        await scene.ExpectNoFrameAsync("after a flow control to all");
        await scene.SendFrame(0x30, 0x00, 0x00);
        await scene.ExpectConsecutivesAsync("after one for this ECU", count);
    }

    private static async Task ForeignAsync(ConformanceScene scene)
    {
        await scene.BeginMessageAsync(20);
        for (byte head = 0x21; head <= 0x22; head++)
        {
            await scene.Tester.SendFrameAsync(scene.Profile.Addressing.Request - 1, [0x10, 0x20, 0, 0, 0, 0, 0, 0]);
            await scene.Tester.SendFrameAsync(scene.Profile.Addressing.Request + 1, [0x2F, 0, 0, 0, 0, 0, 0, 0]);
            await scene.SendFrame(head, 0, 0, 0, 0, 0, 0, 0);
        }

        await scene.ExpectRefusedLengthAsync("the message is received");
    }

    private static async Task OtherFormatAsync(ConformanceScene scene)
    {
        AddressingProfile addressing = scene.Profile.Addressing;
        if (addressing.IsExtended && addressing.Request > 0x7FF)
        {
            scene.NotApplicable("the request identifier does not fit 11 bits");
        }

        scene.Tester.Discard();
        await scene.Tester.SendFrameAsync(addressing.Request, scene.Tester.Padded([0x02, TesterPresent, 0x00]), isExtended: !addressing.IsExtended);
        await scene.ExpectNoFrameAsync("a request in the other format");
        await scene.ExpectAliveAsync();
    }

    private static async Task NeighboursAsync(ConformanceScene scene)
    {
        const uint Legislated = 0x7DF; // ISO 15765-4: requests to all, whether or not the profile names it
        scene.Tester.Discard();
        foreach (uint identifier in new[] { scene.Profile.Addressing.Request - 1, scene.Profile.Addressing.Request + 1 })
        {
            if (identifier == scene.Profile.Addressing.Response || identifier == (scene.Profile.Addressing.Functional ?? Legislated))
            {
                continue;
            }

            await scene.Tester.SendFrameAsync(identifier, scene.Tester.Padded([0x02, TesterPresent, 0x00]));
            await scene.ExpectNoFrameAsync($"a request on {identifier:X3}");
        }

        await scene.ExpectAliveAsync();
    }

    private static async Task ManyFirstsAsync(ConformanceScene scene)
    {
        const int Many = 20;
        for (int i = 0; i < Many; i++)
        {
            await scene.BeginMessageAsync(20 + i);
        }

        await scene.BeginMessageAsync(13);
        await scene.SendFrame(0x21, 0, 0, 0, 0, 0, 0, 0);
        await scene.ExpectRefusedLengthAsync("the last message is received");
    }

    private static async Task BackToBackAsync(ConformanceScene scene)
    {
        const int Many = 50;
        scene.Tester.Discard();
        int answered = 0;
        for (int i = 0; i < Many; i++)
        {
            await scene.SendFrame(0x02, TesterPresent, 0x00);
            answered += await scene.NextFrame(scene.AnswerMs()) is { Data: [0x02, 0x7E, 0x00, ..] } ? 1 : 0;
        }

        scene.Expect(answered == Many, $"{Many} answers", $"{answered} answers");
        await scene.ExpectNoFrameAsync("and no other one");
    }

    private static async Task AfterBrokenAsync(ConformanceScene scene)
    {
        await scene.BeginMessageAsync(40);
        await scene.SendFrame(0x21, 0, 0, 0, 0, 0, 0, 0);
        await scene.SendFrame(0x23, 0, 0, 0, 0, 0, 0, 0);
        Exchange exchange = await scene.ExchangeAsync(TransportScript.Message(20));
        scene.Expect(exchange.Nrc is not null, "negative response to a tester present of 20 bytes", exchange.Text);
    }

    private static async Task LongAfterLongAsync(ConformanceScene scene)
    {
        (byte[] request, int length) = scene.LongRead(2);
        for (int i = 0; i < 2; i++)
        {
            Exchange read = await scene.ExchangeAsync(request);
            scene.Expect(read.Response?.Length == length, $"a response of {length} bytes", read.Text);
            Exchange refused = await scene.ExchangeAsync(TransportScript.Message(30));
            scene.Expect(refused.Nrc is not null, "negative response to a tester present of 30 bytes", refused.Text);
        }
    }
}
