// heatshrink: round trips, bits to the letter, the best of all encodings, and streams from heatshrink's own encoder.
using EsyncSim.Delta;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EsyncTests.HostSim.Delta;

public class HeatshrinkTests
{
    private static readonly HeatshrinkParameters[] All = [.. HeatshrinkParameters.UpTo(11)];

    public static TheoryData<string, string, int> Foreign => new()
    {
        { "programmer", "new.heatshrink-w8-l4", 8 }, { "programmer", "new.heatshrink-w11-l4", 11 },
        { "synthesizer", "new.heatshrink-w8-l4", 8 }, { "synthesizer", "new.heatshrink-w11-l4", 11 },
        { "pybv11-dirty", "new.heatshrink-w8-l4", 8 }, { "pybv11-dirty", "new.heatshrink-w11-l4", 11 },
    };

    [Fact]
    public void Bits_are_as_heatshrink_has_them()
    {
        // 'a' as a byte, then seven more as a match: 1 01100001, 0 00000000 0110, and two zeros.
        byte[] encoded = new HeatshrinkEncoder("aaaaaaaa"u8.ToArray()).Encode(new HeatshrinkParameters(8, 4));

        Assert.Equal("B0 80 18", string.Join(' ', encoded.Select(b => b.ToString("X2"))));
    }

    [Fact]
    public void What_is_encoded_is_decoded_whatever_the_parameters()
    {
        Gen<byte[]> runs = Properties.Bytes(30).Select(bytes => bytes.SelectMany(value => Enumerable.Repeat((byte)(value % 4), value)).ToArray());
        Gen<byte[]> data = Gen.OneOf(runs, Properties.Bytes(500));
        Properties.Hold(data.SelectMany(bytes => Gen.Elements(All).Select(parameters => (bytes, parameters))), input =>
        {
            HeatshrinkEncoder encoder = new(input.bytes);
            byte[] encoded = encoder.Encode(input.parameters);
            Assert.Equal(input.bytes, HeatshrinkDecoder.Decode(encoded, input.parameters));
            Assert.Equal(encoder.Measure(input.parameters), encoded.Length);
        });
    }

    [Fact]
    public void No_other_choice_of_bytes_and_matches_is_shorter()
    {
        HeatshrinkParameters parameters = new(4, 3);
        Gen<byte[]> data = Properties.Bytes(14).Select(bytes => bytes.Select(value => (byte)(value % 2)).ToArray());
        Properties.Hold(data, bytes => Assert.Equal((Fewest(bytes, parameters) + 7) / 8, new HeatshrinkEncoder(bytes).Measure(parameters)), 60);
    }

    [Theory]
    [MemberData(nameof(Foreign))]
    public void Streams_of_heatshrink_s_own_encoder_are_decoded(string pair, string file, int windowBits)
    {
        byte[] encoded = Reference($"delta-pairs/{pair}/{file}");

        byte[] data = HeatshrinkDecoder.Decode(encoded, new HeatshrinkParameters(windowBits, 4));

        Assert.Equal(Reference($"delta-pairs/{pair}/new.bin"), data);
    }

    // Every way to say the data from a position on, of which the shortest counts: what was said before makes no difference to it.
    private static int Fewest(byte[] data, HeatshrinkParameters parameters)
    {
        int[] fewest = new int[data.Length + 1];
        for (int at = data.Length - 1; at >= 0; at--)
        {
            fewest[at] = HeatshrinkParameters.LiteralBits + fewest[at + 1];
            for (int from = Math.Max(0, at - parameters.Window); from < at; from++)
            {
                int longest = data.AsSpan(at, Math.Min(parameters.MatchMax, data.Length - at)).CommonPrefixLength(data.AsSpan(from));
                for (int length = 1; length <= longest; length++)
                {
                    fewest[at] = Math.Min(fewest[at], parameters.MatchBits + fewest[at + length]);
                }
            }
        }

        return fewest[0];
    }

    private static byte[] Reference(string relative) => File.ReadAllBytes(ReferenceData.Require(relative));
}
