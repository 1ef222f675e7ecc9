// Service 36 on the wire: every byte exactly once, whatever the tester repeats, skips or sends too much of.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.DcmServer;

public sealed class Sid36TransferDataTests
{
    private static DcmBench Opened(uint size = 0x10000)
    {
        DcmBench bench = new();
        bench.Unlock();
        bench.Expect($"34 00 44 20 00 00 00 {DcmBench.Hex([(byte)(size >> 24), (byte)(size >> 16), (byte)(size >> 8), (byte)size])}", "74 20 0F FF");
        return bench;
    }

    [Fact]
    public void Blocks_arrive_in_order_and_whole()
    {
        DcmBench bench = Opened();
        bench.Expect("36 01 A1 A2", "76 01");
        bench.Expect("36 02 B1 B2 B3 B4 B5 B6 B7 B8", "76 02");
        bench.Expect("36 03 C1", "76 03");
        Assert.Equal(DcmBench.Unhex("A1 A2 B1 B2 B3 B4 B5 B6 B7 B8 C1"), bench.Target.Received);
    }

    [Fact]
    public void The_longest_block_fits_and_is_not_copied()
    {
        DcmBench bench = Opened();
        byte[] data = [.. Enumerable.Range(0, 4093).Select(i => (byte)(i * 7))];
        bench.Expect("36 01 " + DcmBench.Hex(data), "76 01");
        Assert.Equal(data, bench.Target.Received);
        byte[]? first = bench.Target.LastArray;
        bench.Expect("36 02 " + DcmBench.Hex(data), "76 02");
        Assert.Same(first, bench.Target.LastArray);
        Assert.Equal(4095, first!.Length);
    }

    [Fact]
    public void The_counter_wraps_from_FF_to_00()
    {
        DcmBench bench = Opened();
        for (int block = 1; block <= 600; block++)
        {
            string counter = ((byte)block).ToString("X2");
            bench.Expect($"36 {counter} {counter}", $"76 {counter}");
        }

        Assert.Equal(600, bench.Target.Received.Count);
        Assert.Equal(Enumerable.Range(1, 600).Select(i => (byte)i), bench.Target.Received);
    }

    [Fact]
    public void When_the_first_counter_is_00_Then_73()
    {
        DcmBench bench = Opened();
        bench.Expect("36 00 AA", "7F 36 73");
        bench.Expect("36 02 AA", "7F 36 73");
        bench.Expect("36 01 AA", "76 01");
    }

    [Fact]
    public void A_repeated_block_is_acknowledged_and_not_written_again()
    {
        DcmBench bench = Opened();
        bench.Expect("36 01 A1 A2", "76 01");
        bench.Expect("36 01 A1 A2", "76 01");
        bench.Expect("36 01 A1 A2", "76 01");
        bench.Expect("36 02 B1", "76 02");
        Assert.Equal(DcmBench.Unhex("A1 A2 B1"), bench.Target.Received);
    }

    [Fact]
    public void A_repetition_over_the_wrap_is_known_too()
    {
        DcmBench bench = Opened();
        for (int block = 1; block <= 256; block++)
        {
            bench.Ask($"36 {(byte)block:X2} 11");
        }

        bench.Expect("36 00 11", "76 00");
        bench.Expect("36 FF 11", "7F 36 73");
        bench.Expect("36 01 22", "76 01");
        Assert.Equal(257, bench.Target.Received.Count);
    }

    [Theory]
    [InlineData("36 01 A1")]
    [InlineData("36 04 A1")]
    [InlineData("36 FF A1")]
    [InlineData("36 00 A1")]
    public void Any_other_counter_is_73_and_the_transfer_goes_on(string wrong)
    {
        DcmBench bench = Opened();
        bench.Expect("36 01 A1", "76 01");
        bench.Expect("36 02 A2", "76 02");
        bench.Expect(wrong, "7F 36 73");
        bench.Expect("36 03 A3", "76 03");
        Assert.Equal(DcmBench.Unhex("A1 A2 A3"), bench.Target.Received);
    }

    [Fact]
    public void The_last_block_may_be_repeated_after_everything_has_arrived()
    {
        DcmBench bench = Opened(size: 2);
        bench.Expect("36 01 A1 A2", "76 01");
        bench.Expect("36 01 A1 A2", "76 01");
        bench.Expect("37", "77");
    }

    [Theory]
    [InlineData("36 01 A1 A2 A3 A4")]
    [InlineData("36 01 A1 A2 A3 A4 A5 A6 A7 A8 A9")]
    public void More_data_than_announced_is_71_and_ends_the_transfer(string request)
    {
        DcmBench bench = Opened(size: 3);
        bench.Expect(request, "7F 36 71");
        Assert.Empty(bench.Target.Received);
        Assert.Contains("AbortTransfer", bench.Target.Calls);
        bench.Expect("36 01 A1", "7F 36 24");
    }

    [Fact]
    public void A_block_beyond_the_end_is_71()
    {
        DcmBench bench = Opened(size: 2);
        bench.Expect("36 01 A1 A2", "76 01");
        bench.Expect("36 02 A3", "7F 36 71");
    }

    [Fact]
    public void A_wrong_counter_is_told_before_too_much_data()
    {
        DcmBench bench = Opened(size: 3);
        bench.Expect("36 02 A1 A2 A3 A4", "7F 36 73");
        bench.Expect("36 01 A1", "76 01");
    }

    [Fact]
    public void When_no_buffer_is_free_Then_the_same_block_is_offered_until_it_is()
    {
        DcmBench bench = Opened();
        bench.Target.PendingCalls = 10;
        int calls = bench.Target.Calls.Count;
        bench.Expect("36 01 A1 A2", "76 01");
        Assert.Equal(11, bench.Target.Calls.Count - calls);
        Assert.Equal(DcmBench.Unhex("A1 A2"), bench.Target.Received);
    }

    [Fact]
    public void A_block_that_waits_long_is_answered_after_78_once()
    {
        DcmBench bench = Opened();
        bench.Target.PendingCalls = 100;
        int before = bench.Said.Count;
        bench.Expect("36 01 A1", "76 01");
        Assert.Equal(["7F 36 78", "76 01"], bench.Said.Skip(before).Select(h => h.Pdu));
    }

    [Fact]
    public void A_chunk_that_is_refused_is_72_and_ends_the_transfer()
    {
        DcmBench bench = Opened();
        bench.Expect("36 01 A1", "76 01");
        bench.Target.Outcome = FotaError.ChunkMismatch;
        bench.Expect("36 02 A2", "7F 36 72");
        bench.Target.Outcome = FotaError.None;
        bench.Expect("36 02 A2", "7F 36 24");
        bench.Expect("37", "7F 37 24");
    }

    [Fact]
    public void A_chunk_that_failed_meanwhile_is_72_on_the_next_new_block()
    {
        DcmBench bench = Opened();
        bench.Expect("36 01 A1", "76 01");
        bench.Target.FailInBackground(FotaError.FlashFailed);
        bench.Expect("36 01 A1", "76 01");
        bench.Expect("36 05 A2", "7F 36 73");
        bench.Expect("36 02 A2", "7F 36 72");
    }

    [Theory]
    [InlineData("36", "7F 36 13")]
    [InlineData("36 01", "7F 36 13")]
    [InlineData("36 05", "7F 36 13")]
    public void A_block_without_data_is_13(string request, string response)
    {
        DcmBench bench = Opened();
        bench.Expect(request, response);
        bench.Expect("36 01 A1", "76 01");
    }

    [Fact]
    public void Without_a_download_it_is_24()
    {
        DcmBench bench = new();
        bench.Unlock();
        bench.Expect("36 01 A1", "7F 36 24");
        bench.Expect("36 01", "7F 36 24");
    }

    [Fact]
    public void A_new_download_begins_with_counter_01_again()
    {
        DcmBench bench = Opened(size: 1);
        bench.Expect("36 01 A1", "76 01");
        bench.Expect("37", "77");
        bench.Expect("34 00 44 20 00 00 00 00 00 00 02", "74 20 0F FF");
        bench.Expect("36 02 B1", "7F 36 73");
        bench.Expect("36 01 B1", "76 01");
    }

    [Fact]
    public void De_authentication_stops_a_transfer_and_access_lets_it_go_on()
    {
        DcmBench bench = Opened();
        bench.Expect("36 01 A1", "76 01");
        bench.Expect("29 00", "69 00 10");
        bench.Expect("36 02 A2", "7F 36 33");
        bench.OpenAccess();
        bench.Expect("36 02 A2", "76 02");
    }

    [Fact]
    public void S3_ends_the_transfer()
    {
        DcmBench bench = Opened();
        bench.Run(5100);
        Assert.Contains("AbortTransfer", bench.Target.Calls);
        bench.Expect("36 01 A1", "7F 36 7F");
    }
}
