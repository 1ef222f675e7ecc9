// Attacks by documents: envelopes that are signed wrongly, or signed well and hostile. One row each; all are staged with
// access and authenticated by 0210, and the last refusal must stand in the version report.
// Clause: PROTOCOL.md, "Manifest" (rules at 0210).
// Tests: tests/host-sim/Attack.
using EsyncAgent;
using EsyncSim.Packages;
using EsyncSim.Signing;

namespace EsyncSim.Attack;

/// <summary>One hostile envelope, and the reason for which it must be refused.</summary>
internal sealed record HostileEnvelope(string What, byte[] Envelope, FotaError Expected);

/// <summary>Attacks by manifests.</summary>
internal static class ManifestAttacks
{
    private const ushort AuthenticateManifest = 0x0210;
    private const ushort InstallTrust = 0x0214;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<AttackCase> All { get; } =
    [
        Refused("rollback-sequence", AttackOrigin.Uptane, "An older image, signed well once and installed once", keys =>
        [
            new("the manifest of the previous image", keys.First.Full!.Envelope, FotaError.SequenceTooLow),
            new("one that was never installed, as secure as what runs", keys.Sign(keys.NextManifest(AttackKeys.RunningSequence - 1)), FotaError.SequenceTooLow),
        ]),
        Refused("rollback-security-version", AttackOrigin.Uptane, "A new manifest for an image whose securityVersion is below the floor", keys =>
        [
            new("a newer sequence number, an older securityVersion", keys.Sign(keys.NextManifest(securityVersion: AttackKeys.Floor - 1)), FotaError.SecurityVersionTooLow),
        ]),
        Refused("arbitrary-software", AttackOrigin.Uptane, "Software of the attacker, signed by nobody whom the ECU knows", ArbitrarySoftware),
        Refused("one-signer-of-two", AttackOrigin.Design, "What a thief of one key can make", keys =>
        [
            new("the maker of the image alone", keys.Sign(Next(keys), [keys.Author]), FotaError.RoleMissing),
            new("the maker of the vehicle alone", keys.Sign(Next(keys), [keys.Oem]), FotaError.RoleMissing),
            new("one key twice", Twice(keys), FotaError.RoleMissing),
            new("one key and a stranger's", keys.Sign(Next(keys), [keys.Author, keys.Stranger]), FotaError.RoleMissing),
        ]),
        Refused("same-sequence", AttackOrigin.Design, "Another image under a sequence number that was used", keys =>
        [
            new("the sequence number of what runs", keys.Sign(keys.NextManifest(AttackKeys.RunningSequence)), FotaError.SequenceTooLow),
        ]),
        Refused("wrong-device", AttackOrigin.Design, "A good package that is for somebody else", keys =>
        [
            new("another vendor", keys.Sign(keys.NextManifest() with { VendorId = new byte[16] }), FotaError.WrongVendor),
            new("another class", keys.Sign(keys.NextManifest() with { ClassId = new byte[16] }), FotaError.WrongClass),
            new("another device", keys.Sign(keys.NextManifest() with { DeviceId = new byte[16] }), FotaError.WrongDevice),
            new("another runtime", keys.Sign(keys.NextManifest() with { Runtime = BundleRuntime.NanoFramework }), FotaError.WrongRuntime),
            new("another contract version", keys.Sign(keys.NextManifest() with { ContractVersion = ushort.MaxValue }), FotaError.WrongContract),
        ]),
        Refused("table-longer-than-image", AttackOrigin.Design, "Chunk tables that do not fit their image", keys =>
        [
            new("one tag too many", keys.Sign(WithTable(keys, table => [.. table, .. new byte[ChunkTable.TagLength]])), FotaError.ChunkTableInvalid),
            new("one tag too few", keys.Sign(WithTable(keys, table => table[..^ChunkTable.TagLength])), FotaError.ChunkTableInvalid),
            new("a torn tag", keys.Sign(WithTable(keys, table => table[..^1])), FotaError.ChunkTableInvalid),
            new("no table, no image", keys.Sign(WithTable(keys, _ => []) with { ImageLength = 0 }), FotaError.ChunkTableInvalid),
            new("an image longer than the bank", keys.Sign(TooLong(keys)), FotaError.ImageTooLong),
            new("an image of 4 GiB", keys.Sign(keys.NextManifest() with { ImageLength = uint.MaxValue }), FotaError.ChunkTableInvalid),
        ]),
        Refused("hostile-trust-manifest", AttackOrigin.Design, "Keys of the attacker in place of those that the ECU trusts", TrustManifests, InstallTrust),
    ];

    /// <summary>An attack whose envelopes are all refused, each for its reason.</summary>
    public static AttackCase Refused(string name, AttackOrigin origin, string what, Func<AttackKeys, IReadOnlyList<HostileEnvelope>> forge, ushort routine = AuthenticateManifest) =>
        new(name, origin, what, AttackNeeds.Secret | AttackNeeds.Keys, AttackTrace.Nothing, scene => RefuseAsync(scene, forge(scene.Keys), routine));

    private static async Task RefuseAsync(AttackScene scene, IReadOnlyList<HostileEnvelope> envelopes, ushort routine)
    {
        await scene.OpenAsync();
        foreach (HostileEnvelope hostile in envelopes)
        {
            scene.Log.Add(
                $"{hostile.What}: envelope of {hostile.Envelope.Length} bytes, 31 01 {routine:X4}", Answer.Result(hostile.Expected), await scene.AuthenticateAsync(hostile.Envelope, routine));
            scene.Log.Add("the event in the version report", hostile.Expected.ToString(), await scene.SecurityEventAsync());
        }
    }

    private static IReadOnlyList<HostileEnvelope> ArbitrarySoftware(AttackKeys keys)
    {
        Package good = keys.Package(AttackKeys.NextVersion, AttackKeys.RunningSequence + 1, AttackKeys.Floor);
        SuitEnvelope envelope = SuitEnvelope.Decode(keys.Sign(Next(keys), [keys.Stranger]));
        CoseSign1 impostor = envelope.Signatures[0] with { KeyId = TrustAnchor.KeyIdOf(keys.Author.PublicKey) };
        return
        [
            new("signed by a stranger", envelope.Encode(), FotaError.RoleMissing),
            new("signed by a stranger in the author's name", (envelope with { Signatures = [impostor] }).Encode(), FotaError.SignatureInvalid),
            new("one bit of a signature changed", PackageTampering.FlipSignatureBit(good, 1, 4000).Full!.Envelope, FotaError.SignatureInvalid),
            new("one bit of the manifest changed", PackageTampering.FlipManifestBit(good, 400).Full!.Envelope, FotaError.DigestMismatch),
        ];
    }

    private static IReadOnlyList<HostileEnvelope> TrustManifests(AttackKeys keys)
    {
        byte[] Signed(TrustList list, params ISigner[] signers) => SuitEnvelope.Sign(list.Encode(), signers, SignedDocument.TrustManifest).Encode();
        TrustList list = keys.StrangersTrust;
        return
        [
            new("signed by the maker of the image alone", Signed(list, keys.Author), FotaError.RoleMissing),
            new("signed by those whom it brings", Signed(list, keys.Stranger), FotaError.RoleMissing),
            new("an image's manifest in its place", keys.Sign(keys.NextManifest()), FotaError.WrongDocument),
            new("for another device", Signed(list with { DeviceId = new byte[16] }, keys.Author, keys.Oem), FotaError.WrongDevice),
            new("for another class", Signed(list with { ClassId = new byte[16] }, keys.Author, keys.Oem), FotaError.WrongClass),
            new("without maker of the vehicle", Signed(list with { Anchors = [list.Anchors[0]] }, keys.Author, keys.Oem), FotaError.AnchorRoleMissing),
            new("no newer than what is in force", Signed(list with { Sequence = 0 }, keys.Author, keys.Oem), FotaError.SequenceTooLow),
        ];
    }

    // The encoder refuses one key twice, so the second signature is put in by hand.
    private static byte[] Twice(AttackKeys keys)
    {
        SuitEnvelope once = SuitEnvelope.Decode(keys.Sign(Next(keys), [keys.Author]));
        return (once with { Signatures = [once.Signatures[0], once.Signatures[0]] }).Encode();
    }

    private static byte[] Next(AttackKeys keys) => ManifestEncoder.Encode(keys.NextManifest());

    private static SuitManifest TooLong(AttackKeys keys)
    {
        uint length = keys.BankLength + 1;
        return keys.NextManifest() with { ImageLength = length, ChunkTable = new byte[ChunkTable.ChunkCount((int)length) * ChunkTable.TagLength] };
    }

    private static SuitManifest WithTable(AttackKeys keys, Func<byte[], byte[]> change)
    {
        SuitManifest next = keys.NextManifest();
        return next with { ChunkTable = change(next.ChunkTable) };
    }
}
