// `esync attack` over a real bus: a virtual ECU lies behind a socket. What needs a model or the signing keys is told as not
// applicable; the rest is tried, and repelled.
using EsyncSim.Attack;
using EsyncSim.Bench;
using EsyncSim.Cli;
using EsyncSim.Client;
using EsyncSim.Signing;
using EsyncTests.HostSim.Bus.Real;
using Spectre.Console;
using Xunit;

namespace EsyncTests.HostSim.Attack;

public sealed class RealAttackTests : IDisposable
{
    private readonly SocketEcu _socket = new();

    public void Dispose() => _socket.Dispose();

    [Fact]
    public void What_can_be_tried_on_an_ECU_behind_a_socket_is_tried_and_repelled()
    {
        _socket.Provision();
        Assert.Null(_socket.Update("1.0.0", 1).Error);

        AttackReport withSecret = Attack(DeviceFile.Load(_socket.Device));
        AttackReport without = Attack(null);

        Assert.True(withSecret.IsPassed && without.IsPassed, Failures(withSecret) + Failures(without));
        Assert.Equal(AttackCatalogue.All.Count, withSecret.Results.Count);
        int tried = Count(withSecret, AttackVerdict.Repelled);
        Assert.InRange(tried, 15, AttackCatalogue.All.Count - 1);
        Assert.InRange(Count(without, AttackVerdict.Repelled), 5, tried - 1);
        Assert.All(
            withSecret.Results.Where(result => result.Verdict == AttackVerdict.NotApplicable),
            result => Assert.NotEmpty(result.Reason));
        Assert.Equal("1.0.0", RunningVersion());
    }

    private AttackReport Attack(DeviceFile? device)
    {
        RealEcu access = _socket.Open();
        Random random = new(1);
        using SharedTarget target = new(access, Bytes, device is null ? null : new DeviceCredentials(device.DeviceId, device.DeviceSecret));
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null) });
        return AttackCommand.Run(console, AttackCatalogue.All, target);

        byte[] Bytes(int count)
        {
            byte[] bytes = new byte[count];
            random.NextBytes(bytes);
            return bytes;
        }
    }

    private string RunningVersion()
    {
        using RealEcu access = _socket.Open();
        EcuClient client = access.Connect(null);
        string version = string.Empty;
        access.Bus.Time.Run(async () =>
        {
            await client.SessionAsync(0x03);
            version = (await client.ReadVersionReportAsync()).ApplicationVersion;
        });
        return version;
    }

    private static int Count(AttackReport report, AttackVerdict verdict) => report.Results.Count(result => result.Verdict == verdict);

    private static string Failures(AttackReport report) => string.Join(
        Environment.NewLine,
        report.Results.Where(result => result.Verdict is AttackVerdict.Succeeded or AttackVerdict.Error)
            .Select(result => $"{result.Attack.Name}: {result.Verdict} {result.Reason} {string.Join("; ", result.Steps.Where(step => !step.IsHeld))}"));
}
