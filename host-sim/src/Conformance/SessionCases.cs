// Sessions: entering and leaving them, what the answer says, S3, and what a change of session takes away.
// Clauses: ISO 14229-1:2020 §10.2, ISO 14229-2:2013 §7.2.
// Tests: tests/host-sim/Conformance.
using EsyncSim.Attack;
using static EsyncSim.Conformance.CaseSteps;

namespace EsyncSim.Conformance;

/// <summary>Cases of sessions.</summary>
internal static class SessionCases
{
    private const string Clause = "ISO 14229-1:2020 §10.2";
    private const string S3Clause = "ISO 14229-2:2013 §7.2, S3server";
    private const ConformanceNeeds Bus = ConformanceNeeds.Bus;
    private const ConformanceNeeds Access = ConformanceNeeds.Access;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new("DSL-001", "P2 in the answer to a change of session", Clause, "The answer to 10 has six bytes; P2server_max is in milliseconds and is that of the profile", Bus, scene => TimingAsync(scene, 2, 1, scene.Profile.Timing.P2Ms)),
        new("DSL-002", "P2* in the answer to a change of session", Clause, "The answer to 10 has six bytes; P2*server_max is in units of 10 ms and is that of the profile", Bus, scene => TimingAsync(scene, 4, 10, scene.Profile.Timing.P2StarMs)),
        new("DSL-003", "default session at the start", Clause, "An ECU that has just started is in the default session", ConformanceNeeds.Reset, AtStartAsync),
        new("DSL-004", "extended session", Clause, "10 03 enters the extended session", Bus, scene => EnterAsync(scene, Extended)),
        new("DSL-005", "programming session", Clause, "10 02, asked for in a session that allows it, enters the programming session", ConformanceNeeds.Programming, scene => EnterAsync(scene, Programming)),
        new("DSL-006", "back to the default session", Clause, "10 01 leaves the extended session", Bus, BackAsync),
        new("DSL-007", "the active session once more", Clause, "A session that is active already can be asked for again", Bus, AgainAsync),
        new("DSL-008", "a session that does not exist", Clause, "An unknown session is refused by 12, and the active one stays", Bus, UnknownAsync),
        new("DSL-009", "a session that cannot be entered from here", Clause, "A session that is not allowed from the active one is refused by 7E, and the active one stays", Bus, NotFromHereAsync),
        new("DSL-010", "change of session without an answer", Clause, "With the suppress bit the session is entered and no answer is sent", Bus, SuppressedAsync),
        new("DSL-011", "S3 does not run out early", S3Clause, "A session stays for at least S3server after the last request", Bus, NotEarlyAsync),
        new("DSL-012", "S3 runs out", S3Clause, "Without a request for S3server the session ends, and the default session begins", Bus, RunsOutAsync),
        new("DSL-013", "tester present keeps the session", S3Clause, "3E 00 starts S3server anew", Bus, scene => KeepAsync(scene, [0x3E, 0x00], isFunctional: false)),
        new("DSL-014", "tester present without an answer keeps the session", S3Clause, "3E 80 starts S3server anew", Bus, scene => KeepAsync(scene, [0x3E, 0x80], isFunctional: false)),
        new("DSL-015", "functional tester present keeps the session", S3Clause, "3E 80 on the functional address starts S3server anew", Bus, scene => KeepAsync(scene, [0x3E, 0x80], isFunctional: true)),
        new("DSL-016", "a request that is refused keeps the session", S3Clause, "A request with a negative answer starts S3server anew as well", Bus, scene => KeepAsync(scene, [0x10, scene.UnknownSubFunction(scene.Profile.Service(0x10))], isFunctional: false)),
        new("DSL-017", "access ends with S3", S3Clause, "When S3server runs out, access is closed", Access, AccessAtS3Async),
        new("DSL-018", "access ends with a change of session", Clause, "Entering a session, the active one included, closes access", Access, scene => AccessAtChangeAsync(scene, isBack: false)),
        new("DSL-019", "access ends with the default session", Clause, "The default session closes access", Access, scene => AccessAtChangeAsync(scene, isBack: true)),
        new("DSL-020", "default session after a reset", "ISO 14229-1:2020 §10.3", "After ECUReset the ECU is in the default session", ConformanceNeeds.Reset, AfterResetAsync),
        new("DSL-021", "no session without a change", Clause, "A refused change of session (13) leaves the session as it is", Bus, RefusedAsync),
        new("DSL-022", "the session is the same at both addresses", S3Clause, "A session that was entered on the functional address is there for physical requests", Bus, BothAddressesAsync),
    ];

    private static async Task TimingAsync(ConformanceScene scene, int at, int unitMs, int expectedMs)
    {
        Exchange exchange = await scene.ExchangeAsync(scene.GoodRequest(0x10));
        int came = exchange.Response is { Length: 6 } answer ? ((answer[at] << 8) | answer[at + 1]) * unitMs : -1;
        scene.Expect(exchange.IsPositive && came == expectedMs, $"an answer of six bytes whose bytes {at + 1} and {at + 2} say {expectedMs} ms", came < 0 ? exchange.Text : $"{exchange.Text}: {came} ms");
    }

    private static async Task AtStartAsync(ConformanceScene scene)
    {
        await scene.RebootAsync();
        await scene.ExpectSessionAsync(Default, "after the start");
    }

    private static async Task EnterAsync(ConformanceScene scene, byte session)
    {
        if (!scene.Profile.Service(0x10).SubFunctions.ContainsKey(session))
        {
            scene.NotApplicable($"the profile names no session {session:X2}");
        }

        if (session == Programming)
        {
            await scene.GoAsync(Extended);
        }

        scene.ExpectBegin("change of session", await scene.ExchangeAsync([0x10, session]), 0x50, session);
        await scene.ExpectSessionAsync(session, "then");
    }

    private static async Task BackAsync(ConformanceScene scene)
    {
        await scene.GoAsync(Extended);
        scene.ExpectBegin("change of session", await scene.ExchangeAsync([0x10, Default]), 0x50, Default);
        await scene.ExpectSessionAsync(Default, "then");
    }

    private static async Task AgainAsync(ConformanceScene scene)
    {
        scene.ExpectBegin("default session in the default session", await scene.ExchangeAsync([0x10, Default]), 0x50, Default);
        await scene.GoAsync(Extended);
        scene.ExpectBegin("extended session in the extended session", await scene.ExchangeAsync([0x10, Extended]), 0x50, Extended);
        await scene.ExpectSessionAsync(Extended, "then");
    }

    private static async Task UnknownAsync(ConformanceScene scene)
    {
        await scene.GoAsync(Extended);
        await scene.ExpectNrcAsync("a session that does not exist", [0x10, scene.UnknownSubFunction(scene.Profile.Service(0x10))], 0x12);
        await scene.ExpectSessionAsync(Extended, "then");
    }

    private static async Task NotFromHereAsync(ConformanceScene scene)
    {
        byte barred = scene.BarredSession();
        await scene.ExpectNrcAsync("from the default session", [0x10, barred], 0x7E);
        await scene.ExpectSessionAsync(Default, "then");
    }

    private static async Task SuppressedAsync(ConformanceScene scene)
    {
        await scene.ExpectSilenceAsync("change of session without an answer", [0x10, Extended | Suppress]);
        await scene.ExpectSessionAsync(Extended, "then");
    }

    private static async Task NotEarlyAsync(ConformanceScene scene)
    {
        await scene.GoAsync(Extended);
        await scene.Time.DelayMs(S3(scene) * (100 - scene.Profile.Timing.TolerancePercent) / 100);
        await scene.ExpectSessionAsync(Extended, "shortly before S3server has run out");
    }

    private static async Task RunsOutAsync(ConformanceScene scene)
    {
        await scene.GoAsync(Extended);
        await scene.Time.DelayMs(S3(scene) * (100 + scene.Profile.Timing.TolerancePercent) / 100);
        await scene.ExpectSessionAsync(Default, "after S3server has run out");
    }

    private static async Task KeepAsync(ConformanceScene scene, byte[] request, bool isFunctional)
    {
        const int Times = 4;
        await scene.GoAsync(Extended);
        for (int i = 0; i < Times; i++)
        {
            await scene.Time.DelayMs(S3(scene) / 2);
            await scene.ExchangeAsync(request, isFunctional);
        }

        await scene.Time.DelayMs(S3(scene) / 2);
        await scene.ExpectSessionAsync(Extended, $"after {Answer.Hex(request)} {(isFunctional ? "on the functional address " : string.Empty)}every {S3(scene) / 2} ms");
    }

    // Asked without entering the session anew, which would close access itself: what answers is 7F, since the default session has begun.
    private static async Task AccessAtS3Async(ConformanceScene scene)
    {
        byte session = await scene.OpenSomewhereAsync();
        await scene.Time.DelayMs(S3(scene) * (100 + scene.Profile.Timing.TolerancePercent) / 100);
        await scene.ExpectNrcAsync("after S3server has run out access is closed", scene.GuardedRequest(session), 0x33, 0x7F);
    }

    private static async Task AccessAtChangeAsync(ConformanceScene scene, bool isBack)
    {
        byte session = await scene.OpenSomewhereAsync();
        if (isBack)
        {
            await scene.RequireAsync(0x10, Default);
            await scene.GoAsync(session);
        }
        else
        {
            await scene.RequireAsync(0x10, session);
        }

        await scene.ExpectClosedAsync(session, isBack ? "after the default session" : "after entering the session again");
    }

    private static async Task AfterResetAsync(ConformanceScene scene)
    {
        await scene.GoForAsync(0x11);
        await scene.GoAsync(Extended);
        await scene.RequireAsync(0x11, 0x01);
        await scene.AwaitPresenceAsync();
        await scene.ExpectSessionAsync(Default, "after the reset");
    }

    private static async Task RefusedAsync(ConformanceScene scene)
    {
        await scene.ExpectNrcAsync("a byte too many", [0x10, Extended, 0x00], 0x13);
        await scene.ExpectSessionAsync(Default, "then");
    }

    private static async Task BothAddressesAsync(ConformanceScene scene)
    {
        scene.ExpectBegin("on the functional address", await scene.ExchangeAsync([0x10, Extended], isFunctional: true), 0x50, Extended);
        await scene.ExpectSessionAsync(Extended, "on the physical address");
    }

    /// <summary>A session that cannot be entered from the default one.</summary>
    public static byte BarredSession(this ConformanceScene scene)
    {
        byte barred = scene.Profile.Service(0x10).SubFunctions.Where(one => !one.Value.Contains(Default)).Select(one => one.Key).FirstOrDefault();
        if (barred == 0)
        {
            scene.NotApplicable("the profile names no session that cannot be entered from the default one");
        }

        return barred;
    }

    private static int S3(ConformanceScene scene) => scene.Profile.Timing.S3Ms ?? throw new NotApplicableException("the profile does not tell S3server (timing.s3Ms)");
}
