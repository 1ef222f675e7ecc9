// Blocks in flash, and a power cut at each flash operation of a write: afterwards the old value stands or the new one, never
// another, and the next write works.
using EsyncAgent.Emulator;
using nanoFramework.TestFramework;

namespace EsyncAgent.DeviceTests;

/// <summary>Non-volatile memory.</summary>
[TestClass]
public class NvMTests
{
    // Far more than one write needs.
    private const int OperationsMax = 60;

    [TestMethod]
    public static void A_value_is_there_after_a_restart_and_blocks_do_not_disturb_each_other()
    {
        RamFls flash = World.NewFlash();
        MemoryBench before = new MemoryBench(flash);
        Assert.IsTrue(before.NvM.IsBlank);
        Write(before, NvMBlock.Fingerprint, 1);
        Write(before, NvMBlock.Dem, 2);
        Write(before, NvMBlock.Fingerprint, 3);

        MemoryBench after = new MemoryBench(flash);
        Assert.AreEqual(3, ValueOf(after, NvMBlock.Fingerprint));
        Assert.AreEqual(2, ValueOf(after, NvMBlock.Dem));
        Assert.AreEqual(0, after.NvM.Length(NvMBlock.Provisioning));
        Assert.AreEqual(0, flash.ViolationCount);
    }

    [TestMethod]
    public static void A_cut_at_any_operation_of_a_write_leaves_the_old_value_or_the_new_one()
    {
        int cuts = 0;
        int news = 0;
        while (cuts < OperationsMax && IsCut(cuts, out bool isNew))
        {
            cuts++;
            news += isNew ? 1 : 0;
        }

        OutputHelper.WriteLine("cuts: " + cuts.ToString() + ", new value kept after " + news.ToString());
        Assert.IsTrue(cuts >= 4 && cuts < OperationsMax, "cut " + cuts.ToString() + " times");
        Assert.IsTrue(news > 0 && news < cuts, "the new value stood after " + news.ToString() + " cuts");
    }

    // False when the write was over before the cut.
    private static bool IsCut(int operation, out bool isNew)
    {
        RamFls flash = World.NewFlash();
        Write(new MemoryBench(flash), NvMBlock.Fingerprint, 1);
        MemoryBench bench = new MemoryBench(flash);
        flash.CutAfter(operation);
        Write(bench, NvMBlock.Fingerprint, 2);
        bool wasCut = flash.IsPowerLost;

        flash.PowerOn();
        MemoryBench after = new MemoryBench(flash);
        int value = ValueOf(after, NvMBlock.Fingerprint);
        isNew = value == 2;
        Assert.IsTrue(isNew || (wasCut && value == 1), "after the cut at operation " + operation.ToString() + " the value is " + value.ToString());
        Write(after, NvMBlock.Fingerprint, 3);
        Assert.AreEqual(3, ValueOf(new MemoryBench(flash), NvMBlock.Fingerprint));
        Assert.AreEqual(0, flash.ViolationCount);
        return wasCut;
    }

    private static void Write(MemoryBench bench, byte block, byte value)
    {
        byte[] data = new byte[9];
        Bytes.Fill(data, 0, data.Length, value);
        Assert.IsTrue(bench.NvM.Write(block, data, 0, data.Length));
        bench.Settle();
    }

    // −1 when the bytes are not all the same.
    private static int ValueOf(MemoryBench bench, byte block)
    {
        byte[] data = bench.NvM.Data(block);
        int length = bench.NvM.Length(block);
        return length == 9 && Bytes.AreAll(data, 0, length, data[0]) ? data[0] : -1;
    }
}
