// NvM: what it keeps, where it writes, what it refuses, how it mends, flipped bits.
using EsyncAgent;
using EsyncSim.Flash;
using EsyncTests.PowerCut;
using Xunit;

namespace EsyncTests.AgentFirmware.NvMTests;

public sealed class NvMTests
{
    private readonly FlashModel _flash = new(FlashGeometries.W25Q32);
    private readonly List<FlashOperation> _operations = [];

    [Fact]
    public void A_new_part_is_blank_and_every_block_empty()
    {
        MemoryRig rig = Load();
        Assert.True(rig.NvM.IsBlank);
        Assert.All(Enumerable.Range(0, NvMBlock.Count), block => Assert.Equal(0, rig.NvM.Length((byte)block)));
        Assert.Equal(0, _flash.Statistics.Erases);
    }

    [Fact]
    public void Nothing_is_written_before_the_areas_are_read_nor_with_a_wrong_length()
    {
        MemoryRig rig = new(_flash);
        Assert.False(rig.NvM.Write(1, [1], 0, 1));
        rig.RunNvM(() => rig.NvM.IsReady);
        Assert.False(rig.NvM.Write(1, new byte[17], 0, 17));
        Assert.False(rig.NvM.Write(1, [1], 0, 0));
        Assert.True(rig.NvM.Write(1, new byte[16], 0, 16));
    }

    [Fact]
    public void A_record_has_the_documented_layout_in_both_areas()
    {
        MemoryRig rig = Load();
        Write(rig, 1, 0xAA, 0xBB, 0xCC);
        byte[] expected = Convert.FromHexString("45534E56" + "01" + "00" + "0003" + "00000001" + "AABBCC" + "00000000" + new string('F', 26));
        BigEndian.WriteU32(expected, 15, Crc32.Compute(expected, 0, 15));
        Assert.Equal(expected, Bytes(rig.Map.NvM0.Start, 32));
        Assert.Equal(expected, Bytes(rig.Map.NvM1.Start, 32));
    }

    [Fact]
    public void What_was_written_last_is_there_after_a_reset()
    {
        MemoryRig rig = Load();
        Write(rig, 0, [.. Enumerable.Range(0, 544).Select(i => (byte)i)]);
        Write(rig, 3, 1, 2, 3);
        Write(rig, 3, 4, 5);
        rig = Load();
        Assert.False(rig.NvM.IsBlank);
        Assert.Equal(544, rig.NvM.Length(0));
        Assert.Equal((byte)(543 & 0xFF), rig.NvM.Data(0)[543]);
        Assert.Equal("0405", Value(rig, 3));
        Assert.Equal(0, rig.NvM.Length(1));
    }

    [Fact]
    public void The_mirror_holds_the_new_value_at_once_and_the_result_is_pending_until_both_areas_have_it()
    {
        MemoryRig rig = Load();
        Assert.True(rig.NvM.Write(2, [9], 0, 1));
        Assert.Equal("09", Value(rig, 2));
        Assert.False(rig.NvM.IsIdle);
        Assert.Equal(StdReturn.Pending, rig.NvM.WriteResult(2));
        rig.RunNvM(() => rig.NvM.WriteResult(2) != StdReturn.Pending);
        Assert.Equal(StdReturn.Ok, rig.NvM.WriteResult(2));
        Assert.True(rig.NvM.IsIdle);
        Assert.Equal(Bytes(rig.Map.NvM0.Start, 32), Bytes(rig.Map.NvM1.Start, 32));
    }

    [Fact]
    public void A_value_written_while_the_one_before_is_under_way_is_stored_after_it()
    {
        MemoryRig rig = Load();
        rig.NvM.Write(1, [1], 0, 1);
        rig.NvM.MainFunction(0);
        rig.NvM.Write(1, [2], 0, 1);
        rig.NvM.Write(2, [3], 0, 1);
        rig.RunNvM(() => rig.NvM.IsIdle);
        rig = Load();
        Assert.Equal("02", Value(rig, 1));
        Assert.Equal("03", Value(rig, 2));
    }

    [Fact]
    public void Writes_alternate_the_area_that_they_begin_with()
    {
        MemoryRig rig = Load();
        Write(rig, 1, 1);
        _flash.Observer = _operations.Add;
        Write(rig, 1, 2);
        Write(rig, 1, 3);
        Assert.Equal([0, 1, 1, 0], _operations.Select(one => one.Address >= rig.Map.NvM1.Start ? 1 : 0));
        Assert.All(_operations, one => Assert.Equal(FlashOperationKind.Program, one.Kind));
    }

    [Fact]
    public void The_first_write_after_a_reset_makes_both_areas_anew_and_later_ones_append()
    {
        MemoryRig rig = Load();
        Write(rig, 1, 1);
        rig = Load();
        long before = _flash.Statistics.Erases;
        Write(rig, 1, 2);
        Assert.Equal(before + 2, _flash.Statistics.Erases);
        Write(rig, 1, 3);
        Assert.Equal(before + 2, _flash.Statistics.Erases);
    }

    [Fact]
    public void A_full_area_is_made_anew_with_every_block()
    {
        MemoryRig rig = Load();
        Write(rig, 0, 0xA0);
        Write(rig, 2, 0xA2);
        for (int i = 0; i < 500; i++)
        {
            Write(rig, 1, (byte)i);
        }

        Assert.InRange(_flash.Statistics.Erases, 8, 12);
        rig = Load();
        Assert.Equal("A0", Value(rig, 0));
        Assert.Equal("F3", Value(rig, 1));
        Assert.Equal("A2", Value(rig, 2));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void An_area_that_lost_everything_is_mended_from_the_other_before_ready(int lost)
    {
        MemoryRig rig = Load();
        Write(rig, 0, 1, 2, 3);
        Write(rig, 1, 4);
        FlsArea area = lost == 0 ? rig.Map.NvM0 : rig.Map.NvM1;
        _flash.Memory.Erase(_flash.Geometry.SectorAt(area.Start));
        _flash.Observer = _operations.Add;
        rig = Load();
        Assert.Equal(area.Start, _operations[0].Address);
        Assert.Equal("010203", Value(rig, 0));
        Assert.Equal("04", Value(rig, 1));
        Assert.Equal(Newest(rig.Map.NvM0), Newest(rig.Map.NvM1));
        _operations.Clear();
        Load();
        Assert.Empty(_operations);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_torn_record_at_the_end_of_an_area_is_done_away_with_before_ready(int torn)
    {
        MemoryRig rig = Load();
        Write(rig, 1, 4);
        FlsArea area = torn == 0 ? rig.Map.NvM0 : rig.Map.NvM1;
        _flash.Memory.Program(area.Start + 32, [0x45, 0x53, 0x4E, 0x56, 0x01]);
        rig = Load();
        Assert.Equal("04", Value(rig, 1));
        Assert.Equal(Newest(rig.Map.NvM0), Newest(rig.Map.NvM1));
    }

    [Fact]
    public void Torn_bytes_in_areas_without_any_record_are_erased_before_ready()
    {
        MemoryRig rig = new(_flash);
        _flash.Memory.Program(rig.Map.NvM1.Start, [0x45, 0x53, 0x4E, 0x56, 0x01]);
        rig = Load();
        Assert.True(rig.NvM.IsBlank);
        Assert.All(Bytes(rig.Map.NvM1.Start, 4096), value => Assert.Equal(0xFF, value));
        Write(rig, 1, 4);
        Assert.Equal("04", Value(Load(), 1));
    }

    [Fact]
    public void A_program_that_fails_once_is_done_again_in_a_fresh_area()
    {
        MemoryRig rig = Load();
        Write(rig, 1, 1);
        int failures = 1;
        _flash.Fault = operation => operation.Kind == FlashOperationKind.Program && failures-- > 0 ? FlashFault.WrongBits : FlashFault.None;
        Write(rig, 1, 2);
        Assert.Equal("02", Value(Load(), 1));
    }

    [Fact]
    public void A_dead_area_fails_the_write_and_keeps_the_value_before_it()
    {
        MemoryRig rig = Load();
        Write(rig, 1, 1);
        uint dead = rig.Map.NvM0.Start;
        _flash.Fault = operation => operation.Address < dead + 0x1000 && operation.Address >= dead ? FlashFault.Failed : FlashFault.None;
        Assert.True(rig.NvM.Write(1, [2], 0, 1));
        rig.RunNvM(() => rig.NvM.WriteResult(1) != StdReturn.Pending);
        Assert.Equal(StdReturn.NotOk, rig.NvM.WriteResult(1));
        rig = Load();
        Assert.Contains(Value(rig, 1), new[] { "01", "02" });
    }

    [Fact]
    public void Any_flipped_bit_in_either_area_leaves_every_value()
    {
        MemoryRig rig = Load();
        Write(rig, 0, [.. Enumerable.Range(0, 100).Select(i => (byte)i)]);
        Write(rig, 1, 7, 7, 7);
        Write(rig, 3, 1, 2, 3, 4);
        Write(rig, 3, 5, 6, 7, 8);
        FlashSnapshot good = _flash.Memory.Snapshot();
        foreach (uint start in new[] { rig.Map.NvM0.Start, rig.Map.NvM1.Start })
        {
            for (uint bit = 0; bit < 320 * 8; bit++)
            {
                _flash.Memory.Restore(good);
                _flash.Memory.FlipBit(start + (bit / 8), (int)(bit % 8));
                rig = Load();
                Assert.Equal("0102", Value(rig, 0)[2..6]);
                Assert.Equal("070707", Value(rig, 1));
                Assert.Equal("05060708", Value(rig, 3));
                Assert.Equal(0, rig.NvM.Length(2));
            }
        }
    }

    [Fact]
    public void The_least_area_holds_every_block_and_the_longest_once_more()
        => Assert.Equal(576 + 32 + 32 + 96 + 288 + 576, new NvMConfig { LengthMax = [544, 16, 16, 64, 260, 0] }.AreaLengthMin());

    // The value that waits is in the mirror already when the one that stands in flash is copied into a new area.
    [Fact]
    public void A_value_that_waits_for_its_turn_is_not_stored_under_the_sequence_of_the_one_before()
    {
        MemoryRig rig = Load();
        Write(rig, 0, 1);
        Write(rig, 1, 4);
        rig = Load();
        Assert.True(rig.NvM.Write(0, [2], 0, 1) && rig.NvM.Write(1, [5], 0, 1));
        rig.RunNvM(() => rig.NvM.WriteResult(1) != StdReturn.Pending);
        string[] records = [.. Records(rig.Map.NvM0).Concat(Records(rig.Map.NvM1)).Distinct().Order()];
        Assert.Equal(["1: 0=01", "2: 1=04", "3: 0=02", "4: 1=05"], records);
        Assert.Equal(["0=02", "1=05"], Newest(rig.Map.NvM0));
        Assert.Equal(["0=02", "1=05"], Newest(rig.Map.NvM1));
    }

    [Fact]
    public void A_stored_value_that_cannot_be_read_any_more_gives_way_to_the_one_that_waits()
    {
        MemoryRig rig = Load();
        Write(rig, 0, 1);
        Write(rig, 1, 4);
        rig = Load();
        _flash.Memory.Program(rig.Map.NvM0.Start + 32 + 12, [0]);
        _flash.Memory.Program(rig.Map.NvM1.Start + 32 + 12, [0]);
        Assert.True(rig.NvM.Write(0, [2], 0, 1) && rig.NvM.WriteSparingly(1, [5], 0, 1));
        rig.RunNvM(() => rig.NvM.WriteResult(1) != StdReturn.Pending);
        rig = Load();
        Assert.Equal("02", Value(rig, 0));
        Assert.Equal("05", Value(rig, 1));
    }

    private string[] Newest(FlsArea area) => [.. Records(area).Select(record => record.Split(": ")[1]).GroupBy(record => record[0]).Select(block => block.Last()).Order()];

    // "sequence: block=value" of each record; values of up to 16 bytes, so that each lies in 32.
    private IEnumerable<string> Records(FlsArea area)
    {
        for (uint at = area.Start; ; at += 32)
        {
            byte[] record = Bytes(at, 32);
            if (BigEndian.ReadU32(record, 0) != 0x45534E56)
            {
                yield break;
            }

            yield return $"{BigEndian.ReadU32(record, 8)}: {record[4]}={Convert.ToHexString(record, 12, BigEndian.ReadU16(record, 6))}";
        }
    }

    private static string Value(MemoryRig rig, byte block) => Convert.ToHexString(rig.NvM.Data(block), 0, rig.NvM.Length(block));

    private static void Write(MemoryRig rig, byte block, params byte[] data)
    {
        Assert.True(rig.NvM.Write(block, data, 0, data.Length));
        rig.RunNvM(() => rig.NvM.WriteResult(block) != StdReturn.Pending);
        Assert.Equal(StdReturn.Ok, rig.NvM.WriteResult(block));
    }

    private MemoryRig Load()
    {
        MemoryRig rig = new(_flash);
        rig.RunNvM(() => rig.NvM.IsReady);
        return rig;
    }

    private byte[] Bytes(uint address, int count)
    {
        byte[] bytes = new byte[count];
        _flash.Memory.Read(address, bytes);
        return bytes;
    }
}
