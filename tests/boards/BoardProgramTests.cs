// Each board's program against its board.yaml: wiring, limits, drivers, packages, and the ECU that it is built for.
using System.Text.RegularExpressions;
using System.Xml.Linq;
using EsyncSim.Config;
using EsyncTests.Surface;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace EsyncTests.Boards;

public sealed partial class BoardProgramTests
{
    private static readonly NfConfig Config = NfConfig.Load(Repository.PathOf("nf.config"));

    private static readonly Dictionary<string, BoardDefinition> Boards =
        Config.Ecus.Values.Select(e => e.Board).Where(b => b.Target != "none").DistinctBy(b => b.Name).ToDictionary(b => b.Name);

    public static TheoryData<string> Names => [.. Boards.Keys];

    [Fact]
    public void Each_board_with_a_target_has_a_project_and_no_other_has()
    {
        string[] projects = [.. NfProject.Paths.Where(p => p.StartsWith("boards/", StringComparison.Ordinal) && p.Split('/')[1] is not ("virtual" or "drivers"))];
        Assert.Equal(Boards.Keys.Select(ProjectOf).Order(StringComparer.Ordinal), projects);
        Assert.Equal(4, projects.Length);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_packages_are_those_of_board_yaml(string name)
    {
        Assert.Equal(Boards[name].Packages, Packages(name).Select(p => p.Id));
        Assert.All(Packages(name), p => Assert.Matches(@"^\d+\.\d+\.\d+$", p.Version));
    }

    [Fact]
    public void A_package_has_one_version_in_all_programs()
    {
        Assert.All(Boards.Keys.SelectMany(Packages).GroupBy(p => p.Id), p => Assert.Single(p.Distinct()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_drivers_are_those_of_board_yaml(string name)
    {
        BoardDefinition board = Boards[name];
        EcuDefinition ecu = EcuOf(name);
        HashSet<string> made = [.. Sources(name).SelectMany(s => s.DescendantNodes().OfType<ObjectCreationExpressionSyntax>()).Select(n => n.Type.ToString())];
        Assert.Contains(board.CanDriver, made);
        Assert.Contains(ecu.FlashPart.Driver, made);
        Assert.Contains(board.CryptoDriver, made);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_is_built_for_an_ECU_of_this_board(string name) => Assert.Equal(name, EcuOf(name).Board.Name);

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_entropy_has_two_sources_or_more_and_never_Random_alone(string name)
    {
        ArrayCreationExpressionSyntax sources = Assert.Single(Sources(name).SelectMany(s => s.DescendantNodes().OfType<ArrayCreationExpressionSyntax>()), a => a.Type.ElementType.ToString() == "IEntropySource");
        Assert.InRange(sources.Initializer!.Expressions.Count(e => !e.ToString().Contains("RandomSource", StringComparison.Ordinal)), 2, 8);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_wiring_is_that_of_board_yaml(string name)
    {
        BoardDefinition board = Boards[name];
        FlashPart part = EcuOf(name).FlashPart;
        Dictionary<string, string> expected = new()
        {
            ["Board"] = name,
            ["BlockSizeMax"] = $"{board.BlockSizeMax}",
            ["SeparationTimeMin"] = $"{board.SeparationTimeMin}",
            ["SpiBus"] = $"{board.Spi!.Number}",
            ["FlashSize"] = $"{part.Size}",
        };
        if (board.CanController == CanControllerKind.Mcp2515)
        {
            expected["SpiSck"] = Pin(board.Spi.Pins["sck"]);
            expected["SpiMiso"] = Pin(board.Spi.Pins["miso"]);
            expected["SpiMosi"] = Pin(board.Spi.Pins["mosi"]);
            expected["CanChipSelect"] = Pin(board.CanSpi!.ChipSelect);
            expected["CanClockHz"] = $"{board.CanSpi.ClockHz}";
            expected["CanInterrupt"] = Pin(board.CanInterrupt);
            expected["Drive"] = "I:\\";
        }
        else
        {
            expected["CanController"] = board.CanPeripheral;
            expected["FlashChipSelect"] = Pin(part.Spi!.ChipSelect);
            expected["FlashClockHz"] = $"{part.Spi.ClockHz}";
        }

        Assert.Equal(expected.OrderBy(e => e.Key, StringComparer.Ordinal), Wiring(name).OrderBy(e => e.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void On_an_ESP32_all_devices_of_a_bus_run_at_one_clock()
    {
        BoardDefinition board = Boards["esp32-mcp2515"];
        Assert.All(board.FlashParts.Values.Where(p => p.Spi is not null), p => Assert.Equal(board.CanSpi!.ClockHz, p.Spi!.ClockHz));
    }

    private static string ProjectOf(string name) => $"boards/{name}/{name}.nfproj";

    private static string Pin(string pin) => $"{WiringReader.PinNumber(pin)}";

    private static IEnumerable<(string Id, string Version)> Packages(string name) =>
        XElement.Parse(Repository.Read($"boards/{name}/packages.config")).Elements("package").Select(p => ((string)p.Attribute("id")!, (string)p.Attribute("version")!));

    // The board's own sources and the adapters that its project imports.
    private static IEnumerable<SyntaxNode> Sources(string name) =>
        SurfaceCompiler.ParseFiles(NfProject.Read(ProjectOf(name)).Sources.Where(f => !f.StartsWith("boards/drivers/", StringComparison.Ordinal))).Select(t => t.GetRoot());

    private static EcuDefinition EcuOf(string name)
    {
        string ecu = ConfigClass().Match(Repository.Read($"boards/{name}/src/Program.cs")).Groups[1].Value;
        return Config.Ecus.Values.Single(e => ConfigGenerator.ClassName(e.Name) == ecu);
    }

    // Constants, or the assignments of an initialiser, with the values that the compiler gives them.
    private static Dictionary<string, string> Wiring(string name)
    {
        SurfaceBuild build = new SurfacePrograms(SurfaceLibraries.Kept).Build(ProjectOf(name));
        SyntaxTree tree = build.Compilation.SyntaxTrees.Single(t => t.FilePath.EndsWith($"{name}/src/Wiring.cs", StringComparison.Ordinal));
        SemanticModel model = build.Compilation.GetSemanticModel(tree);
        IEnumerable<(string Name, ExpressionSyntax Value)> assignments = tree.GetRoot().DescendantNodes().OfType<InitializerExpressionSyntax>()
            .SelectMany(i => i.Expressions.OfType<AssignmentExpressionSyntax>()).Select(a => (a.Left.ToString(), a.Right));
        IEnumerable<(string Name, ExpressionSyntax Value)> constants = tree.GetRoot().DescendantNodes().OfType<VariableDeclaratorSyntax>()
            .Where(v => v.Initializer is not null).Select(v => (v.Identifier.Text, v.Initializer!.Value));
        return assignments.Concat(constants).ToDictionary(a => a.Name, a => $"{model.GetConstantValue(a.Value).Value}");
    }

    [GeneratedRegex(@"(\w+Config)\.Create\(\)")]
    private static partial Regex ConfigClass();
}
