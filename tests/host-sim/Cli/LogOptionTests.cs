// --log where a command runs a bus: every kind, and what is refused before anything is done.
using EsyncSim;
using EsyncSim.Logs;
using EsyncTests.HostSim.Signing;
using Xunit;

namespace EsyncTests.HostSim.Cli;

public sealed class LogOptionTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Provisioning_is_logged_in_each_kind()
    {
        File.WriteAllBytes(_folder["author.pub"], TestKeys.Author().Anchor.ToFile());
        File.WriteAllBytes(_folder["oem.pub"], TestKeys.Oem().Anchor.ToFile());
        foreach (string kind in new[] { "log", "asc", "pcapng" })
        {
            (int code, _, string error) = await EsyncCommandLineTests.RunAsync(
                "provision", "--ecu", "motor", "--flash", _folder[$"{kind}.flash"], "--anchor", _folder["author.pub"], "--anchor", _folder["oem.pub"],
                "--config", Repository.PathOf("nf.config"), "--log", _folder[$"bus.{kind}"]);
            Assert.True(code == ExitCode.Ok, error);
        }

        string[] candump = [.. BusLogReader.ReadAll(_folder["bus.log"], out _).Select(frame => frame.Frame.ToString())];
        string[] asc = [.. BusLogReader.ReadAll(_folder["bus.asc"], out _).Select(frame => frame.Frame.ToString())];
        Assert.Contains("7E0#021003CCCCCCCCCC", candump);
        Assert.Equal(candump.Length, asc.Length);
        Assert.True(new FileInfo(_folder["bus.pcapng"]).Length > candump.Length * 36);
    }

    [Theory]
    [InlineData(ExitCode.BadUsage, "names no kind of log", "--log", "bus.txt")]
    [InlineData(ExitCode.BadFile, "no/where.log", "--log", "no/where.log")]
    [InlineData(ExitCode.BadUsage, "name it with --log", "--log-errors")]
    public async Task A_log_that_cannot_be_written_is_refused_at_once(int expected, string words, params string[] options)
    {
        string[] placed = [.. options.Select(option => option.StartsWith('-') ? option : _folder[option])];
        (int code, _, string error) = await EsyncCommandLineTests.RunAsync(["demo", "--config", Repository.PathOf("nf.config"), .. placed]);

        Assert.Equal(expected, code);
        Assert.Contains(words, error);
        Assert.Empty(_folder.Names);
    }
}
