// ISO 15765-2, the ECU as receiver of requests: single frames, first frames, its flow control, consecutive frames.
// The request is tester present (3E 00): every ECU has it, and a wrong length of it is answered too (NRC 13), so that
// messages of any length can be sent without knowing a single record of the ECU.
// Clause: ISO 15765-2:2016 §9.6.2 to §9.6.5, §9.8.
// Tests: tests/host-sim/Conformance.
namespace EsyncSim.Conformance;

/// <summary>Cases of the ECU's reception.</summary>
internal static class TransportReceptionCases
{
    private const byte TesterPresent = 0x3E;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new("TP-001", "single frame of two bytes", "ISO 15765-2:2016 §9.6.2", "A single frame whose length fits is taken, and the request in it is answered", ConformanceNeeds.Bus, SingleAsync),
        new("TP-020", "flow control after a first frame", "ISO 15765-2:2016 §9.6.5", "A first frame is answered by a flow control 'continue to send' within N_Br", ConformanceNeeds.Bus, FlowControlAsync),
        new("TP-030", "wrong sequence number", "ISO 15765-2:2016 §9.6.4.4", "A consecutive frame with a wrong sequence number ends the reception without an answer; the next request is taken", ConformanceNeeds.Bus, WrongSequenceAsync),
    ];

    private static async Task SingleAsync(ConformanceScene scene)
    {
        scene.Tester.Discard();
        SceneFrame sent = await scene.SendFrame(0x02, TesterPresent, 0x00);
        SceneFrame? answer = await scene.NextFrame(scene.Profile.Timing.Late(scene.Profile.Timing.P2Ms));
        scene.Expect(answer is { Data: [0x02, 0x7E, 0x00, ..] }, "single frame 02 7E 00", answer?.Hex ?? "no frame");
        scene.ExpectMs("from the request's end to the answer's end", 0, scene.Profile.Timing.Late(scene.Profile.Timing.P2Ms), answer?.MsAfter(sent.AtNs) ?? double.NaN);
    }

    private static async Task FlowControlAsync(ConformanceScene scene)
    {
        scene.Tester.Discard();
        SceneFrame first = await scene.SendFrame(0x10, 0x0A, TesterPresent, 0x00, 0, 0, 0, 0);
        SceneFrame? flow = await scene.NextFrame(1000);
        scene.Expect(flow is { Data: [0x30, _, _, ..] }, "flow control 30 BS STmin", flow?.Hex ?? "no frame");
        scene.ExpectMs("from the first frame's end", 0, scene.Profile.Timing.Late(scene.Profile.Transport.NBrMs), flow?.MsAfter(first.AtNs) ?? double.NaN);
    }

    private static async Task WrongSequenceAsync(ConformanceScene scene)
    {
        scene.Tester.Discard();
        await scene.SendFrame(0x10, 0x14, TesterPresent, 0x00, 0, 0, 0, 0);
        if (await scene.NextFrame(1000) is not { Data: [0x30, ..] })
        {
            scene.Inconclusive("the first frame was not answered by a flow control");
        }

        await scene.SendFrame(0x22, 0, 0, 0, 0, 0, 0, 0);
        await scene.SendFrame(0x21, 0, 0, 0, 0, 0, 0, 0);
        await scene.SendFrame(0x22, 0, 0, 0, 0, 0, 0, 0);
        SceneFrame? answer = await scene.NextFrame(2 * scene.Profile.Timing.Late(scene.Profile.Timing.P2Ms));
        scene.Expect(answer is null, "no frame", answer?.Hex ?? "no frame");
        await scene.ExpectPositiveAsync("the next request", [TesterPresent, 0x00], 0x00);
    }
}
