// Verifying a package on the host with given public keys, in the order in which an ECU does it, and what only the host has
// the time for: the digest of the whole image and every chunk tag, of an encoded payload after it is decoded. It stops at the
// first failure and says which one the ECU would report; what it has not the means to check it says as well.
// It does not know the ECU: sequence, floor, vendor, class and device are compared there.
// Clause: PROTOCOL.md, "Manifest" (rules at 0210).
// Tests: tests/host-sim/Packages (every kind of tampering is refused with its reason).
using System.Security.Cryptography;
using EsyncAgent;
using EsyncSim.Signing;

namespace EsyncSim.Packages;

/// <summary>One check that passed.</summary>
/// <param name="Name">What was checked.</param>
/// <param name="Detail">What was found.</param>
public sealed record VerificationStep(string Name, string Detail);

/// <summary>Outcome of a verification.</summary>
/// <param name="Error">None when everything holds; else what an ECU would report.</param>
/// <param name="Message">The failure in words; empty when there is none.</param>
/// <param name="Steps">Checks that passed, in order.</param>
public sealed record VerificationResult(FotaError Error, string Message, IReadOnlyList<VerificationStep> Steps)
{
    /// <summary>True when everything holds that could be checked.</summary>
    public bool IsPassed => Error == FotaError.None;

    /// <summary>False when the image could not be made from the payload, for want of what it was made with.</summary>
    public bool IsImageChecked { get; init; } = true;
}

/// <summary>What only some have, and without which the image of some entries cannot be checked.</summary>
public sealed record VerificationMeans
{
    /// <summary>Older versions, from which patches were made.</summary>
    public IReadOnlyList<DeltaBase> Bases { get; init; } = [];

    /// <summary>Devices that a payload may be encrypted for.</summary>
    public IReadOnlyList<DeviceFile> Devices { get; init; } = [];
}

/// <summary>Verifies package entries.</summary>
public static class PackageVerifier
{
    /// <summary>Roles that an image needs unless the ECU's configuration says otherwise.</summary>
    public static IReadOnlyList<SigningRole> DefaultRoles { get; } = [SigningRole.Author, SigningRole.Oem];

    /// <summary>Verifies one entry.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="anchors">Public keys that count.</param>
    /// <param name="requiredRoles">Roles that each need a valid signature.</param>
    /// <param name="means">What encoded payloads were made with; null: nothing is at hand.</param>
    public static VerificationResult Verify(PackageEntry entry, IReadOnlyList<TrustAnchor> anchors, IReadOnlyList<SigningRole> requiredRoles, VerificationMeans? means = null)
    {
        List<VerificationStep> steps = [];
        try
        {
            SuitEnvelope envelope = SuitEnvelope.Decode(entry.Envelope);
            steps.Add(new VerificationStep("envelope", $"{entry.Envelope.Length} bytes, {envelope.Signatures.Count} signatures"));
            CheckSignatures(envelope, anchors, requiredRoles, steps);
            SuitManifest manifest = ManifestDecoder.Decode(envelope.ManifestBytes);
            steps.Add(new VerificationStep("manifest", $"sequence {manifest.Sequence}, version {manifest.Version}"));
            CheckTables(manifest, entry, steps);
            byte[]? image = ImageOf(manifest, entry, means ?? new(), steps);
            if (image is not null)
            {
                CheckImage(manifest, image, steps);
            }

            return new VerificationResult(FotaError.None, string.Empty, steps) { IsImageChecked = image is not null };
        }
        catch (SuitException refusal)
        {
            return new VerificationResult(refusal.Reason, refusal.Message, steps);
        }
    }

    /// <summary>What entries of a package say that cannot both be meant, since they are to be one image's; null when there is nothing. Call it when each verifies.</summary>
    public static string? FindContradiction(Package package)
    {
        SuitManifest[] manifests = [.. package.Entries.Select(entry => ManifestDecoder.Decode(SuitEnvelope.Decode(entry.Envelope).ManifestBytes))];
        foreach (SuitManifest manifest in manifests.Skip(1))
        {
            (string What, object First, object Other)[] pairs =
            [
                ("image", Hex(manifests[0].ImageDigest), Hex(manifest.ImageDigest)),
                ("version", manifests[0].Version, manifest.Version),
                ("security version", manifests[0].SecurityVersion, manifest.SecurityVersion),
                ("vendor", Hex(manifests[0].VendorId), Hex(manifest.VendorId)),
                ("class", Hex(manifests[0].ClassId), Hex(manifest.ClassId)),
                ("device", Hex(manifests[0].DeviceId), Hex(manifest.DeviceId)),
            ];
            if (pairs.FirstOrDefault(pair => !pair.First.Equals(pair.Other)) is { What: not null } different)
            {
                return $"its entries are not of one image: {different.What} {different.First} here, {different.Other} there";
            }
        }

        return null;
    }

    /// <summary>Verifies the signatures of a trust file.</summary>
    /// <param name="trust">The file.</param>
    /// <param name="anchors">Public keys that count: those that it is to replace.</param>
    /// <param name="requiredRoles">Roles that each need a valid signature, and an anchor in it.</param>
    public static VerificationResult Verify(TrustFile trust, IReadOnlyList<TrustAnchor> anchors, IReadOnlyList<SigningRole> requiredRoles)
    {
        List<VerificationStep> steps = [new VerificationStep("envelope", $"{trust.Document.Length} bytes, {trust.Envelope.Signatures.Count} signatures")];
        try
        {
            CheckSignatures(trust.Envelope, anchors, requiredRoles, steps);
            SigningRole[] missing = [.. requiredRoles.Except(trust.List.Anchors.Select(anchor => anchor.Role))];
            if (missing.Length > 0)
            {
                throw new SuitException(FotaError.AnchorRoleMissing, $"the new anchors have no {string.Join(" and ", missing.Select(role => role.Name()))} key");
            }

            steps.Add(new VerificationStep("new anchors", trust.ToUpdate().State.ToString()));
            return new VerificationResult(FotaError.None, string.Empty, steps);
        }
        catch (SuitException refusal)
        {
            return new VerificationResult(refusal.Reason, refusal.Message, steps);
        }
    }

    /// <summary>Checks digest and signatures of any signed document.</summary>
    /// <exception cref="SuitException">Another digest, a wrong signature of a key that counts, or a role without one.</exception>
    internal static void CheckSignatures(SuitEnvelope envelope, IReadOnlyList<TrustAnchor> anchors, IReadOnlyList<SigningRole> requiredRoles, List<VerificationStep> steps)
    {
        if (!envelope.Digest.AsSpan().SequenceEqual(envelope.ManifestDigest))
        {
            throw new SuitException(FotaError.DigestMismatch, "the manifest is not the one that was signed");
        }

        steps.Add(new VerificationStep("digest", Convert.ToHexStringLower(envelope.Digest)));
        HashSet<SigningRole> signed = [];
        byte[] message = envelope.ToBeSigned;
        foreach (CoseSign1 block in envelope.Signatures)
        {
            string keyId = Convert.ToHexStringLower(block.KeyId);
            TrustAnchor? anchor = anchors.FirstOrDefault(candidate => candidate.KeyId.AsSpan().SequenceEqual(block.KeyId));
            if (anchor is null)
            {
                steps.Add(new VerificationStep("signature", $"key {keyId} is not among the public keys; passed over"));
                continue;
            }

            if (!HssSignatures.Verify(anchor.PublicKey, message, block.Signature))
            {
                throw new SuitException(FotaError.SignatureInvalid, $"the signature by the {anchor.Role.Name()} key {keyId} is wrong");
            }

            signed.Add(anchor.Role);
            steps.Add(new VerificationStep("signature", $"{anchor.Role.Name()} key {keyId}, {block.Signature.Length} bytes"));
        }

        SigningRole[] missing = [.. requiredRoles.Where(role => !signed.Contains(role))];
        if (missing.Length > 0)
        {
            throw new SuitException(FotaError.RoleMissing, $"no valid signature in the role {string.Join(" and ", missing.Select(role => role.Name()))}");
        }
    }

    private static void CheckTables(SuitManifest manifest, PackageEntry entry, List<VerificationStep> steps)
    {
        long tags = manifest.ChunkTable.Length / ChunkTable.TagLength;
        bool isTable = manifest.ChunkTable.Length % ChunkTable.TagLength == 0 && manifest.ImageLength > 0
            && tags == (manifest.ImageLength + ChunkTable.ChunkLength - 1L) / ChunkTable.ChunkLength;
        if (!isTable)
        {
            throw new SuitException(FotaError.ChunkTableInvalid, $"the chunk table has {manifest.ChunkTable.Length} bytes for an image of {manifest.ImageLength}");
        }

        if (manifest.Encoding != entry.Encoding)
        {
            throw new SuitException(FotaError.EncodingUnsupported, $"the package says encoding {entry.Encoding:X2}, the manifest {manifest.Encoding:X2}");
        }

        if (!PayloadEncoding.IsKnown(manifest.Encoding))
        {
            throw new SuitException(FotaError.EncodingUnsupported, $"encoding {manifest.Encoding:X2} is unknown");
        }

        if (!(manifest.BaseDigest ?? []).AsSpan().SequenceEqual(entry.BaseDigest ?? []))
        {
            throw new SuitException(FotaError.WrongBase, $"the package says base {Hex(entry.BaseDigest)}, the manifest {Hex(manifest.BaseDigest)}");
        }

        if (manifest.TransferTable is byte[] table)
        {
            if (manifest.TransferLength != entry.Payload.Length || table.Length != ChunkTable.ChunkCount(entry.Payload.Length) * ChunkTable.TagLength)
            {
                throw new SuitException(FotaError.TransferTableInvalid, $"the payload has {entry.Payload.Length} bytes, the manifest says {manifest.TransferLength} in {table.Length / ChunkTable.TagLength} pieces");
            }

            int piece = ChunkTable.FirstMismatch(manifest.Salt, table, entry.Payload);
            if (piece >= 0)
            {
                throw new SuitException(FotaError.PieceMismatch, $"piece {piece} of the payload is not the one that was signed");
            }

            steps.Add(new VerificationStep("transfer table", $"{table.Length / ChunkTable.TagLength} pieces"));
        }
    }

    // What the payload makes; null, and said so, when it cannot be told here.
    private static byte[]? ImageOf(SuitManifest manifest, PackageEntry entry, VerificationMeans means, List<VerificationStep> steps)
    {
        byte compression = PayloadEncoding.CompressionOf(manifest.Encoding);
        DeltaBase? older = manifest.BaseDigest is byte[] digest ? means.Bases.FirstOrDefault(item => item.Digests.Any(other => other.AsSpan().SequenceEqual(digest))) : null;
        if (compression == PayloadEncoding.Delta && older is null)
        {
            steps.Add(new VerificationStep("image", $"not checked: the payload is a patch of the image that ECUs have as {Hex(manifest.BaseDigest)}; give the package with that manifest digest as a base"));
            return null;
        }

        byte[]? payload = manifest.EncryptionInfo is { } info ? ContentEncryption.TryDecrypt(entry.Payload, info, means.Devices) : entry.Payload;
        if (payload is null)
        {
            steps.Add(new VerificationStep("image", $"not checked: the payload is encrypted; give the file of one of the devices that it is for ({manifest.EncryptionInfo!.Recipients.Count})"));
            return null;
        }

        byte[] image = PayloadDecoder.Decode(compression, payload, older?.Image, manifest.ImageLength);
        if (manifest.Encoding != 0)
        {
            string from = older is null ? "" : $" from {older.Title} ({older.Path}):";
            steps.Add(new VerificationStep("payload", $"{PayloadEncoding.Name(manifest.Encoding)},{from} {entry.Payload.Length} bytes make {image.Length}"));
        }

        return image;
    }

    private static void CheckImage(SuitManifest manifest, byte[] image, List<VerificationStep> steps)
    {
        if (manifest.ImageLength != image.Length)
        {
            throw new SuitException(FotaError.TransferIncomplete, $"the payload has {image.Length} bytes, the manifest says {manifest.ImageLength}");
        }

        int chunk = ChunkTable.FirstMismatch(manifest.Salt, manifest.ChunkTable, image);
        if (chunk >= 0)
        {
            throw new SuitException(FotaError.ChunkMismatch, $"chunk {chunk} of the image (bytes from {chunk * ChunkTable.ChunkLength}) is not the one that was signed");
        }

        steps.Add(new VerificationStep("chunk table", $"{ChunkTable.ChunkCount(image.Length)} chunks of {ChunkTable.ChunkLength} bytes"));
        if (!SHA256.HashData(image).AsSpan().SequenceEqual(manifest.ImageDigest))
        {
            throw new SuitException(FotaError.ImageDigestMismatch, "the image's SHA-256 is not the manifest's");
        }

        steps.Add(new VerificationStep("image digest", Convert.ToHexStringLower(manifest.ImageDigest)));
        CheckBundle(manifest, image, steps);
    }

    // Signed, but put together wrongly: the loader on the ECU would stumble over it in the trial.
    private static void CheckBundle(SuitManifest manifest, byte[] image, List<VerificationStep> steps)
    {
        if (ApplicationBundle.TryParse(image, out ApplicationBundle? bundle) is string reason)
        {
            throw new SuitException(FotaError.LoadFailed, $"the image is no application bundle: {reason}");
        }

        if (bundle!.Runtime != manifest.Runtime)
        {
            throw new SuitException(FotaError.WrongRuntime, $"the bundle is for {bundle.Runtime.Name()}, the manifest says {manifest.Runtime.Name()}");
        }

        if (bundle.ContractVersion != manifest.ContractVersion)
        {
            throw new SuitException(FotaError.WrongContract, $"the bundle has contract {bundle.ContractVersion}, the manifest says {manifest.ContractVersion}");
        }

        if (bundle.Version != manifest.Version)
        {
            throw new SuitException(FotaError.LoadFailed, $"the bundle has version {bundle.Version}, the manifest says {manifest.Version}");
        }

        steps.Add(new VerificationStep("bundle", $"{bundle.Assemblies.Count} assemblies, entry class {bundle.EntryClass}"));
    }

    private static string Hex(byte[]? digest) => digest is null ? "none" : Convert.ToHexStringLower(digest);
}
