// How many checkpoints of a patch have no room for its numbers: on patches whose numbers are known.
using EsyncSim;
using EsyncSim.Delta;
using Xunit;

namespace EsyncTests.HostSim.Delta;

public class PatchDensityTests
{
    private const int Chunks = 5;

    // Three numbers of a byte each after so many bytes: 2,048 bytes hold 192 of them at 29 bytes, 161 in 1,024 at 16.
    [Theory]
    [InlineData(16, 11, Chunks - 1)]
    [InlineData(27, 11, Chunks - 1)]
    [InlineData(30, 11, 0)]
    [InlineData(16, 10, 0)]
    [InlineData(5, 10, Chunks - 1)]
    public void Segments_in_regular_order_are_crowded_everywhere_or_nowhere(int segmentLength, int windowBits, int expected) =>
        Assert.Equal(expected, PatchDensity.CrowdedChunks(Patch(windowBits, Enumerable.Repeat(segmentLength, Chunks * PatchDensity.ChunkLength / segmentLength))));

    [Fact]
    public void The_room_for_numbers_is_the_agents() => Assert.Equal(EsyncAgent.PatchHistory.Capacity, PatchDensity.NumberBytesMax);

    [Fact]
    public void Only_the_boundaries_that_follow_closely_on_a_crowd_count()
    {
        // 100 segments of 10 bytes just before the second boundary, all else in long ones.
        const int Boundary = 2 * PatchDensity.ChunkLength;
        int[] close = [Boundary - 1000, .. Enumerable.Repeat(10, 100), Chunks * PatchDensity.ChunkLength - Boundary];
        int[] farther = [Boundary - 3000, .. Enumerable.Repeat(10, 100), (Chunks * PatchDensity.ChunkLength) - Boundary + 2000];

        Assert.Equal(1, PatchDensity.CrowdedChunks(Patch(11, close)));
        Assert.Equal(0, PatchDensity.CrowdedChunks(Patch(11, farther)));
        Assert.Equal(1, PatchDensity.CrowdedChunks(Patch(12, farther)));
    }

    [Fact]
    public void An_image_without_boundaries_has_none()
    {
        Assert.Equal(0, PatchDensity.CrowdedChunks(Patch(11, Enumerable.Repeat(1, PatchDensity.ChunkLength))));
        Assert.Equal(0, PatchDensity.CrowdedChunks([0x04, 0x00]));
        Assert.Throws<UserErrorException>(() => PatchDensity.CrowdedChunks([0x00, 0x05]));
    }

    private static byte[] Patch(int windowBits, IEnumerable<int> lengths)
    {
        List<DeltaSegment> segments = [];
        int at = 0;
        foreach (int length in lengths)
        {
            segments.Add(new DeltaSegment(at, length, 0));
            at += length;
        }

        byte[] image = new byte[at];
        HeatshrinkParameters parameters = new(windowBits, 4);
        byte[] patch = SequentialPatch.Wrap(at, parameters, new HeatshrinkEncoder(SequentialPatch.Body(image, image, segments)).Encode(parameters));
        Assert.Equal(image, SequentialPatch.Apply(image, patch));
        return patch;
    }
}
