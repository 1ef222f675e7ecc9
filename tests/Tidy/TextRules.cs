// Rules over any text of the repository: links of its pages lead somewhere, nothing tells on which machine it was
// written, and the source lists name what lies on the disk.
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace EsyncTests.Tidy;

/// <summary>Findings are lines of the form file(line): what.</summary>
internal static partial class TextRules
{
    /// <summary>Relative links of a page, and anchors in them, that lead nowhere.</summary>
    /// <param name="path">The page, relative to the root.</param>
    /// <param name="text">Its text.</param>
    /// <param name="read">Text of a file or an empty text for a folder; null for what is not there.</param>
    public static IEnumerable<string> Links(string path, string text, Func<string, string?> read)
    {
        string[] lines = WithoutCode(text);
        for (int i = 0; i < lines.Length; i++)
        {
            foreach (Match link in Link().Matches(lines[i]))
            {
                string[] target = link.Groups["target"].Value.Split('#', 2);
                string file = target[0].Length == 0 ? path : Resolve(path, target[0]);
                string? page = file == path ? text : read(file);
                if (page is null)
                {
                    yield return $"{path}({i + 1}): the link to {target[0]} leads nowhere";
                }
                else if (target.Length == 2 && file.EndsWith(".md", StringComparison.Ordinal) && !Anchors(page).Contains(target[1]))
                {
                    yield return $"{path}({i + 1}): {file} has no heading #{target[1]}";
                }
            }
        }
    }

    /// <summary>Absolute paths of somebody's machine.</summary>
    public static IEnumerable<string> MachinePaths(string path, string text) =>
        text.Split('\n')
            .Select((line, i) => (Match: MachinePath().Match(line), Line: i + 1))
            .Where(m => m.Match.Success)
            .Select(m => $"{path}({m.Line}): {m.Match.Value} is a place on somebody's machine");

    /// <summary>Files that a list of sources (a .projitems) stands for, relative to the root, by a walk of our own.</summary>
    /// <param name="path">The list, relative to the root.</param>
    /// <param name="text">Its text.</param>
    /// <param name="filesBelow">C# files below a folder.</param>
    public static IEnumerable<string> ListedSources(string path, string text, Func<string, IEnumerable<string>> filesBelow)
    {
        const string Here = "$(MSBuildThisFileDirectory)", AllBelow = "/**/*.cs";
        XNamespace ns = "http://schemas.microsoft.com/developer/msbuild/2003";
        foreach (XElement compile in XElement.Parse(text).Descendants(ns + "Compile"))
        {
            string include = ((string)compile.Attribute("Include")!).Replace('\\', '/');
            if (!include.StartsWith(Here, StringComparison.Ordinal) || !include.EndsWith(AllBelow, StringComparison.Ordinal))
            {
                throw new FormatException($"{path}: {include} is not of the form {Here}<folder>{AllBelow}");
            }

            string folder = path[..(path.LastIndexOf('/') + 1)] + include[Here.Length..^AllBelow.Length];
            foreach (string file in filesBelow(folder))
            {
                yield return file;
            }
        }
    }

    private static string Resolve(string page, string target)
    {
        var parts = new List<string>(page.Split('/')[..^1]);
        foreach (string part in target.TrimEnd('/').Split('/'))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }

    // As GitHub makes them: small letters, spaces to dashes, punctuation gone.
    private static HashSet<string> Anchors(string page) =>
        [.. WithoutCode(page).Where(l => l.StartsWith('#')).Select(l => Punctuation().Replace(l.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'))];

    // Lines inside ``` fences become empty, so that line numbers stay.
    private static string[] WithoutCode(string text)
    {
        string[] lines = text.Split('\n');
        bool isCode = false;
        for (int i = 0; i < lines.Length; i++)
        {
            bool isFence = lines[i].TrimStart().StartsWith("```", StringComparison.Ordinal);
            isCode ^= isFence;
            if (isCode || isFence)
            {
                lines[i] = "";
            }
        }

        return lines;
    }

    [GeneratedRegex(@"\]\((?!https?:|mailto:)(?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"(?<![\w./$}])/(wo" + @"rk|ro" + @"ot|ho" + @"me/\w+|Use" + @"rs/\w+)/[\w.]|[A-Z]:\\Use" + @"rs\\")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex Punctuation();
}
