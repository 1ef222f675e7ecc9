// Erase, program, read back: the order, and what each failure leads to.
using EsyncAgent;
using EsyncSim.Flash;
using Xunit;

namespace EsyncTests.AgentFirmware.FlsTests;

public sealed class FlsWriterTests
{
    private static readonly FlsArea Area = new() { Start = 0x4000, Length = 0x2000 };
    private readonly FlashModel _flash = new(FlashGeometries.W25Q32);
    private readonly List<FlashOperation> _operations = [];
    private readonly Fls _fls;
    private readonly FlsWriter _writer;

    public FlsWriterTests()
    {
        _flash.Observer = _operations.Add;
        _fls = new Fls(new FlsConfig(), _flash);
        _writer = new FlsWriter(_fls, FlsPriority.NvM);
    }

    [Fact]
    public void Without_work_the_result_is_Ok()
        => Assert.Equal(StdReturn.Ok, _writer.Step());

    [Fact]
    public void A_rewrite_erases_the_whole_area_programs_its_start_and_reads_it_back()
    {
        _writer.Rewrite(Area, [9, 1, 2, 3], 1, 3);
        Assert.Equal(StdReturn.Ok, Run());
        Assert.Equal([FlashOperationKind.Erase, FlashOperationKind.Erase, FlashOperationKind.Program], _operations.Select(one => one.Kind));
        Assert.Equal("010203FF", Convert.ToHexString(_flash.Memory.ToBytes()[0x4000..0x4004]));
        Assert.Equal(1, _flash.Statistics.Reads);
    }

    [Fact]
    public void After_a_failed_erase_nothing_is_programmed()
    {
        _flash.Fault = _ => FlashFault.Failed;
        _writer.Rewrite(Area, [1], 0, 1);
        Assert.Equal(StdReturn.NotOk, Run());
        Assert.Single(_operations);
    }

    [Fact]
    public void Bits_that_did_not_fall_are_found_by_the_read_back()
    {
        _flash.Fault = operation => operation.Kind == FlashOperationKind.Program ? FlashFault.WrongBits : FlashFault.None;
        _writer.Program(0x100, new byte[64], 0, 64);
        Assert.Equal(StdReturn.NotOk, Run());
        Assert.True(_writer.IsMismatch);
    }

    [Fact]
    public void A_range_that_is_not_allowed_is_refused_at_once()
    {
        _writer.Erase(0x10, 0x1000);
        Assert.Equal(StdReturn.NotOk, _writer.Step());
        _writer.Program(_flash.Size, [0], 0, 1);
        Assert.Equal(StdReturn.NotOk, _writer.Step());
        Assert.Empty(_operations);
    }

    [Fact]
    public void A_second_job_starts_afresh_after_a_failed_one()
    {
        _writer.Erase(0x10, 0x1000);
        _writer.Erase(0x1000, 0x1000);
        Assert.Equal(StdReturn.Ok, Run());
        Assert.Single(_operations);
    }

    private StdReturn Run()
    {
        for (int i = 0; i < 100; i++)
        {
            StdReturn result = _writer.Step();
            if (result != StdReturn.Pending)
            {
                return result;
            }

            _fls.MainFunction(0);
        }

        throw new InvalidOperationException("the write does not end");
    }
}
