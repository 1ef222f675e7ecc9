// The report log at its surface: what is appended is read in order of its numbers, over restarts and priorities; numbers,
// boot numbers and the log's life; acknowledgements; what finds no room.
using EsyncAgent;
using EsyncSim.Flash;
using Xunit;

namespace EsyncTests.AgentFirmware.Data;

public sealed class ReportLogTests
{
    public static TheoryData<string> Geometries => [.. FlashGeometries.All.Select(row => row.Name)];

    [Fact]
    public void Without_an_area_there_is_no_log_and_nothing_is_counted()
    {
        ReportLogBench bench = new(new FlashModel(FlashGeometries.W25Q32), new FlsArea());
        bench.Turn();
        Assert.False(bench.Log.IsPresent);
        Assert.False(bench.Log.IsReady);
        Assert.True(bench.Log.IsIdle);
        Assert.False(bench.Append(1));
        Assert.Equal(0u, bench.Log.DroppedOf(ReportPriority.Low));
        Assert.Equal(0, bench.Log.RoomFor(ReportPriority.High));
        Assert.Equal(StdReturn.NotOk, bench.Log.Acknowledge(0, 1));
        Assert.False(bench.Log.BeginRead(1, new byte[100], 0, 100));
    }

    [Fact]
    public void A_new_log_is_empty_and_writes_nothing_before_its_first_record()
    {
        ReportLogBench bench = ReportLogBench.New();
        bench.Run(() => bench.NowMs > 1000);
        Assert.Empty(bench.ReadAll());
        Assert.Equal(1u, bench.Log.NextSequence);
        Assert.Equal(1, bench.Log.BootNumber);
        Assert.NotEqual(0u, bench.Log.Epoch);
        Assert.Equal(0, bench.Flash.OperationCount);
    }

    [Theory]
    [MemberData(nameof(Geometries))]
    public void Records_of_all_priorities_are_read_in_the_order_of_their_numbers_over_a_restart(string geometry)
    {
        ReportLogBench bench = ReportLogBench.New(5, geometry);
        for (uint mark = 1; mark <= 60; mark++)
        {
            bench.Store(mark, (byte)(mark % 3), 4 + (int)(mark % 37));
        }

        uint epoch = bench.Log.Epoch;
        List<FetchedReport> before = bench.ReadAll();
        Assert.Equal(Enumerable.Range(1, 60).Select(i => (uint)i), before.Select(r => r.Number));
        Assert.Equal(before.Select(r => r.Number), before.Select(ReportLogBench.MarkOf));
        Assert.All(before, r => Assert.Equal(r.Number % 3, r.Priority));
        bench = bench.Restart(7);
        Assert.Equal(before, bench.ReadAll());
        Assert.Equal(before.Skip(30), bench.ReadAll(31, 250));
        Assert.Equal(epoch, bench.Log.Epoch);
        Assert.Equal(2, bench.Log.BootNumber);
        Assert.Equal(0u, bench.Log.DroppedOf(0) + bench.Log.DroppedOf(1) + bench.Log.DroppedOf(2));
    }

    [Fact]
    public void A_record_has_the_layout_of_PROTOCOL()
    {
        ReportLogBench bench = ReportLogBench.New();
        bench.NowMs = 0x01020304;
        Assert.True(bench.Log.Append(ReportKind.Dtc, ReportPriority.High, 0x0A0B, 0x01020304, [9, 0xC1, 0xC2, 9], 1, 2));
        bench.Settle();
        byte[] into = new byte[64];
        Assert.True(bench.Log.BeginRead(0, into, 0, 64));
        bench.Run(() => bench.Log.AdvanceRead(0) == StdReturn.Ok);
        string record = Convert.ToHexString(into, 0, bench.Log.ReadLength);
        Assert.Equal("00160402" + "00000001" + "0001" + "01020304" + "0A0B" + "C1C2", record[..36]);
        Assert.Equal(record, Convert.ToHexString(bench.Flash.Memory.ToBytes(), (int)bench.Area.Start + 128, 22));
        Assert.Equal("FFFF", Convert.ToHexString(bench.Flash.Memory.ToBytes(), (int)bench.Area.Start + 150, 2));
    }

    [Fact]
    public void A_sector_header_stands_twice_and_has_the_layout_of_PROTOCOL()
    {
        ReportLogBench bench = ReportLogBench.New();
        bench.Store(1, ReportPriority.Normal);
        Assert.Equal(StdReturn.Ok, bench.Log.Acknowledge(bench.Log.Epoch, 1));
        bench.Log.SetUtc(bench.NowMs, 1_800_000_000_500);
        Assert.False(bench.Append(0, ReportPriority.Low, 181));
        bench = bench.Store(2, ReportPriority.High);
        byte[] flash = bench.Flash.Memory.ToBytes();
        int second = (int)bench.Area.Start + 4096;
        string header = Convert.ToHexString(flash, second, 60);
        string epoch = bench.Log.Epoch.ToString("X8");
        Assert.Equal("4553524C" + "01" + "02" + "0001" + "00000002" + "02" + "000001" + epoch + "00000002" + "00000001"
            + "00000001" + "00000000" + "00000000" + "00000000" + "00000000" + "00000000" + "00000001" + "6B49D201", header);
        Assert.Equal(Convert.ToHexString(flash, second, 64), Convert.ToHexString(flash, second + 64, 64));
    }

    [Fact]
    public void After_a_restart_no_sector_is_appended_to()
    {
        ReportLogBench bench = ReportLogBench.New();
        bench.Store(1);
        byte[] before = bench.Flash.Memory.ToBytes();
        bench = bench.Restart().Store(2);
        Assert.Equal([1u, 2u], bench.ReadAll().Select(r => r.Number));
        Assert.Equal([(ushort)1, (ushort)2], bench.ReadAll().Select(r => r.Boot));
        int sector = (int)bench.Area.Start;
        Assert.Equal(before[sector..(sector + 4096)], bench.Flash.Memory.ToBytes()[sector..(sector + 4096)]);
    }

    [Fact]
    public void The_number_of_a_torn_record_is_not_given_again_and_later_starts_leave_none_out()
    {
        ReportLogBench bench = ReportLogBench.New();
        bench.Store(1);
        bench.Flash.CutAfter(bench.Flash.OperationCount, CutModel.ProgramBits);
        Assert.Throws<PowerCutException>(() => bench.Store(2));
        bench = bench.Restart().Store(3);
        bench = bench.Restart().Store(4, ReportPriority.High);
        bench = bench.Restart().Store(5, ReportPriority.High);
        Assert.Equal([1u, 3u, 4u, 5u], bench.ReadAll().Select(r => r.Number));
    }

    [Fact]
    public void The_number_of_a_sector_that_got_no_record_is_not_given_again()
    {
        ReportLogBench bench = ReportLogBench.New();
        bench.Store(1);
        bench.Flash.CutAfter(bench.Flash.OperationCount + 3, CutModel.Before);
        Assert.Throws<PowerCutException>(() => bench.Store(2, ReportPriority.High));
        bench = bench.Restart().Store(3, ReportPriority.High);
        bench = bench.Restart().Store(4, ReportPriority.High);
        Assert.Equal([1u, 3u, 4u], bench.ReadAll().Select(r => r.Number));
        Assert.Equal([1u, 3u, 4u], bench.Restart().Marks());
    }

    [Fact]
    public void A_start_that_logs_nothing_takes_no_boot_number_and_no_sector()
    {
        ReportLogBench bench = ReportLogBench.New();
        bench.Store(1);
        bench = bench.Restart().Restart().Restart();
        Assert.Equal(2, bench.Log.BootNumber);
        Assert.Equal(0, bench.Flash.OperationCount);
    }

    [Fact]
    public void What_is_acknowledged_is_not_read_again_and_the_log_remembers_it()
    {
        ReportLogBench bench = ReportLogBench.New();
        for (uint mark = 1; mark <= 10; mark++)
        {
            bench.Store(mark);
        }

        Assert.Equal(StdReturn.Ok, bench.Log.Acknowledge(bench.Log.Epoch, 6));
        Assert.Equal([7u, 8u, 9u, 10u], bench.Marks());
        bench.Run(() => bench.NowMs == 20_000);
        bench = bench.Restart();
        Assert.Equal(6u, bench.Log.AcknowledgedUpTo);
        Assert.Equal([7u, 8u, 9u, 10u], bench.Marks());
    }

    [Fact]
    public void An_acknowledgement_of_another_life_is_refused_and_one_beyond_the_end_means_all()
    {
        ReportLogBench bench = ReportLogBench.New();
        bench.Store(1).Store(2);
        Assert.Equal(StdReturn.NotOk, bench.Log.Acknowledge(bench.Log.Epoch + 1, 1));
        Assert.Equal(0u, bench.Log.AcknowledgedUpTo);
        Assert.Equal(StdReturn.Ok, bench.Log.Acknowledge(bench.Log.Epoch, 1000));
        Assert.Equal(2u, bench.Log.AcknowledgedUpTo);
        Assert.Equal(StdReturn.Ok, bench.Log.Acknowledge(bench.Log.Epoch, 1));
        Assert.Equal(2u, bench.Log.AcknowledgedUpTo);
        bench.Store(3);
        Assert.Equal([3u], bench.Marks());
    }

    [Fact]
    public void What_finds_no_room_in_the_queue_is_counted_and_low_priority_leaves_room_to_the_others()
    {
        ReportLogBench bench = ReportLogBench.New();
        int[] taken = new int[3];
        for (byte priority = 0; priority < 3; priority++)
        {
            while (bench.Append((uint)taken[priority], priority, 44))
            {
                taken[priority]++;
            }
        }

        Assert.Equal([8, 4, 4], taken);
        Assert.Equal([1u, 1u, 1u], Enumerable.Range(0, 3).Select(p => bench.Log.DroppedOf((byte)p)));
        Assert.Equal(16, bench.Settle().ReadAll().Count);
        Assert.Equal(180, bench.Log.RoomFor(ReportPriority.Low));
    }

    [Fact]
    public void Records_that_come_before_the_log_is_found_wait_in_the_queue_and_drops_are_not_forgotten()
    {
        ReportLogBench first = ReportLogBench.New();
        first.Store(1);
        ReportLogBench bench = new(first.Flash, first.Area);
        Assert.True(bench.Append(2));
        Assert.False(bench.Append(0, ReportPriority.Low, 181));
        Assert.Equal(StdReturn.Pending, bench.Log.Acknowledge(1, 1));
        Assert.Equal(0u, bench.Log.NextSequence);
        bench.Mount().Settle();
        Assert.Equal([1u, 2u], bench.Marks());
        Assert.Equal(1u, bench.Log.DroppedOf(ReportPriority.Low));
        Assert.Equal(1u, bench.Restart().Log.DroppedOf(ReportPriority.Low));
    }

    [Fact]
    public void A_record_that_does_not_take_goes_to_the_next_sector_with_a_new_number()
    {
        ReportLogBench bench = ReportLogBench.New();
        bench.Store(1);
        bool isBad = true;
        bench.Flash.Fault = operation =>
        {
            bool fails = isBad && operation.Kind == FlashOperationKind.Program;
            isBad = isBad && !fails;
            return fails ? FlashFault.WrongBits : FlashFault.None;
        };
        bench.Store(2).Store(3);
        Assert.Equal([1u, 2u, 3u], bench.Marks());
        Assert.Equal([1u, 3u, 4u], bench.ReadAll().Select(r => r.Number));
        Assert.Equal([1u, 2u, 3u], bench.Restart().Marks());
        Assert.Equal(0u, bench.Log.DroppedOf(ReportPriority.Low));
    }

    [Fact]
    public void A_flash_that_takes_nothing_costs_the_records_and_nothing_else()
    {
        ReportLogBench bench = ReportLogBench.New();
        bench.Store(1);
        bench.Flash.Fault = _ => FlashFault.Failed;
        bench.Store(2).Store(3, ReportPriority.High);
        bench.Flash.Fault = null;
        Assert.Equal(1u, bench.Log.DroppedOf(ReportPriority.Low));
        Assert.Equal(1u, bench.Log.DroppedOf(ReportPriority.High));
        Assert.Equal([1u, 4u], bench.Restart().Store(4).Marks());
    }
}
