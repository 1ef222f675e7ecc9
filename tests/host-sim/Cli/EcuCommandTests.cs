// esync ecu run as a user runs it: what it says, what it refuses, and how it ends.
using System.CommandLine;
using EsyncSim;
using EsyncSim.Cli;
using EsyncSim.Files;
using EsyncTests.HostSim.Bench;
using EsyncTests.HostSim.Signing;
using Xunit;

namespace EsyncTests.HostSim.Cli;

public sealed class EcuCommandTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("names no place to listen at", "--ecu", "motor", "--listen", "can0")]
    [InlineData("--listen", "--ecu", "motor")]
    [InlineData("is no speed", "--ecu", "motor", "--listen", LiveRig.AnySlcan, "--speed", "fast")]
    [InlineData("is no speed", "--ecu", "motor", "--listen", LiveRig.AnySlcan, "--speed", "0")]
    [InlineData("does not say whose file", "--ecu", "motor", "--ecu", "battery", "--listen", LiveRig.AnySlcan, "--flash", "x")]
    [InlineData("speaks with one ECU, and there are 2", "--ecu", "motor", "--ecu", "battery", "--listen", LiveRig.AnyLines)]
    public async Task What_does_not_fit_is_one_line(string text, params string[] options) =>
        Assert.Contains(text, await EsyncRun.Fails(ExitCode.BadUsage, ["ecu", "run", "--config", Repository.PathOf("nf.config"), .. options]));

    [Fact]
    public async Task It_says_where_it_listens_serves_and_ends_with_0_when_it_is_stopped()
    {
        using CancellationTokenSource stop = new();
        LineWriter output = new();
        string flash = _folder["motor.flash"];
        Task<int> running = RootCommandFactory.Create(new MemoryFileSystem())
            .Parse(["ecu", "run", "--config", Repository.PathOf("nf.config"), "--ecu", "motor", "--flash", flash, "--listen", LiveRig.AnySlcan, "--listen", LiveRig.AnyLines, "--speed", "unlimited"])
            .InvokeAsync(new InvocationConfiguration { Output = output, EnableDefaultExceptionHandler = false }, stop.Token);
        Assert.StartsWith("motor on a bus of 500 kbit/s", await output.NextAsync());
        string slcan = await output.NextAsync();
        string lines = await output.NextAsync();
        Assert.StartsWith("listening at slcan+tcp://127.0.0.1:", slcan);
        Assert.StartsWith("listening at tcp-lines://127.0.0.1:", lines);
        using (LiveClient client = new(int.Parse(lines[(lines.LastIndexOf(':') + 1)..], System.Globalization.CultureInfo.InvariantCulture)))
        {
            client.Send("1001\n");
            Assert.Equal("5001003201f4\n", client.ReadTo("\n"));
        }

        await stop.CancelAsync();
        Assert.Equal(ExitCode.Ok, await running);
        Assert.True(new FileInfo(flash).Length > 0);
    }

    [Fact]
    public async Task An_ECU_with_fresh_memory_is_provisioned_when_keys_are_there_and_refused_when_they_are_not()
    {
        string[] run = ["ecu", "run", "--config", Repository.PathOf("nf.config"), "--ecu", "motor", "--device", _folder["motor.device"], "--listen", LiveRig.AnyLines, "--speed", "unlimited"];
        Assert.Contains("wants signatures in the role author and oem", await EsyncRun.Fails(ExitCode.KeyProblem, run));
        Assert.Empty(_folder.Names);

        await File.WriteAllBytesAsync(_folder["author.pub"], TestKeys.Author().Anchor.ToFile(), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(_folder["oem.pub"], TestKeys.Oem().Anchor.ToFile(), TestContext.Current.CancellationToken);
        using CancellationTokenSource stop = new();
        LineWriter output = new();
        Task<int> running = RootCommandFactory.Create(new MemoryFileSystem())
            .Parse([.. run, "--anchor", _folder["author.pub"], "--anchor", _folder["oem.pub"]])
            .InvokeAsync(new InvocationConfiguration { Output = output, EnableDefaultExceptionHandler = false }, stop.Token);
        await output.NextAsync();
        string lines = await output.NextAsync();
        using (LiveClient client = new(int.Parse(lines[(lines.LastIndexOf(':') + 1)..], System.Globalization.CultureInfo.InvariantCulture)))
        {
            client.Send("1003\n3101022000\n");
            client.ReadTo("\n");
            Assert.StartsWith("7f31", client.ReadTo("\n")); // no second time
        }

        await stop.CancelAsync();
        Assert.Equal(ExitCode.Ok, await running);
        Assert.Contains("motor.device", _folder.Names);
    }
}
