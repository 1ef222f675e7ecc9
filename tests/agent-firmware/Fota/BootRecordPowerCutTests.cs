// The boot record's life, cut at every flash operation: from a blank part through a series of changes and a power cycle.
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
        SweepResult result = PowerCutSweep.Run(new Life(new FlashModel(geometry)), geometry.PageSize < 32 ? 97 : 3, geometry.PageSize < 32 ? 89 : 5);
        Assert.True(result.Cuts > 90);
        Assert.True(result.DoubleCuts > 90);
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {result}");
    }

    private sealed class Life(FlashModel flash) : IPowerCutScenario
    {
        private const uint Changes = 2;
        private uint _stored;
        private uint _attempted;

        public FlashModel Flash { get; } = flash;

        public IPowerCutScenario Fork(FlashModel flash) => new Life(flash) { _stored = _stored, _attempted = _attempted };

        public void Run()
        {
            MemoryRig rig = Load();
            for (uint change = 1; change <= Changes; change++)
            {
                Write(rig, change);
            }

            Write(Load(), Changes + 1);
        }

        public void Restart()
        {
            MemoryRig rig = Load();
            Write(rig, _stored + 100);
            rig = Load();
            Assert.False(rig.Store.WasMended);
            Assert.Equal(_attempted, rig.Store.Record.SecurityVersionFloor);
        }

        private MemoryRig Load()
        {
            MemoryRig rig = new(Flash);
            rig.RunStore(() => rig.Store.IsLoaded);
            uint found = rig.Store.IsBlank || rig.Store.IsLost ? 0 : rig.Store.Record.SecurityVersionFloor;
            Assert.True(found == _stored || found == _attempted, $"found {found}, stored {_stored}, attempted {_attempted}");
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
