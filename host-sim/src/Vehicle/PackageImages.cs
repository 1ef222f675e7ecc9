// From a package file to what the client sends to an ECU: each entry is a form of the image, and UpdateImages has what an ECU
// could take of them.
// Signatures are not checked: the ECU does that.
// Tests: tests/host-sim/Vehicle/PackageImagesTests.cs, tests/Vehicle.
using EsyncSim.Client;
using EsyncSim.Delta;
using EsyncSim.Packages;

namespace EsyncSim.Vehicle;

/// <summary>Takes images out of packages.</summary>
public static class PackageImages
{
    /// <summary>All entries.</summary>
    /// <exception cref="UserErrorException">There is no entry for the whole image, or an envelope is malformed.</exception>
    public static UpdateImages Of(Package package)
    {
        WholeEntry(package);
        return Forms(package);
    }

    /// <summary>All entries of a file that may hold one form only, the whole image or not.</summary>
    /// <exception cref="UserErrorException">An envelope is malformed.</exception>
    public static UpdateImages Forms(Package package) => new([.. package.Entries.Select(entry => ToImage(package, entry))]);

    /// <summary>The entry that transfers the whole image.</summary>
    /// <exception cref="UserErrorException">The package has none, or its envelope is malformed.</exception>
    public static UpdateImage Full(Package package) => ToImage(package, WholeEntry(package));

    /// <summary>The manifest of the entry that transfers the whole image.</summary>
    /// <exception cref="UserErrorException">The package has none, or its envelope is malformed.</exception>
    public static SuitManifest ManifestOf(Package package) => Decode(package, WholeEntry(package)).Manifest;

    private static PackageEntry WholeEntry(Package package) => package.Full
        ?? package.Entries.FirstOrDefault(entry => entry.Encoding >> 4 == 0)
        ?? throw new UserErrorException(ExitCode.BadFile, $"package {package.Name} has no entry that transfers the whole image, which an ECU needs that can take nothing smaller");

    private static UpdateImage ToImage(Package package, PackageEntry entry)
    {
        (byte[] digest, SuitManifest manifest) = Decode(package, entry);
        return new UpdateImage(entry.Envelope, digest, entry.Encoding, entry.Payload, manifest.Version)
        {
            Sequence = manifest.Sequence,
            ImageLength = (int)manifest.ImageLength,
            ImageDigest = manifest.ImageDigest,
            BaseDigest = manifest.BaseDigest,
            Recipients = manifest.EncryptionInfo?.Recipients.Select(recipient => recipient.DeviceId).ToArray(),
            WindowBits = WindowBitsOf(entry),
        };
    }

    // An encrypted payload does not tell, and a malformed one is for the ECU to refuse, with its own reason.
    private static int WindowBitsOf(PackageEntry entry)
    {
        switch (entry.Encoding)
        {
            case PayloadEncoding.Heatshrink << 4 when entry.Payload.Length > 0:
                return HeatshrinkParameters.FromHeader(entry.Payload[0]).WindowBits;
            case PayloadEncoding.Delta << 4:
                try
                {
                    SequentialPatch.ReadHead(entry.Payload, out _, out HeatshrinkParameters parameters);
                    return parameters.WindowBits;
                }
                catch (UserErrorException)
                {
                    return 0;
                }

            default:
                return 0;
        }
    }

    private static (byte[] Digest, SuitManifest Manifest) Decode(Package package, PackageEntry entry)
    {
        try
        {
            SuitEnvelope envelope = SuitEnvelope.Decode(entry.Envelope);
            return (envelope.Digest, ManifestDecoder.Decode(envelope.ManifestBytes));
        }
        catch (SuitException exception)
        {
            throw new UserErrorException(
                ExitCode.BadFile, $"package {package.Name} has a malformed envelope ({EncodingText.Of(entry.Encoding)}): {exception.Message}");
        }
    }
}
