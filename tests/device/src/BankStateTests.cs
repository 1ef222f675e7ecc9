// The bank state machine in flash: each change of the boot record under a power cut at each of its flash operations.
// Afterwards the state before stands or the state after, one bank is bootable, and the change can be made once more.
using EsyncAgent.Emulator;
using nanoFramework.TestFramework;

namespace EsyncAgent.DeviceTests;

/// <summary>Boot record and bank states.</summary>
[TestClass]
public class BankStateTests
{
    private const int OperationsMax = 60;

    private enum Change
    {
        Bind,
        Verify,
        Activate,
        Confirm,
        Reject,
    }

    [TestMethod]
    public static void A_new_part_has_no_record_and_the_first_one_stays()
    {
        RamFls flash = World.NewFlash();
        MemoryBench bench = new MemoryBench(flash);
        Assert.IsTrue(bench.Records.IsBlank);
        Apply(bench, Change.Bind);
        MemoryBench after = new MemoryBench(flash);
        Assert.IsFalse(after.Records.IsBlank || after.Records.IsLost);
        Assert.AreEqual((int)BankState.Receiving, (int)after.Banks.Record.State[1]);
    }

    [DataRow((int)Change.Bind)]
    [DataRow((int)Change.Verify)]
    [DataRow((int)Change.Activate)]
    [DataRow((int)Change.Confirm)]
    [DataRow((int)Change.Reject)]
    public static void A_cut_at_any_operation_of_a_change_leaves_the_state_before_or_after_it(int change)
    {
        int cuts = 0;
        int done = 0;
        while (cuts < OperationsMax && IsCut((Change)change, cuts, out bool isDone))
        {
            cuts++;
            done += isDone ? 1 : 0;
        }

        OutputHelper.WriteLine("cuts: " + cuts.ToString() + ", change done after " + done.ToString());

        // The first change erases the three sectors, the later ones are appended.
        int operations = change == (int)Change.Bind ? 6 : 3;
        Assert.IsTrue(cuts >= operations && cuts < OperationsMax, "cut " + cuts.ToString() + " times");
        Assert.IsTrue(done > 0 && done < cuts, "the change was done after " + done.ToString() + " cuts");
    }

    // False when the change was over before the cut.
    private static bool IsCut(Change change, int operation, out bool isDone)
    {
        RamFls flash = World.NewFlash();
        MemoryBench bench = new MemoryBench(flash);
        for (Change before = Change.Bind; before < change; before++)
        {
            if (before != Change.Confirm)
            {
                Apply(bench, before);
            }
        }

        string stateBefore = StateOf(bench);
        flash.CutAfter(operation);
        Apply(bench, change);
        bool wasCut = flash.IsPowerLost;

        flash.PowerOn();
        MemoryBench after = new MemoryBench(flash);
        Assert.IsFalse(after.Records.IsBlank && change != Change.Bind, "the record is gone");
        Assert.IsFalse(after.Records.IsLost && change != Change.Bind, "the record is lost");
        string state = StateOf(after);
        isDone = state != stateBefore;
        if (!isDone)
        {
            Assert.IsTrue(wasCut, "the change was lost without a cut");
            Apply(after, change);
        }

        Assert.AreEqual(Expected(change), StateOf(new MemoryBench(flash)));
        Assert.AreEqual(0, flash.ViolationCount);
        return wasCut;
    }

    private static void Apply(MemoryBench bench, Change change)
    {
        const int Bank = 1;
        BootRecord draft = bench.Banks.BeginChange();
        switch (change)
        {
            case Change.Bind:
                byte[] digest = new byte[BootRecord.DigestLength];
                Bytes.Fill(digest, 0, digest.Length, 0x5A);
                BankTransitions.Bind(draft, Bank, digest, digest, 7, 0);
                break;
            case Change.Verify:
                BankTransitions.Verify(draft, Bank);
                break;
            case Change.Activate:
                BankTransitions.Activate(draft, Bank, 3);
                break;
            case Change.Confirm:
                BankTransitions.Confirm(draft, Bank, 4);
                break;
            default:
                BankTransitions.RejectTrial(draft, Bank, FotaError.SelfTestFailed);
                break;
        }

        bench.Banks.Commit();
        bench.Settle();
    }

    private static string StateOf(MemoryBench bench)
    {
        BootRecord record = bench.Banks.Record;
        return "active " + record.ActiveBank.ToString() + ", A " + Text.Of(record.State[0]) + ", B " + Text.Of(record.State[1])
            + ", attempts " + record.AttemptsLeft.ToString() + ", sequence " + record.SequenceNumberMax.ToString()
            + ", floor " + record.SecurityVersionFloor.ToString();
    }

    private static string Expected(Change change)
    {
        switch (change)
        {
            case Change.Bind:
                return "active 0, A EMPTY, B RECEIVING, attempts 0, sequence 7, floor 0";
            case Change.Verify:
                return "active 0, A EMPTY, B VERIFIED, attempts 0, sequence 7, floor 0";
            case Change.Activate:
                return "active 0, A EMPTY, B TRIAL, attempts 3, sequence 7, floor 0";
            case Change.Confirm:
                return "active 1, A EMPTY, B CONFIRMED, attempts 0, sequence 7, floor 4";
            default:
                return "active 0, A EMPTY, B REJECTED, attempts 0, sequence 7, floor 0";
        }
    }
}
