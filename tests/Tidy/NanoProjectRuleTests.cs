// Each rule over nanoFramework projects and the solution can fail: it lets a good example pass and finds what is changed in it.
using Xunit;

namespace EsyncTests.Tidy;

public sealed class NanoProjectRuleTests
{
    private const string Path = "boards/lamp/lamp.nfproj";

    private const string Table = """
        | package | version | lib | needs |
        | --- | --- | --- | --- |
        | n.Core | 1.2.3 | mscorlib.dll | – |
        | n.Spi | 2.0.1 | Spi.dll | n.Core |
        | nanoFramework.TestFramework | 3.0.0 | nanoFramework.TestFramework.dll, Launcher.exe | n.Core |
        """;

    private const string Config = """
        <packages>
          <package id="n.Core" version="1.2.3" targetFramework="netnano1.0" />
          <package id="n.Spi" version="2.0.1" targetFramework="netnano1.0" />
        </packages>
        """;

    private const string Good = """
        <Project xmlns="http://schemas.microsoft.com/developer/msbuild/2003">
          <PropertyGroup><NanoFrameworkProjectSystemPath>$(MSBuildExtensionsPath)\nanoFramework\v1.0\</NanoFrameworkProjectSystemPath></PropertyGroup>
          <Import Project="$(NanoFrameworkProjectSystemPath)NFProjectSystem.Default.props" Condition="Exists('$(NanoFrameworkProjectSystemPath)NFProjectSystem.Default.props')" />
          <PropertyGroup>
            <ProjectTypeGuids>{11A8DD76-328B-46DF-9F39-F559912D0360};{FAE04EC0-301F-11D3-BF4B-00C04F79EFBC}</ProjectTypeGuids>
            <ProjectGuid>{11111111-2222-3333-4444-55555555555A}</ProjectGuid>
            <AssemblyName>lamp</AssemblyName>
            <TargetFrameworkVersion>v1.0</TargetFrameworkVersion>
            <LangVersion>13</LangVersion>
          </PropertyGroup>
          <Import Project="$(NanoFrameworkProjectSystemPath)NFProjectSystem.props" Condition="Exists('$(NanoFrameworkProjectSystemPath)NFProjectSystem.props')" />
          <Import Project="..\shared\shared.projitems" />
          <ItemGroup><Compile Include="src\**\*.cs" /><Compile Include="Program.cs" /><None Include="packages.config" /></ItemGroup>
          <ItemGroup>
            <Reference Include="mscorlib"><HintPath>..\..\packages\n.Core.1.2.3\lib\mscorlib.dll</HintPath></Reference>
            <Reference Include="Spi"><HintPath>..\..\packages\n.Spi.2.0.1\lib\Spi.dll</HintPath></Reference>
          </ItemGroup>
          <ItemGroup><ProjectReference Include="..\..\agent\Agent.nfproj" /></ItemGroup>
          <Import Project="$(NanoFrameworkProjectSystemPath)NFProjectSystem.CSharp.targets" Condition="Exists('$(NanoFrameworkProjectSystemPath)NFProjectSystem.CSharp.targets')" />
        </Project>
        """;

    private static readonly string[] Disk =
        ["boards/shared/shared.projitems", "boards/shared/src/Wire.cs", "boards/lamp/src/a/A.cs", "boards/lamp/Program.cs", "boards/lamp/packages.config", "agent/Agent.nfproj"];

    [Fact]
    public void The_good_project_has_no_finding()
    {
        Assert.Empty(NanoProjectRules.Form(Project(Good)));
        Assert.Empty(NanoProjectRules.Packages(Project(Good), NanoPackages.Parse(Table)));
        Assert.Empty(Files(Project(Good)));
    }

    [Theory]
    [InlineData("<LangVersion>13</LangVersion>", "", "LangVersion must be 13, once")]
    [InlineData("<LangVersion>13<", "<LangVersion>9.0<", "LangVersion must be 13, once")]
    [InlineData("<Reference Include=\"Spi\">", "<Reference Include=\"nanoFramework.TestFramework\">", "LangVersion must be 10, once")]
    [InlineData("<PropertyGroup><Nano", "<PropertyGroup><LangVersion>13</LangVersion><Nano", "LangVersion must be 13, once")]
    [InlineData("<AssemblyName>lamp<", "<AssemblyName>light<", "AssemblyName must be lamp")]
    [InlineData("v1.0</TargetFrameworkVersion>", "v4.8</TargetFrameworkVersion>", "TargetFrameworkVersion must be v1.0")]
    [InlineData("{11A8DD76-328B", "{11A8DD77-328B", "ProjectTypeGuids must be")]
    [InlineData("55555555555A}", "55555555555a}", "ProjectGuid must be")]
    [InlineData(@"\nanoFramework\v1.0\", @"\nanoFramework\v2.0\", "NanoFrameworkProjectSystemPath must be")]
    [InlineData(" Condition=\"Exists('$(NanoFrameworkProjectSystemPath)NFProjectSystem.props')\"", "", "it must import")]
    [InlineData("NFProjectSystem.CSharp.targets\" ", "NFProjectSystem.targets\" ", "it must import")]
    public void A_departure_from_the_form_is_found(string good, string bad, string finding) =>
        Assert.Contains(NanoProjectRules.Form(Project(Changed(good, bad))), f => f.StartsWith($"{Path}: {finding}", StringComparison.Ordinal));

    [Fact]
    public void A_language_that_the_project_system_would_overwrite_is_found()
    {
        string early = Changed("<LangVersion>13</LangVersion>", "").Replace("<PropertyGroup><Nano", "<PropertyGroup><LangVersion>13</LangVersion><Nano", StringComparison.Ordinal);
        Assert.Equal([$"{Path}: LangVersion must stand behind the import of NFProjectSystem.Default.props, which presets another"], NanoProjectRules.Form(Project(early)));
    }

    [Theory]
    [InlineData(@"..\..\packages\n.Spi.2.0.1", @"..\packages\n.Spi.2.0.1", "the Reference to Spi at")]
    [InlineData(@"n.Spi.2.0.1\lib", @"n.Spi.2.0.0\lib", "the Reference to Spi at")]
    [InlineData(@"lib\Spi.dll", @"lib\net\Spi.dll", "the Reference to Spi at")]
    [InlineData("Include=\"Spi\"", "Include=\"Spy\"", "the Reference to Spy at")]
    [InlineData("<Reference Include=\"Spi\"><HintPath>..\\..\\packages\\n.Spi.2.0.1\\lib\\Spi.dll</HintPath></Reference>", "", "a Reference to Spi with the HintPath")]
    public void A_reference_that_is_not_of_packages_config_is_found(string good, string bad, string finding) =>
        Assert.Contains(NanoProjectRules.Packages(Project(Changed(good, bad)), NanoPackages.Parse(Table)), f => f.StartsWith($"{Path}: {finding}", StringComparison.Ordinal));

    [Theory]
    [InlineData("version=\"2.0.1\"", "version=\"2.0.2\"", "n.Spi 2.0.2 for netnano1.0 is not of the set")]
    [InlineData("\"n.Spi\"", "\"n.Can\"", "n.Can 2.0.1 for netnano1.0 is not of the set")]
    [InlineData("version=\"2.0.1\" targetFramework=\"netnano1.0\"", "version=\"2.0.1\" targetFramework=\"net48\"", "n.Spi 2.0.1 for net48 is not of the set")]
    [InlineData("<package id=\"n.Core\" version=\"1.2.3\" targetFramework=\"netnano1.0\" />", "", "n.Spi needs n.Core")]
    [InlineData("\"n.Core\"", "\"n.Zore\"", "packages must be in order")]
    public void A_package_that_is_not_of_the_set_or_comes_alone_is_found(string good, string bad, string finding) =>
        Assert.Contains(
            NanoProjectRules.Packages(new NanoProject(Path, Good, Replaced(Config, good, bad)), NanoPackages.Parse(Table)),
            f => f.StartsWith($"boards/lamp/packages.config: {finding}", StringComparison.Ordinal));

    [Theory]
    [InlineData(@"..\shared\shared.projitems", @"..\shared\other.projitems", "boards/shared/other.projitems is not there")]
    [InlineData(@"..\..\agent\Agent.nfproj", @"..\agent\Agent.nfproj", "boards/agent/Agent.nfproj is not there")]
    [InlineData("\"packages.config\"", "\"package.config\"", "boards/lamp/package.config is not there")]
    [InlineData("\"Program.cs\"", "\"Main.cs\"", "Main.cs stands for no source")]
    [InlineData(@"src\**\*.cs", @"src\*.cs", @"src\*.cs stands for no source")]
    [InlineData("\"Program.cs\"", @"""..\shared\src\Wire.cs""", "boards/shared/src/Wire.cs is compiled 2 times")]
    public void What_is_not_there_or_comes_twice_is_found(string good, string bad, string finding) =>
        Assert.Equal([$"{Path}: {finding}"], Files(Project(Changed(good, bad))));

    [Fact]
    public void The_nearest_settings_must_be_empty()
    {
        Assert.Empty(NanoProjectRules.Shielded(Project(Good), f => f.StartsWith("boards/lamp/", StringComparison.Ordinal) ? "<Project />\n" : "<Project><PropertyGroup /></Project>"));
        Assert.Empty(NanoProjectRules.Shielded(Project(Good), f => f.StartsWith("boards/D", StringComparison.Ordinal) ? "<Project />" : null));
        Assert.Equal(2, NanoProjectRules.Shielded(Project(Good), _ => null).Count());
        Assert.Equal(2, NanoProjectRules.Shielded(Project(Good), f => f.StartsWith("boards/D", StringComparison.Ordinal) ? "<Project />" : "<Project><PropertyGroup /></Project>").Count());
    }

    [Theory]
    [InlineData("title: lamp\npackages:\n  - n.Core\n  - n.Spi\n", 0)]
    [InlineData("packages:\n  - n.Core\n", 1)]
    [InlineData("packages:\n  - n.Core\n  - n.Spi\n  - n.Can\nmemory:\n  - x\n", 1)]
    [InlineData("title: lamp\n", 1)]
    public void A_board_that_lists_other_packages_is_found(string yaml, int findings) =>
        Assert.Equal(findings, NanoProjectRules.BoardPackages(Project(Good), yaml).Count());

    [Fact]
    public void What_a_package_needs_is_followed_to_the_end() =>
        Assert.Equal(["a", "b", "c"], NanoPackages.Parse("| package | version | lib | needs |\n|-|-|-|-|\n| a | 1 | A.dll | b |\n| b | 1 | B.dll | c |\n| c | 1 | C.dll | – |").Closure(["a"]));

    private static NanoProject Project(string text) => new(Path, text, Config);

    private static string Changed(string good, string bad) => Replaced(Good, good, bad);

    private static string Replaced(string text, string good, string bad)
    {
        Assert.Contains(good, text, StringComparison.Ordinal);
        return text.Replace(good, bad, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Files(NanoProject project) =>
        NanoProjectRules.Files(project, Disk.Contains, _ => Below("boards/shared/src"), Below);

    private static IEnumerable<string> Below(string place) => Disk.Where(f => f.EndsWith(".cs", StringComparison.Ordinal) && (f == place || f.StartsWith(place + "/", StringComparison.Ordinal)));
}
