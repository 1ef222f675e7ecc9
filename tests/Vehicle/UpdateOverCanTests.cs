// Whole updates over the virtual bus: the client's programming order against the agent's own sources.
using EsyncAgent;
using EsyncSim.Client;
using EsyncSim.Flash;
using EsyncTests.AgentFirmware.EcuM;
using Xunit;

namespace EsyncTests.Vehicle;

public sealed class UpdateOverCanTests
{
    private const int Length = 30_000;

    [Fact]
    public void An_ECU_takes_two_updates_and_proves_what_it_runs()
    {
        VehicleRig rig = new();
        rig.Run(async () =>
        {
            await rig.BeginAsync();
            UpdateOutcome first = await rig.UpdateAsync(rig.Image("1.0.0", 1, Length));
            Assert.Equal((UpdateEnd.Confirmed, "version 1.0.0 runs"), (first.End, first.Text));
            UpdateOutcome second = await rig.UpdateAsync(rig.Image("2.0.0", 2, Length));
            Assert.Equal(UpdateEnd.Confirmed, second.End);
            await rig.Client.SessionAsync(0x03);
            VersionReport report = await rig.Client.ReadVersionReportAsync();
            Assert.True(report.IsAuthentic);
            Assert.Equal("2.0.0", report.ApplicationVersion);
            Assert.Equal([BankState.Confirmed, BankState.Previous], report.States);
        });
    }

    [Fact]
    public void A_power_cut_in_mid_download_costs_at_most_what_was_not_recorded()
    {
        VehicleRig rig = new();
        rig.Run(async () =>
        {
            await rig.BeginAsync();
            Assert.Equal(UpdateEnd.Confirmed, (await rig.UpdateAsync(rig.Image("1.0.0", 1, Length))).End);
            bool isCut = false;
            rig.OnTransferred = position =>
            {
                if (!isCut && position > 20_000)
                {
                    isCut = true;
                    rig.Ecu.PowerCut(CutModel.ProgramUnstable);
                    rig.Time.After(2_000_000_000, rig.Ecu.PowerOn);
                }
            };
            UpdateOutcome outcome = await rig.UpdateAsync(rig.Image("2.0.0", 2, Length));
            Assert.Equal(UpdateEnd.Confirmed, outcome.End);
            (int offset, _) = rig.Transfers[^1];
            Assert.InRange(offset, 12_288, 20_480);
            Assert.Equal(0, offset % 4096);
            Assert.Equal(UpdateEnd.Lost, rig.Attempts[1].End);
        });
    }

    [Theory]
    [InlineData("selftest", FotaError.SelfTestFailed)]
    [InlineData("throws", FotaError.LoadFailed)]
    [InlineData("stalls", FotaError.AliveLost)]
    public void A_bad_application_goes_back_before_anybody_confirms_it(string behaviour, FotaError reason)
    {
        VehicleRig rig = new();
        rig.Run(async () =>
        {
            await rig.BeginAsync();
            Assert.Equal(UpdateEnd.Confirmed, (await rig.UpdateAsync(rig.Image("1.0.0", 1, Length))).End);
            UpdateOutcome outcome = await rig.UpdateAsync(rig.Image("9.0.0", 9, Length, behaviour));
            Assert.Equal((UpdateEnd.RolledBack, reason), (outcome.End, outcome.Reason));
            Assert.Equal("1.0.0", await rig.Client.ReadTextAsync(0xF189));
        });
    }

    [Fact]
    public void A_flipped_image_bit_ends_the_transfer_with_its_reason()
    {
        VehicleRig rig = new();
        rig.Run(async () =>
        {
            await rig.BeginAsync();
            TestImage image = rig.Image("1.0.0", 1, Length);
            byte[] payload = image.Payload.ToArray();
            payload[17_000] ^= 1;
            UpdateOutcome outcome = await rig.UpdateAsync(image with { Payload = payload });
            Assert.Equal((UpdateEnd.Refused, FotaError.ChunkMismatch), (outcome.End, outcome.Reason));
        });
    }

    [Theory]
    [InlineData("motor")]
    [InlineData("battery")]
    public void The_payload_phase_uses_the_bus(string ecu)
    {
        VehicleRig rig = new(ecu);
        rig.Run(async () =>
        {
            await rig.BeginAsync();
            long startNs = 0;
            long endNs = 0;
            rig.OnTransferred = position =>
            {
                startNs = startNs == 0 ? rig.Time.NowNs : startNs;
                endNs = rig.Time.NowNs;
            };
            Assert.Equal(UpdateEnd.Confirmed, (await rig.UpdateAsync(rig.Image("1.0.0", 1, 60_000))).End);
            double kilobytesPerSecond = (60_000 - 4093) / ((endNs - startNs) / 1e6);
            Assert.True(kilobytesPerSecond > 20, $"{kilobytesPerSecond:F1} kB/s");
        });
    }
}
