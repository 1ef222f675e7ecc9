// A peer on the bus without access: what his requests make the flash write, whatever they are, and that no storm of resets
// runs a trial out of its starts.
using EsyncAgent;
using EsyncSim.Client;
using EsyncSim.Flash;
using EsyncSim.Wear;
using EsyncTests.AgentFirmware.EcuM;
using Xunit;

namespace EsyncTests.Vehicle;

public sealed class WithoutAccessTests
{
    private const int ImageLength = 20_000;

    // A DTC that fails makes a record, and its clears let it fail anew, one a minute: some tens of operations in the half hour of a run.
    private const int ReportErasesMax = 3;
    private const int ReportOperationsMax = 200;

    // Routines and services that write when they are allowed to.
    private static readonly string[] Tempting =
    [
        "31010210", "31010211", "31010212", "31010213", "31010214", "3101FF00", "3101FF01", "31010204000102030405060708090A0B0C0D0E0F",
        "31010203", "340044100000000000 1000", "340044200000000000 1000", "3601AABBCC", "37", "2EF15A260101455359 4E4331", "2EF190414243",
        "14FFFFFF", "1902FF", "8502", "8501", "280101", "280001", "22FD0AFD0AFD0AFD0AFD0AFD0AFD0AFD0A", "22FD01FD02FD03FD04", "1003", "1002", "1001", "2700", "2900", "2908",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Whatever_he_asks_only_NvM_and_the_report_log_are_written_and_those_sparingly(int seed)
    {
        // Without collection rules: what these write follows from time, not from what a peer asks.
        VehicleRig rig = new(change: config => config.Data.BuiltInRules = []);
        Random random = new(seed);
        List<FlashOperation> operations = [];
        int asked = 0;
        rig.Run(async () =>
        {
            await rig.BeginAsync();
            Assert.Equal(UpdateEnd.Confirmed, (await rig.UpdateAsync(rig.Image("1.0.0", 1, ImageLength))).End);
            await rig.Time.DelayMs(10_000);
            rig.Ecu.Flash.Observer = operations.Add;
            for (; asked < 1500; asked++)
            {
                if (asked % 50 == 0)
                {
                    await rig.Tester.TryAsync([0x10, 0x03]);
                    await rig.Tester.TryAsync([0x10, (byte)random.Next(1, 4)]);
                }

                await rig.Tester.TryAsync(Request(random, asked));
            }

            await rig.Tester.TryAsync([0x10, 0x01]);
            Assert.True(await rig.Tester.TryAsync([0x3E, 0x00]));
        });
        FlsConfig map = rig.Definition.Config.Fls;
        FlashOperation[] reports = [.. operations.Where(operation => operation.Address >= map.ReportLog.Start && operation.Address < map.ReportLog.Start + map.ReportLog.Length)];
        Assert.All(operations.Except(reports), operation => Assert.InRange(operation.Address, map.NvM0.Start, map.NvM1.Start + map.NvM1.Length - 1));
        Assert.InRange(reports.Count(operation => operation.Kind == FlashOperationKind.Erase), 0, ReportErasesMax);
        Assert.InRange(reports.Length, 0, ReportOperationsMax);
        int erases = operations.Count(operation => operation.Kind == FlashOperationKind.Erase && operation.Address < map.NvM1.Start);
        double bound = WearBudget.PeerNvMErases(rig.Definition.Config, rig.Time.NowNs / 1e6, 0);
        TestContext.Current.TestOutputHelper?.WriteLine($"{asked} requests: {operations.Count} flash operations, {erases} erases, at most {bound}");
        Assert.InRange(erases, 0, (int)bound);
    }

    [Fact]
    public void A_storm_of_resets_leaves_a_trial_its_starts()
    {
        VehicleRig rig = new();
        rig.Run(async () =>
        {
            await rig.BeginAsync();
            Assert.Equal(UpdateEnd.Confirmed, (await rig.UpdateAsync(rig.Image("1.0.0", 1, ImageLength))).End);
            TestImage second = rig.Image("2.0.0", 2, ImageLength);
            Assert.Equal(UpdateEnd.OnTrial, (await rig.UpdateAsync(second, new UpdatePolicy { Goal = UpdateGoal.OnTrial })).End);
            for (int i = 0; i < 20; i++)
            {
                await rig.Tester.TryAsync([0x10, 0x03]);
                Assert.False(await rig.Tester.TryAsync([0x11, (byte)(i % 2 == 0 ? 1 : 3)]));
                await rig.Tester.NotifyAsync([0x11, 0x81]);
            }

            await rig.Client.SessionAsync(0x03);
            VersionReport report = await rig.Client.ReadVersionReportAsync();
            Assert.Equal(("2.0.0", BankState.Trial, 2), (report.ApplicationVersion, report.States[report.RunningBank], report.AttemptsLeft));
            Assert.Equal((IdsMEvent.ResetRefused, 40), (report.SecurityEvents[0].Event, report.SecurityEvents[0].Count));
            Assert.Equal(UpdateEnd.Confirmed, (await rig.UpdateAsync(second)).End);
        });
    }

    [Fact]
    public void A_trial_whose_reset_was_lost_is_started_with_access_by_a_client_that_does_not_confirm_yet()
    {
        VehicleRig rig = new();
        rig.Run(async () =>
        {
            await rig.BeginAsync();
            Assert.Equal(UpdateEnd.Confirmed, (await rig.UpdateAsync(rig.Image("1.0.0", 1, ImageLength))).End);
            TestImage second = rig.Image("2.0.0", 2, ImageLength);
            Assert.Equal(UpdateEnd.Verified, (await rig.UpdateAsync(second, new UpdatePolicy { Goal = UpdateGoal.Verified })).End);
            await rig.Client.SessionAsync(0x03);
            await rig.Client.SessionAsync(0x02);
            await rig.Client.AuthenticateAsync();
            await rig.Client.RoutineAsync(0x0211, "activate");
            await rig.Client.SessionAsync(0x01);
            UpdateOutcome outcome = await rig.UpdateAsync(second, new UpdatePolicy { Goal = UpdateGoal.OnTrial });
            Assert.Equal(UpdateEnd.OnTrial, outcome.End);
        });
    }

    private static byte[] Request(Random random, int index)
    {
        switch (random.Next(4))
        {
            case 0:
                byte[] any = new byte[random.Next(1, 40)];
                random.NextBytes(any);
                return any[0] == 0x11 ? [0x3E, 0x00] : any;
            case 1:
                return [0x31, 0x01, (byte)random.Next(256), (byte)random.Next(256), .. new byte[random.Next(20)]];
            case 2 when index % 20 == 0:
                return [0x31, 0x01, 0x02, 0x20, .. TestImage.Provisioning];
            default:
                return Convert.FromHexString(Tempting[random.Next(Tempting.Length)].Replace(" ", string.Empty));
        }
    }
}
