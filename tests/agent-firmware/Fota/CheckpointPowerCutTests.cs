// The checkpoint list cut at every flash operation: a transfer, its resumption, the same manifest from the start again,
// another manifest, a list longer than its area. After each cut no chunk is claimed that is not in the bank, none is
// lost that was recorded, and the transfer can go on.
using EsyncAgent;
using EsyncSim.Flash;
using EsyncTests.PowerCut;
using Xunit;

namespace EsyncTests.AgentFirmware.Fota;

public sealed class CheckpointPowerCutTests
{
    public static TheoryData<string> Geometries => [.. FlashGeometries.All.Select(row => row.Name)];

    public static TheoryData<string> GeometriesWithShortAreas =>
        [.. FlashGeometries.All.Where(row => row.LengthOf(5) <= 4096 && row.PageSize >= 8).Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Geometries))]
    public void Cut_at_every_operation_the_list_says_what_is_in_the_bank(string name)
    {
        FlashGeometry geometry = FlashGeometries.ByName(name);
        Sweep(geometry, 3, geometry.PageSize < 32 ? 11 : 2);
    }

    [Theory]
    [MemberData(nameof(GeometriesWithShortAreas))]
    public void Cut_at_every_operation_of_a_list_longer_than_its_area(string name)
    {
        FlashGeometry geometry = FlashGeometries.ByName(name);
        Sweep(geometry, (geometry.LengthOf(5) / 32) + 3, geometry.PageSize < 256 ? 29 : 11);
    }

    private static void Sweep(FlashGeometry geometry, int chunks, int every)
    {
        SweepResult result = PowerCutSweep.Run(new Life(new FlashModel(geometry), chunks), new SweepOptions(every, every));
        Assert.True(result.Cuts > 50);
        Assert.True(result.DoubleCuts > 50);
        TestContext.Current.TestOutputHelper?.WriteLine($"{geometry.Name}: {result}");
    }

    private sealed class Life(FlashModel flash, int chunks) : IPowerCutScenario
    {
        private static readonly byte[] First = [.. Enumerable.Repeat((byte)0x11, 32)];
        private static readonly byte[] Second = [.. Enumerable.Repeat((byte)0x22, 32)];

        // What the list may say. The bank is untouched until Open is done, so everything that was true stays allowed
        // until then; what Open or Append reported Ok is all that is allowed afterwards.
        private List<Claim> _allowed = [new(null, 0)];

        public FlashModel Flash { get; } = flash;

        public IPowerCutScenario Fork(FlashModel flash) => new Life(flash, chunks) { _allowed = [.. _allowed] };

        public void Run()
        {
            MemoryRig rig = Load();
            Open(rig, First, 0);
            Append(rig, chunks);
            rig = Load();
            Open(rig, First, (uint)chunks);
            Append(rig, 2);
            Open(rig, First, 0);
            Append(rig, 1);
            rig = Load();
            Open(rig, Second, 0);
            Append(rig, 2);
        }

        public void Restart()
        {
            MemoryRig rig = Load();
            byte[] digest = rig.Checkpoints.Matches(Second) ? Second : First;
            uint count = rig.Checkpoints.RecordedChunks;
            Open(rig, digest, count);
            Append(rig, 2);
            rig = Load();
            Assert.Equal(count + 2, rig.Checkpoints.RecordedChunks);
        }

        private MemoryRig Load()
        {
            MemoryRig rig = new(Flash);
            rig.Checkpoints.BeginLoad();
            Assert.Equal(StdReturn.Ok, rig.RunCheckpoints());
            byte[]? digest = rig.Checkpoints.Matches(First) ? First : rig.Checkpoints.Matches(Second) ? Second : null;
            Claim found = new(digest, rig.Checkpoints.RecordedChunks);
            Assert.True(_allowed.Contains(found), $"found {found}, allowed {string.Join(" ", _allowed)}");
            return rig;
        }

        private void Open(MemoryRig rig, byte[] digest, uint count)
        {
            Claim claim = new(digest, count);
            _allowed.Add(claim);
            Assert.True(rig.Checkpoints.Open(digest, count));
            Assert.Equal(StdReturn.Ok, rig.RunCheckpoints());
            _allowed = [claim];
        }

        private void Append(MemoryRig rig, int count)
        {
            for (int i = 0; i < count; i++)
            {
                Claim claim = _allowed[0] with { Chunks = _allowed[0].Chunks + 1 };
                _allowed.Add(claim);
                Assert.True(rig.Checkpoints.Append(claim.Chunks - 1, MemoryRig.NoState));
                Assert.Equal(StdReturn.Ok, rig.RunCheckpoints());
                _allowed = [claim];
            }
        }

        private sealed record Claim(byte[]? Digest, uint Chunks)
        {
            public override string ToString() => $"{(Digest is null ? "nothing" : Digest[0].ToString("X2"))}:{Chunks}";
        }
    }
}
