// The SPI NOR driver byte by byte: what each job puts on the bus, when it asks and when it does not, and how jobs fail.
using EsyncAgent;
using EsyncAgent.Drivers;
using EsyncSim.Flash;
using Xunit;

namespace EsyncTests.Boards.Drivers;

public sealed class SpiNorFlsTests
{
    private readonly SpiScript _spi = new();
    private readonly Clock _clock = new();
    private readonly SpiNorFls _fls;

    public SpiNorFlsTests() => _fls = new SpiNorFls(_spi, _clock, new SpiNorConfig { Size = 0x400000 });

    [Fact]
    public void The_first_job_wakes_resets_identifies_and_looks_for_protection_then_reads()
    {
        byte[] into = new byte[4];
        _spi.Then("AB").Then("05 00", "-- 00").Then("66").Then("99");
        Assert.True(_fls.StartRead(0x012345, into, 1, 2));
        _clock.NowMs++;
        Assert.Equal(FlsStatus.Busy, _fls.Poll());
        _spi.Then("9F 00 00 00", "-- EF 40 16").Then("05 00", "-- 00").Then("35 00", "-- 00").Then("15 00", "-- 00")
            .Then("03 01 23 45 00 00", "-- -- -- -- 12 34");
        _clock.NowMs++;
        Assert.Equal(FlsStatus.Ok, _fls.Poll());
        Assert.Equal([0, 0x12, 0x34, 0], into);
        Assert.Equal(0xEF4016u, _fls.JedecId);
        _spi.Done();
    }

    [Fact]
    public void A_program_is_write_enabled_checked_sent_and_asked_for_once_a_millisecond()
    {
        BringUp();
        _spi.Then("06").Then("05 00", "-- 02").Then("02 00 10 FE AA BB");
        Assert.True(_fls.StartProgram(0x10FE, [0x99, 0xAA, 0xBB], 1, 2));
        Assert.Equal(FlsStatus.Busy, _fls.Poll());
        _clock.NowMs++;
        _spi.Then("05 00", "-- 03");
        Assert.Equal(FlsStatus.Busy, _fls.Poll());
        Assert.Equal(FlsStatus.Busy, _fls.Poll());
        _clock.NowMs++;
        _spi.Then("05 00", "-- 00");
        Assert.Equal(FlsStatus.Ok, _fls.Poll());
        Assert.Equal(FlsStatus.Ok, _fls.Poll());
        _spi.Done();
    }

    [Fact]
    public void An_erase_is_an_instruction_with_an_address()
    {
        BringUp();
        _spi.Then("06").Then("05 00", "-- 02").Then("20 3F F0 00");
        Assert.True(_fls.StartErase(0x3FF000));
        _clock.NowMs += 45;
        _spi.Then("05 00", "-- 00");
        Assert.Equal(FlsStatus.Ok, _fls.Poll());
        _spi.Done();
    }

    [Fact]
    public void A_long_compare_goes_piece_by_piece_and_stops_at_the_first_difference()
    {
        BringUp();
        byte[] data = new byte[600];
        string zeros = string.Join(' ', Enumerable.Repeat("00", 260));
        _spi.Then(Head("03 00 00 80", 260), zeros);
        Assert.True(_fls.StartCompare(0x80, data, 0, 600));
        Assert.Equal(FlsStatus.Busy, _fls.Poll()); // in the turn that began it
        _spi.Then(Head("03 00 01 80", 260), zeros);
        Assert.Equal(FlsStatus.Busy, _fls.Poll());
        _spi.Then(Head("03 00 02 80", 92), zeros[..^3][..(92 * 3 - 4)] + "1");
        Assert.Equal(FlsStatus.Mismatch, _fls.Poll());
        Assert.Equal(SpiNorFault.None, _fls.Fault);
        _spi.Done();
    }

    [Theory]
    [InlineData(64)]
    [InlineData(128)]
    [InlineData(256)]
    public void A_piece_is_as_long_as_the_board_says_one_a_turn_and_the_whole_is_compared(int pieceLength)
    {
        SpiNorRig rig = new(new SpiNorConfig { Size = FlashGeometries.W25Q32.Size, PieceLength = pieceLength });
        byte[] data = new byte[600];
        Array.Fill(data, (byte)0xFF);
        rig.Read(0, 1);
        rig.Transactions.Clear();
        Assert.True(rig.Driver.StartCompare(0, data, 0, data.Length));
        int turns = 1;
        for (FlsStatus status = rig.Driver.Poll(); status == FlsStatus.Busy; status = rig.Driver.Poll())
        {
            Assert.Equal(turns++, rig.Transactions.Count);
        }

        Assert.Equal((600 + pieceLength - 1) / pieceLength, rig.Transactions.Count);
        data[599] = 0;
        Assert.Equal(FlsStatus.Mismatch, rig.Compare(0, data));
    }

    [Fact]
    public void A_part_that_does_not_let_itself_be_write_enabled_fails_the_job_and_is_not_written_to()
    {
        BringUp();
        _spi.Then("06").Then("05 00", "-- 00");
        Assert.True(_fls.StartErase(0));
        Assert.Equal((FlsStatus.Failed, SpiNorFault.NotWriteEnabled), (_fls.Poll(), _fls.Fault));
        _spi.Done();
    }

    [Fact]
    public void A_part_that_is_still_write_enabled_afterwards_has_refused()
    {
        BringUp();
        _spi.Then("06").Then("05 00", "-- 02").Then("02 00 00 00 00");
        Assert.True(_fls.StartProgram(0, new byte[1], 0, 1));
        _clock.NowMs++;
        _spi.Then("05 00", "-- 02");
        Assert.Equal((FlsStatus.Failed, SpiNorFault.Refused), (_fls.Poll(), _fls.Fault));

        // The next job begins with a reset, which also takes the latch back.
        _spi.Then("AB").Then("05 00", "-- 02").Then("66").Then("99");
        Assert.True(_fls.StartErase(0));
        _spi.Done();
    }

    [Fact]
    public void A_part_that_is_found_busy_is_waited_for_before_the_instruction_is_sent()
    {
        BringUp();
        _spi.Then("06").Then("05 00", "-- 01");
        Assert.True(_fls.StartErase(0x1000));
        _spi.Then("AB").Then("05 00", "-- 01");
        Assert.Equal(FlsStatus.Busy, _fls.Poll());
        Assert.Equal(FlsStatus.Busy, _fls.Poll());
        _clock.NowMs++;
        _spi.Then("05 00", "-- 00").Then("66").Then("99");
        Assert.Equal(FlsStatus.Busy, _fls.Poll());
        _clock.NowMs += 2;
        _spi.Then("9F 00 00 00", "-- EF 40 16").Then("05 00", "-- 00").Then("35 00", "-- 00").Then("15 00", "-- 00")
            .Then("06").Then("05 00", "-- 02").Then("20 00 10 00");
        Assert.Equal(FlsStatus.Busy, _fls.Poll());
        _spi.Done();
    }

    [Theory]
    [InlineData(true, 400)]
    [InlineData(false, 3)]
    public void A_job_beyond_its_longest_time_has_failed(bool isErase, uint longestMs)
    {
        BringUp();
        _spi.Then("06").Then("05 00", "-- 02").Then(isErase ? "20 00 00 00" : "02 00 00 00 00");
        Assert.True(isErase ? _fls.StartErase(0) : _fls.StartProgram(0, new byte[1], 0, 1));
        _clock.NowMs += longestMs;
        _spi.Then("05 00", "-- 03");
        Assert.Equal(FlsStatus.Busy, _fls.Poll());
        _clock.NowMs++;
        _spi.Then("05 00", "-- 03");
        Assert.Equal((FlsStatus.Failed, SpiNorFault.StaysBusy), (_fls.Poll(), _fls.Fault));
        _spi.Done();
    }

    [Fact]
    public void A_loop_that_was_late_takes_a_job_that_has_ended_for_what_it_is()
    {
        BringUp();
        _spi.Then("06").Then("05 00", "-- 02").Then("20 00 00 00");
        Assert.True(_fls.StartErase(0));
        _clock.NowMs += 5000;
        _spi.Then("05 00", "-- 00");
        Assert.Equal(FlsStatus.Ok, _fls.Poll());
    }

    [Theory]
    [InlineData(0x400000u, 0, 1)]
    [InlineData(0x3FFFFFu, 0, 2)]
    [InlineData(0xFFFFFFFFu, 0, 4)]
    [InlineData(0u, 0, 0)]
    [InlineData(0u, 0, -1)]
    [InlineData(0u, -1, 1)]
    [InlineData(0u, 8, 1)]
    [InlineData(0u, 7, 2)]
    public void What_lies_outside_of_the_part_or_the_array_is_refused(uint address, int offset, int count)
    {
        byte[] data = new byte[8];
        Assert.False(_fls.StartRead(address, data, offset, count));
        Assert.False(_fls.StartCompare(address, data, offset, count));
        Assert.False(_fls.StartProgram(address, data, offset, count));
        Assert.Equal(FlsStatus.Idle, _fls.Poll());
        _spi.Done();
    }

    [Fact]
    public void A_program_across_pages_and_an_erase_inside_a_sector_are_refused()
    {
        Assert.False(_fls.StartProgram(0xFF, new byte[2], 0, 2));
        Assert.False(_fls.StartProgram(0, new byte[257], 0, 257));
        Assert.False(_fls.StartErase(0x100));
        Assert.False(_fls.StartErase(0x400000));
        _spi.Done();
    }

    [Fact]
    public void One_job_at_a_time()
    {
        _spi.Then("AB").Then("05 00", "-- 01");
        Assert.True(_fls.StartErase(0));
        Assert.False(_fls.StartErase(0x1000));
        Assert.False(_fls.StartRead(0, new byte[1], 0, 1));
        _spi.Done();
    }

    [Fact]
    public void The_part_is_described_as_its_data_sheet_does()
    {
        Assert.Equal((0x400000u, 256, 1, (byte)0xFF), (_fls.Size, _fls.PageSize, _fls.WriteUnit, _fls.ErasedValue));
        Assert.Equal((0x1000u, 0x1000u), (_fls.SectorStart(0x1FFF), _fls.SectorLength(0x1FFF)));
    }

    private static string Head(string head, int count) => head + string.Concat(Enumerable.Repeat(" 00", count - 4));

    private void BringUp()
    {
        _spi.Then("AB").Then("05 00", "-- 00").Then("66").Then("99");
        _fls.StartRead(0, new byte[1], 0, 1);
        _clock.NowMs += 2;
        _spi.Then("9F 00 00 00", "-- EF 40 16").Then("05 00", "-- 00").Then("35 00", "-- 00").Then("15 00", "-- 00").Then("03 00 00 00 00", "-- -- -- -- FF");
        Assert.Equal(FlsStatus.Ok, _fls.Poll());
        _spi.Done();
    }

    private sealed class Clock : IMcu
    {
        public uint NowMs { get; set; } = uint.MaxValue - 1;

        public McuResetCause ResetCause => McuResetCause.Unknown;

        public int ReadUniqueId(byte[] into) => 0;

        public void ReadEntropy(byte[] into) => throw new NotSupportedException();

        public void Reset() => throw new NotSupportedException();
    }
}
