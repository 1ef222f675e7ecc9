// The boot record's life, cut at every flash operation: from a blank part through as many changes as fill the places of a sector
// and one more, and a power cycle with two.
// After each cut the record is the old one or the new one, never an older one, and the next change goes through.
using EsyncAgent;
using EsyncSim.Flash;
using EsyncTests.PowerCut;
using Xunit;

namespace EsyncTests.AgentFirmware.Fota;

public sealed class BootRecordPowerCutTests
{
    public static TheoryData<string> Geometries => [.. FlashGeometries.All.Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Geometries))]
    public void Cut_at_every_operation_the_record_is_the_old_or_the_new_one(string name)
    {
        FlashGeometry geometry = FlashGeometries.ByName(name);
        SweepResult result = PowerCutSweep.Run(new Life(new FlashModel(geometry), 9, 2), geometry.PageSize < 32 ? new SweepOptions(397, 89) : new SweepOptions(7, 5));
        Assert.True(result.Cuts > 90);
        Assert.True(result.DoubleCuts > 90);
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {result}");
    }

    // The worst that an interrupted erase can leave: a copy that passes its CRC at one look and fails at the next. Two in
    // a row must not find the last good copy in their way.
    [Fact]
    public void Two_interrupted_erases_that_go_unnoticed_at_first_leave_a_good_copy()
    {
        int doubleCuts = 0;
        for (ulong seed = 1; seed <= 80; seed++)
        {
            SweepOptions options = new(1) { Models = [CutModel.EraseMarginal], Seed = seed };
            doubleCuts += PowerCutSweep.Run(new Life(new FlashModel(FlashGeometries.W25Q32), 1, 1, 1), options).DoubleCuts;
        }

        Assert.True(doubleCuts > 2000);
        TestContext.Current.TestOutputHelper?.WriteLine($"{doubleCuts} double cuts");
    }

    // Starts with so many changes each.
    private sealed class Life(FlashModel flash, params int[] starts) : IPowerCutScenario
    {
        private uint _stored;
        private uint _attempted;

        public FlashModel Flash { get; } = flash;

        public IPowerCutScenario Fork(FlashModel flash) => new Life(flash, starts) { _stored = _stored, _attempted = _attempted };

        public void Run()
        {
            uint change = 0;
            foreach (int changes in starts)
            {
                MemoryRig rig = Load();
                for (int i = 0; i < changes; i++)
                {
                    Write(rig, ++change);
                }
            }
        }

        public void Restart()
        {
            MemoryRig rig = Load();
            Write(rig, _stored + 100);
            Write(rig, _stored + 1);
            rig = Load();
            Assert.False(rig.Store.WasMended);
            Assert.Equal(_attempted, rig.Store.Record.SecurityVersionFloor);
        }

        private MemoryRig Load()
        {
            MemoryRig rig = new(Flash);
            rig.RunStore(() => rig.Store.IsLoaded);
            uint found = rig.Store.IsBlank || rig.Store.IsLost ? 0 : rig.Store.Record.SecurityVersionFloor;

            // Until a first record was ever stored, one that was given up may still turn up: it is as good as none.
            Assert.True(found == _stored || found == _attempted || (_stored == 0 && found == 1), $"found {found}, stored {_stored}, attempted {_attempted}");
            Assert.Equal(found, rig.Store.Record.SequenceNumberMax);
            _stored = found;
            _attempted = found;
            return rig;
        }

        private void Write(MemoryRig rig, uint value)
        {
            BootRecord draft = new();
            draft.CopyFrom(rig.Store.Record);
            draft.SecurityVersionFloor = value;
            draft.SequenceNumberMax = value;
            _attempted = value;
            Assert.True(rig.Store.Write(draft));
            rig.RunStore(() => rig.Store.WriteResult != StdReturn.Pending);
            Assert.Equal(StdReturn.Ok, rig.Store.WriteResult);
            _stored = value;
        }
    }
}
