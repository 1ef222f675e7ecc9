// The life of an update: whole updates, trials, the ways back, resuming, answers that are the same when asked again.
// Clause: PROTOCOL.md, "Routines", "Transfer", "Banks".
// Tests: tests/host-sim/Conformance.
using EsyncAgent;
using EsyncSim.Attack;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Packages;
using static EsyncSim.Conformance.CaseSteps;
using static EsyncSim.Conformance.LifeCycleSteps;

namespace EsyncSim.Conformance;

/// <summary>Cases of whole updates.</summary>
internal static class LifeCycleCases
{
    private const string Banks = "PROTOCOL.md, \"Banks\"";
    private const string Routines = "PROTOCOL.md, \"Routines\"";
    private const string Transfer = "PROTOCOL.md, \"Transfer\"";
    private const string Timing = "ISO 14229-2:2013 §7.2, response pending";
    private const ConformanceNeeds Needs = ConformanceNeeds.Access | ConformanceNeeds.Programming | ConformanceNeeds.Destructive | ConformanceNeeds.Package | ConformanceNeeds.Reset;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new("LC-001", "a whole update", Banks, "Manifest, image, trial and confirmation bring the new version, confirmed", Needs, WholeAsync),
        new("LC-002", "a trial is no confirmation", Banks, "In the trial the new version runs and the former one is still the active one", Needs, TrialAsync),
        new("LC-003", "a trial that nobody confirms", Banks, "A trial that is not confirmed in time ends by itself, and the former version runs", Needs, UnconfirmedAsync),
        new("LC-004", "a trial that is reset too often", Banks, "When its starts are used up a trial ends, and the former version runs", Needs, StartsAsync),
        new("LC-005", "a trial is rolled back", Banks, "0213 in a trial and a reset bring the former version back", Needs, RollBackTrialAsync),
        new("LC-006", "a confirmed version is rolled back", Banks, "0213 after a confirmed update and a reset bring the version before it back", Needs, RollBackConfirmedAsync),
        new("LC-007", "rolling back without a way back", Banks, "0213 is refused when the other bank holds no image that was confirmed", Needs, NoWayBackAsync),
        new("LC-008", "confirming without a trial", Routines, "0212 is refused when no image is on trial", Needs, NoTrialAsync),
        new("LC-010", "37 again", Transfer, "37, repeated after the end, is answered by 77 again", Needs, ExitAgainAsync),
        new("LC-011", "FF01 again", Routines, "Check programming dependencies, repeated, gives the former result", Needs, scene => AgainAsync(scene, Check)),
        new("LC-012", "0211 again", Routines, "Activate, repeated, gives the former result", Needs, scene => AgainAsync(scene, Activate)),
        new("LC-013", "0212 again", Routines, "Confirm, repeated, gives the former result", Needs, ConfirmAgainAsync),
        new("LC-014", "0210 again", Routines, "Authenticate manifest, repeated, gives the former result", Needs, AuthenticateAgainAsync),
        new("LC-020", "a reset in the middle of a transfer", Transfer, "After a reset the ECU knows the first byte that it lacks; from there the transfer is finished, and the image is whole", Needs, scene => ResumeAsync(scene, isReset: true)),
        new("LC-021", "a change of session in the middle of a transfer", Transfer, "After a change of session the transfer is taken up where it was", Needs, scene => ResumeAsync(scene, isReset: false)),
        new("LC-022", "no reset by strangers in a trial", "PROTOCOL.md, \"Services\"; ISO 14229-1:2020 §10.3", "While an image is on trial 11 without access is refused by 33", Needs, StrangerAsync),
        new("LC-023", "preconditions", Routines, "0203 consents before an update and does not in a trial", Needs, PreconditionsAsync),
        new("LC-024", "no download in a trial", Banks, "While an image is on trial 34 and FF00 are refused by 22", Needs, NoDownloadAsync),
        new("LC-030", "a long routine: response pending in time", Timing, "Authenticating a manifest takes longer than P2: a response pending comes within P2server_max, the next and the result within P2*server_max", Needs, LongAsync),
        new("LC-031", "a long routine: response pendings do not flood", Timing, "Between two response pendings lie at least three tenths of P2*server_max", Needs, FloodAsync),
        new("LC-032", "a long routine without an answer", "ISO 14229-1:2020 §8.7", "After a response pending the final answer is sent although it was suppressed", Needs, SuppressedAsync),
        new("LC-033", "a request while another is served", "ISO 14229-1:2020 §8.7", "A second request meanwhile is refused by 21, or waits; the first is answered all the same", Needs, BusyAsync),
        new("LC-034", "a long request while another is served", "ISO 15765-2:2016 §9.6.5", "A first frame meanwhile is answered by a flow control, be it 'overflow' or 'wait'; the first request is answered all the same", Needs, LongAsideAsync),
    ];

    private static async Task WholeAsync(ConformanceScene scene)
    {
        await scene.TryOutAsync(scene.Package);
        Exchange confirmed = await scene.ConfirmAsync();
        scene.Expect(ResultOf(confirmed) == 0, "31 01 0212 → result 0000", Words(confirmed));
        await scene.ExpectRunsAsync("after the confirmation", Image(scene.Package).Version, isConfirmed: true);
        await scene.RebootAsync();
        await scene.ExpectRunsAsync("after another start", Image(scene.Package).Version, isConfirmed: true);
    }

    private static async Task TrialAsync(ConformanceScene scene)
    {
        VersionReport before = await scene.ReportAsync();
        await scene.TryOutAsync(scene.Package);
        await scene.ExpectRunsAsync("in the trial", Image(scene.Package).Version, isConfirmed: false);
        VersionReport now = await scene.ReportAsync();
        scene.Expect(now.ActiveBank == before.ActiveBank && now.RunningBank != now.ActiveBank, $"bank {before.ActiveBank} is the active one, the other one runs", $"bank {now.ActiveBank} is the active one, bank {now.RunningBank} runs");
    }

    private static async Task UnconfirmedAsync(ConformanceScene scene)
    {
        string former = await scene.VersionAsync();
        await scene.TryOutAsync(scene.Package);
        await scene.ExpectRunsAsync("in the trial", Image(scene.Package).Version, isConfirmed: false);
        await scene.Time.DelayMs(scene.LifeCycle().TrialMs * (100 + scene.Profile.Timing.TolerancePercent) / 100);
        await scene.AwaitPresenceAsync();
        await scene.ExpectRunsAsync("when the trial's time is over", former, isConfirmed: true);
    }

    private static async Task StartsAsync(ConformanceScene scene)
    {
        string former = await scene.VersionAsync();
        await scene.TryOutAsync(scene.Package);
        for (int i = 1; i < scene.LifeCycle().TrialStarts; i++)
        {
            await ResetAsync(scene);
            await scene.ExpectRunsAsync($"start {i + 1} of the trial", Image(scene.Package).Version, isConfirmed: false);
        }

        await ResetAsync(scene);
        await scene.ExpectRunsAsync("after its last start", former, isConfirmed: true);
    }

    private static async Task RollBackTrialAsync(ConformanceScene scene)
    {
        string former = await scene.VersionAsync();
        await scene.TryOutAsync(scene.Package);
        await scene.OpenExtendedAsync();
        await scene.ExpectDoneAsync("roll back", RollBack);
        await scene.RequireAsync(0x11, 0x01);
        await scene.AwaitPresenceAsync();
        await scene.ExpectRunsAsync("after the reset", former, isConfirmed: true);
    }

    private static async Task RollBackConfirmedAsync(ConformanceScene scene)
    {
        string former = await scene.VersionAsync();
        await scene.TryOutAsync(scene.Package);
        Exchange confirmed = await scene.ConfirmAsync();
        scene.Expect(ResultOf(confirmed) == 0, "31 01 0212 → result 0000", Words(confirmed));
        await scene.ExpectDoneAsync("roll back", RollBack);
        await scene.RequireAsync(0x11, 0x01);
        await scene.AwaitPresenceAsync();
        await scene.ExpectRunsAsync("after the reset", former, isConfirmed: true);
    }

    private static async Task NoWayBackAsync(ConformanceScene scene)
    {
        await scene.BindAsync(scene.Package);
        await scene.ExpectRefusedAsync("with the other bank erased", RollBack, 0x22, 0x31);
    }

    private static async Task NoTrialAsync(ConformanceScene scene)
    {
        await scene.BindAsync(scene.Package);
        await scene.ExpectRefusedAsync("with the other bank erased", Confirm, 0x22, 0x24);
    }

    private static async Task ExitAgainAsync(ConformanceScene scene)
    {
        await scene.BindAsync(scene.Package);
        Exchange sent = await scene.SendAsync(Image(scene.Package).Payload, scene.ImageAddress());
        scene.Expect(sent.Response is [0x77], "37 → 77", sent.Text);
        await scene.ExpectExactlyAsync("once more", [0x37], 0x77);
    }

    private static async Task AgainAsync(ConformanceScene scene, ushort routine)
    {
        await scene.InstallAsync(scene.Package);
        await scene.ExpectDoneAsync("once", routine);
        await scene.ExpectDoneAsync("once more", routine);
    }

    private static async Task ConfirmAgainAsync(ConformanceScene scene)
    {
        await scene.TryOutAsync(scene.Package);
        Exchange confirmed = await scene.ConfirmAsync();
        scene.Expect(ResultOf(confirmed) == 0, "31 01 0212 → result 0000", Words(confirmed));
        await scene.ExpectDoneAsync("once more", Confirm);
    }

    private static async Task AuthenticateAgainAsync(ConformanceScene scene)
    {
        await scene.GoForUpdateAsync();
        Exchange staged = await scene.StageAsync(Image(scene.Package).Envelope);
        scene.Expect(ResultOf(staged) == 0, "31 01 0210 → result 0000", Words(staged));
        await scene.ExpectDoneAsync("once more", Authenticate);
    }

    private static async Task ResumeAsync(ConformanceScene scene, bool isReset)
    {
        const int SettleMs = 500;
        UpdateImage image = Image(scene.Package);
        await scene.BindAsync(scene.Package);
        await scene.SendAsync(image.Payload, scene.ImageAddress(), bytesMax: image.Payload.Length / 2, isEnded: false);
        await scene.Time.Delay(SettleMs * VirtualTime.NsPerMs);
        if (isReset)
        {
            await scene.RebootAsync();
        }

        await scene.GoForUpdateAsync();
        ResumePoint point = await scene.Client.ReadResumePointAsync();
        bool isInside = point.IsOf(image) && point.NextByte > 0 && point.NextByte <= image.Payload.Length / 2 + (scene.Profile.Download!.BlockLength ?? 4095);
        scene.Expect(isInside, $"FD02: a byte after 0 and not after what was sent, {image.Payload.Length} bytes in all", $"byte {point.NextByte}, {point.TransferSize} bytes in all");
        Exchange rest = await scene.SendAsync(image.Payload[(int)Math.Min(point.NextByte, image.Payload.Length)..], scene.ImageAddress() + point.NextByte);
        scene.Expect(rest.Response is [0x77], "the rest is taken, 37 → 77", rest.Text);
        await scene.ExpectDoneAsync("the image is whole", Check);
    }

    private static async Task StrangerAsync(ConformanceScene scene)
    {
        await scene.TryOutAsync(scene.Package);
        await scene.GoAsync(Extended);
        await scene.ExpectNrcAsync("a reset without access", [0x11, 0x01], 0x33);
        await scene.ExpectRunsAsync("then", Image(scene.Package).Version, isConfirmed: false);
    }

    private static async Task PreconditionsAsync(ConformanceScene scene)
    {
        const ushort Preconditions = 0x0203;
        byte[] request = scene.Routine(Preconditions);
        await scene.GoAsync(Extended);
        await scene.ExpectPositiveAsync("before an update", request, 0x01, 0x02, 0x03, 0x01);
        await scene.TryOutAsync(scene.Package);
        await scene.GoAsync(Extended);
        Exchange exchange = await scene.ExchangeAsync(request);
        scene.Expect(exchange.Response is { Length: 6 } answer && answer[4] is 0x02 or 0x03, "in a trial: 71 01 0203 02 (postponed) or 03 (denied)", exchange.Text);
    }

    private static async Task NoDownloadAsync(ConformanceScene scene)
    {
        await scene.TryOutAsync(scene.Package);
        await scene.GoForUpdateAsync();
        await scene.ExpectNrcAsync("a manifest", scene.DownloadRequest(0x100), 0x22);
        await scene.ExpectNrcAsync("erase memory", scene.Routine(Erase), 0x22);
    }

    private static async Task<byte[]> StageForLongAsync(ConformanceScene scene)
    {
        await scene.GoForUpdateAsync();
        Exchange sent = await scene.SendAsync(Image(scene.Package).Envelope, scene.ManifestAddress());
        return sent.IsPositive ? scene.Routine(Authenticate) : throw new InconclusiveException($"the manifest could not be sent: {sent.Text}");
    }

    private static async Task LongAsync(ConformanceScene scene)
    {
        Exchange exchange = await scene.ExchangeAsync(await StageForLongAsync(scene));
        scene.ExpectP2(exchange);
        scene.Expect(ResultOf(exchange) == 0, "the final answer: result 0000", Words(exchange));
    }

    private static async Task FloodAsync(ConformanceScene scene)
    {
        Exchange exchange = await scene.ExchangeAsync(await StageForLongAsync(scene));
        double least = 0.3 * scene.Profile.Timing.P2StarMs;
        scene.Expect(exchange.Pendings.Skip(1).All(ms => ms >= least), FormattableString.Invariant($"response pendings at least {least:0} ms apart"), $"{exchange.Pendings.Count} response pendings{string.Concat(exchange.Pendings.Skip(1).Take(3).Select(ms => FormattableString.Invariant($", {ms:0.#} ms after the one before")))}");
        scene.Expect(ResultOf(exchange) == 0, "the final answer: result 0000", Words(exchange));
    }

    private static async Task SuppressedAsync(ConformanceScene scene)
    {
        byte[] request = await StageForLongAsync(scene);
        request[1] |= Suppress;
        Exchange exchange = await scene.ExchangeAsync(request);
        bool isMet = exchange.Pendings.Count == 0 ? exchange.Response is null : ResultOf(exchange) == 0;
        scene.Expect(isMet, exchange.Pendings.Count == 0 ? "no answer, since no response pending was sent" : "the final answer behind the response pending: result 0000", Words(exchange));
        await scene.ExpectExactlyAsync("the next request", [0x3E, 0x00], 0x7E, 0x00);
    }

    // Up to the response pending of a routine that is served.
    private static async Task BeginLongAsync(ConformanceScene scene)
    {
        byte[] request = await StageForLongAsync(scene);
        scene.Tester.Discard();
        await scene.Tester.SendAsync(request);
        byte[]? pending = await scene.Tester.ReceiveAsync((long)(2 * scene.Profile.Timing.Late(scene.Profile.Timing.P2Ms) * VirtualTime.NsPerMs));
        if (pending is not [0x7F, 0x31, 0x78])
        {
            scene.Inconclusive("the routine was answered without a response pending: it is not long enough to be disturbed");
        }
    }

    private static async Task LongAsideAsync(ConformanceScene scene)
    {
        await BeginLongAsync(scene);
        await scene.SendFrame(0x10, 0x14, 0x3E, 0x00, 0, 0, 0, 0);
        SceneFrame? flow = await scene.Tester.NextFrameAsync(3, scene.Profile.Timing.Late(scene.Profile.Transport.NBrMs));
        scene.Expect(flow is not null, "a flow control", flow?.Hex ?? "no flow control");
        byte[]? final = null;
        while (final is null or [0x7F, 0x31, 0x78] && await scene.Tester.ReceiveAsync((long)(1.2 * scene.Profile.Timing.Late(scene.Profile.Timing.P2StarMs) * VirtualTime.NsPerMs)) is { } answer)
        {
            final = answer;
        }

        scene.Expect(final is [0x71, 0x01, 0x02, 0x10, 0x00, 0x00], "the routine's answer: 71 01 02 10 00 00", final is null ? "no answer" : Answer.Hex(final));
    }

    private static async Task BusyAsync(ConformanceScene scene)
    {
        await BeginLongAsync(scene);
        await scene.Tester.SendAsync(new byte[] { 0x3E, 0x00 });
        byte[]? aside = null;
        byte[]? final = null;
        while (final is null && await scene.Tester.ReceiveAsync((long)(1.2 * scene.Profile.Timing.Late(scene.Profile.Timing.P2StarMs) * VirtualTime.NsPerMs)) is { } answer)
        {
            aside = answer is [0x7F, 0x3E, _] or [0x7E, 0x00] ? answer : aside;
            final = answer[0] == 0x71 || answer is [0x7F, 0x31, not 0x78] ? answer : null;
        }

        aside ??= await scene.Tester.ReceiveAsync((long)(2 * scene.Profile.Timing.Late(scene.Profile.Timing.P2Ms) * VirtualTime.NsPerMs));
        scene.Expect(final is [0x71, 0x01, 0x02, 0x10, 0x00, 0x00], "the routine's answer: 71 01 02 10 00 00", final is null ? "no answer" : Answer.Hex(final));
        scene.Expect(aside is [0x7F, 0x3E, 0x21] or [0x7E, 0x00], "3E 00 meanwhile: 7F 3E 21, or 7E 00 behind it", aside is null ? "no answer" : Answer.Hex(aside));
    }

    // With access, since others may not reset an ECU on trial.
    private static async Task ResetAsync(ConformanceScene scene)
    {
        await scene.OpenExtendedAsync();
        await scene.RequireAsync(0x11, 0x01);
        await scene.AwaitPresenceAsync();
    }
}
