// The registers of the MCP2515 model through its SPI instructions: what a reset leaves, what may be written when, how
// the address runs on, what the short instructions reach.
// Microchip DS20001801J §9, §11, §12.
using EsyncSim.Bus;
using Xunit;

namespace EsyncTests.HostSim.Devices;

public sealed class Mcp2515RegisterTests
{
    private readonly Mcp2515Bench _bench = new();

    [Fact]
    public void After_a_reset_the_chip_is_in_configuration_mode_and_its_control_registers_are_0()
    {
        _bench.Spi("02 28 01 02 03 3F");
        _bench.Spi("02 30 03");
        Assert.Equal("01 02 03 3F", _bench.Read(0x28, 4));
        _bench.Spi("C0");
        _bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal("80 87", _bench.Read(0x0E, 2));
        Assert.Equal("00 00 00 00 00 00", _bench.Read(0x28, 6));
        Assert.Equal("00", _bench.Register(0x30));
        Assert.Equal("00 00", _bench.Read(0x1C, 2));
        Assert.Empty(_bench.Chip.Misuses);
    }

    [Fact]
    public void A_reset_leaves_masks_and_filters_and_power_does_not()
    {
        _bench.Spi("02 00 FC 00 12 34");
        _bench.Spi("C0");
        _bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal("FC 00 12 34", _bench.Read(0x00, 4));
        _bench.Chip.PowerOff();
        _bench.Chip.PowerOn();
        _bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.NotEqual("FC 00 12 34", _bench.Read(0x00, 4));
    }

    [Fact]
    public void Until_128_clocks_after_a_reset_nobody_answers()
    {
        _bench.Spi("C0");
        Assert.Equal("FF FF", _bench.Read(0x0E, 2));
        Assert.Single(_bench.Chip.Misuses);
        _bench.Time.RunFor(8_000); // 128 periods of 16 MHz
        Assert.Equal("80 87", _bench.Read(0x0E, 2));
    }

    [Fact]
    public void Without_power_nobody_answers()
    {
        _bench.Chip.PowerOff();
        Assert.Equal("FF FF", _bench.Read(0x0E, 2));
        Assert.False(_bench.Chip.IsActive);
    }

    [Fact]
    public void READ_and_WRITE_run_on_from_address_to_address()
    {
        _bench.Spi("02 31 11 EB 33 44 4F 66 77 88 99 AA BB CC DD");
        Assert.Equal("11 EB 33 44 4F 66 77 88 99 AA BB CC DD 80 87 00", _bench.Read(0x31, 16));
    }

    [Fact]
    public void Bits_that_do_not_exist_read_0()
    {
        _bench.Spi("02 00 FF FF FF FF");
        _bench.Spi("02 20 FF FF FF FF");
        _bench.Spi("02 28 FF FF FF FF FF");
        _bench.Spi("02 0C FF FF");
        Assert.Equal("FF EB FF FF", _bench.Read(0x00, 4));
        Assert.Equal("FF E3 FF FF", _bench.Read(0x20, 4));
        Assert.Equal("C7 FF FF FF FF", _bench.Read(0x28, 5));
        Assert.Equal("3F 07", _bench.Read(0x0C, 2));
    }

    [Fact]
    public void BIT_MODIFY_changes_the_bits_of_its_mask_where_it_may_and_the_whole_byte_elsewhere()
    {
        _bench.Spi("02 2B 51");
        _bench.Spi("05 2B 35 26"); // the example of figure 12-1: 0101 0001 under 0011 0101 with xx10 x0x1
        Assert.Equal("64", _bench.Register(0x2B));
        _bench.Spi("02 36 0F");
        _bench.Spi("05 36 F0 A5"); // TXB0D0 knows no masks
        Assert.Equal("A5", _bench.Register(0x36));
    }

    [Fact]
    public void Masks_filters_bit_timing_and_RTS_pins_can_be_written_in_configuration_mode_only()
    {
        Mcp2515Bench bench = Mcp2515Bench.OnBus();
        bench.Spi("02 28 07 FF C1");
        Assert.Equal("02 A6 00", bench.Read(0x28, 3));
        bench.Spi("02 00 12");
        bench.Spi("02 0D 07");
        Assert.Equal("00", bench.Register(0x0D));
        Assert.Equal(5, bench.Chip.Misuses.Count);
        Assert.Equal("00 00 00 00", bench.Read(0x20, 4)); // and masks read 0 elsewhere
        bench.Spi("02 0F 80");
        Assert.Equal("80", bench.Register(0x0E));
        Assert.Equal("00", bench.Register(0x00));
        bench.Spi("02 00 12");
        Assert.Equal("12", bench.Register(0x00));
    }

    [Fact]
    public void Counters_status_and_received_frames_are_read_only()
    {
        _bench.Spi("02 1C 55 55");
        _bench.Spi("02 0E 55");
        Assert.Equal("00 00", _bench.Read(0x1C, 2));
        Assert.Equal("80", _bench.Register(0x0E));
        string before = _bench.Read(0x61, 13);
        _bench.Spi("02 61 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D");
        Assert.Equal(before, _bench.Read(0x61, 13));
        Assert.Empty(_bench.Chip.Misuses);
    }

    [Fact]
    public void LOAD_TX_BUFFER_reaches_identifier_and_data_of_each_buffer()
    {
        string[] starts = ["31", "36", "41", "46", "51", "56"];
        for (int i = 0; i < 6; i++)
        {
            _bench.Spi($"{0x40 + i:X2} {i + 1:X2} 00");
            Assert.Equal($"{i + 1:X2} 00", _bench.Read(Convert.ToInt32(starts[i], 16), 2));
        }
    }

    [Fact]
    public void Flags_of_CANINTF_can_be_set_to_try_the_pin()
    {
        _bench.Spi("02 2B 40");
        Assert.False(_bench.Chip.IsActive);
        _bench.Spi("05 2C 40 40"); // WAKIF
        Assert.True(_bench.Chip.IsActive);
        Assert.Equal("84", _bench.Register(0x0E)); // ICOD 2
        _bench.Spi("05 2C 40 00");
        Assert.False(_bench.Chip.IsActive);
    }

    [Fact]
    public void What_is_no_instruction_or_not_modelled_is_noted()
    {
        _bench.Spi("77 00");
        _bench.Spi("05 2B 01");
        _bench.Spi("02 0F 40"); // loopback
        Assert.Equal(3, _bench.Chip.Misuses.Count);
    }
}
