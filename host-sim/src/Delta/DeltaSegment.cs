// What a sequential patch of detools is made of: for a run of the new image, bytes that are added to the base's, then
// bytes of its own; and the costs by which one way to tell an image is preferred to another.
// Tests: tests/host-sim/Delta.
namespace EsyncSim.Delta;

/// <summary>One segment of a patch.</summary>
/// <param name="From">Where in the base the first <paramref name="DiffLength"/> bytes lie; meaningless when there are none.</param>
/// <param name="DiffLength">Bytes made from the base by adding differences.</param>
/// <param name="ExtraLength">Bytes after them that are given as they are.</param>
public readonly record struct DeltaSegment(int From, int DiffLength, int ExtraLength);

/// <summary>What it is taken to cost to say something, in bits of the compressed patch.</summary>
/// <param name="Difference">A byte that differs after one that does not: it ends a run of zeros.</param>
/// <param name="Again">A byte that differs after another.</param>
/// <param name="Extra">A byte of the new image's own.</param>
/// <param name="Jump">Another place in the base: three numbers, and the end of a run.</param>
public readonly record struct AlignmentCosts(int Difference, int Again, int Extra, int Jump);
