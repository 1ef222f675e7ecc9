// A board's serial line: plain text, packets of the Wire Protocol between it, and what a bad line makes of both.
using System.Buffers.Binary;
using System.Text;
using EsyncSim.Hil;
using Xunit;

namespace EsyncTests.HostSim.Hil;

public sealed class SerialTextTests
{
    private const uint Ping = 0;
    private const uint Message = 1;
    private const uint ProgramExit = 9;

    [Fact]
    public void Plain_text_comes_as_lines_without_empty_ones()
    {
        Assert.Equal(["Ready.", "a", "b"], SerialText.Lines("Ready.\r\n\r\na\nb"u8));
    }

    [Fact]
    public void Packets_between_are_taken_out_and_messages_put_in()
    {
        byte[] line =
        [
            .. Packet(Ping, "\x01\x02\n\x03"), .. "Ready.\r\n"u8, .. Packet(Message, "Test passed,a.B.c.0,1\r\n"),
            .. "Do"u8, .. Packet(ProgramExit, ""), .. "ne.\r\n"u8,
        ];
        Assert.Equal(["Ready.", "Test passed,a.B.c.0,1", "Done."], SerialText.Lines(line));
    }

    [Fact]
    public void A_packet_that_the_recording_cuts_off_is_dropped_wherever_it_is_cut()
    {
        byte[] packet = Packet(Message, "text");
        for (int length = 8; length < packet.Length; length++)
        {
            byte[] line = [.. "before\n"u8, .. packet.AsSpan(0, length)];
            string[] lines = SerialText.Lines(line);
            Assert.Equal("before", lines[0]);
            Assert.True("text".StartsWith(string.Concat(lines.Skip(1)), StringComparison.Ordinal), $"cut at {length}");
        }
    }

    [Fact]
    public void A_garbled_length_swallows_nothing()
    {
        byte[] packet = Packet(Ping, "");
        packet[31] = 0x7F;
        byte[] line = [.. packet, .. "\nDone.\r\n"u8];
        Assert.Equal("Done.", SerialText.Lines(line)[^1]);
    }

    internal static byte[] Packet(uint command, string payload)
    {
        byte[] bytes = [.. "NFPKTV1\0"u8, .. new byte[24], .. Encoding.Latin1.GetBytes(payload)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(16), command);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(28), (uint)payload.Length);
        return bytes;
    }
}
