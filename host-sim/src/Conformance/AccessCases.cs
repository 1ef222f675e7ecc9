// Services 27 and 29: seeds and keys, challenges and proofs, delays.
// Invariant: wrong keys are counted by the ECU; a case that sends some waits the delay off or is for a virtual ECU.
// Clauses: ISO 14229-1:2020 §10.4 (27), §10.6 (29).
// Tests: tests/host-sim/Conformance.
using EsyncSim.Attack;
using static EsyncSim.Conformance.CaseSteps;

namespace EsyncSim.Conformance;

/// <summary>Cases of access.</summary>
internal static class AccessCases
{
    private const string Security = "ISO 14229-1:2020 §10.4";
    private const string Authentication = "ISO 14229-1:2020 §10.6";
    private const ConformanceNeeds Bus = ConformanceNeeds.Bus;
    private const ConformanceNeeds Access = ConformanceNeeds.Access;
    private const int ChallengeAt = 21;
    private const int ChallengeEnd = 37;
    private const int TriesMax = 12;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new("ACC-001", "27: seed", Security, "The answer is 67, the level and a seed that is not zero, of the length that the profile tells", Bus, SeedAsync),
        new("ACC-002", "27: seeds differ", Security, "Seeds do not repeat", Bus, SeedsDifferAsync),
        new("ACC-003", "27: the right key opens", Security, "The right key is answered by 67 and its sub-function, and access is open", Access, OpenAsync),
        new("ACC-004", "27: seed of zeros when access is open", Security, "An open level answers a request for a seed by zeros", Access, ZeroSeedAsync),
        new("ACC-005", "27: wrong key", Security, "A wrong key is refused by 35 (36 when it was the last one that is allowed), and access stays closed", Access, WrongKeyAsync),
        new("ACC-006", "27: a seed serves once", Security, "After a wrong key the same seed does not serve again: a second key is refused by 24 or 36", Access, SeedOnceAsync),
        new("ACC-007", "27: key without a seed", Security, "A key without a seed is refused by 24", Bus, KeyWithoutSeedAsync),
        new("ACC-008", "27: delay", Security, "While the delay after a wrong key runs a seed is refused by 37", Access, DelayAsync),
        new("ACC-009", "27: the delay ends", Security, "When the delay is over a seed is given, and the right key opens", Access, DelayEndsAsync),
        new("ACC-010", "27: the delay grows or stays", Security, "A second wrong key does not shorten the delay; it is at least that of the profile", Access, DelayGrowsAsync),
        new("ACC-011", "27: the delay survives a reset", Security, "A reset does not end the delay", Access | ConformanceNeeds.Reset, DelayOverResetAsync),
        new("ACC-012", "27: key while the delay runs", Security, "A key without a seed while the delay runs is refused by 36 or 37", Access, KeyInDelayAsync),
        new("ACC-013", "27: key of another length", Security, "A key that is too long is refused by 13", Bus, KeyLengthAsync),
        new("ACC-014", "27: a change of session voids the seed", Security, "A seed does not serve in another session: 24", Access, SeedOverSessionAsync),
        new("ACC-015", "27: access at the functional address", Security, "What access guards does not open for functional requests: no positive answer", Access | ConformanceNeeds.Destructive, FunctionalAsync),
        new("ACC-030", "29: configuration", Authentication, "29 08 is answered by 69 08 and the kind of authentication: 04, challenge and response with symmetric keys, where the profile tells a device secret", Bus, ConfigurationAsync),
        new("ACC-031", "29: challenge", Authentication, "29 05 is answered by 69 05 00, the algorithm and a challenge with its length before it", Bus, ChallengeAsync),
        new("ACC-032", "29: challenges differ", Authentication, "Challenges do not repeat", Bus, ChallengesDifferAsync),
        new("ACC-033", "29: the right proof opens", Authentication, "The right proof is answered by 69 06 12, and access is open", Access, ProofAsync),
        new("ACC-034", "29: wrong proof", Authentication, "A wrong proof is refused by 58, and access stays closed", Access, WrongProofAsync),
        new("ACC-035", "29: proof without a challenge", Authentication, "A proof without a challenge is refused by 24", Access, ProofWithoutChallengeAsync),
        new("ACC-036", "29: a challenge serves once", Authentication, "A proof that was good is refused when it is sent again", Access, ReplayAsync),
        new("ACC-037", "29: deauthenticate", Authentication, "29 00 is answered by 69 00 10, and access is closed", Access, DeauthenticateAsync),
        new("ACC-038", "29: unknown algorithm", Authentication, "A challenge for an algorithm that the ECU does not have is refused by 31", Bus, UnknownAlgorithmAsync),
        new("ACC-039", "29: a request for a challenge that is too long", Authentication, "A byte too many is refused by 13", Bus, ChallengeLengthAsync),
        new("ACC-040", "29: a proof that is too short", Authentication, "A proof that lacks bytes is refused by 13 and does not open", Access, ShortProofAsync),
    ];

    private static async Task<byte[]> GoForSeedAsync(ConformanceScene scene)
    {
        byte level = scene.SecurityAccess().Level;
        await scene.GoForAsync(0x27);
        return await scene.RequireAsync(0x27, level);
    }

    private static byte[] KeyRequest(ConformanceScene scene, byte[] key) => [0x27, (byte)(scene.SecurityAccess().Level + 1), .. key];

    private static byte[] WrongKey(ConformanceScene scene, byte[] seedAnswer) => KeyRequest(scene, new byte[scene.SecurityAccess().KeyLength ?? seedAnswer.Length - 2]);

    // A key is known: cases about wrong ones open access at their end, so that the next case finds no delay.
    private static void RequireKey(ConformanceScene scene)
    {
        if (!scene.Access.CanUnlock)
        {
            scene.NotApplicable("the profile does not say how keys of service 27 are made");
        }
    }

    private static async Task SeedAsync(ConformanceScene scene)
    {
        byte[] answer = await GoForSeedAsync(scene);
        SecurityAccessProfile access = scene.SecurityAccess();
        bool isMet = answer.Length > 2 && answer[1] == access.Level && (access.SeedLength is null || answer.Length == 2 + access.SeedLength) && answer[2..].Any(value => value != 0);
        scene.Expect(isMet, $"67 {access.Level:X2} and a seed{(access.SeedLength is { } length ? $" of {length} bytes" : string.Empty)} that is not zero", $"{Answer.Hex(answer)}, {answer.Length} bytes");
    }

    private static async Task SeedsDifferAsync(ConformanceScene scene)
    {
        const int Count = 4;
        HashSet<string> seeds = [];
        for (int i = 0; i < Count; i++)
        {
            await scene.RequireAsync(0x10, Default);
            seeds.Add(Convert.ToHexString(await GoForSeedAsync(scene)));
        }

        scene.Expect(seeds.Count == Count, $"{Count} different seeds", $"{seeds.Count} different seeds");
    }

    private static async Task OpenAsync(ConformanceScene scene)
    {
        RequireKey(scene);
        byte session = await GoWhereGuardedAsync(scene);
        byte[] seed = await scene.RequireAsync(0x27, scene.SecurityAccess().Level);
        await scene.ExpectExactlyAsync("the right key", KeyRequest(scene, scene.Access.Key(seed[2..])), 0x67, (byte)(scene.SecurityAccess().Level + 1));
        await scene.ExpectOpenAsync(session);
    }

    private static async Task ZeroSeedAsync(ConformanceScene scene)
    {
        RequireKey(scene);
        await GoForSeedAsync(scene);
        string? refusal = await scene.Access.UnlockAsync(scene);
        scene.Expect(refusal is null, "access is open", refusal ?? "it is");
        Exchange again = await scene.ExchangeAsync([0x27, scene.SecurityAccess().Level]);
        scene.Expect(again.Response is { Length: > 2 } answer && answer[0] == 0x67 && answer[2..].All(value => value == 0), "a seed of zeros", again.Text);
    }

    private static async Task WrongKeyAsync(ConformanceScene scene)
    {
        RequireKey(scene);
        byte session = await GoWhereGuardedAsync(scene);
        byte[] seed = await scene.RequireAsync(0x27, scene.SecurityAccess().Level);
        await scene.ExpectNrcAsync("a wrong key", WrongKey(scene, seed), 0x35, 0x36);
        await scene.ExpectClosedAsync(session, "after a wrong key");
        await WorkOffAsync(scene);
    }

    private static async Task SeedOnceAsync(ConformanceScene scene)
    {
        RequireKey(scene);
        byte[] seed = await GoForSeedAsync(scene);
        await scene.ExpectNrcAsync("a wrong key", WrongKey(scene, seed), 0x35, 0x36);
        await scene.ExpectNrcAsync("the right key for the same seed", KeyRequest(scene, scene.Access.Key(seed[2..])), 0x24, 0x36);
        await WorkOffAsync(scene);
    }

    private static async Task KeyWithoutSeedAsync(ConformanceScene scene)
    {
        SecurityAccessProfile access = scene.SecurityAccess();
        await scene.GoForAsync(0x27);
        await scene.ExpectNrcAsync("a key", KeyRequest(scene, new byte[access.KeyLength ?? 4]), 0x24);
    }

    private static async Task DelayAsync(ConformanceScene scene)
    {
        await FailAsync(scene);
        await scene.ExpectNrcAsync("a seed", [0x27, scene.SecurityAccess().Level], 0x37);
        await WorkOffAsync(scene);
    }

    private static async Task DelayEndsAsync(ConformanceScene scene)
    {
        int delayMs = await FailAsync(scene);
        double ms = await AwaitSeedAsync(scene, delayMs * 2);
        scene.ExpectMs("from the wrong key to the next seed", 0, delayMs * (100 + scene.Profile.Timing.TolerancePercent) / 100.0, ms);
        string? refusal = await scene.Access.UnlockAsync(scene);
        scene.Expect(refusal is null, "the right key opens", refusal ?? "it does");
    }

    private static async Task DelayGrowsAsync(ConformanceScene scene)
    {
        int delayMs = await FailAsync(scene);
        double leastMs = delayMs * (100 - scene.Profile.Timing.TolerancePercent) / 100.0;
        double first = await AwaitSeedAsync(scene, delayMs * 4);
        await FailAsync(scene);
        double second = await AwaitSeedAsync(scene, delayMs * 4);
        scene.ExpectMs("the first delay", leastMs, delayMs * 4, first);
        scene.ExpectMs("the second delay", first - scene.Profile.Timing.ToleranceMs, delayMs * 4, second);
        if (scene.SecurityAccess().DelayMsMax > delayMs)
        {
            scene.Expect(second > first * 1.2, FormattableString.Invariant($"a longer one than the first, since the largest is {scene.SecurityAccess().DelayMsMax} ms"), FormattableString.Invariant($"{first:0} ms, then {second:0} ms"));
        }

        await WorkOffAsync(scene);
    }

    private static async Task DelayOverResetAsync(ConformanceScene scene)
    {
        await FailAsync(scene);
        await scene.RebootAsync();
        await scene.GoForAsync(0x27);
        await scene.ExpectNrcAsync("a seed after the reset", [0x27, scene.SecurityAccess().Level], 0x37);
        await WorkOffAsync(scene);
    }

    private static async Task KeyInDelayAsync(ConformanceScene scene)
    {
        await FailAsync(scene);
        await scene.ExpectNrcAsync("a key without a seed", KeyRequest(scene, new byte[scene.SecurityAccess().KeyLength ?? 4]), 0x36, 0x37);
        await WorkOffAsync(scene);
    }

    private static async Task KeyLengthAsync(ConformanceScene scene)
    {
        byte[] seed = await GoForSeedAsync(scene);
        await scene.ExpectNrcAsync("a byte too many", [.. WrongKey(scene, seed), 0x00], 0x13);
    }

    private static async Task SeedOverSessionAsync(ConformanceScene scene)
    {
        RequireKey(scene);
        byte[] seed = await GoForSeedAsync(scene);
        await scene.GoForAsync(0x27);
        await scene.ExpectNrcAsync("the right key after a change of session", KeyRequest(scene, scene.Access.Key(seed[2..])), 0x24);
    }

    private static async Task FunctionalAsync(ConformanceScene scene)
    {
        ServiceProfile guarded = scene.Profile.Services.Values.OrderBy(service => service.Identifier).FirstOrDefault(service => service.NeedsAccess && scene.GoodRequest(service.Identifier).Length <= 7)
            ?? throw new NotApplicableException("the profile names no service that needs access and fits a single frame");
        await scene.GoForAsync(guarded.Identifier);
        Exchange exchange = await scene.ExchangeAsync(scene.GoodRequest(guarded.Identifier), isFunctional: true);
        scene.Expect(!exchange.IsPositive, "no positive answer on the functional address", exchange.Text);
        scene.ExpectBegin("still there", await scene.ExchangeAsync([0x3E, 0x00]), 0x7E, 0x00);
    }

    private static async Task ConfigurationAsync(ConformanceScene scene)
    {
        AuthenticationProfile authentication = await GoForAuthenticationAsync(scene);
        Exchange exchange = await scene.ExchangeAsync([0x29, 0x08]);
        bool isMet = exchange.Response is [0x69, 0x08, var kind] && (authentication.Key != AccessKeyKind.Device || kind == 0x04);
        scene.Expect(isMet, "69 08 04", exchange.Text);
    }

    private static async Task ChallengeAsync(ConformanceScene scene)
    {
        AuthenticationProfile authentication = await GoForAuthenticationAsync(scene);
        Exchange exchange = await scene.ExchangeAsync([0x29, 0x05, 0x00, .. authentication.Algorithm]);
        scene.ExpectBegin("challenge", exchange, [0x69, 0x05, 0x00, .. authentication.Algorithm]);
        int length = exchange.Response is { Length: > ChallengeAt } answer ? (answer[ChallengeAt - 2] << 8) | answer[ChallengeAt - 1] : 0;
        scene.Expect(length > 0 && exchange.Response!.Length >= ChallengeAt + length, "a challenge behind its length", $"{exchange.Text}, length {length}");
    }

    private static async Task ChallengesDifferAsync(ConformanceScene scene)
    {
        const int Count = 4;
        AuthenticationProfile authentication = await GoForAuthenticationAsync(scene);
        HashSet<string> challenges = [];
        for (int i = 0; i < Count; i++)
        {
            byte[] answer = await scene.RequireAsync([0x29, 0x05, 0x00, .. authentication.Algorithm]);
            challenges.Add(Convert.ToHexString(answer.AsSpan(ChallengeAt)));
        }

        scene.Expect(challenges.Count == Count, $"{Count} different challenges", $"{challenges.Count} different challenges");
    }

    private static async Task ProofAsync(ConformanceScene scene)
    {
        byte session = await GoWhereGuardedAsync(scene);
        byte[] request = scene.Access.ProofRequest(await TakeChallengeAsync(scene), scene.Random(16));
        await scene.ExpectPositiveAsync("the right proof", request, 0x06, 0x12);
        await scene.ExpectOpenAsync(session);
    }

    private static async Task WrongProofAsync(ConformanceScene scene)
    {
        byte session = await GoWhereGuardedAsync(scene);
        byte[] request = scene.Access.ProofRequest(await TakeChallengeAsync(scene), scene.Random(16));
        request[20] ^= 0x01;
        await scene.ExpectNrcAsync("one bit of the proof is wrong", request, 0x58);
        await scene.ExpectClosedAsync(session, "after a wrong proof");
        await WorkOffProofAsync(scene);
    }

    private static async Task ProofWithoutChallengeAsync(ConformanceScene scene)
    {
        await GoForAuthenticationAsync(scene);
        await scene.ExpectNrcAsync("a proof", scene.Access.ProofRequest(new byte[16], scene.Random(16)), 0x24);
    }

    private static async Task ReplayAsync(ConformanceScene scene)
    {
        await GoForAuthenticationAsync(scene);
        byte[] request = scene.Access.ProofRequest(await TakeChallengeAsync(scene), scene.Random(16));
        await scene.ExpectPositiveAsync("the right proof", request, 0x06, 0x12);
        await scene.ExpectNrcAsync("the same again", request, 0x24);
    }

    private static async Task DeauthenticateAsync(ConformanceScene scene)
    {
        byte session = await GoWhereGuardedAsync(scene);
        string? refusal = await scene.Access.AuthenticateAsync(scene);
        scene.Expect(refusal is null, "access is open", refusal ?? "it is");
        await scene.ExpectExactlyAsync("deauthenticate", [0x29, 0x00], 0x69, 0x00, 0x10);
        await scene.ExpectClosedAsync(session, "then");
    }

    private static async Task UnknownAlgorithmAsync(ConformanceScene scene)
    {
        AuthenticationProfile authentication = await GoForAuthenticationAsync(scene);
        byte[] other = [.. authentication.Algorithm];
        other[^1] ^= 0x5A;
        await scene.ExpectNrcAsync("another algorithm", [0x29, 0x05, 0x00, .. other], 0x31);
    }

    private static async Task ChallengeLengthAsync(ConformanceScene scene)
    {
        AuthenticationProfile authentication = await GoForAuthenticationAsync(scene);
        await scene.ExpectNrcAsync("a byte too many", [0x29, 0x05, 0x00, .. authentication.Algorithm, 0x00], 0x13);
    }

    private static async Task ShortProofAsync(ConformanceScene scene)
    {
        await GoForAuthenticationAsync(scene);
        byte[] request = scene.Access.ProofRequest(await TakeChallengeAsync(scene), scene.Random(16));
        await scene.ExpectNrcAsync("half a proof", request[..36], 0x13);
    }

    private static async Task<AuthenticationProfile> GoForAuthenticationAsync(ConformanceScene scene)
    {
        AuthenticationProfile authentication = scene.Profile.Authentication ?? throw new NotApplicableException("the profile names no service 29");
        await scene.GoForAsync(0x29);
        return authentication;
    }

    private static async Task<byte[]> TakeChallengeAsync(ConformanceScene scene)
    {
        byte[] answer = await scene.RequireAsync([0x29, 0x05, 0x00, .. scene.Profile.Authentication!.Algorithm]);
        return answer.Length >= ChallengeEnd ? answer[ChallengeAt..ChallengeEnd] : throw new InconclusiveException("the challenge is shorter than 16 bytes");
    }

    // A session with 27 or 29 in which something needs access, so that open and closed can be told apart.
    private static async Task<byte> GoWhereGuardedAsync(ConformanceScene scene)
    {
        byte session = scene.GuardedSession();
        await scene.GoAsync(session);
        return session;
    }

    // A wrong key; gives the delay that follows the first one.
    private static async Task<int> FailAsync(ConformanceScene scene)
    {
        RequireKey(scene);
        int delayMs = scene.SecurityAccess().DelayMs ?? throw new NotApplicableException("the profile does not tell the delay after a wrong key (securityAccess.delayMs)");
        byte[] seed = await GoForSeedAsync(scene);
        await scene.ExpectNrcAsync("a wrong key", WrongKey(scene, seed), 0x35, 0x36);
        return delayMs;
    }

    private static async Task<double> AwaitSeedAsync(ConformanceScene scene, int mostMs)
    {
        const int StepMs = 50;
        long fromNs = scene.Time.NowNs;
        while (!(await scene.ExchangeAsync([0x27, scene.SecurityAccess().Level])).IsPositive)
        {
            if (scene.Time.NowNs - fromNs > mostMs * 1_000_000L)
            {
                return double.NaN;
            }

            await scene.Time.DelayMs(StepMs);
        }

        return (scene.Time.NowNs - fromNs) / 1e6;
    }

    // A good key forgives the wrong ones; until then the next case would meet their delay.
    private static async Task WorkOffAsync(ConformanceScene scene)
    {
        int stepMs = scene.SecurityAccess().DelayMs ?? 1000;
        for (int i = 0; i < TriesMax; i++)
        {
            await scene.GoForAsync(0x27);
            if (await scene.Access.UnlockAsync(scene) is null)
            {
                return;
            }

            await scene.Time.DelayMs(stepMs);
        }

        scene.Inconclusive("after a wrong key access could not be opened again: is the delay longer than the profile tells?");
    }

    private static async Task WorkOffProofAsync(ConformanceScene scene)
    {
        const int StepMs = 1000;
        for (int i = 0; i < TriesMax && await scene.Access.AuthenticateAsync(scene) is not null; i++)
        {
            await scene.Time.DelayMs(StepMs);
        }
    }
}
