// What a download loses where the driver has two receive buffers: nothing, as long as no turn is longer than they last.
using EsyncSim.Measure;
using Xunit;

namespace EsyncTests.HostSim.Measure;

public sealed class LineBoardTests
{
    private const byte SeparationTime300Us = 0xF3;

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(8)]
    public void Two_buffers_lose_no_frame_of_a_block_with_gaps_of_300_us(byte blockSize)
    {
        LineResult result = Measure(new LineSetup { BlockSize = blockSize, SeparationTimeMin = SeparationTime300Us });

        Assert.Equal(0, result.Overrun);
        Assert.Equal(0, result.LostAttempts);
    }

    [Fact]
    public void Frames_that_come_back_to_back_are_lost_beyond_two()
    {
        // That the runs above could lose any.
        Assert.NotEqual(0, Measure(new LineSetup { BlockSize = 4, SeparationTimeMin = 0 }).Overrun);
    }

    private static LineResult Measure(LineSetup setup) =>
        LineRun.Measure(setup with { Board = "esp32-mcp2515", ImageLength = 64 * 1024 }, Repository.PathOf("nf.config"), LineRun.MakeKeys());
}
