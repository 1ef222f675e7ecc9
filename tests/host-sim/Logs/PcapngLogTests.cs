// A pcapng file to the byte: blocks, interface, nanoseconds, identifiers with their flags.
using System.Buffers.Binary;
using System.Text;
using EsyncSim.Bus;
using EsyncSim.Logs;
using Xunit;

namespace EsyncTests.HostSim.Logs;

public sealed class PcapngLogTests
{
    private readonly MemoryStream _stream = new();

    [Fact]
    public void Every_frame_is_a_packet_with_its_nanoseconds()
    {
        LoggedFrame[] written = LogScene.Frames(3, 300);
        PcapngLog log = new(_stream, clock: new LogClock(0));
        foreach (LoggedFrame frame in written)
        {
            log.OnRecord(frame.ToRecord(LogScene.Bus));
        }

        List<(uint Type, byte[] Body)> blocks = Blocks();

        Assert.Equal([0x0A0D0D0Au, 1u], blocks.Take(2).Select(block => block.Type));
        Assert.Equal(written.Select(frame => (frame.Ns, frame.Frame)), blocks.Skip(2).Select(block => Packet(block.Body)));
    }

    [Fact]
    public void The_interface_says_socketcan_its_name_and_its_resolution()
    {
        PcapngLog log = new(_stream);
        log.OnRecord(new LoggedFrame(1, "can0", new BusFrame(0x7E0, false, [])).ToRecord(LogScene.Bus));

        byte[] body = Blocks()[1].Body;

        Assert.Equal(227, BinaryPrimitives.ReadUInt16LittleEndian(body));
        Assert.Equal([2, 0, 4, 0], body[8..12]);
        Assert.Equal("can0", Encoding.ASCII.GetString(body[12..16]));
        Assert.Equal([9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0], body[16..]);
    }

    [Fact]
    public void Error_frames_are_packets_on_request_only()
    {
        new PcapngLog(_stream).OnRecord(LogScene.Broken(5));
        Assert.Single(Blocks());

        _stream.SetLength(0);
        new PcapngLog(_stream, hasErrorFrames: true).OnRecord(LogScene.Broken(5));

        Assert.Equal([0x20, 0, 0, 0x80, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], Blocks()[2].Body[20..]);
    }

    private static (long Ns, BusFrame Frame) Packet(byte[] body)
    {
        Assert.Equal(0, BinaryPrimitives.ReadInt32LittleEndian(body));
        long ns = ((long)BinaryPrimitives.ReadUInt32LittleEndian(body.AsSpan(4)) << 32) | BinaryPrimitives.ReadUInt32LittleEndian(body.AsSpan(8));
        int captured = BinaryPrimitives.ReadInt32LittleEndian(body.AsSpan(12));
        Assert.Equal(captured, BinaryPrimitives.ReadInt32LittleEndian(body.AsSpan(16)));
        uint identifier = BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(20));
        Assert.Equal(captured, 8 + body[24]);
        Assert.Equal([0, 0, 0], body[25..28]);
        return (ns, new BusFrame(identifier & 0x1FFFFFFF, (identifier & 0x80000000) != 0, body.AsSpan(28, body[24])));
    }

    private List<(uint Type, byte[] Body)> Blocks()
    {
        byte[] file = _stream.ToArray();
        List<(uint, byte[])> blocks = [];
        for (int at = 0; at < file.Length;)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 4));
            Assert.Equal(0, length % 4);
            Assert.Equal(length, BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + length - 4)));
            blocks.Add((BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at)), file[(at + 8)..(at + length - 4)]));
            at += length;
        }

        return blocks;
    }
}
