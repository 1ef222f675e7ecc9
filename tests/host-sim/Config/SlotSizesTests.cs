// The sizes that the flash map is checked against, by published figures and by the layouts of PROTOCOL.md.
using EsyncSim.Config;
using Xunit;

namespace EsyncTests.HostSim.Config;

public sealed class SlotSizesTests
{
    [Theory]
    [InlineData(1, 5, 8, 1296)]
    [InlineData(2, 5, 8, 2644)]
    [InlineData(1, 10, 4, 2512)]
    [InlineData(2, 10, 4, 5076)]
    [InlineData(1, 15, 1, 8688 + 320)]
    public void An_HSS_signature_has_the_length_of_RFC_8554(uint levels, uint height, uint winternitz, uint length)
    {
        Assert.Equal(length, SlotSizes.HssSignatureLength(levels, height, winternitz));
    }

    [Fact]
    public void Chunks_are_counted_upwards()
    {
        Assert.Equal((0u, 1u, 1u, 2u, 64u), (SlotSizes.Chunks(0), SlotSizes.Chunks(1), SlotSizes.Chunks(4096), SlotSizes.Chunks(4097), SlotSizes.Chunks(256 * 1024)));
    }

    [Fact]
    public void An_NvM_area_holds_each_block_once_in_records_of_32()
    {
        // 12 bytes in front, 4 of CRC: 16 + 16 is one unit, 17 + 16 are two, 544 + 16 are 17.5.
        Assert.Equal(32u + 64 + 576, new SlotSizes(2, 0, [16, 17, 544]).NvMLength);
    }

    [Fact]
    public void A_checkpoint_area_opens_with_a_record()
    {
        Assert.Equal(65u * 32, SlotSizes.CheckpointLength(256 * 1024));
    }
}
