// What does not fit together on the command line about brokers, and files that are not what they should be. What a broker says to it
// is in tests/host-sim/Server/Mosquitto.
using EsyncSim;
using EsyncTests.HostSim.Server.Mosquitto;
using Xunit;

namespace EsyncTests.HostSim.Cli;

public sealed class BrokerOptionsTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("which one says --broker", "--broker-user", "v", "--broker-password-file", "p")]
    [InlineData("go together", "--broker", "mqtt://h", "--broker-user", "v")]
    [InlineData("go together", "--broker", "mqtts://h", "--broker-cert", "c")]
    [InlineData("write mqtts://", "--broker", "mqtt://h", "--broker-ca", "c")]
    public async Task What_does_not_fit_together_is_said(string part, params string[] arguments) =>
        Assert.Contains(part, await EsyncRun.Fails(ExitCode.BadUsage, ["data", "watch", .. arguments]), StringComparison.Ordinal);

    [Fact]
    public async Task A_file_that_is_something_else_is_said_with_its_name()
    {
        using TestAuthority authority = new("test");
        authority.WriteTo(_folder, "ca.pem");
        authority.WriteClient(_folder, "one", "V1");
        authority.WriteClient(_folder, "two", "V2");
        await File.WriteAllTextAsync(_folder["empty"], "\n", TestContext.Current.CancellationToken);

        Assert.Contains("no certificate in PEM form", await FailsAsync("--broker-ca", _folder["empty"]), StringComparison.Ordinal);
        Assert.Contains(_folder["none"], await FailsAsync("--broker-ca", _folder["none"]), StringComparison.Ordinal);
        Assert.Contains(_folder["one.crt"], await FailsAsync("--broker-cert", _folder["one.crt"], "--broker-key", _folder["two.key"]), StringComparison.Ordinal);
        Assert.Contains("no password in its first line", await FailsAsync("--broker-user", "V1", "--broker-password-file", _folder["empty"]), StringComparison.Ordinal);
    }

    private static Task<string> FailsAsync(params string[] arguments) => EsyncRun.Fails(ExitCode.BadFile, ["data", "watch", "--broker", "mqtts://h", .. arguments]);
}
