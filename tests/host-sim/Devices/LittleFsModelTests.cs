// The file system model: files are sectors, a change is whole or not there, and a partition is finite.
using EsyncAgent.Drivers;
using EsyncSim.Devices;
using EsyncSim.Flash;
using Xunit;

namespace EsyncTests.HostSim.Devices;

public sealed class LittleFsModelTests
{
    private static readonly FlashGeometry Geometry = new("files", 4096, 1, FlashTiming.W25Q, new SectorRun(52, 4096));
    private readonly FlashModel _flash = new(Geometry);
    private readonly LittleFsModel _files;
    private readonly byte[] _content = new byte[4096];

    public LittleFsModelTests() => _files = new LittleFsModel(_flash);

    [Fact]
    public void A_file_is_its_sectors_content()
    {
        Assert.Equal(-1, _files.Read("S002", _content));
        Assert.True(_files.Write("S002", [1, 2, 3], 2));
        Assert.Equal(4096, _files.Read("S002", _content));
        Assert.Equal([1, 2, 0xFF], _content[..3]);
        Assert.Equal([1, 2, 0xFF], _flash.Memory.ToBytes()[0x2000..0x2003]);
        Assert.Equal(1, _files.FileCount);
        Assert.True(_files.Delete("S002"));
        Assert.Equal(-1, _files.Read("S002", _content));
        Assert.True(_files.Delete("S002"));
        Assert.Equal(2, _flash.OperationCount); // deleting what is not there changes nothing
    }

    [Theory]
    [InlineData(CutModel.Before, 1)]
    [InlineData(CutModel.After, 2)]
    public void A_cut_write_leaves_the_old_content_or_the_new_one(CutModel model, byte expected)
    {
        Assert.True(_files.Write("S001", [1], 1));
        _flash.CutAfter(1, model);
        Assert.Throws<PowerCutException>(() => _files.Write("S001", [2], 1));
        Assert.Equal(-2, _files.Read("S001", _content));
        Assert.False(_files.Write("S001", [3], 1));
        _flash.PowerOn();
        Assert.Equal(4096, _files.Read("S001", _content));
        Assert.Equal(expected, _content[0]);
    }

    [Theory]
    [InlineData(CutModel.Before)]
    [InlineData(CutModel.After)]
    public void An_observer_forks_a_commit_as_it_does_any_operation(CutModel model)
    {
        FlashModel? fork = null;
        Assert.True(_files.Write("S001", [1], 1));
        _flash.Observer = operation =>
        {
            Assert.Equal((FlashOperationKind.Commit, 0x1000u, 1), (operation.Kind, operation.Address, operation.Count));
            Assert.Equal([CutModel.Before, CutModel.After], CutModels.Of(operation.Kind));
            fork = _flash.ForkCut(model, 7);
        };
        Assert.True(_files.Write("S001", [2], 1));
        Assert.Equal(model == CutModel.After ? 2 : 1, fork!.Memory.ToBytes()[0x1000]);
    }

    [Fact]
    public void A_fault_of_the_medium_changes_nothing_and_is_told()
    {
        Assert.True(_files.Write("S001", [1], 1));
        _flash.Fault = _ => FlashFault.Failed;
        Assert.False(_files.Write("S001", [2], 1));
        Assert.False(_files.Delete("S001"));
        Assert.Equal(1, _flash.Memory.ToBytes()[0x1000]);
    }

    [Fact]
    public void A_partition_holds_its_blocks_less_those_of_the_file_system()
    {
        LittleFsModel small = new(_flash, 10 * 4096);
        for (int i = 0; i < 10 - LittleFsModel.ReservedBlocks; i++)
        {
            Assert.True(small.Write(LittleFsFls.NameOf(i), _content, 4096));
        }

        Assert.False(small.Write("S020", _content, 4096));
        Assert.True(small.Write("S000", _content, 4096)); // a rewrite has its block
        Assert.True(small.Delete("S001"));
        Assert.True(small.Write("S020", _content, 4096));
    }

    [Fact]
    public void All_sectors_of_the_part_that_the_board_names_fit_its_partition()
    {
        for (int i = 0; i < Geometry.SectorCount; i++)
        {
            Assert.True(_files.Write(LittleFsFls.NameOf(i), _content, 4096));
        }

        Assert.Equal(52, _files.FileCount);
    }

    [Fact]
    public void A_name_that_is_no_sector_is_a_fault_of_the_program()
    {
        Assert.Throws<ArgumentException>(() => _files.Read("S034", _content));
        Assert.Throws<ArgumentException>(() => _files.Read("boot", _content));
    }

    [Fact]
    public void Accesses_are_told_with_their_bytes()
    {
        List<string> told = [];
        _files.Accessed = (access, count) => told.Add($"{access} {count}");
        _files.Read("S001", _content);
        _files.Write("S001", _content, 4096);
        _files.Read("S001", _content);
        _files.Delete("S001");
        _files.Delete("S001");
        Assert.Equal(["LookUp 0", "Write 4096", "Read 4096", "Delete 0", "LookUp 0"], told);
    }
}
