// Where a campaign's text finds its packages: as files beside it, or in the server's store.
// Tests: tests/host-sim/Server/CampaignFileTests.cs, tests/host-sim/Server/CloudServerTests.cs.
using EsyncSim.Config;
using EsyncSim.Demo;

namespace EsyncSim.Server;

/// <summary>Finds packages by what a campaign's text calls them.</summary>
internal interface ICampaignPackages
{
    /// <summary>What to do about one that is not found.</summary>
    string Remedy { get; }

    /// <summary>True when an entry of <c>rollback</c> means a package, found or not; else it is a version.</summary>
    bool IsPackage(ConfigNode node);

    /// <summary>The package.</summary>
    /// <exception cref="UserErrorException">It is not there, or none.</exception>
    UpdateFile Load(ConfigNode node);
}

/// <summary>Paths relative to the campaign file.</summary>
internal sealed class PackagesBesideFile : ICampaignPackages
{
    /// <inheritdoc/>
    public string Remedy => "Name a package (from `esync package build`), a trust file (`esync keys rotate`) or a rules file (`esync rules build`), relative to this file";

    /// <inheritdoc/>
    public bool IsPackage(ConfigNode node) =>

        // What looks like a file and is not there is a file that is missing, not a version.
        File.Exists(PathOf(node)) || node.Text.Contains('/') || node.Text.EndsWith(".esp", StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public UpdateFile Load(ConfigNode node) => UpdateFile.Load(PathOf(node));

    private static string PathOf(ConfigNode node) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(node.File))!, node.Text);
}

/// <summary>SHA-256 of a package, or its name and version: <c>motor@2.0.0</c>.</summary>
internal sealed class PackagesInStore(PackageStore packages) : ICampaignPackages
{
    private const int Sha256Length = 64;

    /// <inheritdoc/>
    public string Remedy => "Upload it first (POST /api/v1/packages, `esync campaign upload`), and name it by its SHA-256 or as name@version";

    /// <inheritdoc/>
    public bool IsPackage(ConfigNode node) => IsSha256(node.Text) || node.Text.Contains('@');

    /// <inheritdoc/>
    public UpdateFile Load(ConfigNode node)
    {
        StoredPackage package = Find(node.Text);
        return UpdateFile.Of(packages.BytesOf(package.Sha256)!, package.File) with { Name = package.Name };
    }

    private static bool IsSha256(string text) => text.Length == Sha256Length && text.All(char.IsAsciiHexDigitLower);

    private StoredPackage Find(string text)
    {
        if (IsSha256(text))
        {
            return packages.Find(text) ?? throw new UserErrorException(ExitCode.BadFile, "no package in the store has this SHA-256");
        }

        IReadOnlyList<StoredPackage> found = text.Split('@') is [{ Length: > 0 } name, { Length: > 0 } version] ? packages.Find(name, version) : [];
        return found.Count switch
        {
            1 => found[0],
            0 => throw new UserErrorException(ExitCode.BadFile, "the store has no package of this name and version"),
            _ => throw new UserErrorException(ExitCode.BadFile, $"the store has {found.Count} of this name and version: {string.Join(", ", found.Select(package => package.Sha256))}; name one by its SHA-256"),
        };
    }
}
