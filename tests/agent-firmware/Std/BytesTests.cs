// Byte ranges: fill, compare, big-endian numbers.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.Std;

public sealed class BytesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(100)]
    public void Fill_touches_its_range_and_nothing_else(int count)
    {
        byte[] data = new byte[count + 2];
        Bytes.Fill(data, 1, count, 0xA5);
        Assert.Equal(0, data[0]);
        Assert.Equal(0, data[count + 1]);
        Assert.True(Bytes.AreAll(data, 1, count, 0xA5));
    }

    [Fact]
    public void AreEqual_sees_a_difference_in_the_last_byte()
    {
        byte[] a = [9, 1, 2, 3], b = [1, 2, 3, 9];
        Assert.True(Bytes.AreEqual(a, 1, b, 0, 3));
        b[2] = 4;
        Assert.False(Bytes.AreEqual(a, 1, b, 0, 3));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 3)]
    [InlineData(5, 2)]
    public void AreEqual_looks_at_each_byte_of_the_range_and_at_no_other(int aOffset, int bOffset)
    {
        for (int count = 0; count <= 40; count++)
        {
            byte[] a = new byte[aOffset + count + 1], b = new byte[bOffset + count + 1];
            Array.Fill(a, (byte)0x11);
            Array.Fill(b, (byte)0x22);
            for (int i = 0; i < count; i++)
            {
                a[aOffset + i] = b[bOffset + i] = (byte)(i * 37);
            }

            Assert.True(Bytes.AreEqual(a, aOffset, b, bOffset, count));
            for (int i = 0; i < count; i++)
            {
                b[bOffset + i] ^= 0x80;
                Assert.False(Bytes.AreEqual(a, aOffset, b, bOffset, count));
                b[bOffset + i] ^= 0x80;
            }
        }
    }

    [Fact]
    public void Big_endian_numbers_come_back_as_they_were_written()
    {
        byte[] data = new byte[9];
        BigEndian.WriteU16(data, 0, 0xBEEF);
        BigEndian.WriteU24(data, 2, 0x5A0102);
        BigEndian.WriteU32(data, 5, 0xFEDCBA98);
        Assert.Equal("BEEF5A0102FEDCBA98", Convert.ToHexString(data));
        Assert.Equal(0xBEEF, BigEndian.ReadU16(data, 0));
        Assert.Equal(0x5A0102u, BigEndian.ReadU24(data, 2));
        Assert.Equal(0xFEDCBA98u, BigEndian.ReadU32(data, 5));
    }
}
