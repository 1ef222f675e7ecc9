// Attacks on the transfer and on the order of an update: wrong bytes, too many, too few, out of order, without leave.
// The attacker has access; what he has not is a signature under what he sends.
// Clause: PROTOCOL.md, "Transfer", "Routines", "Banks".
// Tests: tests/host-sim/Attack.
using EsyncAgent;
using EsyncSim.Packages;

namespace EsyncSim.Attack;

/// <summary>Attacks by transferred bytes.</summary>
internal static class TransferAttacks
{
    private const AttackNeeds Insider = AttackNeeds.Secret | AttackNeeds.Keys;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<AttackCase> All { get; } =
    [
        new("endless-data", AttackOrigin.Uptane, "More data than was announced, and announcements without end", Insider, AttackTrace.OtherBank, EndlessAsync),
        new("mix-and-match", AttackOrigin.Uptane, "Parts of good packages put together: signatures, manifests and images that do not belong to each other", Insider, AttackTrace.OtherBank, MixAsync),
        new("partial-bundle", AttackOrigin.Uptane, "Half an image, called a whole one", Insider, AttackTrace.OtherBank, PartialAsync)
        {
            Limit = "for one ECU; over several, this version's server completes one after the other, and a campaign cut off between two shows in their version reports only",
        },
        new("chunk-swapped", AttackOrigin.Design, "Two chunks of a valid image exchanged", Insider, AttackTrace.OtherBank, scene => RefuseImageAsync(scene, keys => keys.NextManifest(), Swap, 1)),
        new("wrong-salt", AttackOrigin.Design, "A signed table under a salt that it was not made with", Insider, AttackTrace.OtherBank, scene => RefuseImageAsync(
            scene, keys => keys.NextManifest() with { Salt = new byte[ChunkTable.SaltLength] }, image => image, 0)),
        new("replayed-manifest", AttackOrigin.Design, "The manifest of what runs, staged once more, with an image of the attacker", Insider, AttackTrace.OtherBank, ReplayManifestAsync),
        new("manifest-over-limit", AttackOrigin.Design, "Envelopes longer than their slot", AttackNeeds.Secret, AttackTrace.Nothing, OverLimitAsync),
        new("activate-without-verification", AttackOrigin.Design, "Activate with nothing, a manifest, or half an image in the bank", Insider, AttackTrace.OtherBank, ActivateAsync),
        new("transfer-without-erase", AttackOrigin.Design, "An image without manifest, and one without FF00", Insider, AttackTrace.OtherBank, WithoutEraseAsync),
        new("rollback-routine", AttackOrigin.Uptane, "Order the way back to an image below the floor", AttackNeeds.Secret | AttackNeeds.Model, AttackTrace.Nothing, RollBackAsync),
        new("wrong-block-sequence", AttackOrigin.Gateway, "Counters that begin at 00, skip and repeat", Insider, AttackTrace.OtherBank, CountersAsync),
    ];

    private static byte[] Next(AttackKeys keys) => keys.Sign(keys.NextManifest());

    private static async Task EndlessAsync(AttackScene scene)
    {
        byte[] image = scene.Keys.Image(AttackKeys.NextVersion);
        await scene.OpenAsync();
        await scene.ExpectAsync("34 for 256 bytes of staging", AttackScene.Download(AttackScene.Staging, 256), Answer.Positive);
        await scene.ExpectAsync("257 bytes", [0x36, 0x01, .. new byte[257]], Answer.Nrc(Nrc.TransferDataSuspended));
        await scene.ExpectAsync("and on", [0x36, 0x01, .. new byte[16]], Answer.Nrc(Nrc.RequestSequenceError));
        await scene.BindAsync(Next(scene.Keys));
        await scene.ExpectAsync("34 for one byte more than the image", AttackScene.Download(AttackScene.Bank, (uint)image.Length + 1), Answer.Nrc(Nrc.RequestOutOfRange));
        await scene.ExpectAsync("34 for 4 GiB", AttackScene.Download(AttackScene.Bank, uint.MaxValue), Answer.Nrc(Nrc.RequestOutOfRange));
        await scene.ExpectAsync("34 beyond the image", AttackScene.Download(AttackScene.Bank + 4096, (uint)image.Length), Answer.Nrc(Nrc.RequestOutOfRange));
        await scene.ExpectAsync("34 for the flash itself", AttackScene.Download(0, 4096), Answer.Nrc(Nrc.RequestOutOfRange));
    }

    private static async Task MixAsync(AttackScene scene)
    {
        SuitEnvelope running = SuitEnvelope.Decode(scene.Keys.Running.Full!.Envelope);
        SuitEnvelope next = SuitEnvelope.Decode(Next(scene.Keys));
        SuitEnvelope another = SuitEnvelope.Decode(scene.Keys.Sign(scene.Keys.NextManifest(AttackKeys.RunningSequence + 2)));
        await scene.OpenAsync();
        (string What, SuitEnvelope Envelope, FotaError Expected)[] envelopes =
        [
            ("the running image's signatures on a new manifest", next with { Signatures = running.Signatures }, FotaError.SignatureInvalid),
            ("signatures of two manifests", next with { Signatures = [next.Signatures[0], another.Signatures[1]] }, FotaError.SignatureInvalid),
            ("the digest and signatures of one, the manifest of another", next with { ManifestBytes = another.ManifestBytes }, FotaError.DigestMismatch),
        ];
        foreach ((string what, SuitEnvelope envelope, FotaError expected) in envelopes)
        {
            scene.Log.Add($"{what}, 31 01 02 10", Answer.Result(expected), await scene.AuthenticateAsync(envelope.Encode()));
        }

        await RefuseImageAsync(scene, keys => keys.NextManifest(), _ => scene.Keys.Image(AttackKeys.RunningVersion), 0);
    }

    private static async Task PartialAsync(AttackScene scene)
    {
        byte[] image = scene.Keys.Image(AttackKeys.NextVersion);
        await scene.BindAsync(Next(scene.Keys));
        int longest = await scene.Client.RequestDownloadAsync(0, AttackScene.Bank, (uint)image.Length);
        byte counter = 1;
        for (int at = 0; at < image.Length / 2; at += longest - 2, counter++)
        {
            await scene.Client.Tester.RequestAsync([0x36, counter, .. image.AsSpan(at, longest - 2)], "transfer data");
        }

        await scene.ExpectAsync("exit after half of it", [0x37], Answer.Nrc(Nrc.RequestSequenceError));
        await scene.ExpectAsync("check it while the transfer is open", AttackScene.Routine(0xFF01), Answer.Nrc(Nrc.ConditionsNotCorrect));
        await scene.OpenAsync();
        await scene.ExpectAsync("check it after the transfer was dropped", AttackScene.Routine(0xFF01), Answer.Result(FotaError.TransferIncomplete));
        await scene.ExpectAsync("activate it", AttackScene.Routine(0x0211), Answer.Result(FotaError.NotVerified));
        await scene.Client.ResetAsync();
    }

    // Binds a manifest and sends an image that its table does not vouch for.
    private static async Task RefuseImageAsync(AttackScene scene, Func<AttackKeys, SuitManifest> manifest, Func<byte[], byte[]> change, uint chunk)
    {
        byte[] image = change(scene.Keys.Image(AttackKeys.NextVersion));
        SuitManifest signed = manifest(scene.Keys);
        Array.Resize(ref image, (int)signed.ImageLength);
        await scene.BindAsync(scene.Keys.Sign(signed));
        scene.Log.Add("the image, 36 …", Answer.Nrc(Nrc.GeneralProgrammingFailure), await scene.TransferAsync(image));
        Client.UpdateState last = await scene.Client.ReadUpdateStateAsync();
        scene.Log.Add("reason in FD03", $"{FotaError.ChunkMismatch} {chunk}", $"{last.LastError} {last.Detail}");
        await scene.OpenAsync();
        await scene.ExpectAsync("check it", AttackScene.Routine(0xFF01), Answer.Result(FotaError.TransferIncomplete));
        await scene.ExpectAsync("activate it", AttackScene.Routine(0x0211), Answer.Result(FotaError.NotVerified));
    }

    private static byte[] Swap(byte[] image)
    {
        byte[] swapped = [.. image];
        image.AsSpan(2 * ChunkTable.ChunkLength, ChunkTable.ChunkLength).CopyTo(swapped.AsSpan(ChunkTable.ChunkLength));
        image.AsSpan(ChunkTable.ChunkLength, ChunkTable.ChunkLength).CopyTo(swapped.AsSpan(2 * ChunkTable.ChunkLength));
        return swapped;
    }

    private static async Task ReplayManifestAsync(AttackScene scene)
    {
        await scene.OpenAsync();
        scene.Log.Add(
            "the manifest before it, 31 01 02 10", Answer.Result(FotaError.SequenceTooLow), await scene.AuthenticateAsync(scene.Keys.First.Full!.Envelope));

        // Its digest is bound to a bank, so that it may be installed into the other one too: the same image, nothing else.
        await scene.BindAsync(scene.Keys.Running.Full!.Envelope);
        byte[] image = [.. scene.Keys.Image(AttackKeys.RunningVersion)];
        image[0] ^= 1;
        scene.Log.Add("an image of the attacker under it, 36 …", Answer.Nrc(Nrc.GeneralProgrammingFailure), await scene.TransferAsync(image));
        await scene.OpenAsync();
        await scene.ExpectAsync("activate it", AttackScene.Routine(0x0211), Answer.Result(FotaError.NotVerified));
        await scene.Client.ResetAsync();
    }

    private static async Task OverLimitAsync(AttackScene scene)
    {
        await scene.OpenAsync();
        uint longest = (await scene.Client.ReadLimitsAsync()).EnvelopeLengthMax;
        await scene.ExpectAsync("34 for one byte too many", AttackScene.Download(AttackScene.Staging, longest + 1), Answer.Nrc(Nrc.RequestOutOfRange));
        scene.Log.Add("reason in FD03", nameof(FotaError.EnvelopeTooLong), (await scene.Client.ReadUpdateStateAsync()).LastError.ToString());
        await scene.ExpectAsync("34 for the staging area and beyond", AttackScene.Download(AttackScene.Staging, scene.Config.Fls.Staging.Length + 1), Answer.Nrc(Nrc.RequestOutOfRange));
        await scene.ExpectAsync("34 for 4 GiB", AttackScene.Download(AttackScene.Staging, uint.MaxValue), Answer.Nrc(Nrc.RequestOutOfRange));
        await scene.ExpectAsync("34 for nothing", AttackScene.Download(AttackScene.Staging, 0), Answer.Nrc(Nrc.RequestOutOfRange));
        await scene.ExpectAsync("34 encoded", AttackScene.Download(AttackScene.Staging, 256, 0x10), Answer.Nrc(Nrc.RequestOutOfRange));
        await scene.ExpectAsync("authenticate what was never staged", AttackScene.Routine(0x0210), Answer.Nrc(Nrc.ConditionsNotCorrect));
    }

    private static async Task ActivateAsync(AttackScene scene)
    {
        await scene.OpenAsync();
        await scene.ExpectAsync("activate the previous image", AttackScene.Routine(0x0211), Answer.Result(FotaError.NotVerified));
        await scene.BindAsync(Next(scene.Keys));
        await scene.ExpectAsync("activate a bank without image", AttackScene.Routine(0x0211), Answer.Result(FotaError.NotVerified));
        await scene.ExpectAsync("check a bank without image", AttackScene.Routine(0xFF01), Answer.Result(FotaError.TransferIncomplete));
        byte[] image = scene.Keys.Image(AttackKeys.NextVersion);
        await scene.ExpectAsync("34", AttackScene.Download(AttackScene.Bank, (uint)image.Length), Answer.Positive);
        await scene.ExpectAsync("the first chunk", [0x36, 0x01, .. image.AsSpan(0, scene.Config.Dcm.MessageLengthMax - 2)], Answer.Positive);
        await scene.ExpectAsync("activate while the transfer is open", AttackScene.Routine(0x0211), Answer.Nrc(Nrc.ConditionsNotCorrect));
        await scene.Client.ResetAsync();
    }

    private static async Task WithoutEraseAsync(AttackScene scene)
    {
        byte[] request = AttackScene.Download(AttackScene.Bank, scene.Keys.NextManifest().ImageLength);
        await scene.OpenAsync();
        await scene.ExpectAsync("34 without manifest", request, Answer.Nrc(Nrc.RequestSequenceError));
        await scene.ExpectAsync("FF00 without manifest", AttackScene.Routine(0xFF00), Answer.Nrc(Nrc.ConditionsNotCorrect));
        scene.Log.Add("a good manifest, 31 01 02 10", Answer.Result(FotaError.None), await scene.AuthenticateAsync(Next(scene.Keys)));
        await scene.ExpectAsync("34 without FF00", request, Answer.Nrc(Nrc.RequestSequenceError));
        await scene.ExpectAsync("FF00 with an address of one's own", AttackScene.Routine(0xFF00, 0x44, 0, 0, 0, 0, 0, 0, 0x10, 0), Answer.Nrc(Nrc.IncorrectMessageLength));
    }

    private static async Task RollBackAsync(AttackScene scene)
    {
        await scene.EnterAsync(DcmSession.Extended);
        await scene.Client.AuthenticateAsync();
        await scene.ExpectAsync("roll back to the image before", AttackScene.Routine(0x0213), Answer.Result(FotaError.SecurityVersionTooLow));
        await scene.Client.ResetAsync();
    }

    private static async Task CountersAsync(AttackScene scene)
    {
        byte[] envelope = Next(scene.Keys);
        const int Part = 1000;
        await scene.OpenAsync();
        await scene.ExpectAsync("34", AttackScene.Download(AttackScene.Staging, (uint)envelope.Length), Answer.Positive);
        await scene.ExpectAsync("counter 00 first", [0x36, 0x00, .. envelope[..Part]], Answer.Nrc(Nrc.WrongBlockSequenceCounter));
        await scene.ExpectAsync("counter 02 first", [0x36, 0x02, .. envelope[..Part]], Answer.Nrc(Nrc.WrongBlockSequenceCounter));
        await scene.ExpectAsync("counter 01", [0x36, 0x01, .. envelope[..Part]], Answer.Positive);
        await scene.ExpectAsync("counter 01 again, other bytes", [0x36, 0x01, .. new byte[Part]], Answer.Positive);
        await scene.ExpectAsync("counter 03", [0x36, 0x03, .. envelope[Part..(2 * Part)]], Answer.Nrc(Nrc.WrongBlockSequenceCounter));
        await scene.ExpectAsync("counter FF", [0x36, 0xFF, .. envelope[Part..(2 * Part)]], Answer.Nrc(Nrc.WrongBlockSequenceCounter));
        byte counter = 2;
        for (int at = Part; at < envelope.Length; at += Part, counter++)
        {
            await scene.Client.Tester.RequestAsync([0x36, counter, .. envelope[at..Math.Min(at + Part, envelope.Length)]], "transfer data");
        }

        await scene.ExpectAsync("exit", [0x37], Answer.Positive);
        await scene.ExpectAsync("nothing was written twice or skipped, so the manifest is good", AttackScene.Routine(0x0210), Answer.Result(FotaError.None));
    }
}
