// One file per sector: what is written when, what is read back, and what a file system that fails leads to.
using EsyncAgent;
using EsyncAgent.Drivers;
using Xunit;

namespace EsyncTests.Boards.Drivers;

public sealed class LittleFsFlsTests
{
    private readonly FileScript _files = new();
    private readonly LittleFsFls _fls;

    public LittleFsFlsTests() => _fls = new LittleFsFls(_files, 64 * 1024);

    [Fact]
    public void A_new_part_is_erased_and_has_no_file()
    {
        byte[] into = new byte[4000];
        Assert.Equal(FlsStatus.Ok, Run(_fls.StartRead(0x0F00, into, 0, into.Length)));
        Assert.All(into, value => Assert.Equal(0xFF, value));
        Assert.Empty(_files.Files);
        Assert.Equal("read S000, read S001", _files.Take());
    }

    [Fact]
    public void A_program_writes_the_sectors_file_once_and_keeps_what_stood_there()
    {
        Assert.Equal(FlsStatus.Ok, Run(_fls.StartProgram(0x2010, [9, 1, 2, 3], 1, 3)));
        Assert.Equal(FlsStatus.Ok, Run(_fls.StartProgram(0x2020, [4], 0, 1)));
        Assert.Equal("read S002, write S002 4096, read S002, write S002 4096", _files.Take());
        byte[] file = Assert.Single(_files.Files).Value;
        Assert.Equal(4096, file.Length);
        Assert.Equal([0xFF, 1, 2, 3, 0xFF], file[0x0F..0x14]);
        Assert.Equal((4, 0xFF), ((int)file[0x20], (int)file[0x21]));
    }

    [Fact]
    public void A_whole_chunk_is_one_commit()
    {
        byte[] chunk = [.. Enumerable.Range(0, 4096).Select(i => (byte)i)];
        Assert.Equal(4096, _fls.PageSize);
        Assert.Equal(FlsStatus.Ok, Run(_fls.StartProgram(0x3000, chunk, 0, 4096)));
        Assert.Equal(chunk, _files.Files["S003"]);
        Assert.Equal(1, _files.Calls.Count(call => call.StartsWith("write", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_compare_after_a_program_reads_the_file_and_not_the_buffer()
    {
        Run(_fls.StartProgram(0x1000, [7], 0, 1));
        _files.Files["S001"][0] = 6; // the medium kept something else
        _files.Take();
        Assert.Equal(FlsStatus.Mismatch, Run(_fls.StartCompare(0x1000, [7], 0, 1)));
        Assert.Equal("read S001", _files.Take());
        Assert.Equal(FlsStatus.Ok, Run(_fls.StartCompare(0x1000, [9, 6], 1, 1)));
    }

    [Fact]
    public void A_compare_goes_over_sectors_and_finds_the_last_byte()
    {
        Run(_fls.StartProgram(0x1FFF, [1], 0, 1));
        Run(_fls.StartProgram(0x2000, [2], 0, 1));
        Assert.Equal(FlsStatus.Ok, Run(_fls.StartCompare(0x1FFF, [1, 2], 0, 2)));
        Assert.Equal(FlsStatus.Mismatch, Run(_fls.StartCompare(0x1FFF, [1, 3], 0, 2)));
        byte[] into = new byte[4];
        Assert.Equal(FlsStatus.Ok, Run(_fls.StartRead(0x1FFF, into, 1, 2)));
        Assert.Equal([0, 1, 2, 0], into);
    }

    [Fact]
    public void An_erase_deletes_the_file_and_the_sector_reads_as_erased()
    {
        Run(_fls.StartProgram(0x1000, [0], 0, 1));
        _files.Take();
        Assert.Equal(FlsStatus.Ok, Run(_fls.StartErase(0x1000)));
        Assert.Equal("delete S001", _files.Take());
        Assert.Equal(FlsStatus.Ok, Run(_fls.StartCompare(0x1000, [0xFF], 0, 1)));
    }

    [Fact]
    public void A_change_is_told_at_the_second_question_so_that_a_turn_has_one()
    {
        Assert.True(_fls.StartProgram(0x1000, [0], 0, 1));
        Assert.Equal([FlsStatus.Busy, FlsStatus.Ok, FlsStatus.Ok], [_fls.Poll(), _fls.Poll(), _fls.Poll()]);
        Assert.True(_fls.StartErase(0x1000));
        Assert.Equal([FlsStatus.Busy, FlsStatus.Ok], [_fls.Poll(), _fls.Poll()]);
        Assert.True(_fls.StartRead(0x1000, new byte[1], 0, 1));
        Assert.Equal(FlsStatus.Ok, _fls.Poll());
    }

    [Fact]
    public void Reading_a_sector_twice_opens_its_file_once()
    {
        Run(_fls.StartProgram(0x1000, [0], 0, 1));
        _files.Take();
        Run(_fls.StartRead(0x1000, new byte[16], 0, 16));
        Run(_fls.StartRead(0x1100, new byte[16], 0, 16));
        Assert.Equal("read S001", _files.Take());
    }

    [Fact]
    public void A_file_system_that_fails_fails_the_job_and_not_the_program()
    {
        Run(_fls.StartProgram(0x1000, [0], 0, 1));
        _files.IsBroken = true;
        Assert.Equal(FlsStatus.Failed, Run(_fls.StartRead(0x1000, new byte[1], 0, 1)));
        Assert.Equal(FlsStatus.Failed, Run(_fls.StartCompare(0x1000, new byte[1], 0, 1)));
        Assert.Equal(FlsStatus.Failed, Run(_fls.StartProgram(0x1000, [0], 0, 1)));
        Assert.Equal(FlsStatus.Failed, Run(_fls.StartErase(0x2000)));
        _files.IsBroken = false;
        Assert.Equal(FlsStatus.Ok, Run(_fls.StartRead(0x1000, new byte[1], 0, 1)));
    }

    [Fact]
    public void A_short_file_reads_as_erased_beyond_its_end()
    {
        _files.Files["S000"] = [1, 2];
        Assert.Equal(FlsStatus.Ok, Run(_fls.StartCompare(0, [1, 2, 0xFF], 0, 3)));
    }

    [Theory]
    [InlineData(0x10000u, 1)]
    [InlineData(0xFFFFu, 2)]
    [InlineData(0u, 0)]
    [InlineData(uint.MaxValue, 4)]
    public void What_lies_outside_is_refused(uint address, int count)
    {
        byte[] data = new byte[8];
        Assert.False(_fls.StartRead(address, data, 0, count));
        Assert.False(_fls.StartProgram(address, data, 0, count));
        Assert.False(_fls.StartCompare(address, data, 0, count));
        Assert.Empty(_files.Take());
    }

    [Fact]
    public void A_program_across_two_sectors_and_an_erase_inside_one_are_refused()
    {
        Assert.False(_fls.StartProgram(0x1FFF, new byte[2], 0, 2));
        Assert.False(_fls.StartErase(0x1800));
        Assert.Empty(_files.Take());
    }

    [Fact]
    public void Steady_state_allocates_nothing()
    {
        LittleFsFls fls = new(new OneFile(), 64 * 1024);
        byte[] data = new byte[256];
        Work(fls, data);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Work(fls, data);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Work(LittleFsFls fls, byte[] data)
    {
        fls.StartErase(0x1000);
        fls.Poll();
        fls.StartProgram(0x1000, data, 0, data.Length);
        fls.Poll();
        fls.StartCompare(0x1000, data, 0, data.Length);
        fls.StartRead(0x1000, data, 0, data.Length);
    }

    private FlsStatus Run(bool isStarted)
    {
        Assert.True(isStarted);
        FlsStatus status = _fls.Poll();
        return status == FlsStatus.Busy ? _fls.Poll() : status;
    }

    private sealed class OneFile : IFilePort
    {
        private readonly byte[] _content = new byte[4096];

        public int Read(string name, byte[] into)
        {
            Array.Copy(_content, into, _content.Length);
            return _content.Length;
        }

        public bool Write(string name, byte[] data, int count)
        {
            Array.Copy(data, _content, count);
            return true;
        }

        public bool Delete(string name) => true;
    }
}
