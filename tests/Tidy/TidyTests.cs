// The repository keeps its own rules (STYLE: what a program can hold, a program holds).
using EsyncTests.Surface;
using Xunit;

namespace EsyncTests.Tidy;

public sealed class TidyTests
{
    private const string AgentSources = "agent-firmware/src";

    private static readonly string[] TextExtensions =
        [".cs", ".md", ".csproj", ".nfproj", ".projitems", ".props", ".targets", ".sln", ".json", ".yaml", ".yml", ".config", ".api", ".hex", ".sh", ".js", ".css", ".html", ".tsv", ".csv", ".txt"];

    // Files and methods past the limits, with the lines that they may have, and why. An entry that is no longer needed fails.
    private static readonly Dictionary<string, int> Allowed = new()
    {
        // Eight rounds written out: an interpreter pays for every variable that a loop would have to move.
        ["agent-firmware/src/Csm/Sha256Compression.cs:Compress"] = 100,
    };

    private static IEnumerable<string> AgentFiles => Repository.Files("agent-firmware", ".cs").Where(f => !f.StartsWith("agent-firmware/generated/", StringComparison.Ordinal));

    private static IEnumerable<string> HostFiles => Repository.Files("host-sim", ".cs").Concat(Repository.Files("boards", ".cs"));

    // Bytes that a program has printed are no text that one takes in.
    private static bool IsPrinted(string file) => file.Contains("/Generated/", StringComparison.Ordinal);

    private static IEnumerable<string> TestFiles => Repository.Files("tests", ".cs");

    [Fact]
    public void Folders_of_the_agent_see_what_its_README_lets_them_see()
    {
        FolderOrder order = FolderOrder.Parse(Repository.Read("agent-firmware/README.md"));
        SurfaceBuild build = SurfaceCompiler.Build(
            "EsyncAgent",
            SurfaceCompiler.ParseFiles(Repository.Files(AgentSources, ".cs")),
            SurfaceCompiler.Reference("mscorlib", ApiFacts.Load("mscorlib").ToCSharp()));
        AssertNone(order.Find(build.Compilation, FolderOf));
    }

    [Fact]
    public void The_order_of_folders_has_no_circle_and_names_each_folder_on_disk()
    {
        FolderOrder order = FolderOrder.Parse(Repository.Read("agent-firmware/README.md"));
        Assert.Empty(order.Circles());
        Assert.Empty(Repository.Files(AgentSources, ".cs").Select(FolderOf).Distinct().Except(order.Folders));
    }

    [Fact]
    public void Every_source_file_opens_with_its_header()
    {
        AssertNone(AgentFiles.SelectMany(f => SourceRules.Header(f, Repository.Read(f), SourceRules.AgentHeaderLinesMin)));
        AssertNone(HostFiles.SelectMany(f => SourceRules.Header(f, Repository.Read(f), SourceRules.HostHeaderLinesMin)));
        AssertNone(TestFiles.SelectMany(f => SourceRules.TestHeader(f, Repository.Read(f))));
    }

    [Fact]
    public void Headers_name_tests_that_are_there()
    {
        AssertNone(AgentFiles.Concat(HostFiles).SelectMany(f => SourceRules.TestsThatAreNamed(f, Repository.Read(f), p => Path.Exists(Repository.PathOf(p)) || File.Exists(Repository.PathOf(p + ".cs")))));
    }

    [Fact]
    public void Files_and_methods_are_no_longer_than_one_can_take_in()
    {
        string[] files = [.. AgentFiles, .. HostFiles, .. TestFiles];
        AssertNone(files.Where(f => !IsPrinted(f)).SelectMany(f => SourceRules.Size(f, Repository.Read(f), Allowed)));
    }

    [Fact]
    public void Each_exception_from_the_sizes_is_still_needed()
    {
        // Without it, its file has a finding more.
        int Findings(string key, IReadOnlyDictionary<string, int> allowed) => SourceRules.Size(key.Split(':')[0], Repository.Read(key.Split(':')[0]), allowed).Count();
        AssertNone(Allowed.Keys.Where(key => Findings(key, Allowed.Where(a => a.Key != key).ToDictionary()) == 0).Select(key => $"{key} needs no exception any more"));
    }

    [Fact]
    public void The_agent_has_no_clock_no_chance_no_thread_no_generics_and_no_static_state()
    {
        AssertNone(AgentFiles.SelectMany(f => SourceRules.NotInTheAgent(f, Repository.Read(f))));
    }

    [Fact]
    public void Nobody_left_a_note_to_himself()
    {
        AssertNone(AgentFiles.Concat(HostFiles).Concat(TestFiles).SelectMany(f => SourceRules.Leftovers(f, Repository.Read(f))));
    }

    [Fact]
    public void Links_of_all_pages_lead_somewhere()
    {
        AssertNone(Repository.Files("", ".md").SelectMany(f => TextRules.Links(f, Repository.Read(f), ReadOrNull)));
    }

    [Fact]
    public void No_text_tells_on_which_machine_it_was_written()
    {
        IEnumerable<string> files = Repository.Files("", TextExtensions).Append(".ci/run").Append(".editorconfig").Append(".gitignore");
        AssertNone(files.SelectMany(f => TextRules.MachinePaths(f, Repository.Read(f))));
    }

    [Fact]
    public void The_source_lists_of_the_agent_are_what_lies_on_the_disk_each_file_once()
    {
        Assert.Equal(
            Repository.Files("agent-firmware", ".cs"),
            Repository.Files("agent-firmware", ".projitems")
                .SelectMany(f => TextRules.ListedSources(f, Repository.Read(f), folder => Repository.Files(folder, ".cs")))
                .Order(StringComparer.Ordinal));
    }

    private static string FolderOf(string file) => file.Split('/')[2];

    private static string? ReadOrNull(string path) =>
        File.Exists(Repository.PathOf(path)) ? Repository.Read(path) : Directory.Exists(Repository.PathOf(path)) ? "" : null;

    private static void AssertNone(IEnumerable<string> findings)
    {
        string[] all = [.. findings];
        Assert.True(all.Length == 0, $"{all.Length} findings:\n{string.Join('\n', all)}");
    }
}
