// The one place that knows where optional reference data lies: figures that prove more where they are there, and that
// no test needs to pass on a fresh clone.
using Xunit;

namespace EsyncTests;

/// <summary>The reference-data folder, `../shared` relative to the repository.</summary>
public static class ReferenceData
{
    /// <summary>Name of the folder beside the repository.</summary>
    public const string Folder = "shared";

    /// <summary>Absolute path of a file or folder in it; skips the calling test when it is absent.</summary>
    public static string Require(string relative)
    {
        string? path = Find(relative);
        Assert.SkipWhen(path is null, $"absent: reference data {relative} in {Path.Combine(Path.GetDirectoryName(Repository.Root)!, Folder)}");
        return path!;
    }

    /// <summary>Absolute path of a file or folder in it; null when it is absent.</summary>
    public static string? Find(string relative)
    {
        string path = Path.Combine([Path.GetDirectoryName(Repository.Root)!, Folder, .. relative.Split('/')]);
        return File.Exists(path) || Directory.Exists(path) ? path : null;
    }
}
