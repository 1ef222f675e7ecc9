// Rules over EsyncAgent.sln: it shows every project, and two platforms keep apart what can be built without nanoFramework's
// tools (Any CPU: the SDK projects) and what needs them (nanoFramework: the .nfproj). With a Build.0 on the wrong platform
// `dotnet build` at the root fails or warns where the tools are missing.
using System.Text.RegularExpressions;

namespace EsyncTests.Tidy;

/// <summary>Findings are lines of the form file: what.</summary>
internal static partial class SolutionRules
{
    private const string Solution = "EsyncAgent.sln";
    private const string NanoType = "{11A8DD76-328B-46DF-9F39-F559912D0360}";
    private const string SdkType = "{FAE04EC0-301F-11D3-BF4B-00C04F79EFBC}";
    private const string FolderType = "{2150E333-8FDC-42A3-9474-1A3956D46DE8}";

    private static readonly string[] Configurations = ["Debug", "Release"];

    private static readonly string[] Platforms = ["Any CPU", "nanoFramework"];

    /// <summary>Departures of the solution from what its projects need.</summary>
    /// <param name="text">The solution.</param>
    /// <param name="projects">Paths of all projects on disk.</param>
    /// <param name="guidOf">ProjectGuid of a nanoFramework project.</param>
    public static IEnumerable<string> Find(string text, IReadOnlyList<string> projects, Func<string, string?> guidOf)
    {
        var entries = Entry().Matches(text).Where(m => m.Groups["type"].Value != FolderType)
            .Select(m => (Type: m.Groups["type"].Value, Path: m.Groups["path"].Value.Replace('\\', '/'), Guid: m.Groups["guid"].Value)).ToList();
        foreach (string path in projects.Except(entries.Select(e => e.Path)))
        {
            yield return $"{Solution}: {path} is missing";
        }

        foreach (string path in entries.Select(e => e.Path).Except(projects))
        {
            yield return $"{Solution}: {path} is not on the disk";
        }

        foreach (IGrouping<string, string> guid in entries.GroupBy(e => e.Guid, e => e.Path).Where(g => g.Count() > 1))
        {
            yield return $"{Solution}: {string.Join(" and ", guid)} have one GUID, {guid.Key}";
        }

        if (!Section(text, "SolutionConfigurationPlatforms").SequenceEqual(Configurations.SelectMany(c => Platforms.Select(p => $"{c}|{p} = {c}|{p}"))))
        {
            yield return $"{Solution}: configurations must be Debug and Release, each on {string.Join(" and ", Platforms)}, and no other";
        }

        ILookup<string, string> rows = Section(text, "ProjectConfigurationPlatforms").ToLookup(r => r.Split('.')[0], r => r[(r.IndexOf('.', StringComparison.Ordinal) + 1)..]);
        foreach ((string type, string path, string guid) in entries)
        {
            bool isNano = path.EndsWith(".nfproj", StringComparison.Ordinal);
            if (type != (isNano ? NanoType : SdkType))
            {
                yield return $"{Solution}: the type of {path} must be {(isNano ? NanoType : SdkType)}";
            }

            if (isNano && guidOf(path) != guid)
            {
                yield return $"{Solution}: the GUID of {path} is {guid}, its ProjectGuid {guidOf(path)}";
            }

            string[] expected = [.. Expected(isNano)];
            foreach (string row in rows[guid].Except(expected).Concat(expected.Except(rows[guid])))
            {
                yield return $"{Solution}: {path} {(expected.Contains(row) ? "lacks" : "must not have")} {guid}.{row}";
            }
        }
    }

    private static IEnumerable<string> Expected(bool isNano)
    {
        foreach (string configuration in Configurations)
        {
            string[] keys = isNano
                ? ["Any CPU.ActiveCfg", "nanoFramework.ActiveCfg", "nanoFramework.Build.0", "nanoFramework.Deploy.0"]
                : ["Any CPU.ActiveCfg", "Any CPU.Build.0", "nanoFramework.ActiveCfg"];
            foreach (string key in keys)
            {
                yield return $"{configuration}|{key} = {configuration}|Any CPU";
            }
        }
    }

    private static IEnumerable<string> Section(string text, string name) =>
        text.Split('\n').Select(l => l.Trim()).SkipWhile(l => !l.StartsWith($"GlobalSection({name})", StringComparison.Ordinal)).Skip(1).TakeWhile(l => l != "EndGlobalSection");

    [GeneratedRegex("""^Project\("(?<type>[^"]+)"\) = "[^"]+", "(?<path>[^"]+)", "(?<guid>[^"]+)"\r?$""", RegexOptions.Multiline)]
    private static partial Regex Entry();
}
