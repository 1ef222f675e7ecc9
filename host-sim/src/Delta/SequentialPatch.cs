// The sequential patch of detools (docs/index.rst of that project, "Sequential"): a header that is not compressed, then
// compressed the length of data-format data (0 here) and, again and again, differences, own bytes and an adjustment of the
// place in the base.
//   header: type (0) and compression (4, heatshrink) in a nibble each; length of the new image
//   a number: sign in bit 6 of its first byte, 6 bits of value there, 7 in each further one, bit 7: one more follows
// Invariant: what is written here, detools applies.
// Tests: tests/host-sim/Delta/SequentialPatchTests.cs.
namespace EsyncSim.Delta;

/// <summary>Writes and applies patches.</summary>
public static class SequentialPatch
{
    private const byte TypeAndCompression = 0x04;

    // As many as agents take; one makes sense, where the image begins elsewhere in the base.
    private const int EmptySegmentsMax = 8;

    // Before a byte of the image three numbers of five bytes for each segment that adds nothing, three more, and the byte.
    private const int BodyBytesPerImageByteMax = ((EmptySegmentsMax + 1) * 15) + 1;
    private const int BodyBytesMin = 64;

    /// <summary>The part that is compressed.</summary>
    public static byte[] Body(ReadOnlySpan<byte> baseImage, ReadOnlySpan<byte> image, IReadOnlyList<DeltaSegment> segments)
    {
        List<byte> body = new(image.Length + 64);
        WriteNumber(body, 0);
        int from = 0;
        int to = 0;
        int first = NextFrom(segments, 0, 0);
        if (first != 0)
        {
            // Only a segment can move the place in the base, if need be an empty one.
            WriteNumber(body, 0);
            WriteNumber(body, 0);
            WriteNumber(body, first);
            from = first;
        }

        for (int s = 0; s < segments.Count; s++)
        {
            DeltaSegment segment = segments[s];
            WriteNumber(body, segment.DiffLength);
            for (int i = 0; i < segment.DiffLength; i++)
            {
                body.Add((byte)(image[to + i] - baseImage[from + i]));
            }

            to += segment.DiffLength;
            from += segment.DiffLength;
            WriteNumber(body, segment.ExtraLength);
            body.AddRange(image.Slice(to, segment.ExtraLength));
            to += segment.ExtraLength;
            int next = NextFrom(segments, s + 1, from);
            WriteNumber(body, next - from);
            from = next;
        }

        return [.. body];
    }

    /// <summary>The whole patch around a compressed body.</summary>
    public static byte[] Wrap(int imageLength, HeatshrinkParameters parameters, ReadOnlySpan<byte> compressedBody)
    {
        List<byte> patch = new(compressedBody.Length + 8) { TypeAndCompression };
        WriteNumber(patch, imageLength);
        if (imageLength > 0)
        {
            patch.Add(parameters.Header);
            patch.AddRange(compressedBody);
        }

        return [.. patch];
    }

    /// <summary>The new image; <see cref="UserErrorException"/> (3) when the patch is none of this form, or not for this base.</summary>
    public static byte[] Apply(ReadOnlySpan<byte> baseImage, ReadOnlySpan<byte> patch)
    {
        byte[] body = Unwrap(patch, out int imageLength, out _);
        byte[] image = new byte[imageLength];
        if (imageLength == 0)
        {
            return image;
        }

        int at = 0;
        if (body.Length == 0 || body[at++] != 0)
        {
            throw Malformed("it holds data of a data format");
        }

        long from = 0;
        int to = 0;
        int empty = 0;
        while (to < imageLength)
        {
            int diff = ReadLength(body, ref at, imageLength - to);
            if (diff > 0 && (from < 0 || from + diff > baseImage.Length))
            {
                throw Malformed($"it reads the base at {from} to {from + diff}, outside its {baseImage.Length} bytes");
            }

            for (int i = 0; i < diff; i++)
            {
                image[to++] = (byte)(body[at++] + baseImage[(int)from++]);
            }

            int extra = ReadLength(body, ref at, imageLength - to);
            body.AsSpan(at, extra).CopyTo(image.AsSpan(to));
            at += extra;
            to += extra;
            empty = diff + extra == 0 ? empty + 1 : 0;
            if (empty > EmptySegmentsMax)
            {
                throw Malformed($"more than {EmptySegmentsMax} segments in a row add nothing");
            }

            from += ReadNumber(body, ref at);
            if (from is < int.MinValue or > int.MaxValue)
            {
                throw Malformed($"it moves to {from} in the base");
            }
        }

        return at == body.Length ? image : throw Malformed($"{body.Length - at} bytes follow its end");
    }

    /// <summary>What a patch says before its compressed body, and where that begins; <see cref="UserErrorException"/> (3) when it is none of this form.</summary>
    /// <param name="patch">The patch.</param>
    /// <param name="imageLength">Bytes of the new image; without any there is no body.</param>
    /// <param name="parameters">Of its compression.</param>
    public static int ReadHead(ReadOnlySpan<byte> patch, out int imageLength, out HeatshrinkParameters parameters)
    {
        int at = 1;
        parameters = default;
        if (patch.Length < 2 || patch[0] != TypeAndCompression)
        {
            throw Malformed("it does not begin with 04: sequential, heatshrink");
        }

        imageLength = ReadNumber(patch, ref at);
        if (imageLength <= 0 || at >= patch.Length)
        {
            return imageLength == 0 && at == patch.Length ? at : throw Malformed($"an image of {imageLength} bytes without a body");
        }

        parameters = HeatshrinkParameters.FromHeader(patch[at++]);
        return parameters.AreValid ? at : throw Malformed($"window and lookahead {parameters} are not of heatshrink");
    }

    /// <summary>The body of a patch, decompressed; empty when the new image is. <see cref="UserErrorException"/> (3) when it is none of this form.</summary>
    internal static byte[] Unwrap(ReadOnlySpan<byte> patch, out int imageLength, out HeatshrinkParameters parameters)
    {
        int at = ReadHead(patch, out imageLength, out parameters);
        if (imageLength == 0)
        {
            return [];
        }

        // No segment of use has more numbers than this; a body beyond it is a bomb.
        int bodyMax = (int)Math.Min((BodyBytesPerImageByteMax * (long)imageLength) + BodyBytesMin, Array.MaxLength);
        byte[] body = HeatshrinkDecoder.Decode(patch[at..], parameters, bodyMax, out long bitsRead);
        if (body.Length >= bodyMax || !HeatshrinkDecoder.IsEnd(patch[at..], bitsRead))
        {
            throw Malformed(body.Length >= bodyMax ? $"its body has more than {bodyMax} bytes for an image of {imageLength}" : $"after bit {bitsRead} of its stream something follows its end");
        }

        return body;
    }

    private static UserErrorException Malformed(string why) => new(ExitCode.BadFile, $"no sequential patch of detools with heatshrink: {why}");

    internal static int ReadLength(ReadOnlySpan<byte> body, ref int at, int lengthMax)
    {
        int length = ReadNumber(body, ref at);
        return length < 0 || length > lengthMax || length > body.Length - at ? throw Malformed($"a length of {length} bytes where {lengthMax} are left") : length;
    }

    internal static int ReadNumber(ReadOnlySpan<byte> from, ref int at)
    {
        long value = 0;
        bool isNegative = false;
        for (int shift = 0; ; shift += shift == 0 ? 6 : 7)
        {
            if (at >= from.Length || shift > 27)
            {
                throw Malformed("a number is cut off or too long");
            }

            byte next = from[at++];
            isNegative |= shift == 0 && (next & 0x40) != 0;
            value |= (long)(next & (shift == 0 ? 0x3F : 0x7F)) << shift;
            if (value > int.MaxValue)
            {
                throw Malformed($"a number of {value}");
            }

            if ((next & 0x80) == 0)
            {
                return (int)(isNegative ? -value : value);
            }
        }
    }

    private static int NextFrom(IReadOnlyList<DeltaSegment> segments, int start, int otherwise)
    {
        for (int s = start; s < segments.Count; s++)
        {
            if (segments[s].DiffLength > 0)
            {
                return segments[s].From;
            }
        }

        return otherwise;
    }

    private static void WriteNumber(List<byte> into, int value)
    {
        uint rest = (uint)Math.Abs((long)value);
        uint first = (rest & 0x3F) | (value < 0 ? 0x40u : 0);
        rest >>= 6;
        into.Add((byte)(first | (rest > 0 ? 0x80u : 0)));
        while (rest > 0)
        {
            uint low = rest & 0x7F;
            rest >>= 7;
            into.Add((byte)(low | (rest > 0 ? 0x80u : 0)));
        }
    }
}
