// Bits that turn over by themselves, as ageing and radiation do: each bit of what an ECU keeps besides its images, one at a
// time, with a whole start for each that a start reads; then pairs over the copies of the boot record, and the loss of all.
// Invariants: a flipped bit that is never read has the verdict of the start without it; after any single one nothing is lost
// that stands in a second place, and a signed image runs.
// Tests: tests/host-sim/Sweep.
using EsyncAgent;
using EsyncSim.Flash;
using EsyncSim.Simulation;

namespace EsyncSim.Sweep;

/// <summary>Flips.</summary>
internal static class FlipSweep
{
    private const int BitsPerByte = 8;
    private const int RecordBits = BootRecord.Length * BitsPerByte;

    // Of the pairs over two copies, by the store itself: some, spread by a prime. The others leave the same two copies broken.
    private const int PairStep = 1511;

    /// <summary>The three sectors of the boot record: the copies, and what a start looks at behind them.</summary>
    public static SweepCell RunRecords(SweepJob job, SweepCell cell) => RunBits(job, cell, AreasOf(job.Part.Config.Fls), isSingle: false);

    /// <summary>Both areas of NvM, as far as they are written.</summary>
    public static SweepCell RunNvM(SweepJob job, SweepCell cell)
    {
        FlsConfig map = job.Part.Config.Fls;
        return RunBits(job, cell, [Written(job, map.NvM0), Written(job, map.NvM1)], isSingle: false);
    }

    /// <summary>Both manifest slots: header, envelope, marks. They stand once: the other bank may take over.</summary>
    public static SweepCell RunSlots(SweepJob job, SweepCell cell)
    {
        FlsConfig map = job.Part.Config.Fls;
        uint marks = ManifestSlot.MarkCount * ManifestSlot.MarkLength;
        return RunBits(
            job,
            cell,
            [
                Written(job, map.ManifestA), new FlsArea { Start = map.ManifestA.Start + map.ManifestA.Length - marks, Length = marks },
                Written(job, map.ManifestB), new FlsArea { Start = map.ManifestB.Start + map.ManifestB.Length - marks, Length = marks },
            ],
            isSingle: true);
    }

    /// <summary>Every pair of bits over the copies of the boot record, by the selection of the record.</summary>
    public static SweepCell RunPairs(SweepJob job, SweepCell cell)
    {
        FlashModel flash = job.World(job.Start).Flash;
        FlsArea[] copies = RecordsOf(flash, job.Part.Config.Fls);
        string[] images = [.. copies.Select(copy => Convert.ToHexString(Read(flash, copy)))];
        long pairs = 0;
        foreach (IGrouping<string, string> equal in images.GroupBy(image => image))
        {
            pairs += PairsWithin(job, Convert.FromHexString(equal.Key)) * equal.Count();
        }

        long across = 0;
        long byStore = 0;
        for (int third = 0; third < copies.Length; third++)
        {
            int[] two = [.. Enumerable.Range(0, copies.Length).Where(copy => copy != third)];
            across += (long)RecordBits * RecordBits;
            long step = job.Request.IsFull ? PairStep / 10 : PairStep;
            for (long pair = third; pair < (long)RecordBits * RecordBits; pair += step)
            {
                byStore++;
                SelectWith(job, [(copies[two[0]], (int)(pair / RecordBits)), (copies[two[1]], (int)(pair % RecordBits))]);
            }
        }

        return cell with { Flips = pairs + across, Restarts = (int)byStore };
    }

    /// <summary>All copies of the boot record gone, in several ways: rebuilt from the slots, the floor kept.</summary>
    public static SweepCell RunLoss(SweepJob job, SweepCell cell)
    {
        (string What, Action<FlashModel, FlsArea> Break)[] ways =
        [
            ("erased", (flash, copy) => flash.Memory.Erase(flash.Geometry.SectorAt(copy.Start))),
            ("cut in their erase, all FF", (flash, copy) => flash.Memory.EraseCut(flash.Geometry.SectorAt(copy.Start), CutModel.EraseAllFf)),
            ("cut in their erase, unstable", (flash, copy) => flash.Memory.EraseCut(flash.Geometry.SectorAt(copy.Start), CutModel.EraseUnstable)),
            ("with a bit of the magic turned over", (flash, copy) => flash.Memory.FlipBit(copy.Start, 0)),
            ("with a bit of the CRC turned over", (flash, copy) => flash.Memory.FlipBit(copy.Start + BootRecord.Length - 1, 7)),
            ("filled with 00", (flash, copy) => flash.Memory.Program(copy.Start, new byte[BootRecord.Length])),
        ];
        foreach ((string what, Action<FlashModel, FlsArea> destroy) in ways)
        {
            SweepWorld world = Damaged(job, flash => Array.ForEach(RecordsOf(flash, job.Part.Config.Fls), copy => destroy(flash, copy)), isSingle: false, isRecordLost: true);
            Try(job, $"all copies of the boot record {what}", () =>
            {
                world.Restart();
                if (world.Rig.Banks.Record.SecurityVersionFloor == 0)
                {
                    throw new SweepFaultException(SweepFault.LostConfirmedState, "the floor is gone");
                }
            });
        }

        return cell with { Flips = ways.Length, Restarts = ways.Length };
    }

    private static SweepCell RunBits(SweepJob job, SweepCell cell, FlsArea[] areas, bool isSingle)
    {
        ReadLog? log = null;
        SweepWorld healthy = job.World(job.Start);
        AgentRig reader = new(job.Part.Config, healthy.Flash, _ => log = new ReadLog(healthy.Flash));
        reader.PowerOn();
        reader.Settle();
        long flips = 0;
        int starts = 0;
        foreach (FlsArea area in areas)
        {
            for (uint address = area.Start; address < area.Start + area.Length; address++)
            {
                job.Request.Stop.ThrowIfCancellationRequested();
                for (int bit = 0; bit < BitsPerByte; bit++)
                {
                    flips++;
                    if (log!.IsRead(address))
                    {
                        starts++;
                        StartWith(job, address, bit, isSingle);
                    }
                }
            }
        }

        return cell with { Flips = flips, Restarts = starts };
    }

    private static void StartWith(SweepJob job, uint address, int bit, bool isSingle)
    {
        SweepWorld world = Damaged(job, flash => flash.Memory.FlipBit(address, bit), isSingle, isRecordLost: false);
        Try(job, $"bit {bit} at {address:X6} turned over", () =>
        {
            world.Flash.PowerOn();
            world.Start();
            world.Settle();
        });
    }

    private static SweepWorld Damaged(SweepJob job, Action<FlashModel> damage, bool isSingle, bool isRecordLost)
    {
        SweepWorld world = job.World(job.Start);
        if (isSingle || isRecordLost)
        {
            world.Ledger.ExpectDamage(isRecordLost);
        }

        damage(world.Flash);
        return world;
    }

    private static long PairsWithin(SweepJob job, byte[] image)
    {
        long pairs = 0;
        byte[] broken = [.. image];
        for (int first = 0; first < RecordBits; first++)
        {
            Flip(broken, first);
            for (int second = first + 1; second < RecordBits; second++)
            {
                Flip(broken, second);
                pairs++;
                if (BootRecord.IsWhole(broken, 0))
                {
                    Try(job, $"bits {first} and {second} of one boot record turned over", () =>
                        throw new SweepFaultException(SweepFault.LostConfirmedState, "it is taken for a whole one"));
                }

                Flip(broken, second);
            }

            Flip(broken, first);
        }

        return pairs;
    }

    // The record that a start would go on with: the store alone, over the part.
    private static void SelectWith(SweepJob job, (FlsArea Copy, int Bit)[] flips)
    {
        FlashModel flash = job.World(job.Start).Flash;
        byte[] good = Read(flash, RecordsOf(flash, job.Part.Config.Fls)[0]);
        foreach ((FlsArea copy, int bit) in flips)
        {
            flash.Memory.FlipBit(copy.Start + (uint)(bit / BitsPerByte), bit % BitsPerByte);
        }

        Fls fls = new(job.Part.Config.Fls, flash);
        BootRecordStore store = new(fls);
        for (uint cycle = 0; !store.IsLoaded; cycle++)
        {
            store.MainFunction(cycle);
            fls.MainFunction(cycle);
        }

        byte[] selected = new byte[BootRecord.Length];
        store.Record.Serialize(selected, 0);
        if (!selected.AsSpan().SequenceEqual(good))
        {
            string places = string.Join(" and ", flips.Select(flip => $"bit {flip.Bit} of the copy at {flip.Copy.Start:X6}"));
            Try(job, $"{places} turned over", () => throw new SweepFaultException(SweepFault.LostConfirmedState, "another boot record is selected"));
        }
    }

    private static void Try(SweepJob job, string what, Action attempt)
    {
        try
        {
            attempt();
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            job.Find(error, what, $"--scenario {job.Scenario.Name} --geometry {job.Part.Name}");
        }
    }

    private static FlsArea[] AreasOf(FlsConfig map) => [map.BootRecord0, map.BootRecord1, map.BootRecord2];

    private static FlsArea[] RecordsOf(FlashModel flash, FlsConfig map) =>
        [.. AreasOf(map).Select(area => new FlsArea { Start = RecordView.AddressOf(flash.Memory, area), Length = BootRecord.Length })];

    // From the start of an area to the last byte that is not FF, in whole records of NvM; a slot ends before its marks.
    private static FlsArea Written(SweepJob job, FlsArea area)
    {
        byte[] bytes = Read(job.World(job.Start).Flash, area);
        int end = bytes.AsSpan(0, bytes.Length - (ManifestSlot.MarkCount * ManifestSlot.MarkLength)).LastIndexOfAnyExcept((byte)0xFF) + 1;
        return new FlsArea { Start = area.Start, Length = (uint)end };
    }

    private static byte[] Read(FlashModel flash, FlsArea area)
    {
        byte[] bytes = new byte[area.Length];
        flash.Memory.Read(area.Start, bytes);
        return bytes;
    }

    private static void Flip(byte[] bytes, int bit) => bytes[bit / BitsPerByte] ^= (byte)(1 << (bit % BitsPerByte));
}
