// The W25Q model byte by byte: each instruction, what is heard while it is busy, the write enable latch, pages and ends,
// power-down, reset, and power.
using EsyncSim.Devices;
using EsyncSim.Flash;
using Xunit;

namespace EsyncTests.HostSim.Devices;

public sealed class W25qChipTests
{
    private readonly FlashModel _flash;
    private readonly W25qChip _chip;
    private long _nowUs;

    public W25qChipTests()
    {
        _flash = new FlashModel(FlashGeometries.W25Q32, () => _nowUs);
        _chip = new W25qChip(_flash);
    }

    [Theory]
    [InlineData("9F 00 00 00 00", "FF EF 40 16 EF")]
    [InlineData("90 00 00 00 00 00 00", "FF FF FF FF EF 15 EF")]
    [InlineData("AB 00 00 00 00", "FF FF FF FF 15")]
    [InlineData("05 00 00", "FF 00 00")]
    [InlineData("35 00", "FF 00")]
    [InlineData("15 00", "FF 00")]
    [InlineData("03 00 00 00 00", "FF FF FF FF FF")]
    [InlineData("5A 00 00 00 00 00", "FF FF FF FF FF FF")]
    public void A_new_part_answers(string sent, string expected) => Assert.Equal(expected, Ask(sent));

    [Fact]
    public void A_page_is_programmed_after_a_write_enable_and_takes_its_time()
    {
        Ask("02 00 10 00 AA BB"); // not enabled: nothing happens
        Assert.Equal("FF 00", Ask("05 00"));
        Ask("06");
        Assert.Equal("FF 02", Ask("05 00"));
        Ask("02 00 10 01 AA BB");
        Assert.Equal("FF 03", Ask("05 00"));
        Assert.True(_chip.IsBusy);
        _nowUs += 65;
        Assert.Equal("FF 00", Ask("05 00"));
        Assert.Equal("FF FF FF FF FF AA BB FF", Ask("03 00 10 00 00 00 00 00"));
        Assert.Equal("FF FF FF FF FF FF AA", Ask("0B 00 10 00 00 00 00"));
        Assert.Equal(1, _flash.OperationCount);
    }

    [Fact]
    public void A_sector_is_erased_whatever_address_in_it_is_named()
    {
        Program("02 00 1F FE 12 34");
        Ask("06");
        Ask("20 00 1A BC");
        Assert.Equal("FF 03", Ask("05 00"));
        _nowUs += 45_000;
        Assert.Equal("FF 00", Ask("05 00"));
        Assert.Equal("FF FF FF FF FF FF", Ask("03 00 1F FE 00 00"));
    }

    [Fact]
    public void While_busy_it_hears_status_reads_only()
    {
        Program("02 00 00 00 55");
        Ask("06");
        Ask("20 00 10 00");
        Assert.Equal("FF FF FF FF FF", Ask("03 00 00 00 00"));
        Assert.Equal("FF FF FF FF", Ask("9F 00 00 00"));
        Ask("04");
        Ask("B9");
        Ask("02 00 20 00 11");
        Assert.Equal("FF 03", Ask("05 00"));
        Assert.Equal("FF 00", Ask("35 00"));
        _nowUs += 45_000;
        Assert.Equal("FF FF FF FF 55", Ask("03 00 00 00 00"));
        Assert.Equal(2, _flash.OperationCount);
    }

    [Fact]
    public void Write_disable_takes_the_latch_back_and_incomplete_instructions_do_nothing()
    {
        Ask("06");
        Ask("04");
        Assert.Equal("FF 00", Ask("05 00"));
        Ask("06");
        Ask("20 00 10");
        Ask("20 00 10 00 00");
        Ask("02 00 10 00");
        Ask("01");
        Assert.Equal("FF 02", Ask("05 00"));
        Assert.Equal(0, _flash.OperationCount);
    }

    [Fact]
    public void A_program_past_the_end_of_its_page_goes_on_at_its_start()
    {
        Program("02 00 10 FE 01 02 03 04");
        byte[] cells = _flash.Memory.ToBytes();
        Assert.Equal("0304FF", Convert.ToHexString(cells[0x1000..0x1003]));
        Assert.Equal("FF0102FF", Convert.ToHexString(cells[0x10FD..0x1101]));
    }

    [Fact]
    public void Of_more_than_a_page_the_last_256_bytes_count()
    {
        byte[] sent = [0x02, 0x00, 0x10, 0x00, .. Enumerable.Repeat((byte)0x00, 4), .. Enumerable.Range(0, 256).Select(i => (byte)i)];
        Ask("06");
        _chip.Transfer(sent, null, sent.Length);
        _nowUs += 1000;
        Assert.Equal("FF 00", Ask("05 00"));
        byte[] page = _flash.Memory.ToBytes()[0x1000..0x1100];
        Assert.Equal((0xFC, 0xFF, 0x00, 0xFB), ((int)page[0], (int)page[3], (int)page[4], (int)page[255]));
    }

    [Fact]
    public void A_read_past_the_end_goes_on_at_the_beginning()
    {
        Program("02 00 00 00 AA");
        Program("02 3F FF FF BB");
        Assert.Equal("FF FF FF FF BB AA FF", Ask("03 3F FF FF 00 00 00"));
        Assert.Equal("FF FF FF FF BB AA", Ask("03 FF FF FF 00 00")); // address bits beyond the part are not looked at
    }

    [Fact]
    public void In_power_down_it_hears_the_release_only()
    {
        Ask("B9");
        Assert.Equal("FF FF FF FF", Ask("9F 00 00 00"));
        Ask("06");
        Assert.Equal("FF FF", Ask("05 00"));
        Ask("AB");
        Assert.Equal("FF 00", Ask("05 00"));
    }

    [Fact]
    public void A_reset_takes_the_latch_back_and_makes_it_deaf_for_30_microseconds()
    {
        Ask("06");
        Ask("99"); // alone it is nothing
        Ask("66");
        Ask("05 00"); // and not after another one
        Ask("99");
        Assert.Equal("FF 02", Ask("05 00"));
        Ask("66");
        Ask("99");
        Assert.Equal("FF FF", Ask("05 00"));
        _nowUs += 30;
        Assert.Equal("FF 00", Ask("05 00"));
    }

    [Theory]
    [InlineData("20 00 10 00", 20_000)]
    [InlineData("02 00 10 40 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", 50)]
    public void A_reset_in_the_middle_of_a_job_tears_it(string job, int afterUs)
    {
        Program("02 00 10 00" + string.Concat(Enumerable.Repeat(" 00", 64)));
        byte[] before = _flash.Memory.ToBytes()[0x1000..0x1100];
        Ask("06");
        Ask(job);
        _nowUs += afterUs;
        Ask("66");
        Ask("99");
        _nowUs += 30;
        Assert.Equal("FF 00", Ask("05 00"));
        byte[] after = _flash.Memory.ToBytes()[0x1000..0x1100];
        Assert.NotEqual(before, after);
        Assert.Contains(after, value => value is not 0 and not 0xFF);
        Ask("06");
        if (job[0] == '2')
        {
            Assert.Throws<FlashViolationException>(() => Ask("02 00 18 00 00"));
        }
        else
        {
            Assert.Throws<FlashViolationException>(() => Ask("02 00 10 40 00"));
        }
    }

    [Theory]
    [InlineData(CutModel.ProgramBits)]
    [InlineData(CutModel.After)]
    public void A_cut_is_that_of_the_flash_model_and_power_brings_the_chip_back_without_its_latch(CutModel model)
    {
        _flash.CutAfter(0, model);
        Ask("06");
        PowerCutException cut = Assert.Throws<PowerCutException>(() => Ask("02 00 10 00 00 00 00 00 00 00 00 00"));
        Assert.Equal((0x1000u, 8), (cut.Operation.Address, cut.Operation.Count));
        Assert.Equal("FF FF", Ask("05 00"));
        _flash.PowerOn();
        Assert.Equal("FF 00", Ask("05 00"));
        string cells = Ask("03 00 10 00 00 00 00 00 00 00 00 00")[12..];
        Assert.Equal(model == CutModel.After, cells == "00 00 00 00 00 00 00 00");
        Assert.NotEqual("FF FF FF FF FF FF FF FF", cells);
    }

    [Fact]
    public void A_second_program_of_the_same_bytes_is_still_a_violation()
    {
        Program("02 00 10 00 55");
        Ask("06");
        Assert.Throws<FlashViolationException>(() => Ask("02 00 10 00 55"));
    }

    [Fact]
    public void An_absent_chip_leaves_the_line_as_it_floats()
    {
        _chip.IsAbsent = true;
        _chip.FloatingLevel = 0;
        Assert.Equal("00 00 00 00", Ask("9F 00 00 00"));
    }

    [Fact]
    public void A_part_with_other_sectors_is_none()
    {
        Assert.Throws<ArgumentException>(() => new W25qChip(new FlashModel(FlashGeometries.ByName("w25q-64k-blocks"))));
        Assert.Throws<ArgumentException>(() => new W25qChip(new FlashModel(FlashGeometries.ByName("nrf52"))));
    }

    [Fact]
    public void Reads_are_counted()
    {
        Ask("03 00 00 00 00 00");
        Assert.Equal((1L, 2L), (_flash.Statistics.Reads, _flash.Statistics.ReadBytes));
    }

    private void Program(string sent)
    {
        Ask("06");
        Ask(sent);
        _nowUs += 1000;
        Assert.Equal("FF 00", Ask("05 00"));
    }

    private string Ask(string sent)
    {
        byte[] bytes = Convert.FromHexString(sent.Replace(" ", string.Empty));
        byte[] answer = new byte[bytes.Length];
        _chip.Transfer(bytes, answer, bytes.Length);
        return Convert.ToHexString(answer).Chunk(2).Select(pair => new string(pair)).Aggregate((a, b) => $"{a} {b}");
    }
}
