// What transport cases share: waiting times from the profile, a message that every ECU answers, a response of several frames.
// Clause: ISO 15765-2:2016 §9.6, §9.7.
// Tests: tests/host-sim/Conformance.
using EsyncSim.Bus;

namespace EsyncSim.Conformance;

/// <summary>Steps of transport cases.</summary>
internal static class TransportScript
{
    /// <summary>Service of the requests of these cases.</summary>
    public const byte TesterPresent = 0x3E;

    private const int Sequences = 16;
    private const byte ReadData = 0x22;
    private const int IdentifiersMax = 3;
    private const int LengthWithoutWord = 64;

    /// <summary>A tester present of so many bytes: of two it is right, of any other number the service refuses its length.</summary>
    public static byte[] Message(int length)
    {
        byte[] message = new byte[length];
        message[0] = TesterPresent;
        return message;
    }

    /// <summary>The frame in words.</summary>
    public static string Text(this SceneFrame? frame) => frame is null ? "no frame" : frame.Hex;

    /// <summary>How long an answer is awaited: so long that a late one is told from none.</summary>
    public static double AnswerMs(this ConformanceScene scene) => 2 * scene.Profile.Timing.Late(scene.Profile.Timing.P2Ms);

    /// <summary>How long a flow control is awaited.</summary>
    public static double FlowMs(this ConformanceScene scene) => 2 * scene.Profile.Timing.Late(scene.Profile.Transport.NBrMs);

    /// <summary>When a timeout has run out for certain.</summary>
    public static double TimeoutMsMax(this ConformanceScene scene, int timeoutMs) =>
        (timeoutMs * (100 + scene.Profile.Timing.TolerancePercent) / 100.0) + scene.Profile.Timing.ToleranceMs;

    /// <summary>When a timeout has certainly not run out yet.</summary>
    public static double TimeoutMsMin(this ConformanceScene scene, int timeoutMs) => timeoutMs * (100 - scene.Profile.Timing.TolerancePercent) / 100.0;

    /// <summary>Lets milliseconds go by.</summary>
    public static async Task PauseAsync(this ConformanceScene scene, double ms) => await scene.Time.Delay((long)(ms * VirtualTime.NsPerMs));

    /// <summary>Expects that the ECU sends nothing for as long as an answer could take.</summary>
    public static async Task ExpectNoFrameAsync(this ConformanceScene scene, string what)
    {
        SceneFrame? frame = await scene.NextFrame(scene.AnswerMs());
        scene.Expect(frame is null, $"{what}: no frame", frame.Text());
    }

    /// <summary>Expects that the next request is served.</summary>
    public static async Task ExpectAliveAsync(this ConformanceScene scene) =>
        await scene.ExpectPositiveAsync("the next request is taken", [TesterPresent, 0x00], 0x00);

    /// <summary>The longest request; the case does not apply when the profile does not name it.</summary>
    public static int RequestLengthMax(this ConformanceScene scene) =>
        scene.Profile.Transport.RequestLengthMax ?? throw new NotApplicableException("the profile does not name the longest request (transport.requestLengthMax)");

    /// <summary>The case does not apply when the ECU takes no request of this length, as far as is known.</summary>
    public static void RequireRequestLength(this ConformanceScene scene, int length)
    {
        if (length > LengthWithoutWord && length > scene.RequestLengthMax())
        {
            scene.NotApplicable($"the ECU takes no request of {length} bytes");
        }
    }

    /// <summary>The case does not apply when the profile does not say that frames of fewer than eight bytes are taken.</summary>
    public static void RequireShortFrames(this ConformanceScene scene)
    {
        if (!scene.Profile.Addressing.TakesShortFrames)
        {
            scene.NotApplicable("the profile does not say that the ECU takes frames of fewer than eight bytes (addressing.takesShortFrames)");
        }
    }

    /// <summary>Begins a tester present of several frames; gives the flow control. The case is inconclusive when none comes.</summary>
    public static async Task<SceneFrame> BeginMessageAsync(this ConformanceScene scene, int length)
    {
        scene.Tester.Discard();
        await scene.SendFrame((byte)(0x10 | (length >> 8)), (byte)length, TesterPresent, 0, 0, 0, 0, 0);
        return await scene.NextFrame(scene.FlowMs()) is { Data: [0x30, _, _, ..] } flow
            ? flow
            : throw new InconclusiveException("the first frame of a request was not answered by a flow control 'continue to send'");
    }

    /// <summary>
    /// Sends the consecutive frame with this number, from 1, of a message that began with <paramref name="flow"/>, and takes the flow control
    /// that ends a block; the case is inconclusive when it does not come.
    /// </summary>
    public static async Task SendConsecutiveAsync(this ConformanceScene scene, SceneFrame flow, int number)
    {
        await scene.SendFrame((byte)(0x20 | (number % Sequences)), 0, 0, 0, 0, 0, 0, 0);
        if (flow.Data[1] != 0 && number % flow.Data[1] == 0 && await scene.NextFrame(scene.FlowMs()) is not { Data: [0x30, ..] })
        {
            scene.Inconclusive("a block of a request was not answered by a flow control 'continue to send'");
        }
    }

    /// <summary>Expects the negative response to a tester present of a wrong length.</summary>
    public static async Task ExpectRefusedLengthAsync(this ConformanceScene scene, string what)
    {
        SceneFrame? answer = await scene.Tester.NextFrameAsync(0, scene.AnswerMs());
        scene.Expect(answer is { Data: [0x03, 0x7F, TesterPresent, _, ..] }, $"{what}: 03 7F 3E …", answer.Text());
    }

    /// <summary>A request of one frame whose response has so many consecutive frames at least, and the response's length; the case does not apply when the profile names none.</summary>
    public static (byte[] Request, int Length) LongRead(this ConformanceScene scene, int consecutives)
    {
        const byte Default = 1;
        DidProfile[] dids =
        [
            .. scene.Profile.Dids.Where(did => did.Length is not null && did.ReadSessions.Contains(Default)).OrderByDescending(did => did.Length).Take(IdentifiersMax),
        ];
        for (int count = 1; count <= dids.Length; count++)
        {
            int length = 1 + dids.Take(count).Sum(did => 2 + did.Length!.Value);
            if (length > 6 + (7 * (consecutives - 1)))
            {
                return ([ReadData, .. dids.Take(count).SelectMany(did => new[] { (byte)(did.Identifier >> 8), (byte)did.Identifier })], length);
            }
        }

        throw new NotApplicableException($"the profile names no records of known length, readable in the default session, whose response has {consecutives} consecutive frames");
    }

    /// <summary>Asks for a response of several frames and takes its first frame; gives the response's length. The case is inconclusive when it does not come.</summary>
    public static async Task<int> BeginResponseAsync(this ConformanceScene scene, int consecutives)
    {
        (byte[] request, int length) = scene.LongRead(consecutives);
        scene.Tester.Discard();
        await scene.SendFrame([(byte)request.Length, .. request]);
        SceneFrame first = await scene.NextFrame(scene.AnswerMs()) ?? throw new InconclusiveException("the request for a long response was not answered");
        return first.Kind == 1 && (((first.Data[0] & 0x0F) << 8) | first.Data[1]) == length
            ? length
            : throw new InconclusiveException($"the long response has another length than the profile says: {first.Hex}");
    }

    /// <summary>Consecutive frames of a message.</summary>
    public static int Consecutives(int length) => (length - 6 + 6) / 7;

    /// <summary>Expects consecutive frames, in order from a sequence number on; gives those that came.</summary>
    public static async Task<IReadOnlyList<SceneFrame>> ExpectConsecutivesAsync(this ConformanceScene scene, string what, int count, int sequence = 1, double? waitMs = null)
    {
        List<SceneFrame> frames = [];
        for (int i = 0; i < count; i++)
        {
            if (await scene.NextFrame(waitMs ?? scene.Profile.Transport.NCrMs) is not { } frame)
            {
                break;
            }

            frames.Add(frame);
            if (frame.Data[0] != (0x20 | ((sequence + i) % Sequences)))
            {
                break;
            }
        }

        bool isMet = frames.Count == count && (count == 0 || frames[^1].Data[0] == (0x20 | ((sequence + count - 1) % Sequences)));
        scene.Expect(isMet, $"{what}: {count} consecutive frames from {sequence % Sequences} on", frames.Count == 0 ? "no frame" : $"{frames.Count}, the last one {frames[^1].Hex}");
        return frames;
    }
}
