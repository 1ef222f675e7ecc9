// The functional address, suppressed answers, and the times of answers.
// Clauses: ISO 14229-1:2020 §8.2.2, §8.7, ISO 14229-2:2013 §7.2.
// Tests: tests/host-sim/Conformance.
using EsyncSim.Attack;
using static EsyncSim.Conformance.CaseSteps;

namespace EsyncSim.Conformance;

/// <summary>Cases of addressing and timing.</summary>
internal static class SessionAddressingCases
{
    private const string Functional = "ISO 14229-1:2020 §8.7, functionally addressed requests";
    private const string Suppression = "ISO 14229-1:2020 §8.2.2";
    private const string Timing = "ISO 14229-2:2013 §7.2, P2server";
    private const ConformanceNeeds Bus = ConformanceNeeds.Bus;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new("DSL-030", "functional tester present", Functional, "3E 00 on the functional address is answered, from the ECU's own identifier", Bus, scene => TakenAsync(scene, [0x3E, 0x00], 0x7E, 0x00)),
        new("DSL-031", "functional tester present without an answer", Functional, "3E 80 on the functional address is not answered", Bus, scene => SilentAsync(scene, [0x3E, 0x80])),
        new("DSL-032", "functional: 11 is kept back", Functional, "An unknown service on the functional address is not answered", Bus, UnknownServiceAsync),
        new("DSL-033", "functional: 12 is kept back", Functional, "An unknown sub-function on the functional address is not answered", Bus, scene => SilentButPhysicalAsync(scene, [0x10, scene.UnknownSubFunction(scene.Profile.Service(0x10))], 0x12)),
        new("DSL-034", "functional: 31 is kept back", Functional, "An unknown data identifier on the functional address is not answered", Bus, OutOfRangeAsync),
        new("DSL-035", "functional: 7E is kept back", Functional, "A sub-function of another session on the functional address is not answered", Bus, scene => SilentButPhysicalAsync(scene, [0x10, scene.BarredSession()], 0x7E)),
        new("DSL-036", "functional: 7F is kept back", Functional, "A service of another session on the functional address is not answered", Bus, OtherSessionAsync),
        new("DSL-037", "functional: 13 is sent", Functional, "A wrong length on the functional address is answered by 13", Bus, WrongLengthAsync),
        new("DSL-038", "functional change of session without an answer", Functional, "10 83 on the functional address is done and not answered", Bus, SilentChangeAsync),
        new("DSL-039", "functional reading", Functional, "A data identifier that the ECU has is answered on the functional address too", Bus, ReadAsync),
        new("DSL-040", "after silence the next request is served", Functional, "A functional request that is not answered does not keep the next one back", Bus, NextAsync),
        new("DSL-041", "the suppress bit keeps no refusal back: 13", Suppression, "With the suppress bit a wrong length is answered by 13 all the same", Bus, scene => scene.ExpectNrcAsync("a byte too many", [0x10, Extended | Suppress, 0x00], 0x13)),
        new("DSL-042", "the suppress bit keeps no refusal back: 12", Suppression, "With the suppress bit an unknown sub-function is answered by 12 all the same", Bus, scene => scene.ExpectNrcAsync("an unknown sub-function", [0x3E, 0x7F | Suppress], 0x12)),
        new("DSL-043", "the suppress bit keeps no refusal back: 7E", Suppression, "With the suppress bit a sub-function of another session is answered by 7E all the same", Bus, scene => scene.ExpectNrcAsync("a session that cannot be entered from here", [0x10, (byte)(scene.BarredSession() | Suppress)], 0x7E)),
        new("DSL-044", "the answer repeats the sub-function without the suppress bit", Suppression, "The second byte of a positive answer is the sub-function", Bus, scene => scene.ExpectExactlyAsync("tester present", [0x3E, 0x00], 0x7E, 0x00)),
        new("DSL-050", "P2: tester present", Timing, "The answer, or a response pending, begins within P2server_max", Bus, scene => InTimeAsync(scene, [0x3E, 0x00])),
        new("DSL-051", "P2: change of session", Timing, "The answer to 10 begins within P2server_max", Bus, scene => InTimeAsync(scene, [0x10, Extended])),
        new("DSL-052", "P2: reading every data identifier", Timing, "The answer to 22, or a response pending, begins within P2server_max, whatever is read", Bus, ReadAllInTimeAsync),
        new("DSL-053", "P2: a refusal", Timing, "A negative answer begins within P2server_max too", Bus, scene => InTimeAsync(scene, [0x10, scene.UnknownSubFunction(scene.Profile.Service(0x10))])),
        new("DSL-054", "one request after the other", Timing, "A request that comes right behind an answer is served", Bus, BackToBackAsync),
        new("DSL-055", "one answer for each request", "ISO 14229-1:2020 §8.7", "After the final answer nothing more is sent", Bus, OnlyOneAsync),
        new("DSL-056", "response pending before a wrong key is refused", Timing, "Whatever has to be stored first, a wrong key is answered, or a response pending is sent, within P2server_max", ConformanceNeeds.Access, WrongKeyInTimeAsync),
    ];

    private static async Task TakenAsync(ConformanceScene scene, byte[] request, params byte[] begins) =>
        scene.ExpectBegin("on the functional address", await scene.ExchangeAsync(request, isFunctional: true), begins);

    private static async Task SilentAsync(ConformanceScene scene, byte[] request)
    {
        await scene.ExpectSilenceAsync("on the functional address", request, isFunctional: true);
        await scene.ExpectExactlyAsync("the next request", [0x3E, 0x00], 0x7E, 0x00);
    }

    private static async Task SilentButPhysicalAsync(ConformanceScene scene, byte[] request, byte nrc)
    {
        await SilentAsync(scene, request);
        await scene.ExpectNrcAsync("the same on the physical address", request, nrc);
    }

    private static Task UnknownServiceAsync(ConformanceScene scene) => SilentButPhysicalAsync(scene, [scene.UnknownService(), 0x01], 0x11);

    private static Task OutOfRangeAsync(ConformanceScene scene)
    {
        scene.Profile.Service(0x22);
        return SilentButPhysicalAsync(scene, [0x22, .. Two(scene.UnknownIdentifier())], 0x31);
    }

    private static Task OtherSessionAsync(ConformanceScene scene) =>
        SilentButPhysicalAsync(scene, [scene.ServiceMissingIn(Default, _ => true).Identifier, 0x01], 0x7F);

    private static async Task WrongLengthAsync(ConformanceScene scene)
    {
        Exchange exchange = await scene.ExchangeAsync([0x10], isFunctional: true);
        scene.Expect(exchange.Nrc == 0x13, "on the functional address: 10 without a session → NRC 13", exchange.Text);
    }

    private static async Task SilentChangeAsync(ConformanceScene scene)
    {
        await scene.ExpectSilenceAsync("on the functional address", [0x10, Extended | Suppress], isFunctional: true);
        await scene.ExpectSessionAsync(Extended, "then");
    }

    private static async Task ReadAsync(ConformanceScene scene)
    {
        await scene.GoForAsync(0x22);
        byte[] identifier = Two(scene.ReadableIn(scene.SessionOf(scene.Profile.Service(0x22))).Identifier);
        await TakenAsync(scene, [0x22, .. identifier], [0x62, .. identifier]);
    }

    private static async Task NextAsync(ConformanceScene scene)
    {
        for (int i = 0; i < 3; i++)
        {
            await scene.Tester.SendFunctionalAsync(new byte[] { 0x3E, 0x80 });
            await scene.ExpectExactlyAsync($"behind 3E 80 number {i + 1}", [0x3E, 0x00], 0x7E, 0x00);
        }
    }

    private static async Task InTimeAsync(ConformanceScene scene, byte[] request)
    {
        const int Times = 5;
        for (int i = 0; i < Times; i++)
        {
            scene.ExpectP2(await scene.ExchangeAsync(request));
        }
    }

    private static async Task ReadAllInTimeAsync(ConformanceScene scene)
    {
        await scene.GoForAsync(0x22);
        byte session = scene.SessionOf(scene.Profile.Service(0x22));
        scene.ReadableIn(session);
        foreach (DidProfile did in scene.Profile.Dids.Where(did => did.ReadSessions.Contains(session)))
        {
            scene.ExpectP2(await scene.ExchangeAsync([0x22, .. Two(did.Identifier)]));
        }
    }

    private static async Task BackToBackAsync(ConformanceScene scene)
    {
        const int Times = 20;
        int served = 0;
        for (int i = 0; i < Times; i++)
        {
            served += (await scene.ExchangeAsync([0x3E, 0x00])).IsPositive ? 1 : 0;
        }

        scene.Expect(served == Times, $"{Times} requests, each sent right behind the answer before: {Times} answers", $"{served} answers");
    }

    private static async Task OnlyOneAsync(ConformanceScene scene)
    {
        await scene.RequireAsync(0x3E, 0x00);
        SceneFrame? more = await scene.NextFrame(3 * scene.Profile.Timing.P2Ms);
        scene.Expect(more is null, "nothing after 7E 00", more?.Hex ?? "nothing");
        await scene.ExpectNrcAsync("a wrong length", [0x10], 0x13);
        more = await scene.NextFrame(3 * scene.Profile.Timing.P2Ms);
        scene.Expect(more is null, "nothing after the refusal", more?.Hex ?? "nothing");
    }

    private static async Task WrongKeyInTimeAsync(ConformanceScene scene)
    {
        SecurityAccessProfile access = scene.SecurityAccess();
        await scene.GoForAsync(0x27);
        byte[] seed = await scene.RequireAsync(0x27, access.Level);
        Exchange exchange = await scene.ExchangeAsync([0x27, (byte)(access.Level + 1), .. new byte[access.KeyLength ?? seed.Length - 2]]);
        scene.ExpectP2(exchange);
        scene.Expect(exchange.Nrc is 0x35 or 0x36, "a wrong key is refused", exchange.Text);
    }

    /// <summary>Expects that the answer, or the first response pending, came within P2server_max, and each further answer within P2*server_max.</summary>
    public static void ExpectP2(this ConformanceScene scene, Exchange exchange)
    {
        TimingProfile timing = scene.Profile.Timing;
        double first = exchange.Pendings.Count > 0 ? exchange.Pendings[0] : exchange.Ms;
        scene.ExpectMs($"{Answer.Hex(exchange.Request)}: the answer or a response pending", 0, timing.Late(timing.P2Ms), first);
        foreach (double ms in exchange.Pendings.Skip(1).Append(exchange.Pendings.Count > 0 ? exchange.Ms : 0))
        {
            scene.ExpectMs($"{Answer.Hex(exchange.Request)}: after a response pending", 0, timing.Late(timing.P2StarMs), ms);
        }
    }

    /// <summary>A service that no ECU has: of the ranges that ISO 14229-1 reserves.</summary>
    public static byte UnknownService(this ConformanceScene scene) => new byte[] { 0x00, 0x3F, 0x7E, 0x0A }.First(sid => !scene.Profile.Services.ContainsKey(sid));
}
