// The three copies of the boot record: selection, mending, order of writing, dead sectors, flipped bits.
using EsyncAgent;
using EsyncSim.Flash;
using EsyncSim.Simulation;
using EsyncTests.PowerCut;
using Xunit;

namespace EsyncTests.AgentFirmware.Fota;

public sealed class BootRecordStoreTests : BootRecordBench
{
    [Fact]
    public void A_new_part_is_blank_and_not_lost()
    {
        MemoryRig rig = Load();
        Assert.True(rig.Store.IsBlank);
        Assert.False(rig.Store.IsLost);
        Assert.False(rig.Store.WasMended);
        Assert.Equal(0u, rig.Store.Record.Sequence);
    }

    [Fact]
    public void Nothing_is_written_before_the_copies_are_loaded()
        => Assert.False(new MemoryRig(Part).Store.Write(new BootRecord()));

    [Fact]
    public void A_change_makes_three_equal_copies_and_a_reload_finds_it_without_mending()
    {
        MemoryRig rig = Load();
        Write(rig, 7);
        Assert.Equal(7u, rig.Store.Record.SecurityVersionFloor);
        Assert.Equal(1u, rig.Store.Record.Sequence);
        rig = Load();
        Assert.Equal(7u, rig.Store.Record.SecurityVersionFloor);
        Assert.False(rig.Store.WasMended);
        Assert.Equal(Copy(rig, 0), Copy(rig, 1));
        Assert.Equal(Copy(rig, 0), Copy(rig, 2));
    }

    [Fact]
    public void Odd_sequences_begin_with_copy_0_even_ones_with_copy_2()
    {
        MemoryRig rig = Load();
        Assert.Equal([0, 1, 2], Order(rig, () => Write(rig, 1)));
        Assert.Equal([2, 1, 0], Order(rig, () => Write(rig, 2)));
        Assert.Equal([0, 1, 2], Order(rig, () => Write(rig, 3)));
    }

    [Fact]
    public void While_a_write_is_under_way_the_record_is_the_old_one_and_a_second_write_is_refused()
    {
        MemoryRig rig = Load();
        Write(rig, 1);
        Assert.True(rig.Store.Write(new BootRecord { SecurityVersionFloor = 2 }));
        Assert.Equal(StdReturn.Pending, rig.Store.WriteResult);
        Assert.Equal(1u, rig.Store.Record.SecurityVersionFloor);
        Assert.False(rig.Store.Write(new BootRecord { SecurityVersionFloor = 3 }));
        rig.RunStore(() => rig.Store.IsIdle);
        Assert.Equal(2u, rig.Store.Record.SecurityVersionFloor);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_newer_copy_wins_wherever_it_is_and_the_others_are_mended(int newest)
    {
        MemoryRig rig = Load();
        for (int copy = 0; copy < 3; copy++)
        {
            Place(rig, copy, copy == newest ? 0x00000001u : 0xFFFFFFFEu, (uint)copy);
        }

        rig = Load();
        Assert.Equal((uint)newest, rig.Store.Record.SecurityVersionFloor);
        Assert.True(rig.Store.WasMended);
        Assert.All([0, 1, 2], copy => Assert.Equal(Copy(rig, newest), Copy(rig, copy)));
        Assert.False(Load().Store.WasMended);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void The_only_good_copy_is_touched_last_and_cuts_on_the_way_do_not_lose_it(int good)
    {
        MemoryRig rig = Load();
        Write(rig, 1);
        Write(rig, 2);
        foreach (int damaged in new[] { 0, 1, 2 }.Where(copy => copy != good))
        {
            Part.Memory.FlipBit(AddressOf(rig, damaged) + 20, 2);
        }

        FlashSnapshot two = Part.Memory.Snapshot();
        Assert.Equal(good, Order(rig, () => Load())[^1]);
        foreach (CutModel model in CutModels.OfErase.Concat(CutModels.OfProgram))
        {
            for (int at = 0; at < 6; at++)
            {
                Part.Memory.Restore(two);
                Part.PowerOn();
                Part.CutAfter(at, model);
                Assert.Throws<PowerCutException>(() => Load());
                Part.PowerOn();
                Assert.Equal(2u, Load().Store.Record.SecurityVersionFloor);
            }
        }
    }

    [Fact]
    public void The_sequence_wraps_without_losing_a_change()
    {
        MemoryRig rig = Load();
        for (int copy = 0; copy < 3; copy++)
        {
            Place(rig, copy, 0xFFFFFFFE, 9);
        }

        rig = Load();
        for (uint value = 10; value < 14; value++)
        {
            Write(rig, value);
            rig = Load();
            Assert.Equal(value, rig.Store.Record.SecurityVersionFloor);
        }

        Assert.Equal(2u, rig.Store.Record.Sequence);
    }

    [Fact]
    public void A_rebuilt_record_continues_after_the_sequence_that_it_brings()
    {
        MemoryRig rig = Load();
        Assert.True(rig.Store.Write(new BootRecord { Sequence = 41 }));
        rig.RunStore(() => rig.Store.IsIdle);
        Assert.Equal(42u, rig.Store.Record.Sequence);
    }

    [Fact]
    public void When_all_copies_are_damaged_the_record_is_lost_and_not_blank()
    {
        MemoryRig rig = Load();
        Write(rig, 1);
        foreach (FlsArea area in Areas(rig))
        {
            Part.Memory.FlipBit(area.Start + 50, 3);
        }

        rig = Load();
        Assert.True(rig.Store.IsLost);
        Assert.False(rig.Store.IsBlank);
        Write(rig, 5);
        Assert.Equal(5u, Load().Store.Record.SecurityVersionFloor);
    }

    [Fact]
    public void A_dead_sector_does_not_stop_a_change_but_is_reported()
    {
        MemoryRig rig = Load();
        Write(rig, 1);
        Kill(rig, 0);
        Write(rig, 2);
        Assert.True(rig.Store.IsDegraded);
        rig = Load();
        Assert.Equal(2u, rig.Store.Record.SecurityVersionFloor);
        Assert.True(rig.Store.IsDegraded);
        Assert.True(rig.Store.WasMended);
    }

    [Fact]
    public void Two_dead_sectors_fail_the_change_and_the_third_keeps_the_old_record()
    {
        MemoryRig rig = Load();
        Write(rig, 1);
        Kill(rig, 1, 2);
        BootRecord draft = new() { SecurityVersionFloor = 2 };
        Assert.True(rig.Store.Write(draft));
        rig.RunStore(() => rig.Store.WriteResult != StdReturn.Pending);
        Assert.Equal(StdReturn.NotOk, rig.Store.WriteResult);
        Assert.Equal(1u, rig.Store.Record.SecurityVersionFloor);
        Assert.Equal(1u, Load().Store.Record.SecurityVersionFloor);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 2)]
    public void After_a_failed_change_the_next_one_begins_with_the_copies_that_failed(int spared, uint writesBefore)
    {
        MemoryRig rig = Load();
        for (uint write = 1; write <= writesBefore; write++)
        {
            Write(rig, write);
        }

        Kill(rig, [.. new[] { 0, 1, 2 }.Where(copy => copy != spared)]);
        Assert.True(rig.Store.Write(new BootRecord { SecurityVersionFloor = 8 }));
        rig.RunStore(() => rig.Store.WriteResult != StdReturn.Pending);
        Assert.Equal(StdReturn.NotOk, rig.Store.WriteResult);

        Part.Fault = null;
        int[] order = Order(rig, () => Write(rig, 9));

        Assert.Equal(spared, order[^1]);
        Assert.Equal(3, order.Length);
        Assert.Equal(9u, Load().Store.Record.SecurityVersionFloor);
    }

    [Fact]
    public void A_copy_that_fails_once_is_written_again()
    {
        MemoryRig rig = Load();
        int failures = 1;
        Part.Fault = operation => operation.Kind == FlashOperationKind.Program && failures-- > 0 ? FlashFault.WrongBits : FlashFault.None;
        Write(rig, 1);
        Assert.False(rig.Store.IsDegraded);
        Assert.False(Load().Store.WasMended);
    }

    [Fact]
    public void Any_flipped_bit_in_any_copy_leaves_the_record_and_is_mended()
    {
        MemoryRig rig = Load();
        Write(rig, 1);
        Write(rig, 2);
        FlashSnapshot good = Part.Memory.Snapshot();
        foreach (uint copy in new[] { AddressOf(rig, 0), AddressOf(rig, 1), AddressOf(rig, 2) })
        {
            for (uint bit = 0; bit < BootRecord.Length * 8; bit++)
            {
                Part.Memory.Restore(good);
                Part.Memory.FlipBit(copy + (bit / 8), (int)(bit % 8));
                rig = Load();
                Assert.Equal(2u, rig.Store.Record.SecurityVersionFloor);
                Assert.True(rig.Store.WasMended);
            }
        }
    }

    // Two flips in one copy are less than that; all 7 million pairs over two copies take too long, a coprime step does not.
    [Fact]
    public void Pairs_of_flipped_bits_in_two_copies_leave_the_record()
    {
        const int Bits = BootRecord.Length * 8;
        MemoryRig rig = Load();
        Write(rig, 1);
        Write(rig, 2);
        uint[] copies = [AddressOf(rig, 0), AddressOf(rig, 1), AddressOf(rig, 2)];
        FlashSnapshot good = Part.Memory.Snapshot();
        for (int pair = 0; pair < 3 * Bits * Bits; pair += 1777)
        {
            uint first = (uint)(pair / Bits % Bits), second = (uint)(pair % Bits);
            int spared = pair / (Bits * Bits);
            Part.Memory.Restore(good);
            Part.Memory.FlipBit(copies[(spared + 1) % 3] + (first / 8), (int)(first % 8));
            Part.Memory.FlipBit(copies[(spared + 2) % 3] + (second / 8), (int)(second % 8));
            Assert.Equal(2u, Load().Store.Record.SecurityVersionFloor);
        }
    }
}
