// Attacks on the diagnostic server as such: addresses, lengths, services and resets where nobody expects them.
// Clause: ISO 14229-1:2020 §8.7; PROTOCOL.md, "Services".
// Tests: tests/host-sim/Attack.
using EsyncAgent;
using EsyncSim.Client;

namespace EsyncSim.Attack;

/// <summary>Attacks on sessions and services.</summary>
internal static class SessionAttacks
{
    private const int ComesBackMsMax = 5000;

    // Service identifiers that the ECU knows, and what `sid 00` gets there; all others get 11.
    private const string InDefault = "10 12, 11 7F, 14 13, 19 12, 22 13, 27 7F, 28 7F, 29 7F, 2A 7F, 2C 7F, 2E 7F, 2F 7F, 31 7F, 34 7F, 36 7F, 37 7F, 3E +, 85 7F";
    private const string InProgramming = "10 12, 11 12, 14 7F, 19 12, 22 13, 27 12, 28 13, 29 +, 2A 7F, 2C 7F, 2E 33, 2F 7F, 31 13, 34 33, 36 33, 37 33, 3E +, 85 12";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<AttackCase> All { get; } =
    [
        new("reset-in-every-state", AttackOrigin.Design, "Reset without access in each state of an update, and reset a trial until its starts are used up", AttackNeeds.Secret | AttackNeeds.Keys, AttackTrace.OtherBank, ResetsAsync)
        {
            Limit = "whoever can cut the power can still use a trial up: the update is lost then, the ECU is not",
        },
        new("functional-address-abuse", AttackOrigin.Design, "Requests to all where one was meant: seeds, routines, resets, messages of several frames", AttackNeeds.Secret, AttackTrace.Nothing, FunctionalAsync),
        new("session-hijack", AttackOrigin.Gateway, "Use the owner's open access from the functional address", AttackNeeds.Secret, AttackTrace.Nothing, HijackAsync)
        {
            Limit = "who sends on the owner's own identifier while access is open is the owner: UDS on CAN knows no sender. Signatures and the floor bound what he can do",
        },
        new("service-scan", AttackOrigin.Gateway, "All 256 service identifiers, in the default and in the programming session", AttackNeeds.Bus, AttackTrace.Nothing, ScanAsync),
        new("request-length-lies", AttackOrigin.Gateway, "Requests that are shorter or longer than they say", AttackNeeds.Secret, AttackTrace.Nothing, LengthsAsync),
    ];

    private static async Task ResetsAsync(AttackScene scene)
    {
        byte[] image = scene.Keys.Image(AttackKeys.NextVersion);
        await scene.BindAsync(scene.Keys.Sign(scene.Keys.NextManifest()));
        await ResetAsync(scene, "with a manifest bound", AttackKeys.RunningVersion);
        await scene.OpenAsync();
        await scene.Client.RequestDownloadAsync(0, AttackScene.Bank, (uint)image.Length);
        await scene.Client.Tester.RequestAsync([0x36, 0x01, .. image.AsSpan(0, 4000)], "transfer data");
        await ResetAsync(scene, "in the middle of a transfer", AttackKeys.RunningVersion);
        await scene.OpenAsync();
        scene.Log.Add("the transfer, begun again", Answer.Positive, await scene.TransferAsync(image));
        await scene.ExpectAsync("check it", AttackScene.Routine(0xFF01), Answer.Result(FotaError.None));
        await ResetAsync(scene, "with a verified image", AttackKeys.RunningVersion);
        await scene.OpenAsync();
        await scene.ExpectAsync("activate", AttackScene.Routine(0x0211), Answer.Result(FotaError.None));
        await RefuseResetAsync(scene, "before the trial begins");
        for (int attempt = 1; attempt <= scene.Config.Fota.TrialAttemptsMax; attempt++)
        {
            await ResetAsync(scene, $"into start {attempt} of the trial, with access", AttackKeys.NextVersion, isOwner: true);
            await RefuseResetAsync(scene, "in the trial");
        }

        await ResetAsync(scene, "with no start left, with access", AttackKeys.RunningVersion, isOwner: true);
        scene.Log.Add("reason in FD03", nameof(FotaError.TrialAttemptsUsedUp), (await scene.Client.ReadUpdateStateAsync()).LastError.ToString());
    }

    // 10 03 takes access away, so that the reset is one that anybody can order.
    private static async Task RefuseResetAsync(AttackScene scene, string state)
    {
        await scene.EnterAsync(DcmSession.Extended);
        await scene.ExpectAsync($"reset {state}", [0x11, 0x01], Answer.Nrc(Nrc.SecurityAccessDenied));
        await scene.Client.AuthenticateAsync();
        await scene.ExpectAsync($"reset {state}, the owner having access", [0x11, 0x01], Answer.Nrc(Nrc.SecurityAccessDenied), isFunctional: true);
        await scene.ExpectAsync($"soft reset {state}, the owner having access", [0x11, 0x03], Answer.Nrc(Nrc.SecurityAccessDenied), isFunctional: true);
    }

    private static async Task ResetAsync(AttackScene scene, string state, string expectedVersion, bool isOwner = false)
    {
        await scene.EnterAsync(DcmSession.Extended);
        if (isOwner)
        {
            await scene.Client.AuthenticateAsync();
        }

        await scene.AskAsync([0x11, 0x01]);
        await scene.Time.DelayMs(20);
        scene.Log.AddBound($"reset {state}: the ECU is back", "ms", ComesBackMsMax, await scene.PresenceMsAsync(ComesBackMsMax));
        scene.Log.Add($"reset {state}: what runs", expectedVersion, (await scene.Client.ReadTextAsync(0xF189)).Trim('\0'));
    }

    private static async Task FunctionalAsync(AttackScene scene)
    {
        await scene.ExpectAsync("reset in the default session", [0x11, 0x01], Answer.None, isFunctional: true);
        await scene.ExpectAsync("extended session", [0x10, 0x03], Answer.Positive, isFunctional: true);
        byte[] seed = await scene.SeedAsync(isFunctional: true) ?? throw new NoResponseException(0x27, "request seed");
        await scene.ExpectAsync(
            "the right key, on the physical address", [0x27, 0x02, .. scene.Secret.SecurityAccessKey(seed)], Answer.Nrc(Nrc.RequestSequenceError));
        await scene.EnterAsync(DcmSession.Programming);
        await scene.ExpectAsync("roll back", AttackScene.Routine(0x0213), Answer.Nrc(Nrc.SecurityAccessDenied), isFunctional: true);
        await scene.ExpectAsync("transfer exit", [0x37], Answer.Nrc(Nrc.SecurityAccessDenied), isFunctional: true);
        await scene.ExpectAsync("an unknown service", [0xBA, 0x00], Answer.None, isFunctional: true);
        scene.Raw.Discard();
        await scene.Raw.SendFunctionalAsync(0x10, 0x14, 0x31, 0x01, 0x02, 0x04, 0x00, 0x00);
        scene.Log.Add("a first frame", Answer.None, await scene.Raw.ReceiveAsync(200) is null ? Answer.None : "flow control");
        await scene.ExpectAsync("reset", [0x11, 0x01], Answer.Positive, isFunctional: true);
        await scene.Time.DelayMs(20);
        scene.Log.AddBound("the ECU is back", "ms", ComesBackMsMax, await scene.PresenceMsAsync(ComesBackMsMax));
    }

    private static async Task HijackAsync(AttackScene scene)
    {
        await scene.OpenAsync();
        foreach (ushort routine in new ushort[] { 0x0210, 0x0211, 0x0212, 0x0213, 0xFF00, 0xFF01 })
        {
            await scene.ExpectAsync($"routine {routine:X4} in the owner's session", AttackScene.Routine(routine), Answer.Nrc(Nrc.SecurityAccessDenied), isFunctional: true);
        }

        await scene.ExpectAsync("transfer exit in the owner's session", [0x37], Answer.Nrc(Nrc.SecurityAccessDenied), isFunctional: true);
        await scene.ExpectAsync("the owner goes on", AttackScene.Download(AttackScene.Staging, 256), Answer.Positive);
    }

    private static async Task ScanAsync(AttackScene scene)
    {
        scene.Log.Add("services in the default session", InDefault, await ServicesAsync(scene));
        await scene.EnterAsync(DcmSession.Programming);
        scene.Log.Add("services in the programming session", InProgramming, await ServicesAsync(scene));
    }

    private static async Task<string> ServicesAsync(AttackScene scene)
    {
        List<string> known = [];
        for (int service = 0; service <= byte.MaxValue; service++)
        {
            byte[]? response = await scene.AskAsync([(byte)service, 0x00]);
            if (response is not { Length: 3 } || response[0] != 0x7F || response[2] != Nrc.ServiceNotSupported)
            {
                known.Add($"{service:X2} {(response is null or [] ? Answer.None : response[0] == 0x7F ? response[2].ToString("X2", null) : "+")}");
            }
        }

        return string.Join(", ", known);
    }

    private static async Task LengthsAsync(AttackScene scene)
    {
        string wrongLength = Answer.Nrc(Nrc.IncorrectMessageLength);
        string outOfRange = Answer.Nrc(Nrc.RequestOutOfRange);
        await scene.OpenAsync();
        byte[] download = AttackScene.Download(AttackScene.Staging, 256);
        (string What, byte[] Request, string Expected)[] lies =
        [
            ("a session without name", [0x10], wrongLength),
            ("a session with more", [0x10, 0x02, 0x00], wrongLength),
            ("half an identifier", [0x22, 0xF1], wrongLength),
            ("nine identifiers", [0x22, .. new byte[18]], wrongLength),
            ("addresses of one byte", [0x34, 0x00, 0x11, 0x10, 0x00], outOfRange),
            ("addresses of eight bytes", [0x34, 0x00, 0x88, .. new byte[16]], outOfRange),
            ("a download one byte short", download[..^1], wrongLength),
            ("a download one byte long", [.. download, 0x00], wrongLength),
            ("a fingerprint one byte long", [0x2E, 0xF1, 0x5A, 0x26, 0x01, 0x01, 1, 2, 3, 4, 5, 6, 7], wrongLength),
            ("a fingerprint one byte short", [0x2E, 0xF1, 0x5A, 0x26, 0x01, 0x01, 1, 2, 3, 4, 5], wrongLength),
            ("a nonce of 15 bytes", AttackScene.Routine(0x0204, new byte[15]), wrongLength),
            ("provisioning that counts eight anchors and brings none", AttackScene.Routine(0x0220, [.. new byte[48], 8]), wrongLength),
        ];
        foreach ((string what, byte[] request, string expected) in lies)
        {
            await scene.ExpectAsync(what, request, expected);
        }

        byte[] challenge = await scene.ChallengeAsync() ?? throw new NoResponseException(0x29, "request challenge");
        byte[] proof = scene.GoodProof(challenge);
        proof[19] = 0x40;
        await scene.ExpectAsync("a proof that says it has 64 bytes", proof, outOfRange);
        foreach (byte pci in new byte[] { 0x00, 0x08, 0x0F, 0x40, 0xF0 })
        {
            scene.Raw.Discard();
            await scene.Raw.SendAsync(pci, 0x3E, 0x00);
            scene.Log.Add($"a frame that begins with {pci:X2}", Answer.None, await scene.Raw.ReceiveAsync(100) is null ? Answer.None : "an answer");
        }
    }
}
