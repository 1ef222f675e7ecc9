// Conformance over a real bus: a virtual ECU lies behind a socket that is not there, both worlds under one clock. What needs a look
// into the ECU, packages or leave to write is told as not applicable; the rest is tried one after the other on the same ECU.
using EsyncSim.Bus;
using EsyncSim.Bus.Real;
using EsyncSim.Client;
using EsyncSim.Conformance;
using EsyncSim.Packages;
using EsyncSim.Signing;
using EsyncTests.HostSim.Bus.Real;
using Xunit;

namespace EsyncTests.HostSim.Conformance;

public sealed class RealConformanceTests : IDisposable
{
    private readonly SocketEcu _socket = new();

    public void Dispose() => _socket.Dispose();

    [Fact]
    public void An_ECU_behind_a_socket_passes_what_applies_and_is_brought_back_after_each_case()
    {
        _socket.Provision();
        DeviceFile device = DeviceFile.Load(_socket.Device);
        ConformanceProfile profile = ProfileOfConfig.Of(_socket.Definition);
        byte[] before = Banks();

        ConformanceResult[] results = Run(ConformanceCatalogue.Select(["TP-0*", "DSL-00*", "DSL-01*", "SVC-0*", "LC-0*"]), profile, new DeviceCredentials(device.DeviceId, device.DeviceSecret));

        Assert.All(results, result => Assert.True(
            result.Verdict is ConformanceVerdict.Pass or ConformanceVerdict.NotApplicable, $"{result.Case.Id} {result.Verdict} {result.Reason} {result.Broken}"));
        Assert.InRange(results.Count(result => result.Verdict == ConformanceVerdict.Pass), 100, results.Length - 1);
        Assert.All(results.Where(result => result.Verdict == ConformanceVerdict.Pass), result =>
        {
            Assert.StartsWith("back to the default session", result.Restored);
            Assert.NotEmpty(result.Evidence);
        });
        Assert.All(results.Where(result => result.Case.Needs.HasFlag(ConformanceNeeds.Destructive)), result => Assert.Contains("--destructive", result.Reason));
        Assert.Equal(before, Banks());
    }

    [Fact]
    public void Two_identifiers_are_enough_to_judge_the_transport_of_an_ECU_that_nobody_knows()
    {
        ConformanceProfile profile = ProfileReader.Parse("p.yaml", "format: 1\nname: unknown\naddressing: { request: 0x7E0, response: 0x7E8 }\n");

        ConformanceResult[] results = Run(ConformanceCatalogue.All, profile, null);

        Assert.DoesNotContain(results, result => result.Verdict is ConformanceVerdict.Fail or ConformanceVerdict.Inconclusive);
        Assert.InRange(results.Count(result => result.Verdict == ConformanceVerdict.Pass), 25, 200);
        Assert.All(results.Where(result => result.Verdict == ConformanceVerdict.NotApplicable), result => Assert.NotEmpty(result.Reason));
    }

    // Both banks, and what describes them.
    private byte[] Banks() => _socket.Ecu.Flash.Memory.ToBytes()[..(int)_socket.Definition.Config.Fls.Staging.Start];

    private ConformanceResult[] Run(IReadOnlyList<ConformanceCase> cases, ConformanceProfile profile, DeviceCredentials? secret)
    {
        Random random = new(1);
        ConformanceMeans means = new(Bytes, secret, new ConformanceAccess(profile, secret), new Lazy<IReadOnlyList<Package>>([]), null);
        RealBus bus = new(new VirtualTime(), _socket.Kernel.Open(), profile.Addressing.BitRate, _socket.Kernel.Clock);
        using RealConformanceTarget target = new(bus, "socketcan:can0", profile, means, isDestructive: false);
        return [.. cases.Select(one => ConformanceRunner.Run(one, target))];

        byte[] Bytes(int count)
        {
            byte[] bytes = new byte[count];
            random.NextBytes(bytes);
            return bytes;
        }
    }
}
