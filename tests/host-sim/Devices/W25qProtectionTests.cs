// What the status registers of the W25Q model protect, and who may change them: ranges from the table of the W25Q32JV,
// volatile and lasting writes, the /WP pin and the lock until the next power-on.
using EsyncSim.Devices;
using EsyncSim.Flash;
using Xunit;

namespace EsyncTests.HostSim.Devices;

public sealed class W25qProtectionTests
{
    private const uint K = 1024;
    private readonly FlashModel _flash;
    private readonly W25qChip _chip;
    private long _nowUs;

    public W25qProtectionTests()
    {
        _flash = new FlashModel(FlashGeometries.W25Q32, () => _nowUs);
        _chip = new W25qChip(_flash);
    }

    // Register 1, register 2, first protected byte, protected length; rows of the data sheet's tables (CMP = 0, CMP = 1).
    [Theory]
    [InlineData(0x00, 0x00, 0, 0)]
    [InlineData(0x04, 0x00, 4032 * K, 64 * K)]
    [InlineData(0x0C, 0x00, 3840 * K, 256 * K)]
    [InlineData(0x18, 0x00, 2048 * K, 2048 * K)]
    [InlineData(0x24, 0x00, 0, 64 * K)]
    [InlineData(0x38, 0x00, 0, 2048 * K)]
    [InlineData(0x1C, 0x00, 0, 4096 * K)]
    [InlineData(0x44, 0x00, 4092 * K, 4 * K)]
    [InlineData(0x4C, 0x00, 4080 * K, 16 * K)]
    [InlineData(0x50, 0x00, 4064 * K, 32 * K)]
    [InlineData(0x54, 0x00, 4064 * K, 32 * K)]
    [InlineData(0x68, 0x00, 0, 8 * K)]
    [InlineData(0x00, 0x40, 0, 4096 * K)]
    [InlineData(0x04, 0x40, 0, 4032 * K)]
    [InlineData(0x24, 0x40, 64 * K, 4032 * K)]
    [InlineData(0x1C, 0x40, 0, 0)]
    public void The_protected_range_is_that_of_the_data_sheet(byte first, byte second, uint start, uint length)
    {
        _chip.Registers.Preset(0, first);
        _chip.Registers.Preset(1, second);
        for (uint address = 0; address < _flash.Size; address += 4 * (uint)K)
        {
            Assert.Equal(address >= start && address < start + length, _chip.Registers.IsProtected(address, _flash.Size));
        }
    }

    [Fact]
    public void What_is_protected_is_not_changed_and_the_latch_stays()
    {
        _chip.Registers.Preset(0, 0x04);
        Ask("06");
        Ask("20 3F 00 00");
        Assert.Equal("06", Ask("05 00"));
        Ask("02 3F 00 00 55");
        Assert.Equal("06", Ask("05 00"));
        Assert.Equal(0, _flash.OperationCount);
        Ask("02 00 00 00 55");
        _nowUs += 1000;
        Assert.Equal("04", Ask("05 00"));
        Assert.Equal(1, _flash.OperationCount);
    }

    [Fact]
    public void Single_locks_close_everything()
    {
        _chip.Registers.Preset(2, 0x04);
        Ask("06");
        Ask("20 00 00 00");
        Assert.Equal(0, _flash.OperationCount);
    }

    [Fact]
    public void A_volatile_write_counts_at_once_and_until_the_next_power_on()
    {
        _chip.Registers.Preset(0, 0x1C);
        Ask("50");
        Ask("01 00");
        Assert.Equal("00", Ask("05 00"));
        Assert.Equal(0x1C, _chip.Registers.Lasting(0));
        _flash.PowerOn();
        Assert.Equal("1C", Ask("05 00"));
    }

    [Fact]
    public void A_lasting_write_takes_ten_milliseconds_and_stays()
    {
        Ask("06");
        Ask("01 1C 02");
        Assert.Equal("1F", Ask("05 00"));
        Ask("06"); // busy: not heard
        _nowUs += 10_000;
        Assert.Equal("1C", Ask("05 00"));
        Assert.Equal("02", Ask("35 00"));
        _flash.PowerOn();
        Assert.Equal("1C", Ask("05 00"));
        Assert.Equal("02", Ask("35 00"));
    }

    [Fact]
    public void A_register_is_written_after_an_enable_only_and_50_counts_for_the_very_next_instruction()
    {
        Ask("31 40");
        Ask("50");
        Ask("35 00");
        Ask("31 40");
        Assert.Equal("00", Ask("35 00"));
        Ask("50");
        Ask("31 40");
        Assert.Equal("40", Ask("35 00"));
        Ask("50");
        Ask("11 FF");
        Assert.Equal("64", Ask("15 00")); // the others are not there to be written
    }

    [Fact]
    public void The_pin_and_the_lock_hold_the_registers()
    {
        _chip.Registers.Preset(0, 0x9C);
        _chip.Registers.IsWriteProtectPinLow = true;
        Ask("50");
        Ask("01 00");
        Assert.Equal("9C", Ask("05 00"));
        _chip.Registers.IsWriteProtectPinLow = false;
        Ask("50");
        Ask("01 80");
        Assert.Equal("80", Ask("05 00"));
        Ask("06");
        Ask("31 01"); // SRL
        _nowUs += 10_000;
        Ask("50");
        Ask("01 00");
        Assert.Equal("80", Ask("05 00"));
        _flash.PowerOn();
        Ask("50");
        Ask("01 00");
        Assert.Equal("00", Ask("05 00"));
    }

    // The last byte of the answer.
    private string Ask(string sent)
    {
        byte[] bytes = Convert.FromHexString(sent.Replace(" ", string.Empty));
        byte[] answer = new byte[bytes.Length];
        _chip.Transfer(bytes, answer, bytes.Length);
        return Convert.ToHexString(answer[^1..]);
    }
}
