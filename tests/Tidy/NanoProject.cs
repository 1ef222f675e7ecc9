// A classic nanoFramework project as text: what it says of itself, its references, and what it is built from.
// MSBuild is not imitated: only the forms of a path that the projects here have are resolved.
using System.Xml.Linq;

namespace EsyncTests.Tidy;

/// <summary>An .nfproj, and the packages.config beside it.</summary>
internal sealed class NanoProject(string path, string text, string packagesConfig)
{
    private const string Below = "/**/*.cs", Inside = "/*.cs";

    private static readonly XNamespace Ns = "http://schemas.microsoft.com/developer/msbuild/2003";

    private readonly XElement _root = XElement.Parse(text);

    /// <summary>Its path from the root of the repository.</summary>
    public string Path => path;

    /// <summary>Its folder, from the root of the repository.</summary>
    public string Folder => path[..path.LastIndexOf('/')];

    /// <summary>Names of elements and the projects that are imported, in the order of the file.</summary>
    public IReadOnlyList<string> Order => [.. _root.Descendants().Select(e => e.Name == Ns + "Import" ? (string)e.Attribute("Project")! : e.Name.LocalName)];

    /// <summary>Imports with their conditions.</summary>
    public IReadOnlyList<(string Project, string? Condition)> Imports => [.. _root.Elements(Ns + "Import").Select(i => ((string)i.Attribute("Project")!, (string?)i.Attribute("Condition")))];

    /// <summary>Assemblies of packages, with the place where each is looked for.</summary>
    public IReadOnlyList<(string Name, string? HintPath)> References => [.. Items("Reference").Select(r => (Include(r), r.Element(Ns + "HintPath")?.Value))];

    /// <summary>Rows of packages.config.</summary>
    public IReadOnlyList<(string Id, string Version, string? Framework)> Packages { get; } =
        [.. XElement.Parse(packagesConfig).Elements("package").Select(p => ((string)p.Attribute("id")!, (string)p.Attribute("version")!, (string?)p.Attribute("targetFramework")))];

    /// <summary>Paths of the projects that it refers to, from the root.</summary>
    public IReadOnlyList<string> Projects => [.. Items("ProjectReference").Select(r => Resolve(Include(r)))];

    /// <summary>Paths of the source lists that it imports, from the root.</summary>
    public IReadOnlyList<string> Lists => [.. Imports.Where(i => i.Condition is null).Select(i => Resolve(i.Project))];

    /// <summary>Files that it names beside sources, from the root.</summary>
    public IReadOnlyList<string> OtherFiles => [.. Items("None").Concat(Items("Content")).Select(i => Resolve(Include(i)))];

    /// <summary>Sources that it names itself, each with the files that this stands for.</summary>
    /// <param name="filesBelow">C# files at any depth below a folder; for a file its own name, or nothing.</param>
    public IEnumerable<(string Include, IReadOnlyList<string> Files)> Compiled(Func<string, IEnumerable<string>> filesBelow)
    {
        foreach (string include in Items("Compile").Select(Include))
        {
            string place = Resolve(include);
            yield return (include, place.EndsWith(Below, StringComparison.Ordinal) ? [.. filesBelow(place[..^Below.Length])]
                : place.EndsWith(Inside, StringComparison.Ordinal) ? [.. filesBelow(place[..^Inside.Length]).Where(f => f.LastIndexOf('/') == place.Length - Inside.Length)]
                : [.. filesBelow(place)]);
        }
    }

    /// <summary>A property's value; null when it is not given exactly once.</summary>
    public string? Property(string name) => _root.Elements(Ns + "PropertyGroup").Elements(Ns + name).ToList() is [var only] ? only.Value : null;

    /// <summary>A path of the project, made one from the root.</summary>
    public string Resolve(string relative)
    {
        var parts = new List<string>(Folder.Split('/'));
        foreach (string part in relative.Replace('\\', '/').Split('/'))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }

    private static string Include(XElement item) => (string)item.Attribute("Include")!;

    private IEnumerable<XElement> Items(string name) => _root.Elements(Ns + "ItemGroup").Elements(Ns + name);
}
