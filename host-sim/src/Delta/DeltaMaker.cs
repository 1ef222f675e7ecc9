// Makes the smallest patch that it can find between two images: aligns them at several costs, compresses what comes of
// each, and tries every window and lookahead on the best.
// Invariant: the same images and bounds give the same patch, whatever the machine.
// Tests: tests/host-sim/Delta/SequentialPatchTests.cs.
namespace EsyncSim.Delta;

/// <summary>A patch.</summary>
/// <param name="Bytes">As detools would read it.</param>
/// <param name="Parameters">Of its compression.</param>
/// <param name="SegmentCount">Segments in it.</param>
public sealed record DeltaPatch(byte[] Bytes, HeatshrinkParameters Parameters, int SegmentCount);

/// <summary>Searches patches.</summary>
public static class DeltaMaker
{
    // What proved useful on pairs of firmware images; each is tried, for none is best everywhere.
    private static readonly AlignmentCosts[] Costs =
    [
        new(14, 9, 8, 32),
        new(14, 9, 8, 64),
        new(14, 9, 8, 100),
        new(10, 9, 8, 32),
        new(10, 11, 8, 64),
        new(9, 8, 8, 160),
    ];

    /// <summary>Makes a patch whose window is no larger than 2^<paramref name="windowBitsMax"/> bytes.</summary>
    public static DeltaPatch Make(byte[] baseImage, byte[] image, int windowBitsMax)
    {
        DeltaAligner aligner = new(baseImage, image);
        HeatshrinkParameters probe = new(windowBitsMax, windowBitsMax - 1);
        var best = Costs.AsParallel().AsOrdered()
            .Select(costs => aligner.Align(costs))
            .Select(segments => (Segments: segments, Encoder: new HeatshrinkEncoder(SequentialPatch.Body(baseImage, image, segments))))
            .Select(tried => (tried.Segments, tried.Encoder, Length: tried.Encoder.Measure(probe)))
            .MinBy(tried => tried.Length);
        HeatshrinkParameters parameters = HeatshrinkParameters.UpTo(windowBitsMax).MinBy(best.Encoder.Measure);
        return new DeltaPatch(SequentialPatch.Wrap(image.Length, parameters, best.Encoder.Encode(parameters)), parameters, best.Segments.Count);
    }
}
