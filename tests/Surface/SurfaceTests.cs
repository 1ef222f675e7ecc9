// What goes onto a board compiles against the target's assemblies and nothing else, each program against exactly those of
// its packages, and uses nothing that the target does not survive. The part of each assembly that is used is kept in
// <assembly>.api, so that this holds on a fresh clone; where the full listings are there, the parts are checked against them.
//
// When sources use a member for the first time, a test fails, names the lines to add, and writes the files as they should
// be to artifacts. To be rid of facts that nobody uses any more, empty a file below its head and let it do so.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace EsyncTests.Surface;

public sealed class SurfaceTests(ITestOutputHelper output)
{
    private static readonly SurfacePrograms Kept = new(SurfaceLibraries.Kept);

    private static readonly Lazy<SurfacePrograms> Full = new(() => new SurfacePrograms(SurfaceLibraries.RequireListings()), LazyThreadSafetyMode.PublicationOnly);

    private static readonly Lock Gate = new();

    public static TheoryData<string> Programs => [.. NfProject.Paths];

    public static TheoryData<string> Assemblies => [.. SurfaceLibraries.Names];

    [Theory]
    [MemberData(nameof(Programs))]
    public void It_compiles_against_the_parts_of_the_targets_API_that_are_kept_here(string program)
    {
        lock (Gate)
        {
            string[] missing = [.. NfProject.Read(program).Assemblies.Except(SurfaceLibraries.Names)];
            AssertClean(missing.Length == 0 ? [.. Kept.Build(program).Problems.Select(d => d.ToString())] : [$"{string.Join(", ", missing)}: no part is kept"]);
        }
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void It_uses_nothing_that_the_target_does_not_survive(string program)
    {
        lock (Gate)
        {
            Assert.NotEmpty(Kept.Build(program).Compilation.SyntaxTrees);
            Assert.Empty(DeadlyConstructs.Find(Kept.Build(program)));
        }
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void Its_code_fits_into_an_assembly_of_the_target(string program)
    {
        lock (Gate)
        {
            int bytes = NanoByteCode.BytesOf(Kept.Build(program).Image);
            output.WriteLine($"{NfProject.Read(program).AssemblyName}: {bytes:N0} of {NanoByteCode.BytesMax:N0} bytes of code");
            Assert.InRange(bytes, 0, NanoByteCode.BytesMax);
        }
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void It_compiles_against_the_full_listings(string program)
    {
        lock (Gate)
        {
            SurfaceBuild build = Full.Value.Build(program);
            Assert.NotEmpty(build.Compilation.SyntaxTrees);
            Assert.Empty(build.Problems);
        }
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void A_kept_part_is_whole_in_itself_sorted_and_says_nothing_twice(string assembly)
    {
        Assert.Empty(SurfaceLibraries.Kept.Get(assembly).GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        IReadOnlyList<string> lines = ApiFacts.Load(assembly).Lines;
        Assert.Equal(lines.Distinct().Order(StringComparer.Ordinal), lines);
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Every_line_of_a_kept_part_stands_in_the_full_listing(string assembly)
    {
        SurfaceLibraries listings = SurfaceLibraries.RequireListings();
        Assert.Empty(ApiFacts.Load(assembly).Lines.Except(ApiListings.FactsOf(listings.Get(assembly))));
        Assert.Equal(listings.ReferencesOf(assembly), SurfaceLibraries.Kept.ReferencesOf(assembly));
    }

    [Fact]
    public void A_program_sees_no_assembly_beside_those_of_its_packages()
    {
        // The Nucleo's program compiles; with the line for SPI taken out of its project it must not.
        const string Nucleo = "boards/nucleo-f767zi/nucleo-f767zi.nfproj";
        NfProject project = NfProject.Read(Nucleo);
        lock (Gate)
        {
            SurfaceBuild build = SurfaceCompiler.Build(
                "without",
                SurfaceCompiler.ParseFiles(project.Sources),
                [.. project.Assemblies.Where(a => a != "System.Device.Spi").Select(SurfaceLibraries.Kept.Get), .. project.Projects.Select(p => Kept.Build(p).Compilation)]);
            Assert.Contains(build.Problems, p => p.ToString().Contains("SpiPort.cs", StringComparison.Ordinal));
        }
    }

    private static void AssertClean(IReadOnlyList<string> problems)
    {
        if (problems.Count > 0)
        {
            Assert.Fail(string.Join('\n', problems.Concat(SurfaceProposal.Write())));
        }
    }
}
