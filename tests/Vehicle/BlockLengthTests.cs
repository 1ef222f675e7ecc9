// Requests of any length bring any form of an image, and go on with it after a power cut: blocks of TransferData, chunks, pieces and
// checkpoints are tied to nothing of one another.
using EsyncAgent;
using EsyncSim.Client;
using EsyncSim.Flash;
using EsyncSim.Packages;
using EsyncSim.Server;
using EsyncSim.Vehicle;
using Xunit;

namespace EsyncTests.Vehicle;

public sealed class BlockLengthTests : IDisposable
{
    private const int Length = 60_000;
    private readonly CampaignRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(0x00, 69)]
    [InlineData(0x00, 1000)]
    [InlineData(0x01, 258)]
    [InlineData(0x10, 69)]
    [InlineData(0x11, 517)]
    [InlineData(0x20, 69)]
    [InlineData(0x20, 258)]
    [InlineData(0x21, 1028)]
    public void Any_form_arrives_in_requests_of_any_length_a_power_cut_before_its_end(int encoding, int blockLength)
    {
        byte[] oldImage = EncodedPackages.Image("1.0.0", Length), newImage = EncodedPackages.Image("2.0.0", Length);
        new Random(3).NextBytes(newImage.AsSpan(Length / 2, Length / 3));
        Package old = EncodedPackages.Full(_rig.Definition, 1, oldImage);
        Package all = EncodedPackages.Encoded(_rig.Definition, 2, newImage, old);
        PackageEntry plain = all.Entries.First(entry => entry.Encoding == (encoding & 0xF0));
        PackageEntry entry = (encoding & 1) == 0 ? plain : EncodedPackages.Encrypted(_rig.Definition, 2, newImage, plain, TestImage.DeviceId);
        UpdateImages images = new([.. PackageImages.Of(all with { Entries = [all.Full!, entry] }).All.Where(image => image.Encoding == encoding)]);
        UpdatePolicy policy = new() { BlockLength = blockLength };
        _rig.Run(async () =>
        {
            Assert.Equal(TargetEnd.Completed, (await _rig.UpdateAsync(old, "c1")).End);
            _rig.OnTransferred = position =>
            {
                if (position >= entry.Payload.Length * 95 / 100)
                {
                    _rig.OnTransferred = null;
                    _rig.Ecu.PowerCut(CutModel.ProgramUnstable);
                    _rig.Time.After(2_000_000_000, _rig.Ecu.PowerOn);
                }
            };
            _rig.Transfers.Clear();
            UpdateOutcome outcome = await new UpdateSession(_rig.Client, images, policy, _rig).RunAsync();
            Assert.True(outcome.End == UpdateEnd.Confirmed, outcome.Text);
            VersionReport report = await _rig.ReportAsync();
            Assert.Equal(("2.0.0", BankState.Confirmed), (report.ApplicationVersion, report.States[report.RunningBank]));
        });
        Assert.Equal(2, _rig.Transfers.Count);
        Assert.True(_rig.Transfers[1].Offset > 0, "it began anew");
    }
}
