// What `esync update` takes: a package with an image, a trust file or a rules file. Each is sent down as it is.
// Tests: tests/host-sim/Cli.
using System.Globalization;
using EsyncAgent;
using EsyncSim.Packages;
using EsyncSim.Rules;
using EsyncSim.Server;
using EsyncSim.Vehicle;

namespace EsyncSim.Demo;

/// <summary>A file for an ECU.</summary>
public sealed record UpdateFile
{
    /// <summary>Name for the campaign.</summary>
    public required string Name { get; init; }

    /// <summary>What of the ECU it is for.</summary>
    public required TargetPart Part { get; init; }

    /// <summary>Version of the application; of a trust file its sequence number, of rules that and their digest.</summary>
    public required string Version { get; init; }

    /// <summary>SUIT class identifier that it is for, 16 bytes.</summary>
    public required byte[] ClassId { get; init; }

    /// <summary>The file's bytes.</summary>
    public required byte[] Bytes { get; init; }

    /// <summary>What the ECU says of itself when it has taken it.</summary>
    public required string Expected { get; init; }

    /// <summary>Reads a file of any kind.</summary>
    /// <exception cref="UserErrorException">Missing, or none of them.</exception>
    public static UpdateFile Load(string path) => TrustFile.IsTrustFile(path) ? Of(TrustFile.Load(path), path)
        : RulesFile.IsRulesFile(path) ? Of(RulesFile.Load(path), path)
        : Of(Package.Load(path));

    /// <summary>Content of a file of any kind.</summary>
    /// <param name="file">The bytes.</param>
    /// <param name="path">Its name, for messages.</param>
    /// <exception cref="UserErrorException">It is none of them, or damaged.</exception>
    public static UpdateFile Of(byte[] file, string path) => TrustFile.IsTrustFile(file) ? Of(TrustFile.Decode(file, path), path)
        : RulesFile.IsRulesFile(file) ? Of(RulesFile.Decode(file, path), path)
        : Of(Package.Decode(file, path)) with { Bytes = file };

    /// <summary>A package.</summary>
    /// <exception cref="UserErrorException">It has no full image, or its envelope is malformed.</exception>
    public static UpdateFile Of(Package package)
    {
        SuitManifest manifest = PackageImages.ManifestOf(package);
        return new UpdateFile
        {
            Name = package.Name,
            Part = TargetPart.Application,
            Version = manifest.Version,
            ClassId = manifest.ClassId,
            Bytes = package.Encode(),
            Expected = $"{manifest.Version} {BankState.Confirmed}",
        };
    }

    /// <summary>A rules file.</summary>
    /// <param name="rules">Its content.</param>
    /// <param name="path">Where it was read.</param>
    public static UpdateFile Of(RulesFile rules, string path)
    {
        RulesState state = rules.ToUpdate().State;
        return new UpdateFile
        {
            Name = Path.GetFileNameWithoutExtension(path),
            Part = TargetPart.Rules,
            Version = state.Version,
            ClassId = rules.List.ClassId,
            Bytes = rules.Document,
            Expected = state.ToString(),
        };
    }

    private static UpdateFile Of(TrustFile trust, string path) => new()
    {
        Name = Path.GetFileNameWithoutExtension(path),
        Part = TargetPart.Trust,
        Version = trust.List.Sequence.ToString(CultureInfo.InvariantCulture),
        ClassId = trust.List.ClassId,
        Bytes = trust.Document,
        Expected = trust.ToUpdate().State.ToString(),
    };
}
