// Who listens on the bus finds what was sent in the clear, whole or in part, and nothing else.
using EsyncSim.Bus;
using EsyncSim.Demo;
using Xunit;

namespace EsyncTests.HostSim.Demo;

public class EavesdropperTests
{
    private const uint Request = 0x7E0;
    private readonly VirtualBus _bus = new(new VirtualTime(), 500_000, "can0", 1);
    private readonly Eavesdropper _listener;
    private readonly byte[] _content = [.. Enumerable.Range(0, 200).Select(i => (byte)(i * 7))];

    public EavesdropperTests() => _listener = new Eavesdropper(_bus, Request);

    [Fact]
    public void Blocks_of_several_requests_are_put_together()
    {
        Send([0x36, 1, .. _content[..90]]);
        Send([0x36, 2, .. _content[90..]]);

        Assert.Equal(200, _listener.Count);
        Assert.Equal((12, 12), _listener.Blocks(_content));
    }

    [Fact]
    public void Single_frames_count_and_padding_does_not()
    {
        Send([0x36, 1, 1, 2, 3]);

        Assert.Equal(3, _listener.Count);
    }

    [Fact]
    public void What_was_not_sent_is_not_found_and_what_was_in_part_is_found_in_part()
    {
        Send([0x36, 1, .. _content[..100]]);

        Assert.Equal((6, 12), _listener.Blocks(_content));
        Assert.Equal((0, 12), _listener.Blocks([.. _content.Select(value => (byte)(value ^ 0x55))]));
    }

    [Fact]
    public void Other_services_other_identifiers_and_what_was_forgotten_do_not_count()
    {
        Send([0x31, 1, .. _content]);
        Send([0x36, 1, .. _content], 0x7E2);
        Assert.Equal(0, _listener.Count);

        Send([0x36, 1, .. _content]);
        _listener.Forget();
        Assert.Equal((0, 12), _listener.Blocks(_content));
    }

    // As ISO-TP cuts it, without waiting for flow control.
    private void Send(byte[] message, uint identifier = Request)
    {
        if (message.Length < 8)
        {
            Put(identifier, [(byte)message.Length, .. message]);
            return;
        }

        Put(identifier, [(byte)(0x10 | (message.Length >> 8)), (byte)message.Length, .. message[..6]]);
        for (int i = 6, number = 1; i < message.Length; i += 7, number++)
        {
            Put(identifier, [(byte)(0x20 | (number & 15)), .. message[i..Math.Min(i + 7, message.Length)]]);
        }
    }

    private void Put(uint identifier, byte[] data)
    {
        byte[] padded = [.. data, .. Enumerable.Repeat((byte)0xCC, 8 - data.Length)];
        BusRecord record = new(_bus, new BusFrame(identifier, false, padded), null, 0, 0, 0, BusFate.Delivered);
        _listener.OnRecord(record);
    }
}
