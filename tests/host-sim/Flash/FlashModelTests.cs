// The flash model itself: NOR rules, times, cuts, faults. Every proof about the agent's memory leans on it.
using EsyncAgent;
using EsyncSim.Flash;
using Xunit;

namespace EsyncTests.HostSim.Flash;

public sealed class FlashModelTests
{
    private readonly FlashModel _flash = new(FlashGeometries.W25Q32);

    [Fact]
    public void Erased_bytes_are_FF_and_programmed_ones_read_back()
    {
        Assert.Equal(FlsStatus.Ok, Program(0x1000, [1, 2, 3]));
        Assert.Equal("FF010203FF", Convert.ToHexString(Read(0x0FFF, 5)));
        Assert.Equal(FlsStatus.Ok, Erase(0x1000));
        Assert.Equal("FFFFFFFFFF", Convert.ToHexString(Read(0x0FFF, 5)));
    }

    [Fact]
    public void A_look_at_the_cells_shows_them_and_draws_no_chance()
    {
        FlashModel looked = new(FlashGeometries.W25Q32, seed: 5), other = new(FlashGeometries.W25Q32, seed: 5);
        byte[] bytes = new byte[256];
        foreach (FlashModel flash in (FlashModel[])[looked, other])
        {
            flash.Memory.Program(0, new byte[256]);
            flash.Memory.Program(0x2000, [1, 2, 3]);
            flash.Memory.EraseCut(0, CutModel.EraseUnstable);
        }

        Assert.False(looked.Memory.Peek(0, bytes));
        Assert.True(looked.Memory.Peek(0x1FFE, bytes.AsSpan(0, 6)));
        Assert.Equal("FFFF010203FF", Convert.ToHexString(bytes, 0, 6));
        for (int i = 0; i < 3; i++)
        {
            byte[] first = new byte[256], second = new byte[256];
            looked.Memory.Read(0, first);
            other.Memory.Read(0, second);
            Assert.Equal(second, first);
        }
    }

    [Fact]
    public void A_second_program_of_a_write_unit_is_a_violation_even_with_the_same_bytes()
    {
        Program(0x20, [0xFF]);
        Assert.Throws<FlashViolationException>(() => Program(0x20, [0xFF]));
        Erase(0);
        Assert.Equal(FlsStatus.Ok, Program(0x20, [0xFF]));
    }

    [Theory]
    [InlineData(0xFF, 2)]
    [InlineData(0x00, 257)]
    public void A_program_across_a_page_is_a_violation(uint address, int count)
        => Assert.Throws<FlashViolationException>(() => Program(address, new byte[count]));

    [Fact]
    public void A_program_of_half_a_write_unit_is_a_violation()
    {
        FlashModel wide = new(FlashGeometries.ByName("stm32h7"));
        Assert.Throws<FlashViolationException>(() => wide.StartProgram(0, new byte[16], 0, 16));
        Assert.Throws<FlashViolationException>(() => wide.StartProgram(16, new byte[32], 0, 32));
        Assert.True(wide.StartProgram(32, new byte[32], 0, 32));
    }

    [Fact]
    public void An_erase_off_a_sector_start_is_a_violation()
        => Assert.Throws<FlashViolationException>(() => _flash.StartErase(0x1100));

    [Fact]
    public void Data_changed_under_a_program_is_a_violation()
    {
        byte[] data = [1, 2];
        Assert.True(_flash.StartProgram(0, data, 0, 2));
        data[1] = 3;
        Assert.Throws<FlashViolationException>(() => _flash.Poll());
    }

    [Fact]
    public void Jobs_outside_the_part_and_jobs_beside_a_running_one_are_refused()
    {
        long now = 0;
        FlashModel slow = new(FlashGeometries.W25Q32, () => now);
        Assert.False(slow.StartErase(slow.Size));
        Assert.False(slow.StartRead(slow.Size - 1, new byte[2], 0, 2));
        Assert.True(slow.StartErase(0));
        Assert.False(slow.StartErase(0x1000));
    }

    [Fact]
    public void An_erase_takes_45_ms_a_page_700_us_and_a_read_its_time_on_SPI()
    {
        long now = 0;
        FlashModel slow = new(FlashGeometries.W25Q32, () => now);
        Assert.Equal(45_000, TimeOf(() => slow.StartErase(0)));
        Assert.Equal(700, TimeOf(() => slow.StartProgram(0, new byte[256], 0, 256)));
        Assert.Equal(1642, TimeOf(() => slow.StartRead(0, new byte[4096], 0, 4096)));
        Assert.Equal(45_000 + 700 + 1642, slow.Statistics.BusyUs);

        long TimeOf(Func<bool> start)
        {
            long began = now;
            Assert.True(start());
            while (slow.Poll() == FlsStatus.Busy)
            {
                now++;
            }

            return now - began;
        }
    }

    [Fact]
    public void A_read_appears_when_its_time_is_over_not_before()
    {
        long now = 0;
        FlashModel slow = new(FlashGeometries.W25Q32, () => now);
        byte[] into = new byte[4];
        slow.StartRead(0, into, 0, 4);
        slow.Poll();
        Assert.Equal("00000000", Convert.ToHexString(into));
        now = 1000;
        slow.Poll();
        Assert.Equal("FFFFFFFF", Convert.ToHexString(into));
    }

    [Fact]
    public void A_cut_throws_at_the_operation_with_its_number_and_refuses_all_until_power_is_back()
    {
        _flash.CutAfter(1, CutModel.Before);
        Program(0, [1]);
        PowerCutException cut = Assert.Throws<PowerCutException>(() => _flash.StartProgram(1, [2], 0, 1));
        Assert.Equal(1u, cut.Operation.Address);
        Assert.False(_flash.StartErase(0));
        _flash.PowerOn();
        Assert.Equal("01FF", Convert.ToHexString(Read(0, 2)));
        Assert.Equal(FlsStatus.Ok, Program(1, [2]));
    }

    [Fact]
    public void A_cut_in_the_middle_of_virtual_time_tears_what_is_under_way()
    {
        long now = 0;
        FlashModel slow = new(FlashGeometries.W25Q32, () => now);
        slow.StartProgram(0, [0, 0, 0, 0, 0, 0, 0, 0], 0, 8);
        now = 10;
        slow.CutNow(CutModel.ProgramBits);
        Assert.True(slow.IsPowerLost);
        byte[] torn = slow.Memory.ToBytes()[..8];
        Assert.Contains(torn, value => value is not 0 and not 0xFF);
    }

    [Fact]
    public void A_cut_after_the_job_has_ended_changes_nothing_although_nobody_polled()
    {
        long now = 0;
        FlashModel slow = new(FlashGeometries.W25Q32, () => now);
        slow.StartProgram(0, [0, 0], 0, 2);
        now = 1000;
        slow.CutNow(CutModel.Before);
        Assert.Equal("0000FF", Convert.ToHexString(slow.Memory.ToBytes()[..3]));
    }

    [Theory]
    [InlineData(CutModel.EraseUntouched)]
    [InlineData(CutModel.EraseAllFf)]
    [InlineData(CutModel.EraseUnstable)]
    [InlineData(CutModel.EraseMarginal)]
    public void After_an_interrupted_erase_nothing_may_be_programmed(CutModel model)
    {
        Program(0x10, [0]);
        CutErase(model);
        Assert.Throws<FlashViolationException>(() => Program(0x800, [0]));
        Erase(0);
        Assert.Equal(FlsStatus.Ok, Program(0x800, [0]));
    }

    [Fact]
    public void The_erase_models_differ_in_what_can_be_read()
    {
        byte[] old = Enumerable.Range(0, 256).Select(i => (byte)(i * 7)).ToArray();
        Assert.Equal(old, After(CutModel.EraseUntouched));
        Assert.True(After(CutModel.EraseAllFf).All(value => value == 0xFF));
        Assert.True(After(CutModel.After).All(value => value == 0xFF));
        byte[] mixed = After(CutModel.EraseUnstable);
        Assert.NotEqual(old, mixed);
        Assert.NotEqual(mixed, Read(0, 256));
        After(CutModel.EraseMarginal);
        HashSet<string> looks = Enumerable.Range(0, 100).Select(_ => Convert.ToHexString(Read(0, 256))).ToHashSet();
        Assert.InRange(looks.Count, 2, 8);
        Assert.Contains(Convert.ToHexString(old), looks);

        byte[] After(CutModel model)
        {
            Erase(0);
            Program(0, old);
            CutErase(model);
            return Read(0, 256);
        }
    }

    [Theory]
    [InlineData(CutModel.ProgramPrefix)]
    [InlineData(CutModel.ProgramBits)]
    [InlineData(CutModel.ProgramUnstable)]
    public void A_torn_program_lies_between_FF_and_the_data(CutModel model)
    {
        byte[] data = Enumerable.Range(0, 64).Select(i => (byte)(i * 3)).ToArray();
        _flash.CutAfter(0, model);
        Assert.Throws<PowerCutException>(() => _flash.StartProgram(0, data, 0, 64));
        _flash.PowerOn();
        byte[] torn = Read(0, 64);
        Assert.NotEqual(data, torn);
        Assert.All(Enumerable.Range(0, 64), i => Assert.Equal(data[i], (byte)(torn[i] & data[i])));
        Assert.Throws<FlashViolationException>(() => Program(63, [0]));
        Assert.Equal(model == CutModel.ProgramUnstable, !torn.AsSpan().SequenceEqual(Read(0, 64)));
    }

    [Fact]
    public void A_marginal_program_reads_as_the_data_at_some_looks_and_almost_at_others()
    {
        byte[] data = [.. Enumerable.Range(0, 64).Select(i => (byte)(i * 3))];
        _flash.CutAfter(0, CutModel.ProgramMarginal);
        Assert.Throws<PowerCutException>(() => _flash.StartProgram(0, data, 0, 64));
        _flash.PowerOn();
        HashSet<string> looks = [.. Enumerable.Range(0, 100).Select(_ => Convert.ToHexString(Read(0, 64)))];
        Assert.Contains(Convert.ToHexString(data), looks);
        Assert.InRange(looks.Count, 2, 8);
    }

    [Fact]
    public void A_fork_is_cut_while_the_part_itself_goes_on()
    {
        FlashModel? fork = null;
        _flash.Observer = _ => fork = _flash.ForkCut(CutModel.Before, 1);
        Program(0, [1, 2]);
        _flash.Observer = null;
        Program(2, [3]);
        Assert.Equal("010203FF", Convert.ToHexString(Read(0, 4)));
        Assert.Equal("FFFFFFFF", Convert.ToHexString(fork!.Memory.ToBytes()[..4]));
        Assert.True(fork.StartProgram(0, [7], 0, 1));
        Assert.Equal(FlsStatus.Ok, fork.Poll());
        Assert.Equal(1, fork.OperationCount);
        Assert.Equal("010203FF", Convert.ToHexString(Read(0, 4)));
    }

    [Fact]
    public void The_same_seed_tears_the_same_bits()
    {
        Assert.Equal(Torn(1), Torn(1));
        Assert.NotEqual(Torn(1), Torn(2));

        static string Torn(ulong seed)
        {
            FlashModel flash = new(FlashGeometries.W25Q32, null, seed);
            flash.CutAfter(0, CutModel.ProgramBits);
            Assert.Throws<PowerCutException>(() => flash.StartProgram(0, new byte[64], 0, 64));
            return Convert.ToHexString(flash.Memory.ToBytes()[..64]);
        }
    }

    [Fact]
    public void A_snapshot_brings_back_bytes_and_rules()
    {
        Program(0, [1]);
        FlashSnapshot before = _flash.Memory.Snapshot();
        Program(1, [2]);
        Erase(0x1000);
        _flash.Memory.Restore(before);
        Assert.Equal("01FF", Convert.ToHexString(Read(0, 2)));
        Assert.Equal(0, _flash.Memory.EraseCount(1));
        Assert.Equal(FlsStatus.Ok, Program(1, [3]));
        _flash.Memory.Restore(before);
        Assert.Equal("01FF", Convert.ToHexString(Read(0, 2)));
        Assert.Throws<FlashViolationException>(() => Program(0, [1]));
    }

    [Fact]
    public void A_fault_fails_the_job_or_leaves_wrong_bits()
    {
        _flash.Fault = operation => operation.Index == 0 ? FlashFault.Failed : FlashFault.WrongBits;
        Assert.Equal(FlsStatus.Failed, Program(0, new byte[32]));
        Assert.Equal(FlsStatus.Ok, Program(0x100, new byte[32]));
        Assert.Contains(Read(0x100, 32), value => value != 0);
    }

    [Fact]
    public void Counters_count()
    {
        Erase(0);
        Erase(0);
        Program(0, [1, 2]);
        Read(0, 10);
        Assert.Equal(2, _flash.Statistics.Erases);
        Assert.Equal(1, _flash.Statistics.Programs);
        Assert.Equal(2, _flash.Statistics.ProgrammedBytes);
        Assert.Equal(10, _flash.Statistics.ReadBytes);
        Assert.Equal(3, _flash.OperationCount);
        Assert.Equal(2, _flash.Memory.EraseCount(0));
    }

    [Fact]
    public void A_file_keeps_the_part_and_another_parts_file_is_refused()
    {
        string path = Path.Combine(Path.GetTempPath(), $"esync-flash-{Guid.NewGuid():N}.bin");
        try
        {
            FlashModel first = new(FlashGeometries.ByName("nrf52"));
            Assert.False(FlashFile.TryLoad(first, path));
            first.StartProgram(0x2000, [1, 2, 3, 4], 0, 4);
            first.Poll();
            FlashFile.Save(first, path);
            FlashModel second = new(FlashGeometries.ByName("nrf52"));
            Assert.True(FlashFile.TryLoad(second, path));
            Assert.Equal(first.Memory.ToBytes(), second.Memory.ToBytes());
            Assert.Throws<FlashViolationException>(() => second.StartProgram(0x2000, [1, 2, 3, 4], 0, 4));
            Assert.Throws<EsyncSim.UserErrorException>(() => FlashFile.TryLoad(_flash, path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private void CutErase(CutModel model)
    {
        _flash.CutAfter(_flash.OperationCount, model);
        Assert.Throws<PowerCutException>(() => _flash.StartErase(0));
        _flash.PowerOn();
    }

    private FlsStatus Erase(uint address)
    {
        Assert.True(_flash.StartErase(address));
        return _flash.Poll();
    }

    private FlsStatus Program(uint address, byte[] data)
    {
        Assert.True(_flash.StartProgram(address, data, 0, data.Length));
        return _flash.Poll();
    }

    private byte[] Read(uint address, int count)
    {
        byte[] into = new byte[count];
        Assert.True(_flash.StartRead(address, into, 0, count));
        Assert.Equal(FlsStatus.Ok, _flash.Poll());
        return into;
    }
}
