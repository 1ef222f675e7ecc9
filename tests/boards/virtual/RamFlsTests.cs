// The part in RAM keeps the rules of a NOR flash and loses its power where it is told to.
using EsyncAgent;
using EsyncAgent.Emulator;
using EsyncSim.Config;
using Xunit;

namespace EsyncTests.Boards.Virtual;

public sealed class RamFlsTests
{
    private const int Sector = 512;

    private readonly RamFls _flash = new(sectorCount: 4, sectorLength: Sector, pageSize: 64, writeUnit: 16);

    [Fact]
    public void A_new_part_is_erased()
    {
        Assert.Equal(2048u, _flash.Size);
        Assert.All(Read(0, 2048), b => Assert.Equal(0xFF, b));
    }

    [Fact]
    public void What_is_programmed_is_read_and_compared_across_sectors()
    {
        byte[] first = Bytes(64, 1), second = Bytes(64, 2);
        Assert.Equal(FlsStatus.Ok, Program(Sector - 64, first));
        Assert.Equal(FlsStatus.Ok, Program(Sector, second));
        byte[] both = [.. first, .. second];
        Assert.Equal(both, Read(Sector - 64, 128));
        Assert.True(_flash.StartCompare(Sector - 64, both, 0, 128));
        Assert.Equal(FlsStatus.Ok, _flash.Poll());
        both[100] ^= 1;
        Assert.True(_flash.StartCompare(Sector - 64, both, 0, 128));
        Assert.Equal(FlsStatus.Mismatch, _flash.Poll());
    }

    [Fact]
    public void An_effect_appears_at_the_first_poll_and_one_job_runs_at_a_time()
    {
        Assert.True(_flash.StartProgram(0, Bytes(16, 1), 0, 16));
        Assert.False(_flash.StartRead(0, new byte[16], 0, 16));
        Assert.Equal(FlsStatus.Ok, _flash.Poll());
        Assert.Equal(FlsStatus.Ok, _flash.Poll());
        Assert.Equal(Bytes(16, 1), Read(0, 16));
    }

    [Theory]
    [InlineData(0, 16)]
    [InlineData(16, 48)]
    [InlineData(48, 16)]
    public void A_second_program_of_a_write_unit_is_refused_and_counted_even_of_the_same_bytes(uint address, int count)
    {
        Assert.Equal(FlsStatus.Ok, Program(0, Bytes(64, 1)));
        Assert.False(_flash.StartProgram(address, Bytes(64, 1), 0, count));
        Assert.Equal(1, _flash.ViolationCount);
        Assert.Equal(Bytes(64, 1), Read(0, 64));
    }

    [Fact]
    public void An_erase_takes_its_sector_alone_and_makes_it_programmable_again()
    {
        Program(0, Bytes(64, 1));
        Program(Sector, Bytes(64, 2));
        Assert.Equal(FlsStatus.Ok, Erase(0));
        Assert.All(Read(0, Sector), b => Assert.Equal(0xFF, b));
        Assert.Equal(Bytes(64, 2), Read(Sector, 64));
        Assert.Equal(FlsStatus.Ok, Program(0, Bytes(64, 3)));
        Assert.False(_flash.StartProgram(Sector, Bytes(64, 2), 0, 16));
    }

    [Theory]
    [InlineData(8, 16)] // inside a write unit
    [InlineData(0, 24)] // half a write unit at its end
    [InlineData(48, 32)] // across a page
    public void A_misplaced_program_is_refused_and_counted(uint address, int count)
    {
        Assert.False(_flash.StartProgram(address, Bytes(64, 1), 0, count));
        Assert.Equal(1, _flash.ViolationCount);
    }

    [Fact]
    public void An_erase_inside_a_sector_is_refused_and_counted()
    {
        Assert.False(_flash.StartErase(16));
        Assert.Equal(1, _flash.ViolationCount);
    }

    [Theory]
    [InlineData(2048u, 16)]
    [InlineData(2032u, 32)]
    [InlineData(0u, 0)]
    [InlineData(0u, -16)]
    public void A_job_outside_the_part_is_refused(uint address, int count)
    {
        Assert.False(_flash.StartRead(address, new byte[64], 0, count));
        Assert.False(_flash.StartProgram(address, new byte[64], 0, count));
    }

    [Fact]
    public void A_cut_in_mid_program_leaves_half_of_the_bytes_and_units_that_want_an_erase()
    {
        byte[] data = new byte[64];
        _flash.CutAfter(1);
        Assert.Equal(FlsStatus.Ok, Program(0, data));
        Assert.Equal(FlsStatus.Failed, Program(64, data));
        Assert.True(_flash.IsPowerLost);
        Assert.True(_flash.WasProgramCut);
        Assert.False(_flash.StartRead(0, new byte[16], 0, 16));
        Assert.False(_flash.StartErase(0));

        _flash.PowerOn();
        byte[] torn = Read(64, 64);
        Assert.All(torn[..32], b => Assert.Equal(0, b));
        Assert.Equal(0x0F, torn[32]);
        Assert.All(torn[33..], b => Assert.Equal(0xFF, b));
        Assert.False(_flash.StartProgram(112, data, 0, 16)); // reads FF, is not erased
        Assert.Equal(FlsStatus.Ok, Erase(0));
        Assert.Equal(FlsStatus.Ok, Program(64, data));
    }

    [Fact]
    public void A_cut_in_mid_erase_leaves_half_of_the_sector_and_none_of_it_programmable()
    {
        for (uint address = 0; address < Sector; address += 64)
        {
            Program(address, new byte[64]);
        }

        _flash.CutAfter(0);
        Assert.Equal(FlsStatus.Failed, Erase(0));
        Assert.False(_flash.WasProgramCut);
        _flash.PowerOn();
        byte[] torn = Read(0, Sector);
        Assert.All(torn[..(Sector / 2)], b => Assert.Equal(0xFF, b));
        Assert.All(torn[(Sector / 2)..], b => Assert.Equal(0, b));
        Assert.False(_flash.StartProgram(0, Bytes(16, 1), 0, 16));
    }

    [Fact]
    public void Power_on_forgets_a_cut_that_did_not_come()
    {
        _flash.CutAfter(0);
        _flash.PowerOn();
        Assert.Equal(FlsStatus.Ok, Erase(0));
    }

    [Fact]
    public void The_worlds_part_is_the_one_of_board_yaml_and_the_flash_map_fills_it()
    {
        FlashPart part = NfConfig.Load(Repository.PathOf("nf.config")).Ecu("emulator").FlashPart;
        RamFls flash = World.NewFlash();
        Assert.Equal(part.Size, flash.Size);
        Assert.Equal(part.SectorLength, flash.SectorLength(0));
        Assert.Equal(part.PageSize, (uint)flash.PageSize);
        Assert.Equal(part.WriteUnit, (uint)flash.WriteUnit);
        FlsConfig map = EmulatorConfig.Create().Fls;
        Assert.Equal(flash.Size, map.ReportLog.Start + map.ReportLog.Length);
    }

    private static byte[] Bytes(int count, byte first) => [.. Enumerable.Range(first, count).Select(i => (byte)i)];

    private FlsStatus Program(uint address, byte[] data) => _flash.StartProgram(address, data, 0, data.Length) ? _flash.Poll() : FlsStatus.Idle;

    private FlsStatus Erase(uint address) => _flash.StartErase(address) ? _flash.Poll() : FlsStatus.Idle;

    private byte[] Read(uint address, int count)
    {
        byte[] into = new byte[count];
        Assert.True(_flash.StartRead(address, into, 0, count));
        Assert.Equal(FlsStatus.Ok, _flash.Poll());
        return into;
    }
}
