// What small updates save on the bus, and what the checkpoints that make them resumable cost: whole updates of the virtual ECU on
// the demo's bus, its processor charged for decoding and its flash for each page and sector.
// The pairs of firmware images are wrapped as the code of a bundle; a bank of 512 KiB holds the largest.
using System.Globalization;
using EsyncAgent;
using EsyncSim.Applications;
using EsyncSim.Client;
using EsyncSim.Ecu;
using EsyncSim.Flash;
using EsyncSim.Packages;
using EsyncTests.IlCounting;
using Xunit;

namespace EsyncTests.HostSim.Ecu;

public sealed class EncodedTransferTests(ITestOutputHelper output)
{
    private const double CheckpointShareMax = 0.03;

    public static TheoryData<string, string, string> Applications => new()
    {
        { BuiltInApplications.MotorControl, "1.0.0", "2.0.0" },
        { BuiltInApplications.BatteryManager, "1.0.0", "2.0.0" },
    };

    [Theory]
    [MemberData(nameof(Applications))]
    public void Small_updates_of_the_demos_applications_save_time_and_their_checkpoints_cost_little(string application, string from, string to) =>
        Check(application, BuiltInApplications.Image(application, from), BuiltInApplications.Image(application, to));

    [Theory]
    [InlineData("programmer")]
    [InlineData("synthesizer")]
    [InlineData("pybv11-dirty")]
    public void Small_updates_of_real_firmware_save_time_and_their_checkpoints_cost_little(string pair)
    {
        string folder = ReferenceData.Require($"delta-pairs/{pair}");
        Check(pair, ScenarioImage.BundleOf(File.ReadAllBytes(Path.Combine(folder, "old.bin"))), ScenarioImage.BundleOf(File.ReadAllBytes(Path.Combine(folder, "new.bin"))));
    }

    private void Check(string name, byte[] old, byte[] next)
    {
        EncodedPayload compressed = EncodedPayload.Compress(next, EncodingRequest.WindowBitsDefault);
        byte[] patch = EsyncSim.Delta.DeltaMaker.Make(old, next, EncodingRequest.WindowBitsDefault).Bytes;
        Transfer full = Run(old, ScenarioImage.PlainBundle(next));
        Transfer heatshrink = Run(old, new ScenarioImage(next, PayloadEncoding.Heatshrink, compressed.Bytes));
        Transfer delta = Run(old, new ScenarioImage(next, PayloadEncoding.Delta, patch));
        foreach ((string form, Transfer transfer) in new[] { ("full", full), ("heatshrink", heatshrink), ("delta", delta) })
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name}, {form}: {transfer.Bytes:N0} bytes, transfer {transfer.Seconds:F2} s, saved {full.Seconds - transfer.Seconds:F2} s; checkpoints {transfer.CheckpointSeconds:F3} s = {transfer.CheckpointShare:P1}, {transfer.Programs} programs, {transfer.Erases} erases"));
        }

        // A processor that is nearly busy with receiving has less time for an image that hardly compresses than the bus saves.
        Assert.True(delta.Seconds < full.Seconds && delta.Seconds < heatshrink.Seconds);
        Assert.True(heatshrink.Seconds < full.Seconds || heatshrink.Bytes * 2 > full.Bytes);
        Assert.InRange(delta.CheckpointShare, 0.0001, CheckpointShareMax);
        Assert.InRange(heatshrink.CheckpointShare, 0.0001, CheckpointShareMax);
    }

    private static Transfer Run(byte[] old, ScenarioImage image)
    {
        UpdateScenario scenario = new("motor", new VirtualEcuOptions(), [ScenarioImage.PlainBundle(old), image], UseLongBanks);
        FlashGeometry part = scenario.Ecu.Flash.Geometry;
        FlsConfig map = scenario.Ecu.Config.Fls;
        bool isTransfer = false;
        long checkpointUs = 0;
        int programs = 0, erases = 0;
        scenario.StageEntered = stage => isTransfer = stage == UpdateStage.Download;
        scenario.Ecu.Flash.Observer = operation =>
        {
            if (!isTransfer || (!IsIn(map.Checkpoint0, operation.Address) && !IsIn(map.Checkpoint1, operation.Address)))
            {
                return;
            }

            bool isErase = operation.Kind == FlashOperationKind.Erase;
            checkpointUs += isErase ? part.Timing.EraseTimeUs(operation.Count) : part.Timing.ProgramTimeUs(operation.Count);
            erases += isErase ? 1 : 0;
            programs += isErase ? 0 : 1;
        };
        scenario.Run();
        double seconds = (scenario.StageStartNs[UpdateStage.Check] - scenario.StageStartNs[UpdateStage.Download]) / 1e9;
        return new Transfer(image.Compressed.Length, seconds, checkpointUs / 1e6, programs, erases);
    }

    // Behind everything else of the part, where nf.config has only the area that nothing writes to yet.
    private static void UseLongBanks(EcuConfig config)
    {
        config.Fls.BankA = new FlsArea { Start = 0x100000, Length = 0x80000 };
        config.Fls.BankB = new FlsArea { Start = 0x180000, Length = 0x80000 };
    }

    private static bool IsIn(FlsArea area, uint address) => address - area.Start < area.Length;

    private sealed record Transfer(int Bytes, double Seconds, double CheckpointSeconds, int Programs, int Erases)
    {
        internal double CheckpointShare => CheckpointSeconds / Seconds;
    }
}
