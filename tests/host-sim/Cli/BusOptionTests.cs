// --bus, --flash and --device of `esync provision` and `esync update`: what fits together and what does not.
using EsyncSim;
using EsyncTests.HostSim.Signing;
using Xunit;

namespace EsyncTests.HostSim.Cli;

public sealed class BusOptionTests : IDisposable
{
    private readonly Folder _folder = new();

    public BusOptionTests() => File.WriteAllBytes(_folder["author.pub"], TestKeys.Author().Anchor.ToFile());

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--flash FILE", "--ecu", "motor")]
    [InlineData("--flash FILE", "--ecu", "motor", "--bus", "virtual:")]
    [InlineData("names no bus", "--ecu", "motor", "--bus", "can0")]
    [InlineData("--device FILE", "--ecu", "motor", "--bus", "socketcan:can0")]
    [InlineData("--flash is the memory of a virtual ECU", "--ecu", "motor", "--bus", "socketcan:can0", "--flash", "x", "--device", "y")]
    public async Task What_does_not_fit_is_told_before_anything_is_opened(string text, params string[] options)
    {
        (int code, string output, string error) = await EsyncCommandLineTests.RunAsync(
            ["provision", "--config", Repository.PathOf("nf.config"), "--anchor", _folder["author.pub"], .. options]);
        Assert.Equal(ExitCode.BadUsage, code);
        Assert.Contains(text, error);
        Assert.Single(error.Trim().Split('\n'));
        Assert.Empty(output);
        Assert.Equal(["author.pub"], _folder.Names);
    }

    [Fact]
    public async Task Help_shows_a_real_bus_by_example()
    {
        foreach (string command in new[] { "provision", "update" })
        {
            (int code, string output, _) = await EsyncCommandLineTests.RunAsync(command, "--help");
            Assert.Equal(ExitCode.Ok, code);
            Assert.Contains("--bus socketcan:can0", output);
        }
    }
}
