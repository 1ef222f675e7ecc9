// Attacks on access: proofs used twice, guessed, crossed or left out; and provisioning once more.
// The attacker knows the ECU's secret where a defence must hold even then: a proof that is right and out of place.
// Clause: PROTOCOL.md, "Access", "Provisioning"; ISO 14229-1:2020 §10.4, §10.6.
// Tests: tests/host-sim/Attack.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Signing;

namespace EsyncSim.Attack;

/// <summary>Attacks on access.</summary>
internal static class AccessAttacks
{
    private const int GuessMs = 120_000;

    // Delays of 1, 2, 4, 8, 16, 32 and 60 s begin within two minutes, each after one wrong proof; one guess of reserve.
    private const int GuessesMax = 8;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<AttackCase> All { get; } =
    [
        new("access-without-proof", AttackOrigin.Gateway, "Every service and routine that changes the ECU, without access", AttackNeeds.Bus, AttackTrace.Nothing, WithoutProofAsync),
        new("session-bypass", AttackOrigin.Gateway, "Keep access over a change of session, into the same one, and over its end by time", AttackNeeds.Secret, AttackTrace.Nothing, SessionBypassAsync),
        new("replayed-proof-29", AttackOrigin.Design, "A proof of service 29 that was heard: again, in another session, for another challenge", AttackNeeds.Secret, AttackTrace.Nothing, Replay29Async),
        new("replayed-proof-27", AttackOrigin.Design, "A key of service 27 that was heard: again, in another session, for another seed", AttackNeeds.Secret, AttackTrace.Nothing, Replay27Async),
        new("access-crossed", AttackOrigin.Gateway, "Service 27 while a challenge of 29 is outstanding, and the other way round", AttackNeeds.Secret, AttackTrace.Nothing, CrossedAsync),
        new("brute-force-over-resets", AttackOrigin.Design, "Guess proofs for two minutes and reset the ECU after each, to get rid of the delay", AttackNeeds.Bus, AttackTrace.Nothing, GuessAsync)
        {
            Limit = "the count that survives a reset is in flash; an attacker who can write the flash is not met here",
        },
        new("second-provisioning", AttackOrigin.Gateway, "Provision the ECU once more, with a secret and keys of the attacker", AttackNeeds.Secret, AttackTrace.Nothing, ProvisionAsync),
        new("silenced-diagnostics", AttackOrigin.Gateway, "Switch off DTCs and communication by 85 and 28, then try a wrong proof unseen", AttackNeeds.Secret, AttackTrace.Nothing, SilenceAsync),
    ];

    private static async Task WithoutProofAsync(AttackScene scene)
    {
        (string Name, byte[] Request, bool IsService)[] requests =
        [
            ("write fingerprint", [0x2E, 0xF1, 0x5A, 0x26, 0x01, 0x01, 1, 2, 3, 4, 5, 6], true),
            ("download an envelope", AttackScene.Download(AttackScene.Staging, 256), true),
            ("download an image", AttackScene.Download(AttackScene.Bank, 4096), true),
            ("transfer data", [0x36, 0x01, 0xAA, 0xBB], true),
            ("transfer exit", [0x37], true),
            ("authenticate manifest", AttackScene.Routine(0x0210), false),
            ("activate", AttackScene.Routine(0x0211), false),
            ("confirm", AttackScene.Routine(0x0212), false),
            ("roll back", AttackScene.Routine(0x0213), false),
            ("install trust manifest", AttackScene.Routine(0x0214), false),
            ("install collection rules", AttackScene.Routine(0x0215), false),
            ("read reports", AttackScene.Routine(0x0230), false),
            ("acknowledge reports", AttackScene.Routine(0x0231), false),
            ("set time", AttackScene.Routine(0x0232), false),
            ("erase", AttackScene.Routine(0xFF00), false),
            ("check dependencies", AttackScene.Routine(0xFF01), false),
        ];
        foreach ((string name, byte[] request, bool _) in requests)
        {
            await scene.ExpectAsync($"{name}, default session", request, Answer.Nrc(Nrc.ServiceNotSupportedInActiveSession));
        }

        await scene.EnterAsync(DcmSession.Programming);
        foreach ((string name, byte[] request, bool _) in requests)
        {
            await scene.ExpectAsync($"{name}, programming session", request, Answer.Nrc(Nrc.SecurityAccessDenied));
        }

        await scene.EnterAsync(DcmSession.Extended);
        foreach ((string name, byte[] request, bool _) in requests.Where(request => request.IsService))
        {
            await scene.ExpectAsync($"{name}, extended session", request, Answer.Nrc(Nrc.ServiceNotSupportedInActiveSession));
        }
    }

    private static async Task SessionBypassAsync(AttackScene scene)
    {
        byte[] request = AttackScene.Download(AttackScene.Staging, 256);
        await scene.EnterAsync(DcmSession.Extended);
        await scene.Client.AuthenticateAsync();
        await scene.Client.SessionAsync(DcmSession.Programming);
        await scene.ExpectAsync("access of the extended session", request, Answer.Nrc(Nrc.SecurityAccessDenied));
        await scene.Client.AuthenticateAsync();
        await scene.Client.SessionAsync(DcmSession.Programming);
        await scene.ExpectAsync("access from before the session was entered anew", request, Answer.Nrc(Nrc.SecurityAccessDenied));
        await scene.Client.AuthenticateAsync();
        await scene.ExpectAsync("the owner gives access up", [0x29, 0x00], Answer.Positive);
        await scene.ExpectAsync("access that was given up", request, Answer.Nrc(Nrc.SecurityAccessDenied));
        await scene.Client.AuthenticateAsync();
        await scene.Time.DelayMs(scene.Config.Dcm.S3ServerMs + 1000);
        await scene.ExpectAsync("access of a session that S3 has ended", request, Answer.Nrc(Nrc.ServiceNotSupportedInActiveSession));
    }

    private static async Task Replay29Async(AttackScene scene)
    {
        await scene.EnterAsync(DcmSession.Extended);
        byte[] heard = scene.GoodProof(await Challenge29Async(scene));
        await scene.ExpectAsync("the owner's proof", heard, Answer.Positive);
        await scene.ExpectAsync("the same proof again", heard, Answer.Nrc(Nrc.RequestSequenceError));
        byte[] other = scene.GoodProof(await Challenge29Async(scene));
        await scene.EnterAsync(DcmSession.Extended);
        await scene.ExpectAsync("a good proof in another session than its challenge", other, Answer.Nrc(Nrc.RequestSequenceError));
        await Challenge29Async(scene);
        await scene.ExpectAsync("the heard proof for a new challenge", heard, Answer.Nrc(Nrc.OwnershipVerificationFailed));
        scene.Log.Add("a challenge right after it", "none", await scene.ChallengeAsync() is null ? "none" : "given");
    }

    private static async Task Replay27Async(AttackScene scene)
    {
        await scene.EnterAsync(DcmSession.Extended);
        byte[] heard = [0x27, 0x02, .. scene.Secret.SecurityAccessKey(await Seed27Async(scene))];
        await scene.ExpectAsync("the owner's key", heard, Answer.Positive);
        await scene.ExpectAsync("the same key again", heard, Answer.Nrc(Nrc.RequestSequenceError));
        await scene.EnterAsync(DcmSession.Extended);
        byte[] other = [0x27, 0x02, .. scene.Secret.SecurityAccessKey(await Seed27Async(scene))];
        await scene.EnterAsync(DcmSession.Extended);
        await scene.ExpectAsync("a good key in another session than its seed", other, Answer.Nrc(Nrc.RequestSequenceError));
        await Seed27Async(scene);
        await scene.ExpectAsync("the heard key for a new seed", heard, Answer.Nrc(Nrc.InvalidKey));
        await scene.ExpectAsync("a seed right after it", [0x27, 0x01], Answer.Nrc(Nrc.RequiredTimeDelayNotExpired));
        await scene.ExpectAsync("a key right after it", heard, Answer.Nrc(Nrc.ExceedNumberOfAttempts));
    }

    private static async Task CrossedAsync(AttackScene scene)
    {
        await scene.EnterAsync(DcmSession.Extended);
        byte[] challenge = await Challenge29Async(scene);
        await scene.ExpectAsync(
            "a good key of 27 for the challenge of 29", [0x27, 0x02, .. scene.Secret.SecurityAccessKey(challenge)], Answer.Nrc(Nrc.RequestSequenceError));
        byte[] seed = await Seed27Async(scene);
        await scene.ExpectAsync("a good proof of 29 for the challenge before the seed", scene.GoodProof(challenge), Answer.Nrc(Nrc.RequestSequenceError));
        await scene.ExpectAsync("a good proof of 29 for the seed", scene.GoodProof(seed), Answer.Nrc(Nrc.RequestSequenceError));
        await scene.ExpectAsync("fingerprint, in the hope of access", [0x2E, 0xF1, 0x5A, 0x26, 0x01, 0x01, 1, 2, 3, 4, 5, 6], Answer.Nrc(Nrc.ServiceNotSupportedInActiveSession));
        await scene.Client.SessionAsync(DcmSession.Programming);
        await scene.ExpectAsync("download, in the hope of access", AttackScene.Download(AttackScene.Staging, 256), Answer.Nrc(Nrc.SecurityAccessDenied));
    }

    private static async Task GuessAsync(AttackScene scene)
    {
        long endNs = scene.Time.NowNs + (GuessMs * VirtualTime.NsPerMs);
        int guesses = 0;
        int opened = 0;
        string seen = string.Empty;
        while (scene.Time.NowNs < endNs)
        {
            await scene.EnterAsync(DcmSession.Extended);
            if (await scene.ChallengeAsync() is not null)
            {
                guesses++;
                byte[]? answer = await scene.AskAsync(scene.ProofRequest(scene.Means.Entropy(32), scene.Means.Entropy(16)));
                opened += answer is { Length: > 3 } ? 1 : 0;
                seen = await scene.SecurityEventAsync();
            }

            await scene.Client.ResetAsync();
            await scene.EnterAsync(DcmSession.Extended);
            await scene.Time.DelayMs(500);
        }

        scene.Log.AddBound("29 05, 29 06 with a guess, 11 01, for two minutes", "guesses", GuessesMax, guesses);
        scene.Log.AddBound("of these, accepted", "guesses", 0, opened);
        if (guesses > 0)
        {
            // None at all: the delay of what was tried before still ran, and each reset began it anew.
            scene.Log.Add("the event in the version report", nameof(FotaError.AccessRefused), seen);
        }
    }

    private static async Task ProvisionAsync(AttackScene scene)
    {
        const int FirstHeightCode = 5;
        byte[] key = [0, 0, 0, 1, 0, 0, 0, FirstHeightCode, 0, 0, 0, 3, .. scene.Means.Entropy(SigningParameters.PublicKeyLength - 12)];
        byte[] record = ProvisioningRecord.Build(scene.Means.Entropy(16), scene.Means.Entropy(32), [new(SigningRole.Author, key), new(SigningRole.Oem, [.. key[..12], .. scene.Means.Entropy(48)])]);
        await scene.EnterAsync(DcmSession.Extended);
        await scene.ExpectAsync("provision, without access", AttackScene.Routine(0x0220, record), Answer.Nrc(Nrc.ConditionsNotCorrect));
        scene.Log.Add("reason in FD03", nameof(FotaError.AlreadyProvisioned), (await scene.Client.ReadUpdateStateAsync()).LastError.ToString());
        await scene.ExpectAsync("the owner's proof", scene.GoodProof(await Challenge29Async(scene)), Answer.Positive);
        await scene.ExpectAsync("provision, with access", AttackScene.Routine(0x0220, record), Answer.Nrc(Nrc.ConditionsNotCorrect));
        byte[] identity = (await scene.Client.ReadVersionReportAsync()).DeviceId;
        scene.Log.Add("device identifier", Convert.ToHexStringLower(scene.Secret.DeviceId), Convert.ToHexStringLower(identity));
    }

    private static async Task SilenceAsync(AttackScene scene)
    {
        await scene.EnterAsync(DcmSession.Extended);
        await scene.ExpectAsync("DTC setting off", [0x85, 0x02], Answer.Positive);
        await scene.ExpectAsync("no communication", [0x28, 0x03, 0x01], Answer.Positive);
        await Challenge29Async(scene);
        await scene.ExpectAsync("a wrong proof", scene.ProofRequest(scene.Means.Entropy(32), scene.Means.Entropy(16)), Answer.Nrc(Nrc.OwnershipVerificationFailed));
        scene.Log.Add("the event in the version report", nameof(FotaError.AccessRefused), await scene.SecurityEventAsync());
        await scene.Client.SessionAsync(DcmSession.Default);
        foreach (byte[] request in new byte[][] { [0x85, 0x02], [0x28, 0x03, 0x01], [0x11, 0x01] })
        {
            await scene.ExpectAsync("in the default session", request, Answer.Nrc(Nrc.ServiceNotSupportedInActiveSession));
        }

        // Faults are anybody's to clear; security events are not among them.
        await scene.ExpectAsync("clear the memory of faults", [0x14, 0xFF, 0xFF, 0xFF], Answer.Positive);
        await scene.EnterAsync(DcmSession.Extended);
        scene.Log.Add("the event in the version report, still", nameof(FotaError.AccessRefused), await scene.SecurityEventAsync());
    }

    private static async Task<byte[]> Challenge29Async(AttackScene scene) =>
        await scene.ChallengeAsync() ?? throw new Client.NoResponseException(0x29, "request challenge");

    private static async Task<byte[]> Seed27Async(AttackScene scene) =>
        await scene.SeedAsync() ?? throw new Client.NoResponseException(0x27, "request seed");
}
