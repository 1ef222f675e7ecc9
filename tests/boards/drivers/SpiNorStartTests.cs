// Bringing an SPI NOR flash up from every state that a processor's start may find it in: absent, another one, asleep, in the
// middle of an erase, protected. Nothing waits, nothing is torn, and each fault has a name and a sentence.
using EsyncAgent;
using EsyncAgent.Drivers;
using EsyncSim.Flash;
using Xunit;

namespace EsyncTests.Boards.Drivers;

public sealed class SpiNorStartTests
{
    private readonly SpiNorRig _rig = new();

    public static TheoryData<int, byte> Protections => new()
    {
        { 0, 0x04 }, { 0, 0x1C }, { 0, 0x7C }, { 0, 0x24 }, { 1, 0x40 }, { 2, 0x04 },
    };

    [Theory]
    [InlineData(0xFF)]
    [InlineData(0x00)]
    public void Nobody_there_is_told_at_once_and_by_name(byte level)
    {
        _rig.Chip.IsAbsent = true;
        _rig.Chip.FloatingLevel = level;
        long before = _rig.NowUs;
        Assert.Equal(FlsStatus.Failed, _rig.Finish(_rig.Driver.StartRead(0, new byte[1], 0, 1)));
        Assert.Equal(SpiNorFault.NoAnswer, _rig.Driver.Fault);
        Assert.InRange(_rig.NowUs - before, 0, 5000);

        // A wire that is mended needs no restart.
        _rig.Chip.IsAbsent = false;
        Assert.Equal([0xFF], _rig.Read(0, 1));
        Assert.Equal(SpiNorFault.None, _rig.Driver.Fault);
    }

    [Theory]
    [InlineData(0xC22016, SpiNorFault.WrongPart)]
    [InlineData(0xEF4019, SpiNorFault.WrongPart)]
    [InlineData(0xEF4015, SpiNorFault.TooSmall)]
    [InlineData(0xEF4016, SpiNorFault.None)]
    [InlineData(0xEF7016, SpiNorFault.None)]
    [InlineData(0xC84018, SpiNorFault.None)]
    public void Another_part_is_refused_and_a_known_one_that_is_large_enough_is_taken(uint id, SpiNorFault expected)
    {
        _rig.Chip.JedecId = id;
        FlsStatus status = _rig.Erase(0);
        Assert.Equal((expected == SpiNorFault.None ? FlsStatus.Ok : FlsStatus.Failed, expected, id), (status, _rig.Driver.Fault, _rig.Driver.JedecId));
        Assert.Equal(expected == SpiNorFault.None ? 1 : 0, _rig.Flash.OperationCount);
    }

    [Fact]
    public void An_unknown_part_works_when_the_configuration_names_it_and_then_no_other_does()
    {
        SpiNorRig rig = new(new SpiNorConfig { Size = FlashGeometries.W25Q32.Size, JedecId = 0x9D6016 });
        Assert.Equal((FlsStatus.Failed, SpiNorFault.WrongPart), (rig.Erase(0), rig.Driver.Fault));
        rig.Chip.JedecId = 0x9D6016;
        Assert.Equal(FlsStatus.Ok, rig.Erase(0));
    }

    [Fact]
    public void A_part_in_power_down_is_woken()
    {
        _rig.Chip.Transfer([0xB9], null, 1);
        Assert.Equal([0xFF], _rig.Read(0, 1));
    }

    [Fact]
    public void An_erase_that_a_processor_reset_left_under_way_ends_untouched_before_anything_else_is_done()
    {
        Assert.Equal(FlsStatus.Ok, _rig.Program(0x1000, [1, 2, 3]));
        Assert.True(_rig.Driver.StartErase(0x1000));
        _rig.NowUs += 5000;
        _rig.Restart();
        long before = _rig.NowUs;
        Assert.Equal([0xFF, 0xFF, 0xFF], _rig.Read(0x1000, 3));
        Assert.InRange(_rig.NowUs - before, 40_000, 44_000);
        Assert.Equal(1, _rig.Flash.Memory.EraseCount(1));
        Assert.Equal(FlsStatus.Ok, _rig.Program(0x1000, [4])); // the model refuses this after an erase that was torn
    }

    [Fact]
    public void A_page_that_a_processor_reset_left_under_way_is_whole_too()
    {
        Assert.Equal(FlsStatus.Ok, _rig.Erase(0x1000));
        byte[] page = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        Assert.True(_rig.Driver.StartProgram(0x1000, page, 0, 256));
        _rig.Restart();
        Assert.Equal(page, _rig.Read(0x1000, 256));
    }

    [Fact]
    public void While_it_waits_it_asks_once_a_millisecond()
    {
        Assert.Equal(FlsStatus.Ok, _rig.Erase(0));
        Assert.True(_rig.Driver.StartErase(0x1000));
        _rig.Restart();
        _rig.Transactions.Clear();
        _rig.Read(0, 1);
        Assert.InRange(_rig.Transactions.Count(sent => sent == "0500"), 45, 55);
    }

    [Fact]
    public void A_part_that_never_ends_is_given_up_after_the_longest_erase()
    {
        SpiNorRig rig = new(new SpiNorConfig { Size = FlashGeometries.W25Q32.Size, EraseMsMax = 30 });
        rig.Chip.Transfer([0x06], null, 1);
        rig.Chip.Transfer([0x20, 0, 0, 0], null, 4);
        Assert.Equal((FlsStatus.Failed, SpiNorFault.StaysBusy), (rig.Finish(rig.Driver.StartRead(0, new byte[1], 0, 1)), rig.Driver.Fault));
        Assert.Equal([0xFF], rig.Read(0, 1)); // by then it has ended
    }

    [Theory]
    [MemberData(nameof(Protections))]
    public void Protection_is_lifted_until_the_next_power_on_and_no_longer(int register, byte value)
    {
        _rig.Chip.Registers.Preset(register, value);
        AssertWritable(_rig);
        Assert.Equal(value, _rig.Chip.Registers.Lasting(register));
        Assert.False(_rig.Driver.IsProtected);
        _rig.Flash.PowerOn();
        Assert.Equal(value, _rig.Chip.Registers[register]);
        _rig.Restart();
        AssertWritable(_rig);
    }

    [Theory]
    [MemberData(nameof(Protections))]
    public void A_part_without_volatile_writing_is_unprotected_for_good(int register, byte value)
    {
        _rig.Chip.Registers.HasVolatileWrite = false;
        _rig.Chip.Registers.Preset(register, value);
        AssertWritable(_rig);
        Assert.Equal(0, _rig.Chip.Registers.Lasting(register));
    }

    [Fact]
    public void Other_bits_of_the_registers_stay_as_they_are()
    {
        _rig.Chip.Registers.Preset(0, 0x9C);
        _rig.Chip.Registers.Preset(1, 0x42);
        _rig.Chip.Registers.Preset(2, 0x64);
        AssertWritable(_rig);
        Assert.Equal((0x80, 0x02, 0x60), ((int)_rig.Chip.Registers[0], (int)_rig.Chip.Registers[1], (int)_rig.Chip.Registers[2]));
    }

    [Fact]
    public void A_part_that_is_locked_by_its_pin_can_be_read_and_fails_what_would_change_it()
    {
        _rig.Flash.Memory.FlipBit(0x3FF000, 0);
        _rig.Chip.Registers.Preset(0, 0x84); // SRP, upper 64 KiB
        _rig.Chip.Registers.IsWriteProtectPinLow = true;
        Assert.Equal([0xFE], _rig.Read(0x3FF000, 1));
        Assert.True(_rig.Driver.IsProtected);
        Assert.Equal((FlsStatus.Failed, SpiNorFault.Refused), (_rig.Program(0x3FF100, [0]), _rig.Driver.Fault));
        Assert.Equal((FlsStatus.Failed, SpiNorFault.Refused), (_rig.Erase(0x3FF000), _rig.Driver.Fault));
        Assert.Equal(0, _rig.Flash.OperationCount);
        Assert.Equal(FlsStatus.Ok, _rig.Program(0x1000, [0])); // outside of the protected range
        _rig.Chip.Registers.IsWriteProtectPinLow = false;
        Assert.Equal(FlsStatus.Failed, _rig.Erase(0x3FF000)); // not looked at again before a job has failed
        Assert.Equal(FlsStatus.Ok, _rig.Erase(0x3FF000));
        Assert.False(_rig.Driver.IsProtected);
    }

    [Fact]
    public void Each_fault_has_a_sentence_of_its_own()
    {
        string[] texts = [.. Enum.GetValues<SpiNorFault>().Select(SpiNorFaultText.Of)];
        Assert.Equal(texts.Length, texts.Distinct().Count());
        Assert.All(texts, text => Assert.StartsWith("the SPI flash ", text, StringComparison.Ordinal));
    }

    // First and last sector: whatever the protected range is, it has one of them.
    private static void AssertWritable(SpiNorRig rig)
    {
        foreach (uint address in new uint[] { 0, 0x3FF000 })
        {
            Assert.Equal(FlsStatus.Ok, rig.Erase(address));
            Assert.Equal(FlsStatus.Ok, rig.Program(address, [0x55]));
            Assert.Equal(FlsStatus.Ok, rig.Compare(address, [0x55]));
        }
    }
}
