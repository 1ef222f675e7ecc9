// Where in a transfer decoding goes on after each chunk of the image, reckoned from the transfer itself: what an ECU's
// checkpoints are held to.
// Invariants: entry n belongs to the first n chunks, the last one to the whole image; it is the byte that holds the next bit.
// Must not know how an agent decodes, nor what it records.
// PROTOCOL.md "Encoded transfers". Tests: tests/host-sim/Sweep.
using EsyncAgent;
using EsyncSim.Delta;

namespace EsyncSim.Sweep;

/// <summary>Places of chunks.</summary>
internal static class ChunkPlaces
{
    private const int BitsPerByte = 8;

    /// <summary>Of an image that is transferred as it is.</summary>
    public static int[] OfPlain(int length) => [.. ChunkEnds(length)];

    /// <summary>Of heatshrink: a header byte and the stream.</summary>
    public static int[] OfCompressed(byte[] payload)
    {
        List<int> ends = BitEnds(payload.AsSpan(1), HeatshrinkParameters.FromHeader(payload[0]));
        return [.. ChunkEnds(ends.Count).Select(end => end == 0 ? 0 : 1 + (ends[end - 1] / BitsPerByte))];
    }

    /// <summary>Of a patch.</summary>
    public static int[] OfPatch(byte[] patch)
    {
        int head = SequentialPatch.ReadHead(patch, out int imageLength, out HeatshrinkParameters parameters);
        List<int> ends = BitEnds(patch.AsSpan(head), parameters);
        int[] body = BodyPlaces(HeatshrinkDecoder.Decode(patch.AsSpan(head), parameters), imageLength);
        return [.. ChunkEnds(imageLength).Select(end => end == 0 ? 0 : head + (ends[body[end - 1]] / BitsPerByte))];
    }

    private static IEnumerable<int> ChunkEnds(int length)
    {
        for (int end = 0; end < length; end += BankWriter.ChunkLength)
        {
            yield return end;
        }

        yield return length;
    }

    // For each decoded byte the bits of the stream up to the end of what told it.
    private static List<int> BitEnds(ReadOnlySpan<byte> stream, HeatshrinkParameters parameters)
    {
        List<int> ends = [];
        for (int bit = 0; bit < stream.Length * BitsPerByte;)
        {
            bool isLiteral = Read(stream, bit, 1) == 1;
            int end = bit + (isLiteral ? HeatshrinkParameters.LiteralBits : parameters.MatchBits);
            if (end > stream.Length * BitsPerByte)
            {
                break;
            }

            int count = isLiteral ? 1 : 1 + Read(stream, end - parameters.LookaheadBits, parameters.LookaheadBits);
            ends.AddRange(Enumerable.Repeat(end, count));
            bit = end;
        }

        return ends;
    }

    // For each byte of the image its place in the body of the patch.
    private static int[] BodyPlaces(byte[] body, int imageLength)
    {
        int[] places = new int[imageLength];
        int at = 0;
        int made = 0;
        SequentialPatch.ReadNumber(body, ref at);
        while (made < imageLength)
        {
            for (int part = 0; part < 2; part++)
            {
                for (int left = SequentialPatch.ReadLength(body, ref at, imageLength - made); left > 0; left--)
                {
                    places[made++] = at++;
                }
            }

            SequentialPatch.ReadNumber(body, ref at);
        }

        return places;
    }

    private static int Read(ReadOnlySpan<byte> stream, int bit, int count)
    {
        int value = 0;
        for (int end = bit + count; bit < end; bit++)
        {
            value = (value << 1) | ((stream[bit / BitsPerByte] >> (BitsPerByte - 1 - (bit % BitsPerByte))) & 1);
        }

        return value;
    }
}
