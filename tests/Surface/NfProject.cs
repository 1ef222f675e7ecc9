// What a nanoFramework project gives its compiler: sources, assemblies of packages, other projects, the language.
using EsyncTests.Tidy;
using Microsoft.CodeAnalysis.CSharp;

namespace EsyncTests.Surface;

/// <summary>An .nfproj, to be compiled.</summary>
internal sealed class NfProject
{
    private readonly NanoProject _project;

    private NfProject(string path) =>
        _project = new NanoProject(path, Repository.Read(path), Repository.Read($"{path[..path.LastIndexOf('/')]}/packages.config"));

    /// <summary>All projects of the repository.</summary>
    public static IReadOnlyList<string> Paths => Repository.Files("", ".nfproj");

    /// <summary>Name of the assembly.</summary>
    public string AssemblyName => _project.Property("AssemblyName")!;

    /// <summary>The language that its compiler is told.</summary>
    public LanguageVersion Language =>
        LanguageVersionFacts.TryParse(_project.Property("LangVersion") ?? "", out LanguageVersion version)
            ? version
            : throw new FormatException($"{_project.Path}: LangVersion is missing");

    /// <summary>Assemblies of packages, in the order of the project; programs that a package brings along are none.</summary>
    public IReadOnlyList<string> Assemblies => [.. _project.References.Where(r => r.HintPath?.EndsWith(".dll", StringComparison.Ordinal) ?? false).Select(r => r.Name)];

    /// <summary>The projects that it refers to.</summary>
    public IReadOnlyList<string> Projects => _project.Projects;

    /// <summary>C# files, its own and those of the lists that it imports.</summary>
    public IReadOnlyList<string> Sources =>
    [
        .. _project.Lists.SelectMany(l => TextRules.ListedSources(l, Repository.Read(l), folder => Repository.Files(folder, ".cs"))),
        .. _project.Compiled(place => File.Exists(Repository.PathOf(place)) ? [place] : Repository.Files(place, ".cs")).SelectMany(c => c.Files),
    ];

    public static NfProject Read(string path) => new(path);
}
