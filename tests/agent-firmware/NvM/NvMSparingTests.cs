// Sparing writes: held back longer each time, over resets too, forgiven by a good access, and never more than was promised.
using EsyncAgent;
using EsyncSim.Flash;
using EsyncTests.PowerCut;
using Xunit;

namespace EsyncTests.AgentFirmware.NvMTests;

public sealed class NvMSparingTests
{
    private const uint FirstMs = 100;
    private const uint LongestMs = 400;
    private const int LevelMax = 3;

    private readonly FlashModel _flash = new(FlashGeometries.W25Q32);
    private MemoryRig _rig = null!;

    public NvMSparingTests() => Load();

    [Fact]
    public void The_first_is_written_at_once_and_each_further_one_waits_longer()
    {
        List<uint> waits = [];
        for (int i = 0; i < 6; i++)
        {
            waits.Add(WriteAndWait((byte)i));
        }

        Assert.InRange(waits[0], 0u, 20u);
        uint[] expected = [100, 200, 400, 400, 400];
        Assert.All(expected.Zip(waits.Skip(1)), pair => Assert.InRange(pair.Second, pair.First - 5, pair.First + 20));
    }

    [Fact]
    public void While_it_is_held_back_the_newest_value_counts_and_the_memory_is_idle()
    {
        WriteAndWait(1);
        Assert.True(_rig.NvM.WriteSparingly(3, [2], 0, 1));
        Run(20);
        Assert.True(_rig.NvM.WriteSparingly(3, [3], 0, 1));
        Run(20);
        Assert.True(_rig.NvM.IsIdle);
        Assert.Equal(StdReturn.Pending, _rig.NvM.WriteResult(3));
        Assert.Equal(3, _rig.NvM.Data(3)[0]);
        Run(100);
        Assert.Equal(StdReturn.Ok, _rig.NvM.WriteResult(3));
        Load();
        Assert.Equal(3, _rig.NvM.Data(3)[0]);
    }

    [Fact]
    public void A_reset_starts_the_delay_anew_with_the_same_level()
    {
        WriteAndWait(1);
        WriteAndWait(2);
        Run(190);
        Load();
        Assert.InRange(WriteAndWait(3), 200u, 220u);
        Load();
        Assert.InRange(WriteAndWait(4), 400u, 420u);
    }

    [Fact]
    public void Each_quiet_time_as_long_as_the_longest_delay_takes_one_level_back()
    {
        WriteAndWait(1);
        WriteAndWait(2);
        Run(LongestMs + 20);
        WriteAndWait(3);
        Assert.InRange(WriteAndWait(4), 170u, 220u);
        Run((4 * LongestMs) + 50);
        WriteAndWait(5);
        Assert.InRange(WriteAndWait(6), 90u, 120u);
    }

    [Fact]
    public void A_good_access_forgives_them_all()
    {
        WriteAndWait(1);
        WriteAndWait(2);
        WriteAndWait(3);
        _rig.NvM.ForgiveSparing();
        Assert.InRange(WriteAndWait(4), 0u, 20u);
    }

    [Fact]
    public void An_ordinary_write_is_never_held_back_and_carries_the_level()
    {
        WriteAndWait(1);
        WriteAndWait(2);
        Assert.True(_rig.NvM.WriteSparingly(3, [9], 0, 1));
        Assert.True(_rig.NvM.Write(1, [7], 0, 1));
        _rig.RunNvM(() => _rig.NvM.WriteResult(1) == StdReturn.Ok);
        Assert.Equal(StdReturn.Pending, _rig.NvM.WriteResult(3));
        Load();
        Assert.Equal(2, _rig.NvM.Data(3)[0]);
        Assert.InRange(WriteAndWait(8), 200u, 220u);
    }

    [Fact]
    public void An_ordinary_write_of_the_same_block_takes_the_sparing_one_along()
    {
        WriteAndWait(1);
        Assert.True(_rig.NvM.WriteSparingly(3, [2], 0, 1));
        Assert.True(_rig.NvM.Write(3, [3], 0, 1));
        _rig.RunNvM(() => _rig.NvM.WriteResult(3) == StdReturn.Ok);
        long programs = _flash.Statistics.Programs;
        Run(500);
        Assert.Equal(programs, _flash.Statistics.Programs);
    }

    [Fact]
    public void All_that_waits_is_written_together_and_counts_once()
    {
        WriteAndWait(1);
        Assert.True(_rig.NvM.WriteSparingly(3, [2], 0, 1));
        Assert.True(_rig.NvM.WriteSparingly(4, [3], 0, 1));
        _rig.RunNvM(() => _rig.NvM.WriteResult(3) == StdReturn.Ok && _rig.NvM.WriteResult(4) == StdReturn.Ok);
        Assert.InRange(WriteAndWait(4), 190u, 220u);
    }

    // Whoever asks for a write in each millisecond and resets when he likes: the invariant of NvMSparing.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_flood_with_resets_writes_no_more_than_promised(int seed)
    {
        Random random = new(seed);
        uint erases = (uint)_flash.Statistics.Erases, ms = 0;
        int writes = 0;
        int lives = 30;
        for (int life = 0; life < lives; life++)
        {
            Load();
            for (int left = random.Next(1, 1200); left > 0; left--, ms++)
            {
                bool wasIdle = _rig.NvM.IsIdle;
                _rig.NvM.WriteSparingly(3, [(byte)(life + left)], 0, 1);
                Run(1);
                writes += wasIdle && !_rig.NvM.IsIdle ? 1 : 0;
            }
        }

        long promised = LevelMax + (ms / LongestMs);
        Assert.InRange(writes, promised / 4, promised);
        Assert.InRange(_flash.Statistics.Erases - erases, promised / 4, 2 * promised);
    }

    private uint WriteAndWait(byte value)
    {
        Assert.True(_rig.NvM.WriteSparingly(3, [value], 0, 1));
        int before = _rig.Cycles;
        _rig.RunNvM(() => _rig.NvM.WriteResult(3) == StdReturn.Ok);
        return (uint)(_rig.Cycles - before);
    }

    private void Run(uint ms)
    {
        int end = _rig.Cycles + (int)ms;
        _rig.RunNvM(() => _rig.Cycles >= end);
    }

    private void Load()
    {
        _rig = new MemoryRig(_flash, new NvMConfig { SparingDelayMs = FirstMs, SparingDelayMsMax = LongestMs });
        _rig.RunNvM(() => _rig.NvM.IsReady);
    }
}
