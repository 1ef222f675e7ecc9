// `esync attack` as a user runs it: every attack is repelled by the product, and each report says the same.
using System.Text.Json;
using System.Xml.Linq;
using EsyncSim;
using EsyncSim.Attack;
using EsyncSim.Cli;
using Xunit;

namespace EsyncTests.HostSim.Attack;

public sealed class AttackCommandTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_product_repels_every_attack_and_all_reports_say_so()
    {
        (int code, string output, string error) = await RunAsync("attack", "--json", _folder["a.json"], "--junit", _folder["a.xml"]);

        Assert.True(code == ExitCode.Ok, output + error);
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(_folder["a.json"]));
        JsonElement[] attacks = [.. json.RootElement.GetProperty("attacks").EnumerateArray()];
        Assert.Equal(AttackCatalogue.All.Select(attack => attack.Name), attacks.Select(attack => attack.GetProperty("name").GetString()));
        Assert.All(attacks, attack => Assert.Equal("repelled", attack.GetProperty("verdict").GetString()));
        Assert.All(attacks, attack => Assert.True(attack.GetProperty("steps").GetArrayLength() > 1, attack.ToString()));
        Assert.Equal("pass", json.RootElement.GetProperty("outcome").GetString());
        XElement junit = XDocument.Load(_folder["a.xml"]).Root!;
        Assert.Equal((attacks.Length.ToString(), "0", "0", "0"), (Attribute("tests"), Attribute("failures"), Attribute("errors"), Attribute("skipped")));
        Assert.Contains($": {attacks.Length} repelled, 0 succeeded, 0 errors, 0 not applicable", output);

        string Attribute(string name) => junit.Attribute(name)!.Value;
    }

    [Fact]
    public async Task The_list_names_every_attack_and_tries_none()
    {
        (int code, string output, _) = await RunAsync("attack", "--list");

        Assert.Equal(ExitCode.Ok, code);
        Assert.All(AttackCatalogue.All, attack => Assert.Contains(attack.Name, output));
        Assert.DoesNotContain("repelled", output);
    }

    [Theory]
    [InlineData("--only", "no-such-attack")]
    [InlineData("--device", "motor.device")]
    [InlineData("--bus", "socketcan:can0")]
    public async Task A_command_line_that_cannot_be_meant_is_refused(string option, string value)
    {
        (int code, _, string error) = await RunAsync("attack", option, value);

        Assert.Equal(ExitCode.BadUsage, code);
        Assert.Single(error.Trim().Split('\n'));
    }

    [Fact]
    public void Names_are_unique_and_each_attack_says_what_it_tries()
    {
        Assert.Distinct(AttackCatalogue.All.Select(attack => attack.Name));
        Assert.All(AttackCatalogue.All, attack => Assert.NotEmpty(attack.What));
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int code = await EsyncCommandLine.RunAsync(arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
