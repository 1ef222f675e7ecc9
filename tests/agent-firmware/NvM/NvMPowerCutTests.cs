// NvM cut at every flash operation: first writes, repeated writes, a power cycle, areas that run full. After each cut
// every block has its old or its new value, once seen it does not change, and writing goes on.
using EsyncAgent;
using EsyncSim.Flash;
using EsyncTests.PowerCut;
using Xunit;

namespace EsyncTests.AgentFirmware.NvMTests;

public sealed class NvMPowerCutTests
{
    private static readonly ushort[] Small = [40, 16, 16, 24, 16, 0];
    private static readonly ushort[] Large = [200, 16, 16, 600, 16, 0];

    public static TheoryData<string> Geometries => [.. FlashGeometries.All.Select(row => row.Name)];

    public static TheoryData<string> GeometriesWithShortAreas =>
        [.. FlashGeometries.All.Where(row => row.Runs[0].Length <= 4096 && row.PageSize >= 256).Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Geometries))]
    public void Cut_at_every_operation_each_block_has_its_old_or_its_new_value(string name)
    {
        FlashGeometry geometry = FlashGeometries.ByName(name);
        byte[][] cycles = [[0, 1, 3], [1, 2]];
        Sweep(geometry, Small, cycles, geometry.PageSize < 32 ? 47 : 3);
    }

    [Theory]
    [MemberData(nameof(GeometriesWithShortAreas))]
    public void Cut_at_every_operation_while_areas_run_full_and_are_made_anew(string name)
    {
        FlashGeometry geometry = FlashGeometries.ByName(name);
        byte[][] cycles = [[0, 1, 3, 3, 1, 3, 3, 3, 2, 3, 3]];
        long erases = Sweep(geometry, Large, cycles, geometry.PageSize < 256 ? 71 : 5);
        Assert.True(erases > 2, "no area ran full");
    }

    // An area that reads well at one look and fails at the next, twice in a row: neither may be the last one.
    [Fact]
    public void Two_interrupted_operations_that_go_unnoticed_at_first_lose_no_value()
    {
        int doubleCuts = 0;
        for (ulong seed = 1; seed <= 60; seed++)
        {
            SweepOptions options = new(1) { Models = [CutModel.EraseMarginal, CutModel.ProgramMarginal], Seed = seed };
            doubleCuts += PowerCutSweep.Run(new Life(new FlashModel(FlashGeometries.W25Q32), Small, [[0, 1, 3], [1, 2]]), options).DoubleCuts;
        }

        Assert.True(doubleCuts > 10000);
        TestContext.Current.TestOutputHelper?.WriteLine($"{doubleCuts} double cuts");
    }

    // Power that fails again and again while the ECU starts, each time in a way that may go unnoticed at first.
    [Fact]
    public void Interrupted_operations_in_a_row_lose_no_other_block()
    {
        const int Rounds = 400;
        int cuts = 0;
        for (int seed = 1; seed <= Rounds; seed++)
        {
            Random random = new(seed);
            FlashModel flash = new(FlashGeometries.W25Q32, null, (ulong)seed);
            byte[] kept = new byte[40];
            random.NextBytes(kept);
            Store(flash, 0, kept);
            for (int round = 0; round < 5; round++)
            {
                int target = random.Next(8);
                flash.Observer = operation =>
                {
                    if (operation.Index == target)
                    {
                        flash.CutAfter(target, operation.Kind == FlashOperationKind.Erase ? CutModel.EraseMarginal : CutModel.ProgramMarginal);
                    }
                };
                try
                {
                    Store(flash, 1, [(byte)round]);
                }
                catch (PowerCutException)
                {
                    cuts++;
                }
            }

            flash.Observer = null;
            NvM last = Store(flash, 2, [1]);
            Assert.True(last.Data(0).AsSpan(0, last.Length(0)).SequenceEqual(kept), $"seed {seed}: block 0 is lost");
        }

        Assert.True(cuts > 2 * Rounds, $"{cuts} cuts");
    }

    // One power cycle in which a block is written.
    private static NvM Store(FlashModel flash, byte block, byte[] value)
    {
        flash.PowerOn();
        MemoryRig rig = new(flash, new NvMConfig { LengthMax = Small });
        rig.RunNvM(() => rig.NvM.IsReady);
        Assert.True(rig.NvM.Write(block, value, 0, value.Length));
        rig.RunNvM(() => rig.NvM.IsIdle);
        return rig.NvM;
    }

    private static long Sweep(FlashGeometry geometry, ushort[] lengths, byte[][] cycles, int every)
    {
        Life life = new(new FlashModel(geometry), lengths, cycles);
        SweepResult result = PowerCutSweep.Run(life, new SweepOptions(every, every));
        Assert.True(result.Cuts > 50);
        Assert.True(result.DoubleCuts > 50);
        TestContext.Current.TestOutputHelper?.WriteLine($"{geometry.Name}: {result}");
        return life.Flash.Memory.EraseCount(3);
    }

    private sealed class Life(FlashModel flash, ushort[] lengths, byte[][] cycles) : IPowerCutScenario
    {
        private int[] _stored = new int[NvMBlock.Count];
        private byte _block;
        private int _attempted;
        private int _counter;

        public FlashModel Flash { get; } = flash;

        public IPowerCutScenario Fork(FlashModel flash) => new Life(flash, lengths, cycles)
        {
            _stored = [.. _stored],
            _block = _block,
            _attempted = _attempted,
            _counter = _counter,
        };

        public void Run()
        {
            foreach (byte[] blocks in cycles)
            {
                MemoryRig rig = Load();
                foreach (byte block in blocks)
                {
                    Write(rig, block);
                }
            }
        }

        public void Restart()
        {
            MemoryRig rig = Load();
            Write(rig, 1);
            Write(rig, 3);
            rig = Load();
            for (byte block = 0; block < NvMBlock.Count; block++)
            {
                Assert.Equal(_stored[block], Value(rig, block));
            }
        }

        private MemoryRig Load()
        {
            MemoryRig rig = new(Flash, new NvMConfig { LengthMax = lengths });
            rig.RunNvM(() => rig.NvM.IsReady);
            for (byte block = 0; block < NvMBlock.Count; block++)
            {
                int found = Value(rig, block);
                bool isAllowed = found == _stored[block] || (block == _block && found == _attempted);
                Assert.True(isAllowed, $"block {block}: found {found}, stored {_stored[block]}, attempted {_attempted} of block {_block}");
                _stored[block] = found;
            }

            _attempted = _stored[_block];
            Assert.Equal(_stored.All(value => value == 0), rig.NvM.IsBlank);
            return rig;
        }

        private void Write(MemoryRig rig, byte block)
        {
            _block = block;
            _attempted = ++_counter;
            byte[] data = Content(block, _counter);
            Assert.True(rig.NvM.Write(block, data, 0, data.Length));
            rig.RunNvM(() => rig.NvM.WriteResult(block) != StdReturn.Pending);
            Assert.Equal(StdReturn.Ok, rig.NvM.WriteResult(block));
            _stored[block] = _counter;
        }

        private byte[] Content(byte block, int value)
        {
            byte[] data = new byte[lengths[block] - (value % 3)];
            for (int i = 2; i < data.Length; i++)
            {
                data[i] = (byte)((value * 31) + i);
            }

            data[0] = (byte)value;
            data[1] = block;
            return data;
        }

        // The value's number; fails for bytes that were never written as one value.
        private int Value(MemoryRig rig, byte block)
        {
            int length = rig.NvM.Length(block);
            if (length == 0)
            {
                return 0;
            }

            int value = rig.NvM.Data(block)[0];
            Assert.Equal(Content(block, value), rig.NvM.Data(block)[..length]);
            return value;
        }
    }
}
