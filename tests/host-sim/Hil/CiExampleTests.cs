// The examples for CI servers and Robot Framework: their YAML is YAML, and every esync command line in them is one that esync takes.
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using EsyncSim.Cli;
using EsyncSim.Files;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace EsyncTests.HostSim.Hil;

public sealed partial class CiExampleTests
{
    [Theory]
    [InlineData("tests/hil/ci/github.yml", 9, "conformance", "attack", "sweep", "demo", "monitor", "replay", "config")]
    [InlineData("tests/hil/ci/gitlab.yml", 8, "conformance", "attack", "sweep", "provision", "update", "config")]
    public void Every_command_of_a_pipeline_is_one_that_esync_takes(string path, int countMin, params string[] verbs)
    {
        string[] commands = [.. Scalars(path).SelectMany(Commands)];

        Assert.True(commands.Length >= countMin, $"{commands.Length} commands");
        Assert.All(commands, command => AssertTaken(CommandLineParser.SplitCommandLine(command.Split(" || ")[0]).Skip(1)));
        Assert.Equal(verbs.Order(), commands.Select(command => command.Split(' ')[1]).Distinct().Order());
    }

    [Theory]
    [InlineData("tests/hil/ci/github.yml")]
    [InlineData("tests/hil/ci/gitlab.yml")]
    public void What_judges_an_ecu_leaves_a_JUnit_report(string path)
    {
        string[] judges = [.. Scalars(path).SelectMany(Commands).Where(command => command.Split(' ')[1] is "conformance" or "attack" or "sweep")];

        Assert.NotEmpty(judges);
        Assert.All(judges, command => Assert.Contains("--junit results/", command, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_command_of_the_robot_is_one_that_esync_takes()
    {
        List<string[]> commands = [];
        foreach (string line in File.ReadAllLines(Repository.PathOf("tests/hil/robot/ecu.robot")).Concat(File.ReadAllLines(Repository.PathOf("tests/hil/robot/esync.resource"))))
        {
            string[] cells = Cells().Split(line.Trim());
            int at = Array.FindIndex(cells, cell => cell == "Esync" || (cell == "${ESYNC}" && cells[0].StartsWith("Start Process", StringComparison.Ordinal)));
            if (at >= 0 && cells.Length > at + 1 && char.IsAsciiLetter(cells[at + 1][0]))
            {
                commands.Add([.. cells[(at + 1)..].Where(cell => !Named().IsMatch(cell))]);
            }
        }

        Assert.True(commands.Count >= 8, $"{commands.Count} commands");
        Assert.All(commands, AssertTaken);
    }

    [Fact]
    public void What_esync_does_not_take_would_be_found() => Assert.ThrowsAny<Exception>(() => AssertTaken(["monitor", "--no-such-option"]));

    private static void AssertTaken(IEnumerable<string> arguments)
    {
        string[] all = [.. arguments];
        RootCommand root = RootCommandFactory.Create(new MemoryFileSystem());
        Assert.True(root.Parse(all).Errors.Count == 0, $"esync {string.Join(' ', all)}: {string.Join("; ", root.Parse(all).Errors.Select(error => error.Message))}");
    }

    private static IEnumerable<string> Commands(string script) =>
        Continuation().Replace(script, " ").Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith("esync ", StringComparison.Ordinal));

    private static IEnumerable<string> Scalars(string path)
    {
        YamlStream yaml = new();
        using StringReader text = new(File.ReadAllText(Repository.PathOf(path)));
        yaml.Load(text);
        return yaml.Documents.Single().AllNodes.OfType<YamlScalarNode>().Select(node => node.Value ?? string.Empty);
    }

    [GeneratedRegex(@"\\\n\s*")]
    private static partial Regex Continuation();

    [GeneratedRegex(@" {2,}")]
    private static partial Regex Cells();

    [GeneratedRegex(@"^(code|stdout|stderr|alias)=")]
    private static partial Regex Named();
}
