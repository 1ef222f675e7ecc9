// From a package file to what the client sends to an ECU.
// Tests: tests/Vehicle.
using EsyncSim.Client;
using EsyncSim.Packages;

namespace EsyncSim.Vehicle;

/// <summary>Takes images out of packages.</summary>
public static class PackageImages
{
    /// <summary>The entry that transfers the plain image.</summary>
    /// <exception cref="UserErrorException">The package has none, or its envelope is malformed.</exception>
    public static UpdateImage Full(Package package)
    {
        PackageEntry entry = FullEntry(package);
        byte[] digest = Read(package, () => SuitEnvelope.Decode(entry.Envelope).Digest);
        return new UpdateImage(entry.Envelope, digest, entry.Encoding, entry.Payload, ManifestOf(package).Version);
    }

    /// <summary>The manifest of the entry that transfers the plain image. Its signatures are not checked: the ECU does that.</summary>
    /// <exception cref="UserErrorException">The package has none, or its envelope is malformed.</exception>
    public static SuitManifest ManifestOf(Package package) =>
        Read(package, () => ManifestDecoder.Decode(SuitEnvelope.Decode(FullEntry(package).Envelope).ManifestBytes));

    private static PackageEntry FullEntry(Package package) => package.Full
        ?? throw new UserErrorException(ExitCode.BadFile, $"package {package.Name} has no entry that transfers the plain image");

    private static T Read<T>(Package package, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (SuitException exception)
        {
            throw new UserErrorException(ExitCode.BadFile, $"package {package.Name} has a malformed envelope: {exception.Message}");
        }
    }
}
