// An older version as the base of patches: its image, and every manifest digest that an ECU may have it under. An ECU that took
// the image encoded has it under another envelope, and so another digest, than one that took it whole; a patch names its base by
// that digest.
// Invariant: image and digests are those of the package's manifests; signatures are not looked at, since a wrong base makes a
// patch that no ECU takes and does no harm.
// Tests: tests/host-sim/Packages/DeltaBaseTests.cs.
using System.Security.Cryptography;
using EsyncSim.Signing;

namespace EsyncSim.Packages;

/// <summary>What a patch can be made from.</summary>
public sealed record DeltaBase
{
    /// <summary>Package file that it is from, for messages.</summary>
    public required string Path { get; init; }

    /// <summary>Name of the package.</summary>
    public required string Name { get; init; }

    /// <summary>The manifest of its full image.</summary>
    public required SuitManifest Manifest { get; init; }

    /// <summary>Its image.</summary>
    public required byte[] Image { get; init; }

    /// <summary>Manifest digests of its entries, each once.</summary>
    public required IReadOnlyList<byte[]> Digests { get; init; }

    /// <summary>Highest SUIT sequence number of its entries.</summary>
    public required uint Sequence { get; init; }

    /// <summary>Name and version.</summary>
    public string Title => $"{Name} {Manifest.Version}";

    /// <summary>Reads a package file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="devices">Who can decrypt it, if it is encrypted.</param>
    /// <exception cref="UserErrorException">It cannot be read, is damaged, or holds no full image that can be read.</exception>
    public static DeltaBase Load(string path, IReadOnlyList<DeviceFile> devices) => Of(Package.Load(path), path, devices);

    /// <summary>The base that a package is.</summary>
    /// <param name="package">The package.</param>
    /// <param name="path">Name for messages.</param>
    /// <param name="devices">Who can decrypt it, if it is encrypted; null: nobody.</param>
    /// <exception cref="UserErrorException">It is damaged, or holds no full image that can be read.</exception>
    public static DeltaBase Of(Package package, string path, IReadOnlyList<DeviceFile>? devices = null)
    {
        PackageEntry full = package.Entries.Where(entry => PayloadEncoding.CompressionOf(entry.Encoding) == PayloadEncoding.Plain).MinBy(entry => entry.Encoding)
            ?? throw new UserErrorException(ExitCode.BadFile, $"{path} has no full image, from which alone a patch can be made");
        try
        {
            (byte[] Digest, SuitManifest Manifest)[] entries = [.. package.Entries.Select(entry => ManifestOf(entry, path))];
            SuitManifest manifest = ManifestOf(full, path).Manifest;
            byte[] image = manifest.EncryptionInfo is { } info
                ? ContentEncryption.TryDecrypt(full.Payload, info, devices ?? []) ?? throw new UserErrorException(ExitCode.BadFile, $"{path} has its full image encrypted only, and for none of the devices that are named here")
                : full.Payload;
            bool isWhole = image.Length == manifest.ImageLength && SHA256.HashData(image).AsSpan().SequenceEqual(manifest.ImageDigest);
            if (!isWhole || entries.Any(entry => !entry.Manifest.ImageDigest.AsSpan().SequenceEqual(manifest.ImageDigest)))
            {
                throw new UserErrorException(ExitCode.BadFile, $"{path} is damaged: its image is not the one of all its manifests");
            }

            return new DeltaBase
            {
                Path = path,
                Name = package.Name,
                Manifest = manifest,
                Image = image,
                Digests = [.. entries.Select(entry => entry.Digest).DistinctBy(Convert.ToHexString)],
                Sequence = entries.Max(entry => entry.Manifest.Sequence),
            };
        }
        catch (SuitException error)
        {
            throw new UserErrorException(ExitCode.BadFile, $"{path} is damaged: {error.Message} ({error.Reason})");
        }
    }

    /// <summary>Why an ECU that has this version could not take the next one; null when it can.</summary>
    /// <param name="next">What the next version shall say.</param>
    public string? ReasonAgainst(PackageRequest next)
    {
        if (!Manifest.VendorId.AsSpan().SequenceEqual(next.VendorId) || !Manifest.ClassId.AsSpan().SequenceEqual(next.ClassId))
        {
            string what = Manifest.VendorId.AsSpan().SequenceEqual(next.VendorId) ? "class" : "vendor";
            return $"{Path} is for another {what} of ECUs";
        }

        if (Manifest.DeviceId is byte[] device && next.DeviceId is byte[] other && !device.AsSpan().SequenceEqual(other))
        {
            return $"{Path} is for another single device";
        }

        if (Manifest.SecurityVersion > next.SecurityVersion)
        {
            return $"{Path} has security version {Manifest.SecurityVersion}, and an ECU that has it takes none below";
        }

        return Sequence < next.Sequence ? null : $"{Path} has sequence {Sequence}, and an ECU that has it takes higher ones only; --sequence {Sequence + 1L} or more";
    }

    /// <summary>Versions with the same image become one, with the digests of all.</summary>
    public static IReadOnlyList<DeltaBase> Merge(IEnumerable<DeltaBase> bases) =>
    [
        .. bases.GroupBy(item => Convert.ToHexString(item.Manifest.ImageDigest)).Select(group => group.First() with
        {
            Digests = [.. group.SelectMany(item => item.Digests).DistinctBy(Convert.ToHexString)],
        }),
    ];

    private static (byte[] Digest, SuitManifest Manifest) ManifestOf(PackageEntry entry, string path)
    {
        SuitEnvelope envelope = SuitEnvelope.Decode(entry.Envelope);
        return envelope.Digest.AsSpan().SequenceEqual(envelope.ManifestDigest)
            ? (envelope.Digest, ManifestDecoder.Decode(envelope.ManifestBytes))
            : throw new UserErrorException(ExitCode.BadFile, $"{path} is damaged: a manifest is not the one that was signed");
    }
}
