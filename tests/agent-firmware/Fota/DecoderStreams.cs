// Streams and patches for the decoders' tests, put together by hand: numbers as detools has them, in as many bytes as one likes,
// heatshrink with every window, and images that differ from their base in every way.
using EsyncSim.Delta;

namespace EsyncTests.AgentFirmware.Fota;

/// <summary>Makes what is transferred.</summary>
internal static class DecoderStreams
{
    private const int FirstBits = 6;
    private const int FurtherBits = 7;

    /// <summary>Window and lookahead where it does not matter.</summary>
    public static readonly HeatshrinkParameters Usual = new(8, 4);

    /// <summary>A number of a patch, in at least so many bytes.</summary>
    public static byte[] Number(long value, int lengthMin = 1)
    {
        ulong rest = (ulong)Math.Abs(value);
        List<byte> number = [(byte)((rest & 0x3F) | (value < 0 ? 0x40u : 0))];
        for (rest >>= FirstBits; rest > 0 || number.Count < lengthMin; rest >>= FurtherBits)
        {
            number[^1] |= 0x80;
            number.Add((byte)(rest & 0x7F));
        }

        return [.. number];
    }

    /// <summary>Compressed, with the header byte before it.</summary>
    public static byte[] Compress(byte[] data, HeatshrinkParameters parameters) => [parameters.Header, .. new HeatshrinkEncoder(data).Encode(parameters)];

    /// <summary>A patch around a body: type, image length, header and stream.</summary>
    public static byte[] Patch(int imageLength, params byte[][] body) => Patch(Usual, imageLength, body);

    /// <summary>A patch around a body, with these parameters of its compression.</summary>
    public static byte[] Patch(HeatshrinkParameters parameters, int imageLength, params byte[][] body) =>
        [0x04, .. Number(imageLength), .. Compress([.. body.SelectMany(part => part)], parameters)];

    /// <summary>A patch of these segments.</summary>
    public static byte[] PatchOf(byte[] baseImage, byte[] image, IReadOnlyList<DeltaSegment> segments, HeatshrinkParameters? parameters = null) =>
        Patch(parameters ?? Usual, image.Length, SequentialPatch.Body(baseImage, image, segments));

    /// <summary>Bytes that a compressor finds something in: words that come again.</summary>
    public static byte[] Text(int seed, int length)
    {
        Random random = new(seed);
        byte[][] words = [.. Enumerable.Range(0, 40).Select(_ => new byte[random.Next(2, 12)])];
        Array.ForEach(words, random.NextBytes);
        List<byte> text = [];
        while (text.Count < length)
        {
            text.AddRange(words[random.Next(words.Length)]);
        }

        return [.. text.Take(length)];
    }

    /// <summary>Bytes in which it finds nothing.</summary>
    public static byte[] Noise(int seed, int length)
    {
        byte[] noise = new byte[length];
        new Random(seed).NextBytes(noise);
        return noise;
    }

    /// <summary>Segments of random lengths, some of them empty, that read the base anywhere and make an image of a given length, which comes with them.</summary>
    public static (byte[] Image, DeltaSegment[] Segments) RandomSegments(Random random, byte[] baseImage, int length, int segmentLengthMax)
    {
        List<byte> image = [];
        List<DeltaSegment> segments = [];
        while (image.Count < length)
        {
            int left = length - image.Count;
            int difference = Math.Min(random.Next(segmentLengthMax), Math.Min(left, baseImage.Length));
            int own = Math.Min(random.Next(segmentLengthMax / 4), left - difference);
            int from = random.Next(baseImage.Length - difference + 1);
            byte shift = (byte)(random.Next(3) == 0 ? random.Next(256) : 0);
            image.AddRange(baseImage.AsSpan(from, difference).ToArray().Select((value, i) => (byte)(value + (i % 19 == 0 ? shift : 0))));
            image.AddRange(Noise(random.Next(), own));
            if (difference + own > 0)
            {
                segments.Add(new DeltaSegment(from, difference, own));
            }
        }

        return ([.. image], [.. segments]);
    }
}
