// The CBOR reader: what it takes, what it refuses and where it says the fault is (RFC 8949 §3, §4.2.1).
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.Std;

public sealed class CanonicalCborReaderTests
{
    private const uint Start = 1000;

    private static CanonicalCborReader Over(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        var reader = new CanonicalCborReader();
        reader.Attach([0xFF, 0xFF, .. bytes, 0x00, 0x00], 2, bytes.Length, Start);
        return reader;
    }

    [Theory]
    [InlineData("00", 0u)]
    [InlineData("17", 23u)]
    [InlineData("1818", 24u)]
    [InlineData("18ff", 255u)]
    [InlineData("190100", 256u)]
    [InlineData("19ffff", 65535u)]
    [InlineData("1a00010000", 65536u)]
    [InlineData("1affffffff", 4294967295u)]
    public void Unsigned_integers_in_their_shortest_form(string hex, uint value)
    {
        CanonicalCborReader reader = Over(hex);
        Assert.Equal(value, reader.ReadUnsigned(uint.MaxValue));
        Assert.False(reader.IsFailed);
        Assert.Equal(Start + (uint)hex.Length / 2, reader.Position);
    }

    [Theory]
    [InlineData("1800")]
    [InlineData("1817")]
    [InlineData("190000")]
    [InlineData("1900ff")]
    [InlineData("1a0000ffff")]
    [InlineData("1b0000000000000001")]
    [InlineData("1b0000000100000000")]
    [InlineData("1c")]
    [InlineData("1d")]
    [InlineData("1e")]
    [InlineData("1f")]
    [InlineData("18")]
    [InlineData("19ff")]
    [InlineData("1affffff")]
    [InlineData("")]
    [InlineData("20")]
    [InlineData("40")]
    [InlineData("f6")]
    public void What_is_not_a_shortest_unsigned_integer_is_a_fault(string hex)
    {
        CanonicalCborReader reader = Over(hex);
        Assert.Equal(0u, reader.ReadUnsigned(uint.MaxValue));
        Assert.True(reader.IsFailed);
        Assert.Equal(Start, reader.FailPosition);
    }

    [Theory]
    [InlineData("00", 0)]
    [InlineData("20", -1)]
    [InlineData("2f", -16)]
    [InlineData("382d", -46)]
    [InlineData("390100", -257)]
    [InlineData("1a7fffffff", int.MaxValue)]
    [InlineData("3a7fffffff", int.MinValue)]
    public void Keys_of_either_sign(string hex, int key)
    {
        CanonicalCborReader reader = Over(hex);
        Assert.Equal(key, reader.ReadKey());
        Assert.False(reader.IsFailed);
    }

    [Theory]
    [InlineData("1a80000000")]
    [InlineData("3a80000000")]
    [InlineData("3800")]
    [InlineData("6161")]
    public void Keys_that_are_too_large_or_no_integers_are_faults(string hex)
    {
        CanonicalCborReader reader = Over(hex);
        Assert.Equal(0, reader.ReadKey());
        Assert.True(reader.IsFailed);
    }

    [Fact]
    public void A_limit_is_kept()
    {
        CanonicalCborReader reader = Over("0f10");
        Assert.Equal(15u, reader.ReadUnsigned(15));
        Assert.Equal(0u, reader.ReadUnsigned(15));
        Assert.Equal(Start + 1, reader.FailPosition);
    }

    [Fact]
    public void Byte_strings_nest_by_their_ends()
    {
        CanonicalCborReader reader = Over("45" + "43010203" + "f6");
        uint outer = reader.EnterByteString(Start + 6);
        Assert.Equal(Start + 6, outer);
        byte[] three = new byte[3];
        reader.ReadBytes(three, 3);
        Assert.Equal([1, 2, 3], three);
        reader.ReadNull();
        reader.ExpectEnd(outer);
        Assert.False(reader.IsFailed);
    }

    [Fact]
    public void A_byte_string_may_end_beyond_the_bytes_at_hand_but_not_beyond_its_limit()
    {
        Assert.Equal(Start + 3 + 0x1000, Over("591000").EnterByteString(Start + 3 + 0x1000));
        CanonicalCborReader reader = Over("591000");
        Assert.Equal(0u, reader.EnterByteString(Start + 2 + 0x1000));
        Assert.True(reader.IsFailed);
        CanonicalCborReader huge = Over("5affffffff");
        Assert.Equal(0u, huge.EnterByteString(uint.MaxValue));
        Assert.True(huge.IsFailed);
    }

    [Theory]
    [InlineData("5f4101ff")]
    [InlineData("9f01ff")]
    [InlineData("bf0101ff")]
    [InlineData("7f6161ff")]
    public void Indefinite_lengths_are_faults(string hex)
    {
        CanonicalCborReader strings = Over(hex), arrays = Over(hex), maps = Over(hex), texts = Over(hex);
        strings.EnterByteString(Start + 4);
        arrays.ReadArray();
        maps.ReadMap();
        texts.ReadPrintable(null, 10);
        Assert.True(strings.IsFailed && arrays.IsFailed && maps.IsFailed && texts.IsFailed);
    }

    [Theory]
    [InlineData("6161", true)]
    [InlineData("6420217e7e", true)]
    [InlineData("60", false)]
    [InlineData("656162636465", false)]
    [InlineData("611f", false)]
    [InlineData("617f", false)]
    [InlineData("62c3a9", false)]
    [InlineData("6261", false)]
    [InlineData("4161", false)]
    public void Texts_are_one_to_max_printable_characters(string hex, bool isGood)
    {
        CanonicalCborReader reader = Over(hex);
        byte[] into = new byte[4];
        reader.ReadPrintable(into, 4);
        Assert.Equal(isGood, !reader.IsFailed);
        if (isGood)
        {
            Assert.Equal(hex[2..], Convert.ToHexString(into, 0, hex.Length / 2 - 1).ToLowerInvariant());
        }
    }

    [Theory]
    [InlineData("43010204")]
    [InlineData("420102")]
    [InlineData("4401020304")]
    [InlineData("430102")]
    [InlineData("63010203")]
    public void Other_contents_than_expected_are_a_fault(string hex)
    {
        CanonicalCborReader reader = Over(hex);
        reader.ExpectBytes([1, 2, 3]);
        Assert.True(reader.IsFailed);
        Assert.Equal(Start, reader.FailPosition);
    }

    [Fact]
    public void Expected_heads_are_taken_and_others_are_faults()
    {
        CanonicalCborReader reader = Over("d86b" + "82" + "a1" + "03" + "43010203" + "f6");
        reader.ExpectTag(107);
        reader.ExpectArray(2);
        reader.ExpectMap(1);
        reader.ExpectKey(3);
        reader.ExpectBytes([1, 2, 3]);
        reader.ReadNull();
        Assert.False(reader.IsFailed);
        reader.ReadNull();
        Assert.Equal(Start + 10, reader.FailPosition);

        CanonicalCborReader tag = Over("d2"), array = Over("83"), map = Over("a2"), key = Over("04");
        tag.ExpectTag(17);
        array.ExpectArray(2);
        map.ExpectMap(1);
        key.ExpectKey(3);
        Assert.True(tag.IsFailed && array.IsFailed && map.IsFailed && key.IsFailed);
    }

    [Fact]
    public void After_the_first_fault_nothing_moves_and_its_position_stays()
    {
        CanonicalCborReader reader = Over("01" + "1801" + "02");
        Assert.Equal(1u, reader.ReadUnsigned(9));
        reader.ReadUnsigned(9);
        uint position = reader.Position;
        Assert.Equal(0u, reader.ReadUnsigned(9));
        Assert.Equal(0, reader.ReadKey());
        Assert.Equal(0u, reader.EnterByteString(Start + 4));
        Assert.False(reader.TryTake([1, 2], Start + 3));
        reader.Fail(Start + 3);
        Assert.Equal(Start + 1, reader.FailPosition);
        Assert.Equal(position, reader.Position);
        reader.Attach([5], 0, 1, 0);
        Assert.False(reader.IsFailed);
        Assert.Equal(5u, reader.ReadUnsigned(9));
    }

    [Theory]
    [InlineData(0, 1, true)]
    [InlineData(23, 24, true)]
    [InlineData(21, -257, true)]
    [InlineData(-257, -258, true)]
    [InlineData(1, 1, false)]
    [InlineData(2, 1, false)]
    [InlineData(-258, -257, false)]
    [InlineData(-1, 0, false)]
    [InlineData(-257, -257, false)]
    public void Keys_are_in_order_of_their_bytes(int previous, int next, bool isInOrder)
    {
        Assert.Equal(isInOrder, CanonicalCborReader.IsInOrder(previous, next));
    }

    [Fact]
    public void Random_bytes_never_make_it_read_outside_its_range()
    {
        var random = new Random(42);
        var reader = new CanonicalCborReader();
        byte[] into = new byte[64];
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = new byte[random.Next(40)];
            random.NextBytes(bytes);
            reader.Attach(bytes, 0, bytes.Length, Start);
            uint end = Start + (uint)bytes.Length;
            for (int step = 0; step < 60 && !reader.IsFailed; step++)
            {
                switch (random.Next(8))
                {
                    case 0: reader.ReadUnsigned(uint.MaxValue); break;
                    case 1: reader.ReadKey(); break;
                    case 2: reader.ReadArray(); break;
                    case 3: reader.ReadMap(); break;
                    case 4: reader.ReadBytes(into, random.Next(64)); break;
                    case 5: reader.ReadPrintable(into, 64); break;
                    case 6: reader.ReadNull(); break;
                    default: reader.EnterByteString(end); break;
                }

                Assert.True(reader.Position <= end);
            }

            Assert.True(reader.IsFailed);
        }
    }
}
