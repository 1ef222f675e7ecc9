// struct can_frame and struct can_filter, byte by byte, as a little-endian machine has them.
using EsyncSim.Bus;
using EsyncSim.Bus.Real;
using Xunit;

namespace EsyncTests.HostSim.Bus.Real;

public sealed class CanFrameLayoutTests
{
    [Theory]
    [InlineData(0x7E0u, false, "02 3E 00", "E0 07 00 00 03 00 00 00 02 3E 00 00 00 00 00 00")]
    [InlineData(0x18DA10F1u, true, "10 14 36 01 AA BB CC DD", "F1 10 DA 98 08 00 00 00 10 14 36 01 AA BB CC DD")]
    [InlineData(0x000u, false, "", "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00")]
    [InlineData(0x7FFu, true, "FF", "FF 07 00 80 01 00 00 00 FF 00 00 00 00 00 00 00")]
    public void A_frame_is_sixteen_bytes_and_comes_back_from_them(uint identifier, bool isExtended, string data, string bytes)
    {
        BusFrame frame = new(identifier, isExtended, Bytes(data));
        byte[] written = new byte[CanFrameLayout.FrameLength];
        Array.Fill(written, (byte)0x55);
        CanFrameLayout.Write(frame, written);
        Assert.Equal(Bytes(bytes), written);
        Assert.True(CanFrameLayout.TryRead(written, out BusFrame read));
        Assert.Equal(frame, read);
    }

    [Theory]
    [InlineData("04 00 00 20 08 00 00 00 00 00 00 00 00 00 00 00", "an error frame")]
    [InlineData("E8 07 00 40 00 00 00 00 00 00 00 00 00 00 00 00", "a remote frame")]
    [InlineData("E8 07 00 00 09 00 00 00 00 00 00 00 00 00 00 00", "nine bytes in a classic frame")]
    [InlineData("E8 07 00 00 00 00 00 00", "half a frame")]
    [InlineData("E8 07 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", "more than a frame")]
    public void What_is_no_data_frame_is_none(string bytes, string what)
    {
        Assert.False(CanFrameLayout.TryRead(Bytes(bytes), out _), what);
    }

    [Fact]
    public void A_filter_takes_one_identifier_of_one_format_and_no_remote_frame()
    {
        Assert.Equal(
            Bytes("E8 07 00 00 FF 07 00 C0 | F1 10 DA 98 FF FF FF DF"),
            CanFrameLayout.Filters([(0x7E8, false), (0x18DA10F1, true)]));
    }

    private static byte[] Bytes(string text) => Convert.FromHexString(text.Replace(" ", "").Replace("|", ""));
}
