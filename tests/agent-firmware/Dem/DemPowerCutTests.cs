// Block Dem cut at every flash operation, over failures with snapshots, passes, starts and clears: the old block or the new
// one, never another; what was called stored or cleared stays so; and the start tells just what the block says.
using EsyncAgent;
using EsyncSim.Flash;
using EsyncTests.AgentFirmware.DcmServer;
using EsyncTests.PowerCut;
using Xunit;

namespace EsyncTests.AgentFirmware.DemEvents;

public sealed class DemPowerCutTests
{
    public static TheoryData<string> Geometries => [.. FlashGeometries.All.Where(row => row.PageSize >= 32).Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Geometries))]
    public void Cut_at_every_operation_the_block_is_the_old_or_the_new_one(string name)
    {
        FlashGeometry geometry = FlashGeometries.ByName(name);
        SweepResult result = PowerCutSweep.Run(new Life(new FlashModel(geometry), [""], 0), geometry.PageSize < 256 ? new SweepOptions(41, 11) : new SweepOptions(5, 3));
        Assert.True(result.Cuts > 100);
        Assert.True(result.DoubleCuts > 50);
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {result}");
    }

    // blocks: all that were handed to NvM, of which the flash holds one from `certain` on.
    private sealed class Life(FlashModel flash, List<string> blocks, int certain) : IPowerCutScenario, ISnapshotSource
    {
        private int _certain = certain;
        private byte _record;
        private MemoryRig _rig = null!;
        private EsyncAgent.Dem _dem = null!;
        private uint _nowMs;

        public FlashModel Flash { get; } = flash;

        public IPowerCutScenario Fork(FlashModel flash) => new Life(flash, [.. blocks], _certain) { _record = _record };

        public void Run()
        {
            PowerOn();
            Report(0, true);
            Report(1, true);
            Report(0, false);
            PowerOn();
            Report(0, true);
            Report(1, false);
            Clear();
            PowerOn();
            Report(1, true);
        }

        public void Restart()
        {
            PowerOn();
            Report(0, true);
            Clear();
            Report(1, true);
            PowerOn();
            Assert.Equal(blocks.Count - 1, _certain);
        }

        public int AppendRecord(ushort did, byte[] into, int offset)
        {
            into[offset] = 0;
            into[offset + 1] = ++_record;
            return 2;
        }

        private void PowerOn()
        {
            _rig = new MemoryRig(Flash);
            _dem = new EsyncAgent.Dem(new DemConfig { Events = [0, 1], Dtcs = [1, 2], SnapshotCounts = [1, 1], SnapshotDids = [0x0200, 0x0201], EntryCount = 2, PermanentEvents = [1] }, _rig.NvM);
            _dem.AttachSnapshots(this);
            _rig.Run(() => _rig.NvM.IsReady, Step);
            Step();
            string found = Block();
            int index = blocks.LastIndexOf(found);
            Assert.True(index >= _certain, $"found [{found}], which is none of those since [{blocks[_certain]}]");
            _certain = index;
            blocks.RemoveRange(index + 1, blocks.Count - index - 1);
            if (found.Length != 0)
            {
                byte[] block = DcmBench.Unhex(found);
                Assert.Equal(new[] { 3, 9 }.Select(at => (int)DemStatus.AtCycleStart(block[at])), new byte[] { 0, 1 }.Select(number => _dem.StatusOf(number)));
            }
        }

        private string Block() => DcmBench.Hex(_rig.NvM.Data(NvMBlock.Dem).Take(_rig.NvM.Length(NvMBlock.Dem)));

        private void Report(byte number, bool isFailed)
        {
            _dem.SetEvent(number, isFailed);
            Settle();
        }

        private void Clear()
        {
            Assert.True(_dem.ClearAll());
            _rig.Run(() => _dem.ClearResult != StdReturn.Pending, Step);
            Assert.Equal(StdReturn.Ok, _dem.ClearResult);
            Settle();
        }

        private void Settle()
        {
            Step();
            _rig.Run(() => _dem.IsStored && _rig.NvM.IsIdle, Step);
            _certain = _rig.NvM.WriteResult(NvMBlock.Dem) == StdReturn.Pending ? _certain : blocks.Count - 1;
        }

        private void Step()
        {
            _nowMs++;
            _rig.NvM.MainFunction(_nowMs);
            _dem.MainFunction(_nowMs);
            string block = Block();
            if (_rig.NvM.IsReady && block != blocks[^1])
            {
                blocks.Add(block);
            }
        }
    }
}
