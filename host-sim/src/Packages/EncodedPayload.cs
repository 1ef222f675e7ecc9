// An image made small for the bus: as it is, compressed, or as a patch of an older one; every window and lookahead that the
// ECU's memory allows is tried.
// Invariant: what is made here was decoded again, and gave the image.
// Clause: PROTOCOL.md, "Manifest" (encodings).
// Tests: tests/host-sim/Packages/EncodedPayloadTests.cs.
using EsyncSim.Delta;

namespace EsyncSim.Packages;

/// <summary>One form of an image, not encrypted.</summary>
public sealed record EncodedPayload
{
    /// <summary>High nibble of dataFormatIdentifier, of <see cref="PayloadEncoding"/>.</summary>
    public required byte Compression { get; init; }

    /// <summary>The bytes.</summary>
    public required byte[] Bytes { get; init; }

    /// <summary>Window and lookahead; null when nothing is compressed.</summary>
    public HeatshrinkParameters? Parameters { get; init; }

    /// <summary>The older image of a patch; null when it is none.</summary>
    public DeltaBase? Base { get; init; }

    /// <summary>Chunks of the image at whose end an agent has no room to save where it is.</summary>
    public int CrowdedChunks { get; init; }

    /// <summary>The image as it is.</summary>
    public static EncodedPayload Plain(byte[] image) => new() { Compression = PayloadEncoding.Plain, Bytes = image };

    /// <summary>The image compressed with the window and lookahead that make it smallest.</summary>
    /// <param name="image">The image.</param>
    /// <param name="windowBitsMax">Largest window as a power of two, 4 to 12.</param>
    public static EncodedPayload Compress(byte[] image, int windowBitsMax)
    {
        HeatshrinkEncoder encoder = new(image);
        HeatshrinkParameters best = HeatshrinkParameters.UpTo(windowBitsMax).MinBy(encoder.Measure);
        return Checked(new() { Compression = PayloadEncoding.Heatshrink, Bytes = [best.Header, .. encoder.Encode(best)], Parameters = best }, image);
    }

    /// <summary>The image as a patch.</summary>
    /// <param name="from">The older version.</param>
    /// <param name="image">The image.</param>
    /// <param name="windowBitsMax">Largest window as a power of two, 4 to 12.</param>
    public static EncodedPayload Patch(DeltaBase from, byte[] image, int windowBitsMax)
    {
        DeltaPatch patch = DeltaMaker.Make(from.Image, image, windowBitsMax);
        return Checked(
            new()
            {
                Compression = PayloadEncoding.Delta,
                Bytes = patch.Bytes,
                Parameters = patch.Parameters,
                Base = from,
                CrowdedChunks = PatchDensity.CrowdedChunks(patch.Bytes),
            },
            image);
    }

    private static EncodedPayload Checked(EncodedPayload made, byte[] image)
    {
        byte[] again = PayloadDecoder.Decode(made.Compression, made.Bytes, made.Base?.Image, (uint)image.Length);
        return again.AsSpan().SequenceEqual(image) ? made : throw new InvalidOperationException("what was made does not give the image again");
    }
}
