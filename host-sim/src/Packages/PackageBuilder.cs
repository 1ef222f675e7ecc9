// From an application bundle to a signed package. Version, runtime and contract version are taken from the bundle's own
// header, so that manifest and image cannot disagree. Everything but the signatures follows from the request alone: the
// same request gives the same manifest, on every machine.
// What is made here is the full image alone; PackagePlan makes encoded ones beside it.
// Tests: tests/host-sim/Packages.
using System.Buffers.Binary;
using System.Security.Cryptography;
using EsyncSim.Signing;

namespace EsyncSim.Packages;

/// <summary>What a package shall say.</summary>
public sealed record PackageRequest
{
    /// <summary>Name of the package, 1 to 64 printable ASCII characters.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for, in words, 1 to 64 printable ASCII characters.</summary>
    public required string Hardware { get; init; }

    /// <summary>The application bundle.</summary>
    public required byte[] Image { get; init; }

    /// <summary>SUIT sequence number.</summary>
    public required uint Sequence { get; init; }

    /// <summary>securityVersion.</summary>
    public required uint SecurityVersion { get; init; }

    /// <summary>Vendor identifier, 16 bytes.</summary>
    public required byte[] VendorId { get; init; }

    /// <summary>Class identifier, 16 bytes.</summary>
    public required byte[] ClassId { get; init; }

    /// <summary>Device identifier, 16 bytes, for a package for one device only.</summary>
    public byte[]? DeviceId { get; init; }

    /// <summary>Banks in which the image may lie: bit 0 A, bit 1 B.</summary>
    public byte SlotMask { get; init; } = SuitManifest.BothSlots;
}

/// <summary>Builds packages.</summary>
public static class PackageBuilder
{
    /// <summary>Builds and signs. Each signer gives one index of its key.</summary>
    /// <exception cref="UserErrorException">The image is no bundle, a value is out of range, or a key cannot sign.</exception>
    public static Package Build(PackageRequest request, IReadOnlyList<ISigner> signers)
    {
        byte[] manifest = ManifestEncoder.Encode(ToManifest(request));
        SuitEnvelope envelope = SuitEnvelope.Sign(manifest, signers);
        return new Package
        {
            Name = request.Name,
            Hardware = request.Hardware,
            Entries = [new PackageEntry { Encoding = 0, Envelope = envelope.Encode(), Payload = request.Image }],
        };
    }

    /// <summary>The manifest of a request.</summary>
    /// <exception cref="UserErrorException">The image is no bundle, or a value is out of range.</exception>
    public static SuitManifest ToManifest(PackageRequest request)
    {
        if (ApplicationBundle.TryParse(request.Image, out ApplicationBundle? bundle) is string reason)
        {
            throw new UserErrorException(ExitCode.BadFile, $"the image is no application bundle: {reason}");
        }

        if (!Package.IsName(request.Name) || !Package.IsName(request.Hardware))
        {
            throw new UserErrorException(ExitCode.BadUsage, $"name and hardware must be 1 to {Package.NameLengthMax} printable ASCII characters");
        }

        ArgumentOutOfRangeException.ThrowIfNotEqual(request.VendorId.Length, 16);
        ArgumentOutOfRangeException.ThrowIfNotEqual(request.ClassId.Length, 16);
        byte[] salt = SaltOf(request);
        return new SuitManifest
        {
            Sequence = request.Sequence,
            VendorId = request.VendorId,
            ClassId = request.ClassId,
            DeviceId = request.DeviceId,
            ImageDigest = SHA256.HashData(request.Image),
            ImageLength = (uint)request.Image.Length,
            SlotMask = request.SlotMask,
            Uri = $"{request.Name}/{bundle!.Version}/full",
            Salt = salt,
            ChunkTable = ChunkTable.Build(salt, request.Image),
            SecurityVersion = request.SecurityVersion,
            Version = bundle.Version,
            Runtime = bundle.Runtime,
            ContractVersion = bundle.ContractVersion,
        };
    }

    // The salt is public. It follows from the image and its place in the order, which makes builds repeatable, and it
    // cannot be known before the image is: nobody prepares chunks for it in advance.
    private static byte[] SaltOf(PackageRequest request)
    {
        byte[] input = [.. "esync/v1/table-salt"u8, .. request.ClassId, .. new byte[4]];
        BinaryPrimitives.WriteUInt32BigEndian(input.AsSpan(input.Length - 4), request.Sequence);
        return HMACSHA256.HashData(SHA256.HashData(request.Image), input);
    }
}
