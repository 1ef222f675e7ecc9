// The security event log cut at every flash operation: what was called stored is there, whole, and nothing is made up.
using EsyncAgent;
using EsyncSim.Flash;
using EsyncTests.PowerCut;
using Xunit;

namespace EsyncTests.AgentFirmware.IdsMTests;

public sealed class IdsMPowerCutTests
{
    public static TheoryData<string> Geometries => [.. FlashGeometries.All.Where(row => row.PageSize >= 32).Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Geometries))]
    public void Cut_at_every_operation_no_stored_event_is_lost_and_none_is_torn(string name)
    {
        FlashGeometry geometry = FlashGeometries.ByName(name);
        Life life = new(new FlashModel(geometry));
        SweepResult result = PowerCutSweep.Run(life, geometry.PageSize < 256 ? new SweepOptions(41, 11) : new SweepOptions(5, 3));
        Assert.True(result.Cuts > 100);
        Assert.True(result.DoubleCuts > 50);
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {result}");
    }

    // Every event has a reason of its own, which is its number: an entry that says anything else is torn.
    private sealed class Life(FlashModel flash) : IPowerCutScenario
    {
        private uint _stored;
        private uint _reported;
        private MemoryRig _rig = null!;
        private EsyncAgent.IdsM _idsM = null!;
        private uint _nowMs;

        public FlashModel Flash { get; } = flash;

        public IPowerCutScenario Fork(FlashModel flash) => new Life(flash)
        {
            _stored = Math.Max(_stored, _idsM.StoredNumber),
            _reported = _reported,
        };

        public void Run()
        {
            PowerOn();
            Report(3);
            PowerOn();
            Report(20);
        }

        public void Restart()
        {
            PowerOn();
            Report(2);
            PowerOn();
            Assert.Equal(_reported, _idsM.NewestNumber);
        }

        private void PowerOn()
        {
            _rig = new MemoryRig(Flash);
            _idsM = new EsyncAgent.IdsM(_rig.NvM, 260);
            _rig.Run(() => _rig.NvM.IsReady, Step);
            Step();
            Assert.InRange(_idsM.NewestNumber, _stored, _reported);
            _reported = _idsM.NewestNumber;
            byte[] into = new byte[16 * EsyncAgent.IdsM.EntryLength];
            int count = _idsM.ReadNewest(16, into, 0);
            Assert.Equal(Math.Min(16, (int)_reported), count);
            for (int i = 0; i < count; i++)
            {
                uint number = BigEndian.ReadU32(into, i * EsyncAgent.IdsM.EntryLength);
                Assert.Equal((_reported - (uint)i, number), (number, (uint)BigEndian.ReadU16(into, (i * EsyncAgent.IdsM.EntryLength) + 6)));
            }
        }

        private void Report(int count)
        {
            for (int i = 0; i < count; i++)
            {
                _reported++;
                _idsM.Report(IdsMEvent.ManifestRefused, (ushort)_reported);
                Step();
                _rig.Run(() => _idsM.IsSettled, Step);
                Assert.Equal(_reported, _idsM.StoredNumber);
                _stored = _reported;
            }
        }

        private void Step()
        {
            _nowMs++;
            _rig.NvM.MainFunction(_nowMs);
            _idsM.MainFunction(_nowMs);
        }
    }
}
