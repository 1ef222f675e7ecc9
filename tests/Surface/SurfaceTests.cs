// agent-firmware and the drivers compile against the target's base library and nothing else, and use nothing that the
// target does not survive. The part of mscorlib that it uses is kept in mscorlib.api, so that this holds on a fresh clone; where
// the full listing is there, the part is checked against it.
//
// When sources use a member for the first time, the test fails, names the lines to add, and writes the whole file as it
// should be to artifacts/mscorlib.api. To be rid of facts that nobody uses any more, empty the file and let it do so.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace EsyncTests.Surface;

public sealed class SurfaceTests
{
    private const string Library = "mscorlib";

    private const string Proposal = "artifacts/mscorlib.api";

    private static readonly Lazy<CSharpCompilation> Part = new(() => SurfaceCompiler.Reference(Library, ApiFacts.Load(Library).ToCSharp()));

    private static readonly Lazy<SurfaceBuild> Agent = new(() => Build(SurfaceCompiler.AgentFiles, Part.Value));

    private static readonly Lazy<SurfaceBuild> Contract = new(() => Build(SurfaceCompiler.ContractFiles, Part.Value));

    private static readonly Lazy<SurfaceBuild> Drivers = new(() => BuildDrivers(Part.Value));

    [Fact]
    public void The_agent_compiles_against_the_part_of_the_targets_API_that_is_kept_here()
    {
        AssertClean(Agent.Value);
    }

    [Fact]
    public void The_contract_of_applications_compiles_against_it_too()
    {
        AssertClean(Contract.Value);
    }

    [Fact]
    public void The_drivers_compile_against_it_and_the_agent_too()
    {
        AssertClean(Drivers.Value);
    }

    [Fact]
    public void The_agent_uses_nothing_that_the_target_does_not_survive()
    {
        Assert.Empty(DeadlyConstructs.Find(Agent.Value));
        Assert.Empty(DeadlyConstructs.Find(Contract.Value));
        Assert.Empty(DeadlyConstructs.Find(Drivers.Value));
    }

    [Fact]
    public void The_kept_part_is_whole_in_itself()
    {
        Assert.Empty(Part.Value.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
    }

    [Fact]
    public void The_kept_part_is_sorted_and_says_nothing_twice()
    {
        IReadOnlyList<string> lines = ApiFacts.Load(Library).Lines;
        Assert.Equal(lines.Distinct().Order(StringComparer.Ordinal), lines);
    }

    [Fact]
    public void Every_line_of_the_kept_part_stands_in_the_full_listing()
    {
        IReadOnlySet<string> facts = ApiListings.FactsOf(ApiListings.Require(Library));
        Assert.Empty(ApiFacts.Load(Library).Lines.Except(facts));
    }

    [Fact]
    public void The_agent_the_contract_and_the_drivers_compile_against_the_full_listing()
    {
        CSharpCompilation listing = ApiListings.Require(Library);
        AssertClean(Build(SurfaceCompiler.AgentFiles, listing));
        AssertClean(Build(SurfaceCompiler.ContractFiles, listing));
        AssertClean(BuildDrivers(listing));
    }

    private static void AssertClean(SurfaceBuild build)
    {
        Assert.NotEmpty(build.Compilation.SyntaxTrees);
        if (build.Problems.Count > 0)
        {
            Assert.Fail(string.Join('\n', build.Problems.Select(d => d.ToString()).Concat(LinesToAdd())));
        }
    }

    private static SurfaceBuild Build(IReadOnlyList<string> files, CSharpCompilation library) =>
        SurfaceCompiler.Build("EsyncAgent", SurfaceCompiler.ParseFiles(files), library);

    private static SurfaceBuild BuildDrivers(CSharpCompilation library) => SurfaceCompiler.Build(
        "EsyncAgent.Drivers",
        SurfaceCompiler.ParseFiles(SurfaceCompiler.DriverFiles),
        library,
        Build(SurfaceCompiler.AgentFiles, library).Compilation,
        SurfaceCompiler.Build("EsyncAgent.App", SurfaceCompiler.ParseFiles(SurfaceCompiler.ContractFiles), library).Compilation);

    private static IReadOnlyCollection<string> Needs(CSharpCompilation listing) =>
        new SurfaceNeeds(listing.Assembly).Add(Build(SurfaceCompiler.AgentFiles, listing)).Add(Build(SurfaceCompiler.ContractFiles, listing)).Add(BuildDrivers(listing)).Facts;

    private static IEnumerable<string> LinesToAdd()
    {
        string file = ApiFacts.FileOf(Library);
        if (ApiListings.Find(Library) is not { } listing)
        {
            return ["", $"What the target does not have must go. What it has is to be added to {file}, for which the full listing is needed (tests/ReferenceData.cs)."];
        }

        IReadOnlyCollection<string> needs = Needs(listing);
        string[] missing = [.. needs.Except(ApiFacts.Load(Library).Lines)];
        if (missing.Length == 0)
        {
            return ["", "The target has no such thing: say it otherwise."];
        }

        IEnumerable<string> comments = Repository.Read(file).Split('\n').TakeWhile(l => l.StartsWith('#'));
        Directory.CreateDirectory(Path.GetDirectoryName(Repository.PathOf(Proposal))!);
        File.WriteAllText(Repository.PathOf(Proposal), string.Join('\n', [.. comments, .. needs, ""]));
        return ["", $"The target has what these lines say. Add them to {file}, or take the whole file: cp {Proposal} {file}", .. missing];
    }
}
