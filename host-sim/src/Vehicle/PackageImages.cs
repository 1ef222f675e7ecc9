// From a package file to what the client sends to an ECU.
// Tests: tests/host-sim/Vehicle.
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
        PackageEntry entry = package.Full
            ?? throw new UserErrorException(ExitCode.BadFile, $"package {package.Name} has no entry that transfers the plain image");
        try
        {
            SuitEnvelope envelope = SuitEnvelope.Decode(entry.Envelope);
            SuitManifest manifest = ManifestDecoder.Decode(envelope.ManifestBytes);
            return new UpdateImage(entry.Envelope, envelope.Digest, entry.Encoding, entry.Payload, manifest.Version);
        }
        catch (SuitException exception)
        {
            throw new UserErrorException(ExitCode.BadFile, $"package {package.Name} has a malformed envelope: {exception.Message}");
        }
    }
}
