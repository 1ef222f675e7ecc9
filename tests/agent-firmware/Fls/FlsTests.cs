// The flash queue: how jobs are split, who goes first, what is refused, how much happens in one cycle.
using EsyncAgent;
using EsyncSim.Flash;
using Xunit;

namespace EsyncTests.AgentFirmware.FlsTests;

public sealed class FlsTests
{
    private readonly FlashModel _flash;
    private readonly Fls _fls;
    private readonly List<FlashOperation> _operations = [];
    private readonly FlsJob _job = new(FlsPriority.Fota);
    private long _nowUs;

    public FlsTests()
    {
        _flash = new FlashModel(FlashGeometries.W25Q32, () => _nowUs) { Observer = _operations.Add };
        _fls = new Fls(new FlsConfig(), _flash);
    }

    [Fact]
    public void A_program_is_split_at_pages()
    {
        byte[] data = [.. Enumerable.Range(0, 600).Select(i => (byte)i)];
        Assert.True(_fls.Program(_job, 0x10F0, data, 100, 300));
        Run();
        Assert.Equal(StdReturn.Ok, _job.Result);
        Assert.Equal([(0x10F0u, 16), (0x1100u, 256), (0x1200u, 28)], _operations.Select(one => (one.Address, one.Count)));
        Assert.Equal(data[100..400], _flash.Memory.ToBytes()[0x10F0..0x121C]);
    }

    [Fact]
    public void An_erase_is_split_at_uneven_sectors()
    {
        FlashModel uneven = new(FlashGeometries.ByName("stm32f7-uneven")) { Observer = _operations.Add };
        Fls fls = new(new FlsConfig(), uneven);
        Assert.True(fls.Erase(_job, 0x10000, 0x30000));
        while (!fls.IsIdle)
        {
            fls.MainFunction(0);
        }

        Assert.Equal(StdReturn.Ok, _job.Result);
        Assert.Equal([(0x10000u, 0x8000), (0x18000u, 0x8000), (0x20000u, 0x20000)], _operations.Select(one => (one.Address, one.Count)));
    }

    [Fact]
    public void Between_two_pieces_the_higher_priority_goes_first_and_equals_keep_their_order()
    {
        FlsJob data = new(FlsPriority.Data), fota = new(FlsPriority.Fota), nvm = new(FlsPriority.NvM), second = new(FlsPriority.NvM);
        Assert.True(_fls.Erase(data, 0x0000, 0x3000));
        _fls.MainFunction(0);
        Assert.True(_fls.Program(fota, 0x8000, new byte[300], 0, 300));
        Assert.True(_fls.Program(nvm, 0x9000, new byte[8], 0, 8));
        Assert.True(_fls.Program(second, 0xA000, new byte[8], 0, 8));
        Run();
        Assert.Equal([0x0000u, 0x9000u, 0xA000u, 0x8000u, 0x8100u, 0x1000u, 0x2000u], _operations.Select(one => one.Address));
        Assert.All([data, fota, nvm, second], job => Assert.Equal(StdReturn.Ok, job.Result));
    }

    [Fact]
    public void A_job_is_pending_until_its_last_piece_has_ended()
    {
        _fls.Erase(_job, 0, 0x2000);
        Assert.Equal(StdReturn.Pending, _job.Result);
        Assert.False(_job.IsIdle);
        _fls.MainFunction(0);
        _nowUs += 45_000;
        _fls.MainFunction(0);
        Assert.Equal(StdReturn.Pending, _job.Result);
        _nowUs += 45_000;
        _fls.MainFunction(0);
        Assert.Equal(StdReturn.Ok, _job.Result);
        Assert.True(_fls.IsIdle);
    }

    [Fact]
    public void A_job_in_use_is_refused_and_goes_on_undisturbed()
    {
        byte[] into = new byte[4];
        Assert.True(_fls.Read(_job, 0, into, 0, 4));
        Assert.False(_fls.Erase(_job, 0, 0x1000));
        Run();
        Assert.Equal("FFFFFFFF", Convert.ToHexString(into));
    }

    [Theory]
    [InlineData(0x100, 0x1000)]
    [InlineData(0x1000, 0x800)]
    [InlineData(0x1000, 0)]
    [InlineData(0x3FF000, 0x2000)]
    [InlineData(0xFFFFF000, 0x2000)]
    public void An_erase_of_anything_but_whole_sectors_is_refused(uint address, uint length)
    {
        Assert.False(_fls.Erase(_job, address, length));
        Assert.True(_job.IsIdle);
        Assert.True(_fls.IsIdle);
    }

    [Fact]
    public void The_last_sector_can_be_erased()
        => Assert.True(_fls.Erase(_job, 0x3FF000, 0x1000));

    [Theory]
    [InlineData(0x3FFFFF, 2)]
    [InlineData(0x400000, 1)]
    [InlineData(0, 0)]
    [InlineData(0, -1)]
    public void What_is_not_inside_the_part_is_refused(uint address, int count)
    {
        byte[] data = new byte[4];
        Assert.False(_fls.Program(_job, address, data, 0, count));
        Assert.False(_fls.Read(_job, address, data, 0, count));
        Assert.False(_fls.Compare(_job, address, data, 0, count));
    }

    [Fact]
    public void A_program_of_half_a_write_unit_is_refused_and_padding_rounds_up_to_whole_ones()
    {
        Fls wide = new(new FlsConfig(), new FlashModel(FlashGeometries.ByName("stm32h7")));
        Assert.False(wide.Program(_job, 0, new byte[32], 0, 16));
        Assert.False(wide.Program(_job, 16, new byte[32], 0, 32));
        Assert.True(wide.Program(_job, 32, new byte[32], 0, 32));
        Assert.Equal(0, wide.PaddedLength(0));
        Assert.Equal(32, wide.PaddedLength(1));
        Assert.Equal(32, wide.PaddedLength(32));
        Assert.Equal(64, wide.PaddedLength(33));
    }

    [Fact]
    public void A_compare_that_differs_says_so_and_an_error_of_the_part_does_not()
    {
        Assert.True(_fls.Compare(_job, 0x2000, [0xFF, 0xFE], 0, 2));
        Run();
        Assert.Equal(StdReturn.NotOk, _job.Result);
        Assert.True(_job.IsMismatch);
        Assert.Equal(0x2000u, _job.FailedAddress);
        _flash.Fault = _ => FlashFault.Failed;
        _fls.Program(_job, 0x2000, [0], 0, 1);
        Run();
        Assert.Equal(StdReturn.NotOk, _job.Result);
        Assert.False(_job.IsMismatch);
    }

    [Fact]
    public void A_piece_that_fails_ends_its_job_names_its_address_and_lets_the_next_job_run()
    {
        FlsJob next = new(FlsPriority.Fota);
        _flash.Fault = operation => operation.Address == 0x1100 ? FlashFault.Failed : FlashFault.None;
        _fls.Program(_job, 0x1000, new byte[768], 0, 768);
        _fls.Program(next, 0x5000, new byte[1], 0, 1);
        Run();
        Assert.Equal(StdReturn.NotOk, _job.Result);
        Assert.Equal(0x1100u, _job.FailedAddress);
        Assert.Equal(StdReturn.Ok, next.Result);
        Assert.Equal([0x1000u, 0x1100u, 0x5000u], _operations.Select(one => one.Address));
    }

    [Fact]
    public void A_driver_that_ends_at_once_gets_several_pieces_in_a_cycle_but_not_all()
    {
        FlashModel instant = new(FlashGeometries.W25Q32) { Observer = _operations.Add };
        Fls fls = new(new FlsConfig(), instant);
        fls.Program(_job, 0, new byte[4096], 0, 4096);
        fls.MainFunction(0);
        Assert.InRange(_operations.Count, 3, 6);
        Assert.Equal(StdReturn.Pending, _job.Result);
    }

    [Fact]
    public void A_driver_that_refuses_fails_the_job_instead_of_hanging()
    {
        _flash.CutNow(CutModel.Before);
        _fls.Program(_job, 0, new byte[1], 0, 1);
        _fls.MainFunction(0);
        Assert.Equal(StdReturn.NotOk, _job.Result);
        Assert.True(_fls.IsIdle);
    }

    [Fact]
    public void A_read_at_once_needs_no_cycle_when_the_part_answers_at_once()
    {
        FlashModel instant = new(FlashGeometries.W25Q32);
        instant.Memory.Program(0x1234, [1, 2, 3]);
        Fls fls = new(new FlsConfig(), instant);
        byte[] into = new byte[5];
        Assert.Equal(StdReturn.Ok, fls.ReadAtOnce(_job, 0x1234, into, 1, 3));
        Assert.Equal([0, 1, 2, 3, 0], into);
        Assert.True(_job.IsIdle);
        Assert.True(fls.IsIdle);
    }

    [Fact]
    public void A_read_at_once_waits_its_turn_behind_what_is_queued()
    {
        byte[] into = new byte[2];
        FlsJob program = new(FlsPriority.Data), erase = new(FlsPriority.NvM);
        Assert.True(_fls.Program(program, 0x2000, [0x12, 0x34], 0, 2));
        Assert.Equal(StdReturn.Pending, _fls.ReadAtOnce(_job, 0x2000, into, 0, 2));
        Assert.Equal(StdReturn.Pending, _job.Result);
        Assert.Equal(StdReturn.NotOk, _fls.ReadAtOnce(_job, 0x2000, into, 0, 2));
        Assert.True(_fls.Erase(erase, 0x5000, 0x1000));
        _fls.MainFunction(0);
        Assert.Equal(StdReturn.Pending, _job.Result);
        Run();
        Assert.Equal([StdReturn.Ok, StdReturn.Ok, StdReturn.Ok], new[] { program.Result, _job.Result, erase.Result });
        Assert.Equal([0xFF, 0xFF], into); // before the program, whose priority is lower
    }

    [Fact]
    public void A_read_at_once_of_a_part_that_takes_its_time_goes_on_as_a_job_of_the_queue()
    {
        SlowPart slow = new();
        Fls fls = new(new FlsConfig(), slow);
        FlsJob next = new(FlsPriority.NvM);
        byte[] into = new byte[4];
        Assert.Equal(StdReturn.Pending, fls.ReadAtOnce(_job, 0x1000, into, 0, 4));
        Assert.True(fls.Read(next, 0x2000, into, 0, 4));
        Assert.False(fls.MainFunction(0));
        Assert.Equal([0x1000u], slow.Started);
        slow.Status = FlsStatus.Ok;
        Assert.True(fls.MainFunction(0));
        Assert.Equal([0x1000u, 0x2000u], slow.Started);
        Assert.Equal([StdReturn.Ok, StdReturn.Ok], new[] { _job.Result, next.Result });
        Assert.True(fls.IsIdle);
    }

    [Theory]
    [InlineData(0x3FFFFF, 2)]
    [InlineData(0x400000, 1)]
    [InlineData(0, 0)]
    [InlineData(0, -1)]
    public void A_read_at_once_of_what_is_not_inside_the_part_is_refused(uint address, int count)
    {
        Assert.Equal(StdReturn.NotOk, _fls.ReadAtOnce(_job, address, new byte[4], 0, count));
        Assert.True(_fls.IsIdle);
    }

    [Fact]
    public void A_read_at_once_that_the_part_fails_or_refuses_has_failed()
    {
        Fls fls = new(new FlsConfig(), new SlowPart { Status = FlsStatus.Failed });
        Assert.Equal(StdReturn.NotOk, fls.ReadAtOnce(_job, 0, new byte[4], 0, 4));
        Assert.True(fls.IsIdle);
        _flash.CutNow(CutModel.Before);
        Assert.Equal(StdReturn.NotOk, _fls.ReadAtOnce(_job, 0, new byte[4], 0, 4));
        Assert.True(_fls.IsIdle);
    }

    private void Run()
    {
        while (!_fls.IsIdle)
        {
            _fls.MainFunction(0);
            _nowUs += 1000;
        }
    }

    // A part whose reads end when the test says so, and bring nothing.
    private sealed class SlowPart : IFls
    {
        public List<uint> Started { get; } = [];

        public FlsStatus Status { get; set; } = FlsStatus.Busy;

        public uint Size => 0x10000;

        public int PageSize => 256;

        public int WriteUnit => 1;

        public byte ErasedValue => 0xFF;

        public uint SectorStart(uint address) => address & ~0xFFFu;

        public uint SectorLength(uint address) => 0x1000;

        public bool StartErase(uint address) => false;

        public bool StartProgram(uint address, byte[] data, int offset, int count) => false;

        public bool StartRead(uint address, byte[] into, int offset, int count)
        {
            Started.Add(address);
            return true;
        }

        public bool StartCompare(uint address, byte[] data, int offset, int count) => false;

        public FlsStatus Poll() => Status;
    }
}
