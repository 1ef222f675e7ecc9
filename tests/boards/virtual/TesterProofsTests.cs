// The emulator's client computes the proofs that host-sim's client computes, and the example of PROTOCOL.md.
using EsyncAgent.Emulator;
using EsyncSim.Client;
using Xunit;

namespace EsyncTests.Boards.Virtual;

public sealed class TesterProofsTests
{
    private static readonly byte[] DeviceId = Convert.FromHexString("D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF");
    private static readonly byte[] Secret = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    private readonly TesterProofs _proofs = new(DeviceId, Secret);

    [Fact]
    public void The_first_proof_is_that_of_the_protocols_example()
    {
        byte[] proof = new byte[32];
        _proofs.Authentication(Convert.FromHexString("A1B2920E79CE525404B4373DAACA1919"), Convert.FromHexString("5D48552D2555483555455F607EDC59CA"), proof);
        Assert.Equal("8F17093E7C0581C9D8A59D77B9058D8A8505F35753D3C148D7BFE870983F3759", Convert.ToHexString(proof));
    }

    [Fact]
    public void The_reports_MAC_is_that_of_the_other_client_and_covers_the_given_length_only()
    {
        byte[] report = [.. Enumerable.Range(0, 239).Select(i => (byte)(i * 7))];
        byte[] mac = new byte[32];
        _proofs.VersionReport(report, 207, mac);
        Assert.Equal(new DeviceCredentials(DeviceId, Secret).VersionReportMac(report.AsSpan(0, 207)), mac);
    }
}
