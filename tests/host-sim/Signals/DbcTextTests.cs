// Bytes of DBC files as text, and texts for one line of another file.
using System.Text;
using EsyncSim.Signals;
using Xunit;

namespace EsyncTests.HostSim.Signals;

public sealed class DbcTextTests
{
    [Fact]
    public void UTF_8_is_taken_for_what_it_is_and_all_else_for_Windows_1252()
    {
        Assert.Equal("°C µ", DbcText.Decode(Encoding.UTF8.GetBytes("°C µ")));
        Assert.Equal("°C € “x”", DbcText.Decode([0xB0, (byte)'C', (byte)' ', 0x80, (byte)' ', 0x93, (byte)'x', 0x94]));
        Assert.Equal(256, DbcText.Decode([.. Enumerable.Range(0, 256).Select(b => (byte)b)]).Length);
    }

    [Theory]
    [InlineData(" a\r\n\t b ", 10, "a b")]
    [InlineData("a\0b\u2028c", 10, "ab c")]
    [InlineData("0123456789", 10, "0123456789")]
    [InlineData("01234567890", 10, "012345678…")]
    public void One_line_of_a_text(string text, int lengthMax, string line)
    {
        Assert.Equal(line, DbcText.OneLine(text, lengthMax));
    }
}
