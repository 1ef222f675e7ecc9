// esync config export as a user calls it.
using System.IO.Compression;
using EsyncSim;
using Xunit;

namespace EsyncTests.HostSim.Cli;

public sealed class ConfigExportTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task All_kinds_at_once()
    {
        (int code, string output, string error) = await RunAsync("--odx", _folder["v.pdx"], "--dbc", _folder["v.dbc"], "--wireshark", _folder["esync"], "--ecu", "motor");

        Assert.True(code == ExitCode.Ok, error);
        Assert.Contains("tshark -r FILE -o iso15765.can.ids:2015,2016,2024 -d iso15765.subdissector,uds", output);
        Assert.Equal(["esync", "v.dbc", "v.pdx"], _folder.Names);
        Assert.True(File.Exists(Path.Combine(_folder["esync"], "preferences")));
        using ZipArchive zip = ZipFile.OpenRead(_folder["v.pdx"]);
        Assert.Contains(zip.Entries, entry => entry.FullName == "index.xml");
    }

    [Theory]
    [InlineData(ExitCode.BadUsage, "say what to write")]
    [InlineData(ExitCode.BadUsage, "are on different buses", "--dbc", "v.dbc")]
    [InlineData(ExitCode.BadFile, "has no ECU `none`", "--ecu", "none", "--dbc", "v.dbc")]
    [InlineData(ExitCode.BadFile, "has no bus `none`", "--bus", "none", "--dbc", "v.dbc")]
    public async Task What_cannot_be_written_is_said_and_nothing_is(int expected, string words, params string[] options)
    {
        (int code, _, string error) = await RunAsync([.. options.Select(option => option == "v.dbc" ? _folder[option] : option)]);

        Assert.Equal(expected, code);
        Assert.Contains(words, error);
        Assert.Empty(_folder.Names);
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(params string[] options) =>
        EsyncCommandLineTests.RunAsync(["config", "export", .. options, "--config", Repository.PathOf("nf.config")]);
}
