// Somebody who listens on the bus, knows nothing, and keeps what is transferred to one ECU; and how much of a content that
// somebody else knows is in it.
// Invariant: nothing but frames that were whole on the wire; a message of more than one frame is put together as ISO-TP has it.
// Clause: ISO 15765-2:2016 §9.6, ISO 14229-1:2020 §14.5.
// Tests: tests/host-sim/Demo/EavesdropperTests.cs.
using System.Buffers.Binary;
using EsyncSim.Bus;

namespace EsyncSim.Demo;

/// <summary>Listens to the TransferData requests to one ECU.</summary>
public sealed class Eavesdropper : IBusObserver
{
    /// <summary>Bytes that must be the same, one after the other, to count as heard.</summary>
    public const int BlockLength = 16;

    private const byte TransferData = 0x36;
    private readonly uint _requestId;
    private readonly List<byte> _heard = [];
    private readonly List<byte> _message = [];
    private int _expected;

    /// <summary>Begins to listen to requests with an identifier.</summary>
    public Eavesdropper(ICanBus bus, uint requestId)
    {
        _requestId = requestId;
        bus.Observe(this);
    }

    /// <summary>Bytes kept so far.</summary>
    public int Count => _heard.Count;

    /// <summary>Forgets all that was heard.</summary>
    public void Forget() => _heard.Clear();

    /// <summary>How many of a content's blocks, cut from its beginning on, are anywhere in what was heard, and how many it has.</summary>
    public (int Heard, int All) Blocks(ReadOnlySpan<byte> content)
    {
        byte[] heard = [.. _heard];
        HashSet<UInt128> windows = [];
        for (int i = 0; i + BlockLength <= heard.Length; i++)
        {
            windows.Add(BinaryPrimitives.ReadUInt128BigEndian(heard.AsSpan(i)));
        }

        int found = 0;
        int all = content.Length / BlockLength;
        for (int i = 0; i < all; i++)
        {
            found += windows.Contains(BinaryPrimitives.ReadUInt128BigEndian(content[(i * BlockLength)..])) ? 1 : 0;
        }

        return (found, all);
    }

    /// <inheritdoc/>
    public void OnRecord(in BusRecord record)
    {
        if (!record.IsWhole || record.Frame.Identifier != _requestId)
        {
            return;
        }

        BusFrame frame = record.Frame;
        switch (frame[0] >> 4)
        {
            case 0:
                Begin(frame[0] & 0x0F, frame, 1);
                break;
            case 1:
                Begin(((frame[0] & 0x0F) << 8) | frame[1], frame, 2);
                break;
            case 2:
                Append(frame, 1);
                break;
        }
    }

    private void Begin(int length, in BusFrame frame, int from)
    {
        _message.Clear();
        _expected = length;
        Append(frame, from);
    }

    // What follows the last byte of a message is padding.
    private void Append(in BusFrame frame, int from)
    {
        if (_expected == 0)
        {
            return;
        }

        for (int i = from; i < frame.Length && _message.Count < _expected; i++)
        {
            _message.Add(frame[i]);
        }

        if (_message.Count == _expected)
        {
            if (_message[0] == TransferData)
            {
                _heard.AddRange(_message.Skip(2));
            }

            _expected = 0;
        }
    }
}
