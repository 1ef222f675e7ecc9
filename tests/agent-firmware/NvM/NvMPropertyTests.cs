// NvM in general: after any writes, with resets at any moment in between, each block holds the value that was written last or,
// when a reset came before its write had ended, one that was under way.
using EsyncAgent;
using EsyncSim.Flash;
using EsyncTests.PowerCut;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EsyncTests.AgentFirmware.NvMTests;

public sealed class NvMPropertyTests
{
    private const int BlockCount = 3;

    // A write to one of three blocks and some cycles after it; no value is a reset.
    private static readonly Gen<Step> AnyStep = Gen.OneOf(
        Gen.Choose(0, BlockCount - 1).SelectMany(block => Properties.Bytes(16, 1).SelectMany(value => Gen.Choose(0, 30).Select(cycles => new Step(block, value, cycles)))),
        Gen.Constant(new Step(0, [], 0)));

    [Fact]
    public void A_block_holds_what_was_written_last_or_what_was_under_way_when_the_reset_came()
    {
        Properties.Hold(
            AnyStep.ListOf(),
            steps =>
            {
                FlashModel flash = new(FlashGeometries.W25Q32);
                MemoryRig rig = Load(flash);
                List<string>[] possible = [.. Enumerable.Range(0, BlockCount).Select(_ => new List<string> { string.Empty })];
                foreach (Step step in steps)
                {
                    rig = step.Value.Length == 0 ? Reset(flash, possible) : Write(rig, step, possible);
                }

                Reset(flash, possible);
            },
            60);
    }

    private static MemoryRig Write(MemoryRig rig, Step step, List<string>[] possible)
    {
        byte block = (byte)(step.Block + 1);
        Assert.True(rig.NvM.Write(block, step.Value, 0, step.Value.Length));
        possible[step.Block].Add(Convert.ToHexString(step.Value));
        int left = step.Cycles;
        rig.RunNvM(() => left-- <= 0);
        for (int i = 0; i < BlockCount; i++)
        {
            Assert.Equal(possible[i][^1], Value(rig, i));
            if (rig.NvM.IsIdle)
            {
                possible[i].RemoveRange(0, possible[i].Count - 1);
            }
        }

        return rig;
    }

    private static MemoryRig Reset(FlashModel flash, List<string>[] possible)
    {
        flash.Abort();
        MemoryRig rig = Load(flash);
        rig.RunNvM(() => rig.NvM.IsIdle);
        for (int i = 0; i < BlockCount; i++)
        {
            Assert.Contains(Value(rig, i), possible[i]);
            possible[i] = [Value(rig, i)];
        }

        return rig;
    }

    private static string Value(MemoryRig rig, int block) => Convert.ToHexString(rig.NvM.Data((byte)(block + 1)), 0, rig.NvM.Length((byte)(block + 1)));

    private static MemoryRig Load(FlashModel flash)
    {
        MemoryRig rig = new(flash);
        rig.RunNvM(() => rig.NvM.IsReady);
        return rig;
    }

    private sealed record Step(int Block, byte[] Value, int Cycles)
    {
        public override string ToString() => Value.Length == 0 ? "reset" : $"block {Block + 1} = {Convert.ToHexString(Value)}, {Cycles} cycles";
    }
}
