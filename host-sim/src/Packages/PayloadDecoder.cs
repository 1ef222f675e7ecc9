// From a decrypted payload back to the image, as strict as an ECU: nothing but the image, and nothing after it.
// Clause: PROTOCOL.md, "Manifest" (encodings).
// Tests: tests/host-sim/Packages/EncodedPayloadTests.cs.
using EsyncAgent;
using EsyncSim.Delta;

namespace EsyncSim.Packages;

/// <summary>Decodes payloads.</summary>
public static class PayloadDecoder
{
    /// <summary>The image.</summary>
    /// <param name="compression">High nibble of dataFormatIdentifier, of <see cref="PayloadEncoding"/>.</param>
    /// <param name="payload">The payload, decrypted.</param>
    /// <param name="baseImage">Image that a patch is made for; else not looked at.</param>
    /// <param name="imageLength">Bytes that the manifest says.</param>
    /// <exception cref="SuitException">Malformed, or not this image.</exception>
    public static byte[] Decode(byte compression, byte[] payload, byte[]? baseImage, uint imageLength) => compression switch
    {
        PayloadEncoding.Plain => payload,
        PayloadEncoding.Heatshrink => Decompress(payload, imageLength),
        PayloadEncoding.Delta => Apply(payload, baseImage ?? throw new ArgumentNullException(nameof(baseImage)), imageLength),
        _ => throw new SuitException(FotaError.EncodingUnsupported, $"compression {compression} is unknown"),
    };

    private static byte[] Decompress(byte[] payload, uint imageLength)
    {
        HeatshrinkParameters parameters = payload.Length == 0 ? default : HeatshrinkParameters.FromHeader(payload[0]);
        if (payload.Length == 0)
        {
            throw Malformed("it is empty");
        }

        RequireWindow(parameters);

        byte[] image = HeatshrinkDecoder.Decode(payload.AsSpan(1), parameters, (int)Math.Min(imageLength, Array.MaxLength), out long bitsRead);
        if (image.Length != imageLength)
        {
            throw Malformed($"it gives {image.Length} bytes where the image has {imageLength}");
        }

        return HeatshrinkDecoder.IsEnd(payload.AsSpan(1), bitsRead) ? image : throw Malformed($"after bit {bitsRead} of its stream something follows its end");
    }

    private static byte[] Apply(byte[] payload, byte[] baseImage, uint imageLength)
    {
        try
        {
            SequentialPatch.ReadHead(payload, out int length, out HeatshrinkParameters parameters);
            if (length > 0)
            {
                RequireWindow(parameters);
            }

            return length == imageLength ? SequentialPatch.Apply(baseImage, payload) : throw Malformed($"the patch makes {length} bytes, the image has {imageLength}");
        }
        catch (UserErrorException error)
        {
            throw Malformed(error.Message);
        }
    }

    private static void RequireWindow(HeatshrinkParameters parameters)
    {
        if (!parameters.AreValid || parameters.WindowBits > PayloadEncoding.WindowBitsMax)
        {
            throw Malformed($"window and lookahead {parameters}; an ECU takes windows of {HeatshrinkParameters.WindowBitsMin} to {PayloadEncoding.WindowBitsMax} bits and shorter lookaheads");
        }
    }

    private static SuitException Malformed(string why) => new(FotaError.StreamMalformed, $"the payload cannot be decoded: {why}");
}
