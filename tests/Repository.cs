// Where the repository lies, and its source files: for tests over the text itself.
namespace EsyncTests;

/// <summary>Files of the working copy that the tests were built from.</summary>
public static class Repository
{
    private static readonly string[] NotOurs = ["bin", "obj", "artifacts", "TestResults", "runs", "packages"];

    /// <summary>The folder that holds EsyncAgent.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>An absolute path from one with slashes, relative to the root.</summary>
    public static string PathOf(string relative) => Path.Combine([Root, .. relative.Split('/')]);

    /// <summary>The text of a file, with \n as its line end.</summary>
    public static string Read(string relative) => File.ReadAllText(PathOf(relative)).ReplaceLineEndings("\n");

    /// <summary>Files below a folder with one of the extensions, relative to the root and with slashes, in order; build output and hidden folders are left out.</summary>
    public static IReadOnlyList<string> Files(string folder, params string[] extensions) =>
        [.. Walk(folder.Length == 0 ? Root : PathOf(folder))
            .Where(f => extensions.Contains(Path.GetExtension(f)))
            .Select(f => Path.GetRelativePath(Root, f).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Walk(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }

        IEnumerable<string> below = Directory.GetDirectories(folder)
            .Where(d => !NotOurs.Contains(Path.GetFileName(d)) && !Path.GetFileName(d).StartsWith('.'))
            .SelectMany(Walk);
        return Directory.GetFiles(folder).Concat(below);
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "EsyncAgent.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No EsyncAgent.sln above {AppContext.BaseDirectory}: the tests run from a build inside the repository.");
    }
}
