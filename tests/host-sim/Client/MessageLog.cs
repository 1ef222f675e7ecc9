// The traffic of one connection as whole messages, put together from the frames on the bus, independently of CanTp.
// "→" physical request, "⇒" functional request, "←" response; hex with blanks.
using EsyncAgent;
using EsyncSim.Bus;

namespace EsyncTests.HostSim.Client;

/// <summary>Listens to a bus and writes down messages.</summary>
internal sealed class MessageLog(CanIfConfig ecu) : IBusObserver
{
    private readonly Dictionary<uint, (byte[] Message, int Count)> _open = [];

    /// <summary>Direction and message, in the order of their ends.</summary>
    internal List<(char Direction, byte[] Message)> Entries { get; } = [];

    /// <summary>Called with each entry.</summary>
    internal Action<char, byte[]>? Heard { get; set; }

    /// <summary>The messages as lines.</summary>
    internal IEnumerable<string> Lines => Entries.Select(entry => $"{entry.Direction} {Hex(entry.Message)}");

    internal static string Hex(ReadOnlySpan<byte> bytes) => BitConverter.ToString(bytes.ToArray()).Replace('-', ' ');

    /// <summary>What the requests begin with: all that is fixed in them. Repeated polling counts once, tester present not at all.</summary>
    internal static List<string> Beginnings(IEnumerable<(char Direction, byte[] Message)> entries)
    {
        List<string> requests = [];
        foreach ((char direction, byte[] message) in entries.Where(entry => entry.Direction != '←'))
        {
            int length = message[0] switch { 0x22 or 0x34 or 0x2E or 0x28 => 3, 0x31 => 4, 0x37 => 1, _ => 2 };
            string request = $"{direction} {Hex(message.AsSpan(0, length))}";
            if (request != "⇒ 3E 80" && (requests.Count == 0 || requests[^1] != request))
            {
                requests.Add(request);
            }
        }

        return requests;
    }

    void IBusObserver.OnRecord(in BusRecord record)
    {
        BusFrame frame = record.Frame;
        char direction = frame.Identifier == ecu.PhysicalRxId ? '→' : frame.Identifier == ecu.TxId ? '←' : frame.Identifier == ecu.FunctionalRxId ? '⇒' : '\0';
        if (direction == '\0' || record.Fate != BusFate.Delivered)
        {
            return;
        }

        switch (frame[0] >> 4)
        {
            case 0:
                Take(frame, direction, new byte[frame[0]], 0, 1);
                break;
            case 1:
                Take(frame, direction, new byte[((frame[0] & 0x0F) << 8) | frame[1]], 0, 2);
                break;
            case 2 when _open.TryGetValue(frame.Identifier, out (byte[] Message, int Count) open):
                Take(frame, direction, open.Message, open.Count, 1);
                break;
        }
    }

    private void Take(in BusFrame frame, char direction, byte[] message, int count, int start)
    {
        for (int i = start; i < 8 && count < message.Length; i++)
        {
            message[count++] = frame[i];
        }

        if (count < message.Length)
        {
            _open[frame.Identifier] = (message, count);
            return;
        }

        _open.Remove(frame.Identifier);
        Entries.Add((direction, message));
        Heard?.Invoke(direction, message);
    }
}
