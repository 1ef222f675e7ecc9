// What a new image costs on the bus: as it is, compressed, and as a patch of an older one.
// Invariant: the sizes are those of what would be transferred, headers included, each made and applied again.
// Tests: tests/host-sim/Delta/PackageDiffTests.cs.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EsyncSim.Delta;

/// <summary>Sizes of one image in bytes.</summary>
/// <param name="Full">The image itself.</param>
/// <param name="Heatshrink">Compressed, a header of one byte included.</param>
/// <param name="HeatshrinkParameters">Window and lookahead of it.</param>
/// <param name="Delta">As a sequential patch of detools.</param>
/// <param name="DeltaParameters">Window and lookahead of it.</param>
/// <param name="Seconds">What it took to make both.</param>
public sealed record ImageSizes(int Full, int Heatshrink, string HeatshrinkParameters, int Delta, string DeltaParameters, double Seconds)
{
    /// <summary>The sizes as JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ImageSizesJsonContext.Default.ImageSizes);
}

/// <summary>Serialisation code made by the compiler.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ImageSizes))]
internal sealed partial class ImageSizesJsonContext : JsonSerializerContext;
