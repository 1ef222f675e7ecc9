// Faults made on purpose, for demonstrations and tests: each one is a package that looks right and that an ECU must refuse,
// for one reason of its own. Those that need no key stand first; the others are requests, to be signed with the right keys,
// since they must fail for what they say and not for how they are signed.
// Tests: tests/host-sim/Packages.
using EsyncSim.Signing;

namespace EsyncSim.Packages;

/// <summary>Makes packages that must be refused.</summary>
public static class PackageTampering
{
    /// <summary>One bit of the payload of the full entry is the other way round (ChunkMismatch).</summary>
    /// <param name="package">A good package.</param>
    /// <param name="bitIndex">Which bit, counted from the first byte's lowest.</param>
    public static Package FlipImageBit(Package package, int bitIndex) =>
        Change(package, entry => entry with { Payload = Flip(entry.Payload, bitIndex) });

    /// <summary>One bit of the payload of each other entry is the other way round (PieceMismatch).</summary>
    /// <param name="package">A good package.</param>
    /// <param name="bitIndex">Which bit, counted from the first byte's lowest.</param>
    public static Package FlipEncodedBit(Package package, int bitIndex) =>
        package with { Entries = [.. package.Entries.Select(entry => entry.Encoding == 0 ? entry : entry with { Payload = Flip(entry.Payload, bitIndex) })] };

    /// <summary>One bit of the manifest is the other way round (DigestMismatch).</summary>
    /// <param name="package">A good package.</param>
    /// <param name="bitIndex">Which bit of the manifest.</param>
    public static Package FlipManifestBit(Package package, int bitIndex) => ChangeEnvelope(package, envelope =>
        envelope with { ManifestBytes = Flip(envelope.ManifestBytes, bitIndex) });

    /// <summary>One bit of a signature is the other way round (SignatureInvalid).</summary>
    /// <param name="package">A good package.</param>
    /// <param name="signatureIndex">Which signature.</param>
    /// <param name="bitIndex">Which bit of it.</param>
    public static Package FlipSignatureBit(Package package, int signatureIndex, int bitIndex) => ChangeEnvelope(package, envelope =>
        envelope with { Signatures = [.. envelope.Signatures.Select((block, i) => i == signatureIndex ? block with { Signature = Flip(block.Signature, bitIndex) } : block)] });

    /// <summary>Only the signatures of one role are left (RoleMissing): what a thief of one key can make.</summary>
    /// <param name="package">A good package.</param>
    /// <param name="anchors">Public keys with their roles.</param>
    /// <param name="role">The role that stays.</param>
    public static Package KeepOneRole(Package package, IReadOnlyList<TrustAnchor> anchors, SigningRole role) => ChangeEnvelope(package, envelope =>
        envelope with { Signatures = [.. envelope.Signatures.Where(block => anchors.Any(anchor => anchor.Role == role && anchor.KeyId.AsSpan().SequenceEqual(block.KeyId)))] });

    /// <summary>For another kind of ECU (WrongClass).</summary>
    public static PackageRequest ForOtherClass(PackageRequest request) => request with { ClassId = Flip(request.ClassId, 0) };

    /// <summary>For another single device (WrongDevice).</summary>
    /// <param name="request">A good request.</param>
    /// <param name="deviceId">Identifier of the device that shall refuse it.</param>
    public static PackageRequest ForOtherDevice(PackageRequest request, byte[] deviceId) => request with { DeviceId = Flip(deviceId, 0) };

    /// <summary>With an older sequence number (SequenceTooLow): a replay.</summary>
    public static PackageRequest WithSequence(PackageRequest request, uint sequence) => request with { Sequence = sequence };

    /// <summary>Newer by its sequence number, but below the floor (SecurityVersionTooLow): a weakness coming back.</summary>
    public static PackageRequest WithSecurityVersion(PackageRequest request, uint sequence, uint securityVersion) =>
        request with { Sequence = sequence, SecurityVersion = securityVersion };

    private static Package ChangeEnvelope(Package package, Func<SuitEnvelope, SuitEnvelope> change) =>
        Change(package, entry => entry with { Envelope = change(SuitEnvelope.Decode(entry.Envelope)).Encode() });

    private static Package Change(Package package, Func<PackageEntry, PackageEntry> change) =>
        package with { Entries = [.. package.Entries.Select(entry => entry.Encoding == 0 ? change(entry) : entry)] };

    private static byte[] Flip(byte[] bytes, int bitIndex)
    {
        byte[] flipped = [.. bytes];
        flipped[bitIndex / 8] ^= (byte)(1 << (bitIndex % 8));
        return flipped;
    }
}
