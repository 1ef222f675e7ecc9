// Bits on the wire: by hand, by an independent bit-by-bit form in text, and the published check value of the CRC.
using System.Text;
using System.Text.RegularExpressions;
using EsyncSim.Bus;
using Xunit;

namespace EsyncTests.HostSim.Bus;

public sealed partial class FrameBitsTests
{
    [Fact]
    public void The_check_value_of_CRC_15_CAN_is_met()
    {
        Assert.Equal(0x059E, FrameBits.Crc("123456789"u8));
    }

    [Fact]
    public void A_frame_of_zeros_only_is_counted_as_by_hand()
    {
        // SOF, 11 identifier bits, RTR, IDE, r0, DLC 0: 19 zeros; the CRC of zeros is zero: 15 more. Of 34 equal bits
        // each fifth brings a stuff bit: 6. Then CRC delimiter, ACK, ACK delimiter, 7 bits of EOF.
        Assert.Equal(34 + 6 + 10, FrameBits.Count(new BusFrame(0, false, [])));
        // Extended, SRR and IDE set: 12 zeros, 11, 25 zeros, and a CRC that is not zero.
        Assert.Equal(0, FrameBits.Crc(new BusFrame(0, false, [])));
        Assert.NotEqual(0, FrameBits.Crc(new BusFrame(0, true, [])));
    }

    [Fact]
    public void A_frame_whose_bits_alternate_gets_stuff_bits_in_its_fixed_fields_only()
    {
        // 0 10101010101 000 1000: SOF to DLC; the zeros of RTR, IDE and r0 stand between ones.
        BusFrame frame = new(0x555, false, [0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55]);
        string plain = Plain(frame);
        Assert.StartsWith("0" + "10101010101" + "000" + "1000" + "01010101", plain);
        Assert.Equal(98, plain.Length);
        Assert.Equal(Stuffed(plain).Length + 10, FrameBits.Count(frame));
    }

    [Fact]
    public void The_longest_standard_frame_stays_within_the_bound_of_the_literature()
    {
        // 34 + 8n bits are stuffed; at most one in four after the first gets a stuff bit: 24 for eight bytes.
        // Data of alternating groups of four come near to it; the fixed fields and the CRC break the pattern.
        int longest = 0;
        foreach (ulong data in new ulong[] { 0x0F0F0F0F0F0F0F0F, 0x1E1E1E1E1E1E1E1E, 0x3C3C3C3C3C3C3C3C, 0x7878787878787878, 0x8787878787878787, 0xF0F0F0F0F0F0F0F0 })
        {
            for (uint identifier = 0; identifier < 0x800; identifier++)
            {
                longest = Math.Max(longest, FrameBits.Count(new BusFrame(identifier, false, 8, data)));
            }
        }

        Assert.InRange(longest, 98 + 17 + 10, 98 + 24 + 10);
    }

    [Fact]
    public void Ten_thousand_random_frames_count_as_the_text_form_says()
    {
        SeededRandom random = new(1);
        byte[] bits = new byte[FrameBits.StuffedBitsMax];
        for (int i = 0; i < 10_000; i++)
        {
            bool isExtended = random.Chance(0.5);
            uint identifier = (uint)random.Next(isExtended ? 0x20000000 : 0x800);
            ulong data = random.NextU64() & random.NextU64() & random.NextU64(); // runs of zeros
            BusFrame frame = new(identifier, isExtended, random.Next(9), i % 2 == 0 ? data : ~data);
            string stuffed = Stuffed(Plain(frame));
            Assert.Equal(stuffed.Length + 10, FrameBits.Count(frame));
            int count = FrameBits.Write(frame, bits);
            Assert.Equal(stuffed, string.Concat(bits.Take(count)));
        }
    }

    [Theory]
    [InlineData("111", 2, 2 + 1 + 5 + 6 + 8)] // recessive sent, dominant seen: one dominant bit before the flag
    [InlineData("000", 2, 2 + 1 + 6 + 6 + 8)] // dominant sent, recessive seen: six flag bits until the others notice
    [InlineData("1000001", 6, 6 + 1 + 0 + 6 + 8)] // the stuff bit itself: six dominant bits, noticed by all at once
    [InlineData("1000100", 4, 4 + 1 + 2 + 6 + 8)] // four dominant bits in a row with the destroyed one
    public void An_error_frame_is_as_long_as_the_two_flags_overlap(string bits, int index, int expected)
    {
        Assert.Equal(expected, ErrorFrame.Count(bits.Select(c => (byte)(c - '0')).ToArray(), index));
    }

    private static string Plain(BusFrame frame)
    {
        string id = Convert.ToString(frame.Identifier, 2).PadLeft(frame.IsExtended ? 29 : 11, '0');
        StringBuilder bits = new();
        bits.Append('0').Append(frame.IsExtended ? id[..11] + "11" + id[11..] + "000" : id + "000");
        bits.Append(Convert.ToString(frame.Length, 2).PadLeft(4, '0'));
        for (int i = 0; i < frame.Length; i++)
        {
            bits.Append(Convert.ToString(frame[i], 2).PadLeft(8, '0'));
        }

        return bits.ToString() + Remainder(bits.ToString());
    }

    private static string Remainder(string bits)
    {
        // Long division by x^15+x^14+x^10+x^8+x^7+x^4+x^3+1, as one does it on paper.
        const string Divisor = "1100010110011001";
        char[] rest = (bits + new string('0', 15)).ToCharArray();
        for (int i = 0; i < bits.Length; i++)
        {
            for (int j = 0; rest[i] == '1' && j < 16; j++)
            {
                if (j > 0)
                {
                    rest[i + j] = rest[i + j] == Divisor[j] ? '0' : '1';
                }
            }
        }

        return new string(rest[^15..]);
    }

    private static string Stuffed(string plain)
    {
        // One group of five after the other, each search starting at the stuff bit of the one before.
        StringBuilder bits = new(plain);
        Match match = FiveEqual().Match(plain);
        while (match.Success)
        {
            int end = match.Index + 5;
            bits.Insert(end, bits[end - 1] == '0' ? '1' : '0');
            match = FiveEqual().Match(bits.ToString(), end);
        }

        return bits.ToString();
    }

    [GeneratedRegex("00000|11111")]
    private static partial Regex FiveEqual();
}
