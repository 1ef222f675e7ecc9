// The rows of a sweep: how the ECU is brought to where it begins, what is cut, and what a client does afterwards.
// A new kind of data that outlives a reset gets a row here: prepare it, change it, and say in Finish what must be there.
// Invariants: Run begins with a start from flash, so that every operation of a boot is cut too; Finish starts from wherever
// a cut left the ECU and ends with an ECU that has done what the scenario was for.
// Tests: tests/host-sim/Sweep.
using EsyncAgent;

namespace EsyncSim.Sweep;

/// <summary>Ways of sweeping.</summary>
public enum SweptBy
{
    /// <summary>Cuts at flash operations.</summary>
    Operations,

    /// <summary>Cuts at frames, under a new client.</summary>
    Frames,

    /// <summary>Cuts at frames, the same client before and after.</summary>
    LiveFrames,

    /// <summary>Bits of the boot record's copies.</summary>
    RecordBits,

    /// <summary>Bits of NvM.</summary>
    NvMBits,

    /// <summary>Bits of the manifest slots.</summary>
    SlotBits,

    /// <summary>Pairs of bits over the copies of the boot record.</summary>
    RecordPairs,

    /// <summary>All copies of the boot record.</summary>
    RecordLoss,
}

/// <summary>A row.</summary>
/// <param name="Name">Name on the command line.</param>
/// <param name="Meaning">What is cut, in words.</param>
/// <param name="Prepare">Brings the ECU there.</param>
/// <param name="Run">What is cut.</param>
/// <param name="Finish">After a cut and a restart.</param>
public sealed record SweepScenario(string Name, string Meaning, Action<SweepWorld> Prepare, Action<SweepWorld> Run, Action<SweepWorld> Finish)
{
    private const int BreakOff = 5;
    private const int BlockLength = 1021;

    /// <summary>True: the part is erased when Run begins.</summary>
    public bool IsNewDevice { get; init; }

    /// <summary>True: with a long block in NvM, so that its areas run full.</summary>
    public bool HasLongBlocks { get; init; }

    /// <summary>True: with a report log.</summary>
    public bool HasReports { get; init; }

    /// <summary>True: with a report log, signals and a key for collection rules.</summary>
    public bool HasRules { get; init; }

    /// <summary>True: the images are 256 KiB long; only a full run has such a row.</summary>
    public bool IsLarge { get; init; }

    /// <summary>Parts on which the row is tried when none is asked for; all when empty.</summary>
    public IReadOnlyList<string> Parts { get; init; } = [];

    /// <summary>The update that the row is about.</summary>
    public Func<SweepImages, SignedImage> Update { get; init; } = images => images.Two;

    /// <summary>How it is swept.</summary>
    public SweptBy SweptBy { get; init; }

    /// <summary>All rows.</summary>
    public static IReadOnlyList<SweepScenario> All { get; } =
    [
        new("first-start", "a new device: first boot record, provisioning", _ => { }, Provision, world =>
        {
            Provision(world);
            world.Update(world.Images.One);
        }) { IsNewDevice = true },
        new("manifest", "the envelope to the staging slot, 0210", Installed, SendManifest, FinishUpdate),
        new("full-image", "FF00, the whole image, FF01", Bound, SendImage, FinishUpdate),
        new("resumed-download", "the rest of an image that was broken off, FF01", BrokenOff, SendImage, FinishUpdate),
        new("manifest-delta", "the envelope of a delta to the staging slot, 0210", Installed, SendManifest, FinishUpdate) { Update = Delta },
        new("compressed-image", "FF00, a compressed image, FF01", Bound, SendImage, FinishUpdate) { Update = images => images.Compressed },
        new("delta-image", "FF00, a delta, FF01", Bound, SendImage, FinishUpdate) { Update = Delta },
        new("encrypted-delta", "FF00, an encrypted delta, FF01", Bound, SendImage, FinishUpdate) { Update = images => images.EncryptedDelta },
        new("resumed-delta", "the rest of a delta that was broken off, FF01", BrokenOff, SendImage, FinishUpdate) { Update = Delta },
        new("activate", "0211", Verified, Activate, FinishUpdate),
        new("trial", "two starts into the trial", Activated, world =>
        {
            world.Settle();
            world.Rig.Reset();
        }, FinishUpdate),
        new("confirm", "0212 and the confirm mark", Activated, world => world.Require(world.Rig.Routine(0x0212), "0212"), FinishUpdate),
        new("rollback-by-order", "0213 to the previous image", Updated, RollBack, FinishRollBack),
        new("rollback-of-trial", "0213 out of a trial", Activated, RollBack, FinishRollBack),
        new("rollback-automatic", "a trial whose self-test fails", world => PutOnTrial(world, world.Images.Bad), world => world.Await(world.Images.One), world =>
        {
            if (world.IsOnTrial(world.Images.Bad))
            {
                world.Await(world.Images.One);
            }

            world.Update(world.Images.Three);
        }),
        new("rollback-attempts", "a trial that is never confirmed uses up its starts", Activated, UseUpAttempts, world =>
        {
            if (world.IsOnTrial(world.Images.Two))
            {
                UseUpAttempts(world);
            }

            world.Update(world.Images.Three);
        }),
        new("nvm-rewrite", "blocks of NvM written until both areas have changed over several times", Installed, RewriteBlocks, StoreAgain) { HasLongBlocks = true },
        new("boot-record", "changes of the boot record over two power cycles", Installed, ChangeRecords, ChangeAgain),
        new("report-append", "reports of each priority, over a restart", NeverRefused, world => Report(world, 0, 2, 1, 0, 2), GoOnReporting) { HasReports = true, Parts = Few },
        new("report-overflow", "reports into a full log: sectors given up, counted and erased", FillLog, world => Report(world, [.. Enumerable.Repeat((byte)0, 2 * RecordsOf(world)), 2, 1]), GoOnReporting) { HasReports = true, Parts = Few },
        new("report-acknowledge", "reports acknowledged, their sectors used again", FillLog, AcknowledgeReports, GoOnReporting) { HasReports = true, Parts = Few },
        new("trust-manifest", "new trust anchors, 0214", Installed, ChangeKeys, ChangeKeys),
        new("rules", "new collection rules twice, 0215", RulesInstalled, ChangeRules, world =>
        {
            InstallRules(world, world.Rules.Asked);
            InstallRules(world, SweepRules.Count);
            world.Start();
            world.RequireConfirmed(world.Images.One);
        }) { HasRules = true },
        new("full-image-256k", "FF00, an image of 256 KiB, FF01", Bound, SendImage, FinishUpdate) { IsLarge = true, Parts = First },
        new("update-frames", "a whole update over the bus, each frame, under a new client", NeverRefused, FinishUpdate, FinishUpdate) { SweptBy = SweptBy.Frames, Parts = Few },
        new("update-live", "the same, some frames, the same client goes on", NeverRefused, FinishUpdate, FinishUpdate) { SweptBy = SweptBy.LiveFrames, Parts = First },
        new("update-frames-256k", "an image of 256 KiB over the bus, every 16th frame", NeverRefused, FinishUpdate, FinishUpdate) { SweptBy = SweptBy.Frames, IsLarge = true, Parts = First },
        new("flips-boot-record", "each bit of each copy of the boot record", Updated, Nothing, FinishThree) { SweptBy = SweptBy.RecordBits, Parts = First },
        new("flips-nvm", "each bit of both areas of NvM", Updated, Nothing, FinishThree) { SweptBy = SweptBy.NvMBits, Parts = First },
        new("flips-manifest-slots", "each bit of both manifest slots", Updated, Nothing, FinishThree) { SweptBy = SweptBy.SlotBits, Parts = First },
        new("flips-record-pairs", "each pair of bits over the copies of the boot record", Updated, Nothing, FinishThree) { SweptBy = SweptBy.RecordPairs, Parts = First },
        new("record-loss", "all copies of the boot record at once", Updated, Nothing, FinishThree) { SweptBy = SweptBy.RecordLoss },
    ];

    private static string[] First => ["w25q32"];

    private static Func<SweepImages, SignedImage> Delta => images => images.Delta;

    private static string[] Few => ["w25q32", "stm32g4-fast-rows", "generic-16k-page-32"];

    private static void Provision(SweepWorld world)
    {
        world.Rig.Provision(world.Provisioning);
        world.Require(FotaError.None, "provisioning");
    }

    private static void Report(SweepWorld world, params byte[] priorities)
    {
        world.Reports.Check(world.Rig);
        foreach (byte priority in priorities)
        {
            world.Reports.Append(world.Rig, priority);
        }

        world.Reports.Check(world.Rig);
    }

    // Records that fill a sector of the log, and some more.
    private static int RecordsOf(SweepWorld world) => world.Flash.Geometry.LengthOf(world.Flash.Geometry.SectorCount - 1) / 400;

    private static void FillLog(SweepWorld world)
    {
        NeverRefused(world);
        Report(world, 2, 1);
        while (ReportLedger.DroppedOf(world.Rig.Agent.Data.Reports) == 0)
        {
            world.Reports.Append(world.Rig, 0);
        }
    }

    private static void AcknowledgeReports(SweepWorld world)
    {
        Report(world, 0);
        world.Reports.Acknowledge(world.Rig, world.Rig.Agent.Data.Reports.NextSequence - 2);
        Report(world, [.. Enumerable.Repeat((byte)1, RecordsOf(world) + 1)]);
    }

    private static void GoOnReporting(SweepWorld world)
    {
        Report(world, 2, 0, 1);
        world.Start();
        Report(world, 0);
        world.RequireConfirmed(world.Images.One);
    }

    private static void Nothing(SweepWorld world)
    {
    }

    private static void FinishThree(SweepWorld world) => world.Update(world.Images.Three);

    private static void ChangeKeys(SweepWorld world)
    {
        world.Require(world.Rig.Download(Fota.StagingAddress, world.Images.NewKeys), "the trust manifest");
        world.Require(world.Rig.Routine(0x0214), "0214");
        if (world.Rig.Agent.Keys.TrustSequence != 1)
        {
            throw new SweepFaultException(SweepFault.LostConfirmedState, "0214 was good, and the old anchors count");
        }

        world.RequireConfirmed(world.Images.One);
    }

    private static void RulesInstalled(SweepWorld world)
    {
        NeverRefused(world);
        InstallRules(world, 1);
    }

    private static void ChangeRules(SweepWorld world)
    {
        InstallRules(world, 2);
        InstallRules(world, 3);
    }

    private static void InstallRules(SweepWorld world, uint sequence)
    {
        world.Require(world.Rig.Download(Fota.StagingAddress, SweepRules.Document(sequence)), "the collection rules");
        world.Rules.Ask(sequence);
        world.Require(world.Rig.Routine(0x0215), "0215");
        world.Rules.Check(world.Rig, isAnswered: true);
    }

    private static void NeverRefused(SweepWorld world)
    {
        Provision(world);
        world.Update(world.Images.One);
    }

    // With failed accesses to remember; a client that comes over the bus would be kept waiting for them.
    private static void Installed(SweepWorld world)
    {
        NeverRefused(world);
        world.Store(NvMBlock.SecurityAccess, [3, 1, 4, 1, 5]);
    }

    private static void Bound(SweepWorld world)
    {
        Installed(world);
        SendManifest(world);
    }

    private static void BrokenOff(SweepWorld world)
    {
        Bound(world);
        world.Require(world.Rig.Routine(0xFF00), "FF00");
        SignedImage image = world.Wanted;
        world.Require(world.Rig.Download(Fota.BankAddress, image.Transfer, BlockLength, image.Transfer.Length * BreakOff / 6, image.Encoding), "a download");
    }

    private static void Verified(SweepWorld world)
    {
        Bound(world);
        SendImage(world);
    }

    private static void Activated(SweepWorld world) => PutOnTrial(world, world.Images.Two);

    private static void Updated(SweepWorld world)
    {
        Installed(world);
        world.Update(world.Images.Two);
    }

    private static void PutOnTrial(SweepWorld world, SignedImage image)
    {
        Installed(world);
        world.Require(world.Rig.SendManifest(image), "the manifest");
        world.Require(world.Rig.SendImage(image), "the image");
        Activate(world);
    }

    private static void SendManifest(SweepWorld world) => world.Require(world.Rig.SendManifest(world.Wanted), "the manifest");

    private static void SendImage(SweepWorld world) => world.Require(world.Rig.SendImage(world.Wanted), "the image");

    private static void Activate(SweepWorld world) => world.Require(world.Rig.Routine(0x0211), "0211");

    private static void FinishUpdate(SweepWorld world) => world.Update(world.Wanted);

    private static void RollBack(SweepWorld world)
    {
        world.Require(world.Rig.Routine(0x0213), "0213");
        world.Rig.Reset();
        world.Await(world.Images.One);
    }

    private static void FinishRollBack(SweepWorld world)
    {
        if (world.Rig.RunningVersion == world.Images.Two.Version || world.IsOnTrial(world.Images.Two))
        {
            RollBack(world);
        }

        world.Update(world.Images.Three);
    }

    private static void UseUpAttempts(SweepWorld world)
    {
        for (int start = 0; world.Rig.RunningVersion != world.Images.One.Version && start < 16; start++)
        {
            world.Start();
        }

        world.RequireConfirmed(world.Images.One);
    }

    // Long and short blocks in turn, over a power cycle; five fill an area, so that both are begun anew several times.
    private static void RewriteBlocks(SweepWorld world)
    {
        for (byte round = 1; round <= 24; round++)
        {
            world.Store(NvMBlock.Fingerprint, Block(world, NvMBlock.Fingerprint, round));
            world.Store(NvMBlock.SecurityAccess, Block(world, NvMBlock.SecurityAccess, round));
            if (round == 12)
            {
                world.Start();
            }
        }
    }

    private static void StoreAgain(SweepWorld world)
    {
        world.Store(NvMBlock.Fingerprint, Block(world, NvMBlock.Fingerprint, 100));
        world.Start();
        world.Store(NvMBlock.SecurityAccess, Block(world, NvMBlock.SecurityAccess, 101));
        world.RequireConfirmed(world.Images.One);
    }

    private static byte[] Block(SweepWorld world, byte block, byte value)
    {
        byte[] data = new byte[world.Rig.Agent.NvM.Data(block).Length];
        Array.Fill(data, value);
        return data;
    }

    private static void ChangeRecords(SweepWorld world)
    {
        world.Settle();
        for (int change = 0; change < 6; change++)
        {
            world.ChangeRecord(draft => draft.RollbackCount++);
            if (change == 2)
            {
                world.Start();
                world.Settle();
            }
        }
    }

    private static void ChangeAgain(SweepWorld world)
    {
        world.Settle();
        world.ChangeRecord(draft => draft.RollbackCount++);
        world.RequireConfirmed(world.Images.One);
    }
}
