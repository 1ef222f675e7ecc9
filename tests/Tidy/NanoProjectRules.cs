// Rules over the nanoFramework projects: their form, their packages against the one set, and the files that they name.
// No build here reads these projects, so that a mistake would show only on a machine that has nanoFramework's tools.
using System.Text.RegularExpressions;

namespace EsyncTests.Tidy;

/// <summary>Findings are lines of the form file: what.</summary>
internal static partial class NanoProjectRules
{
    private const string SystemPath = @"$(MSBuildExtensionsPath)\nanoFramework\v1.0\";
    private const string SystemVariable = "$(NanoFrameworkProjectSystemPath)";
    private const string TypeGuids = "{11A8DD76-328B-46DF-9F39-F559912D0360};{FAE04EC0-301F-11D3-BF4B-00C04F79EFBC}";
    private const string Presets = SystemVariable + "NFProjectSystem.Default.props";
    private const string Language = "13";
    private const string TestLanguage = "10";

    private static readonly string[] SystemImports = [Presets, SystemVariable + "NFProjectSystem.props", SystemVariable + "NFProjectSystem.CSharp.targets"];

    /// <summary>Departures from the form that the project system and the solution expect.</summary>
    public static IEnumerable<string> Form(NanoProject project)
    {
        bool isTest = project.References.Any(r => r.Name == "nanoFramework.TestFramework");
        (string Name, string Expected)[] properties =
        [
            ("NanoFrameworkProjectSystemPath", SystemPath), ("ProjectTypeGuids", TypeGuids), ("TargetFrameworkVersion", "v1.0"),
            ("AssemblyName", Path.GetFileNameWithoutExtension(project.Path)), ("LangVersion", isTest ? TestLanguage : Language),
        ];
        foreach ((string name, string expected) in properties.Where(p => project.Property(p.Name) != p.Expected))
        {
            yield return $"{project.Path}: {name} must be {expected}, once";
        }

        if (!ProjectGuid().IsMatch(project.Property("ProjectGuid") ?? ""))
        {
            yield return $"{project.Path}: ProjectGuid must be a GUID in braces and capitals";
        }

        if (!project.Imports.Where(i => i.Condition is not null).SequenceEqual(SystemImports.Select(i => (i, (string?)$"Exists('{i}')"))))
        {
            yield return $"{project.Path}: it must import {string.Join(", ", SystemImports)}, in this order, each on condition that it exists";
        }

        List<string> order = [.. project.Order];
        if (order.IndexOf("LangVersion") < order.IndexOf(Presets))
        {
            yield return $"{project.Path}: LangVersion must stand behind the import of NFProjectSystem.Default.props, which presets another";
        }
    }

    /// <summary>References and packages.config that do not fit each other or the set.</summary>
    public static IEnumerable<string> Packages(NanoProject project, NanoPackages set)
    {
        string up = string.Concat(Enumerable.Repeat(@"..\", project.Folder.Split('/').Length));
        HashSet<string> ids = [.. project.Packages.Select(p => p.Id)];
        var expected = new List<(string, string?)>();
        foreach ((string id, string version, string? framework) in project.Packages)
        {
            NanoPackage? package = set.Find(id);
            if (package is null || package.Version != version || framework != "netnano1.0")
            {
                yield return $"{project.Folder}/packages.config: {id} {version} for {framework} is not of the set in boards/README.md";
            }

            foreach (string need in (package?.Needs ?? []).Where(n => !ids.Contains(n)))
            {
                yield return $"{project.Folder}/packages.config: {id} needs {need}";
            }

            expected.AddRange((package?.Files ?? []).Select(f => (Path.GetFileNameWithoutExtension(f), (string?)$@"{up}packages\{id}.{version}\lib\{f}")));
        }

        if (!project.Packages.Select(p => p.Id).SequenceEqual(ids.Order(StringComparer.Ordinal)))
        {
            yield return $"{project.Folder}/packages.config: packages must be in order, each once";
        }

        foreach ((string name, string? place) in expected.Except(project.References))
        {
            yield return $"{project.Path}: a Reference to {name} with the HintPath {place} is missing";
        }

        foreach ((string name, string? place) in project.References.Except(expected))
        {
            yield return $"{project.Path}: the Reference to {name} at {place} is none of packages.config and the set in boards/README.md";
        }
    }

    /// <summary>What it names and is not there, and sources that it names twice.</summary>
    /// <param name="project">The project.</param>
    /// <param name="exists">Whether a file is there.</param>
    /// <param name="listed">Sources of a list (.projitems) that is there.</param>
    /// <param name="filesBelow">C# files below a folder; for a file itself, or nothing.</param>
    public static IEnumerable<string> Files(NanoProject project, Func<string, bool> exists, Func<string, IEnumerable<string>> listed, Func<string, IEnumerable<string>> filesBelow)
    {
        foreach (string file in project.Lists.Concat(project.Projects).Concat(project.OtherFiles).Where(f => !exists(f)))
        {
            yield return $"{project.Path}: {file} is not there";
        }

        foreach ((string include, _) in project.Compiled(filesBelow).Where(c => c.Files.Count == 0))
        {
            yield return $"{project.Path}: {include} stands for no source";
        }

        IEnumerable<string> sources = project.Lists.Where(exists).SelectMany(listed).Concat(project.Compiled(filesBelow).SelectMany(c => c.Files));
        foreach (IGrouping<string, string> source in sources.GroupBy(s => s).Where(s => s.Count() > 1))
        {
            yield return $"{project.Path}: {source.Key} is compiled {source.Count()} times";
        }
    }

    /// <summary>Settings of the root that would reach a project which they are not made for.</summary>
    /// <param name="project">The project.</param>
    /// <param name="read">Text of a file; null for what is not there.</param>
    public static IEnumerable<string> Shielded(NanoProject project, Func<string, string?> read)
    {
        foreach (string name in (string[])["Directory.Build.props", "Directory.Packages.props"])
        {
            string[] parts = project.Folder.Split('/');
            string? nearest = Enumerable.Range(1, parts.Length).Reverse().Select(n => read($"{string.Join('/', parts[..n])}/{name}")).FirstOrDefault(t => t is not null);
            if (nearest?.Trim() != "<Project />")
            {
                yield return $"{project.Path}: {project.Folder}/{name} must be an empty <Project />, to keep the root's away";
            }
        }
    }

    /// <summary>A board's list of packages that is not that of its program.</summary>
    public static IEnumerable<string> BoardPackages(NanoProject project, string boardYaml)
    {
        string[] listed = [.. boardYaml.Split('\n').SkipWhile(l => l != "packages:").Skip(1).TakeWhile(l => l.StartsWith("  - ", StringComparison.Ordinal)).Select(l => l[4..].Trim())];
        if (!listed.SequenceEqual(project.Packages.Select(p => p.Id)))
        {
            yield return $"{project.Folder}/board.yaml: packages: are not those of packages.config: {string.Join(", ", listed)}";
        }
    }

    [GeneratedRegex("^\\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\\}$")]
    private static partial Regex ProjectGuid();
}
