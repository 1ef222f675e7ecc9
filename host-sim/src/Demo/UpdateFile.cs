// What `esync update` takes: a package with an image, or a trust file. Either is sent down as it is.
// Tests: tests/host-sim/Cli.
using System.Globalization;
using EsyncSim.Packages;
using EsyncSim.Vehicle;

namespace EsyncSim.Demo;

/// <summary>A file for an ECU.</summary>
public sealed record UpdateFile
{
    /// <summary>Name for the campaign.</summary>
    public required string Name { get; init; }

    /// <summary>Version of the application; of a trust file its sequence number.</summary>
    public required string Version { get; init; }

    /// <summary>SUIT class identifier that it is for, 16 bytes.</summary>
    public required byte[] ClassId { get; init; }

    /// <summary>The file's bytes.</summary>
    public required byte[] Bytes { get; init; }

    /// <summary>The trust file; null when it is a package.</summary>
    public TrustFile? Trust { get; init; }

    /// <summary>What the ECU says of itself when it has taken it.</summary>
    public string Expected => Trust is null ? $"{Version} {EsyncAgent.BankState.Confirmed}" : Trust.ToUpdate().State.ToString();

    /// <summary>Reads a file of either kind.</summary>
    /// <exception cref="UserErrorException">Missing, or neither.</exception>
    public static UpdateFile Load(string path) => TrustFile.IsTrustFile(path) ? Of(TrustFile.Load(path), path) : Of(Package.Load(path));

    /// <summary>A package.</summary>
    /// <exception cref="UserErrorException">It has no full image, or its envelope is malformed.</exception>
    public static UpdateFile Of(Package package)
    {
        SuitManifest manifest = PackageImages.ManifestOf(package);
        return new UpdateFile { Name = package.Name, Version = manifest.Version, ClassId = manifest.ClassId, Bytes = package.Encode() };
    }

    private static UpdateFile Of(TrustFile trust, string path) => new()
    {
        Name = Path.GetFileNameWithoutExtension(path),
        Version = trust.List.Sequence.ToString(CultureInfo.InvariantCulture),
        ClassId = trust.List.ClassId,
        Bytes = trust.Document,
        Trust = trust,
    };
}
