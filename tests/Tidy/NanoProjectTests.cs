// Every nanoFramework project of the repository, and the solution that shows it, keeps the rules without which it would
// build nowhere. A new project is found by its extension.
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using EsyncTests.Surface;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace EsyncTests.Tidy;

public sealed class NanoProjectTests
{
    private const string TablePage = "boards/README.md";

    private static readonly NanoPackages Set = NanoPackages.Parse(Repository.Read(TablePage));

    // A project is compiled once, however many others refer to it; tests of a class run one after the other.
    private static readonly Dictionary<string, CSharpCompilation> Listings = [];
    private static readonly Dictionary<string, SurfaceBuild> Builds = [];

    public static TheoryData<string> Projects => [.. Repository.Files("", ".nfproj")];

    [Theory]
    [MemberData(nameof(Projects))]
    public void It_has_the_form_that_the_project_system_expects(string path) => AssertNone(NanoProjectRules.Form(Read(path)));

    [Theory]
    [MemberData(nameof(Projects))]
    public void Its_references_its_packages_and_the_one_set_agree(string path) => AssertNone(NanoProjectRules.Packages(Read(path), Set));

    [Theory]
    [MemberData(nameof(Projects))]
    public void What_it_names_is_there_once(string path) =>
        AssertNone(NanoProjectRules.Files(Read(path), Exists, Listed, FilesBelow));

    [Theory]
    [MemberData(nameof(Projects))]
    public void Settings_of_the_root_do_not_reach_it(string path) =>
        AssertNone(NanoProjectRules.Shielded(Read(path), ReadOrNull));

    [Theory]
    [MemberData(nameof(Projects))]
    public void No_SDK_project_shares_its_folder(string path) =>
        Assert.DoesNotContain(Repository.Files(Read(path).Folder, ".csproj"), f => f[..f.LastIndexOf('/')] == Read(path).Folder);

    [Theory]
    [MemberData(nameof(Projects))]
    public void It_asks_for_the_packages_that_its_sources_use_and_for_no_other(string path)
    {
        SurfaceBuild build = Build(Read(path));
        Assert.Empty(build.Problems);
        using var image = new PEReader(new MemoryStream(build.Image));
        MetadataReader metadata = image.GetMetadataReader();
        IEnumerable<string> used = metadata.AssemblyReferences.Select(r => metadata.GetString(metadata.GetAssemblyReference(r).Name));
        Assert.Equal(Set.Closure(used.Select(a => Set.OfAssembly(a)?.Id).OfType<string>()), Read(path).Packages.Select(p => p.Id));
    }

    [Fact]
    public void Each_board_lists_the_packages_of_its_program() =>
        AssertNone(Projects.Select(p => Read(p.Data)).Where(p => Exists($"{p.Folder}/board.yaml")).SelectMany(p => NanoProjectRules.BoardPackages(p, Repository.Read($"{p.Folder}/board.yaml"))));

    [Fact]
    public void The_solution_shows_every_project_on_the_platform_that_can_build_it() =>
        AssertNone(SolutionRules.Find(Repository.Read("EsyncAgent.sln"), Repository.Files("", ".csproj", ".nfproj"), p => Read(p).Property("ProjectGuid")));

    [Fact]
    public void The_packages_of_the_set_are_what_the_listings_say()
    {
        foreach (NanoPackage package in Set.Rows)
        {
            string assembly = Path.GetFileNameWithoutExtension(package.Files[0]);
            string[] head = File.ReadAllLines(ReferenceData.Require($"nanoframework-api/{assembly}.txt"))[..12];
            Assert.StartsWith($"// package: {package.Id} ", head.Single(l => l.StartsWith("// package:", StringComparison.Ordinal)));
            string[] references = head.Single(l => l.StartsWith("// references:", StringComparison.Ordinal))[14..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(references.Select(r => Set.OfAssembly(r)!.Id).Order(StringComparer.Ordinal), package.Needs.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Each_package_of_the_set_is_asked_for_by_a_project_or_a_board()
    {
        string boards = string.Join('\n', Repository.Files("boards", ".yaml").Select(Repository.Read));
        IEnumerable<string> asked = Projects.SelectMany(p => Read(p.Data).Packages).Select(p => p.Id);
        AssertNone(Set.Rows.Select(r => r.Id).Except(asked).Where(id => !boards.Contains($"  - {id}\n", StringComparison.Ordinal)));
    }

    // Against exactly the listings of what it refers to, as its own build would be.
    private static SurfaceBuild Build(NanoProject project)
    {
        if (!Builds.TryGetValue(project.Path, out SurfaceBuild? build))
        {
            string[] sources = [.. project.Lists.SelectMany(Listed), .. project.Compiled(FilesBelow).SelectMany(c => c.Files)];
            string[] assemblies = [.. project.Packages.Select(p => Path.GetFileNameWithoutExtension(Set.Find(p.Id)!.Files[0]))];
            build = SurfaceCompiler.Build(
                project.Property("AssemblyName")!,
                SurfaceCompiler.ParseFiles(sources),
                [.. assemblies.Select(Listing), .. project.Projects.Select(p => Build(Read(p)).Compilation)]);
            Builds.Add(project.Path, build);
        }

        return build;
    }

    private static CSharpCompilation Listing(string assembly)
    {
        if (!Listings.TryGetValue(assembly, out CSharpCompilation? listing))
        {
            CSharpCompilation[] needs = [.. Set.Closure(Set.OfAssembly(assembly)!.Needs).Select(id => Listing(Path.GetFileNameWithoutExtension(Set.Find(id)!.Files[0])))];
            listing = SurfaceCompiler.Reference(assembly, File.ReadAllText(ReferenceData.Require($"nanoframework-api/{assembly}.txt")), needs);
            Listings.Add(assembly, listing);
        }

        return listing;
    }

    private static NanoProject Read(string path) => new(path, Repository.Read(path), Repository.Read($"{path[..path.LastIndexOf('/')]}/packages.config"));

    private static bool Exists(string file) => File.Exists(Repository.PathOf(file));

    private static string? ReadOrNull(string file) => Exists(file) ? Repository.Read(file) : null;

    private static IEnumerable<string> Listed(string list) => TextRules.ListedSources(list, Repository.Read(list), FilesBelow);

    private static IEnumerable<string> FilesBelow(string place) => Exists(place) ? [place] : Repository.Files(place, ".cs");

    private static void AssertNone(IEnumerable<string> findings) => Assert.Empty(findings);
}
