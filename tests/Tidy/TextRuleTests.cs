// The rules over pages, texts and source lists can fail.
using Xunit;

namespace EsyncTests.Tidy;

public sealed class TextRuleTests
{
    private const string List = """
        <Project xmlns="http://schemas.microsoft.com/developer/msbuild/2003">
          <ItemGroup><Compile Include="$(MSBuildThisFileDirectory)src\**\*.cs" LinkBase="src" /></ItemGroup>
        </Project>
        """;

    [Theory]
    [InlineData("[a](b.md)", true)]
    [InlineData("[a](./b.md)", true)]
    [InlineData("[a](../top.md)", true)]
    [InlineData("[a](b.md#second-part)", true)]
    [InlineData("[a](#own-part)", true)]
    [InlineData("[a](folder/)", true)]
    [InlineData("[a](https://example.com/none)", true)]
    [InlineData("```\n[a](none.md)\n```", true)]
    [InlineData("[a](none.md)", false)]
    [InlineData("[a](b.md#third-part)", false)]
    [InlineData("[a](#other-part)", false)]
    [InlineData("x [a](b.md) y [b](none.md) z", false)]
    public void A_link_leads_somewhere(string line, bool isGood)
    {
        string? Read(string path) => path switch
        {
            "docs/b.md" => "# First\n## Second part!\n",
            "top.md" => "",
            "docs/folder" => "",
            _ => null,
        };
        string[] found = [.. TextRules.Links("docs/a.md", "# Own part\n" + line, Read)];
        Assert.Equal(isGood ? 0 : 1, found.Length);
        Assert.All(found, f => Assert.StartsWith("docs/a.md(2): ", f));
    }

    [Theory]
    [InlineData("see /wo" + "rk/main/x", true)]
    [InlineData("\"/ho" + "me/someone/x\"", true)]
    [InlineData("C:\\Use" + "rs\\someone", true)]
    [InlineData("/ro" + "ot/.nuget", true)]
    [InlineData("net/wo" + "rk/main", false)]
    [InlineData("https://example.com/wo" + "rk/x", false)]
    [InlineData("host-sim/src", false)]
    public void A_path_of_somebodys_machine_is_found(string text, bool isFound)
    {
        Assert.Equal(isFound ? ["a.md(2): "] : [], TextRules.MachinePaths("a.md", "\n" + text).Select(f => f[..9]));
    }

    [Fact]
    public void A_source_list_stands_for_all_files_below_its_folder()
    {
        var asked = new List<string>();
        string[] files = [.. TextRules.ListedSources("agent/A.projitems", List, folder =>
        {
            asked.Add(folder);
            return [folder + "/X.cs"];
        })];
        Assert.Equal(["agent/src"], asked);
        Assert.Equal(["agent/src/X.cs"], files);
    }

    [Fact]
    public void A_source_list_that_picks_files_is_refused()
    {
        Assert.Throws<FormatException>(() => TextRules.ListedSources("a.projitems", List.Replace(@"src\**\*.cs", @"src\A.cs"), _ => []).ToArray());
    }
}
