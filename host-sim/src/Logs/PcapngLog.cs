// The traffic of one or more buses as a pcapng file with LINKTYPE_CAN_SOCKETCAN (227), from which Wireshark decodes ISO-TP and UDS.
// Blocks (IETF draft-ietf-opsawg-pcapng): a section header, an interface description for each bus when it is first heard, an enhanced
// packet for each frame: identifier with the flags of linux/can.h, big-endian; length; three bytes of zero; data.
// Invariants: numbers are little-endian but for the identifier; times are nanoseconds (if_tsresol 9) of the frame's end; nothing is
// written twice, so that the stream need not seek.
// Tests: tests/host-sim/Logs/PcapngLogTests.cs.
using System.Buffers.Binary;
using System.Text;
using EsyncSim.Bus;

namespace EsyncSim.Logs;

/// <summary>Writes bus traffic as pcapng. The stream belongs to the caller, who also disposes of it.</summary>
public sealed class PcapngLog : IBusObserver
{
    /// <summary>CAN frames as SocketCAN has them.</summary>
    public const ushort LinkType = 227;

    private const uint SectionBlock = 0x0A0D0D0A;
    private const uint InterfaceBlock = 1;
    private const uint PacketBlock = 6;
    private const uint ByteOrderMagic = 0x1A2B3C4D;
    private const ushort NameOption = 2;
    private const ushort ResolutionOption = 9;
    private const byte Nanoseconds = 9;
    private const uint ExtendedFlag = 0x80000000;
    private const uint BusError = 0x20000080;
    private const int HeadLength = 8;

    private readonly Stream _stream;
    private readonly bool _hasErrorFrames;
    private readonly LogClock _clock;
    private readonly List<string> _interfaces = [];

    /// <summary>Begins a file.</summary>
    /// <param name="stream">Where the blocks go.</param>
    /// <param name="hasErrorFrames">True: error frames as well.</param>
    /// <param name="clock">What time it is; null: as the bus is, simulated or not.</param>
    public PcapngLog(Stream stream, bool hasErrorFrames = false, LogClock? clock = null)
    {
        _stream = stream;
        _hasErrorFrames = hasErrorFrames;
        _clock = clock ?? new LogClock();
        byte[] section = new byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(section, ByteOrderMagic);
        section[4] = 1; // version 1.0
        section.AsSpan(8).Fill(0xFF); // length of the section: not said
        WriteBlock(SectionBlock, section);
    }

    /// <inheritdoc/>
    public void OnRecord(in BusRecord record)
    {
        if (!record.IsWhole && !_hasErrorFrames)
        {
            return;
        }

        long ns = _clock.NsOf(record);
        Span<byte> body = stackalloc byte[20 + HeadLength + 8];
        body.Clear();
        int length = record.IsWhole ? record.Frame.Length : 8;
        BinaryPrimitives.WriteInt32LittleEndian(body, InterfaceOf(record.Bus.Name));
        BinaryPrimitives.WriteUInt32LittleEndian(body[4..], (uint)(ns >> 32));
        BinaryPrimitives.WriteUInt32LittleEndian(body[8..], (uint)ns);
        BinaryPrimitives.WriteInt32LittleEndian(body[12..], HeadLength + length);
        BinaryPrimitives.WriteInt32LittleEndian(body[16..], HeadLength + length);
        Span<byte> frame = body[20..];
        BinaryPrimitives.WriteUInt32BigEndian(frame, record.IsWhole ? record.Frame.Identifier | (record.Frame.IsExtended ? ExtendedFlag : 0) : BusError);
        frame[4] = (byte)length;
        if (record.IsWhole)
        {
            BinaryPrimitives.WriteUInt64BigEndian(frame[HeadLength..], record.Frame.Data);
        }

        WriteBlock(PacketBlock, body[..Padded(20 + HeadLength + length)]);
    }

    private static int Padded(int length) => (length + 3) & ~3;

    private int InterfaceOf(string bus)
    {
        int at = _interfaces.IndexOf(bus);
        if (at >= 0)
        {
            return at;
        }

        _interfaces.Add(bus);
        byte[] name = Encoding.UTF8.GetBytes(bus);
        byte[] body = new byte[8 + 4 + Padded(name.Length) + 8 + 4];
        BinaryPrimitives.WriteUInt16LittleEndian(body, LinkType);
        int position = 8;
        WriteOption(body, ref position, NameOption, name);
        WriteOption(body, ref position, ResolutionOption, [Nanoseconds]);
        WriteBlock(InterfaceBlock, body); // ends with opt_endofopt, which is zero
        return _interfaces.Count - 1;
    }

    private static void WriteOption(byte[] body, ref int position, ushort code, ReadOnlySpan<byte> value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan(position), code);
        BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan(position + 2), (ushort)value.Length);
        value.CopyTo(body.AsSpan(position + 4));
        position += 4 + Padded(value.Length);
    }

    private void WriteBlock(uint type, ReadOnlySpan<byte> body)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(number, type);
        _stream.Write(number);
        BinaryPrimitives.WriteInt32LittleEndian(number, body.Length + 12);
        _stream.Write(number);
        _stream.Write(body);
        _stream.Write(number);
    }
}
