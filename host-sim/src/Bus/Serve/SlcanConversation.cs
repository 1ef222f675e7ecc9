// The ASCII protocol of serial CAN adapters (Lawicel CAN232, slcan of can-utils and python-can) as the adapter's side of it.
//   S6 O   t7E0802103ECCCCCCCCCC   T18DA10F1202103E00   r7E00   L C V N F Z0      each ended by a carriage return
// Invariants: every line is answered, an empty one too: a carriage return, `z` or `Z` before it for a frame that was taken, or BEL for
// what cannot be done. Clients that wait for it go on; those that do not are not stalled by a missing acknowledgement of TCP.
// A client does not get its own frames. Remote frames are taken and reach nobody, for the bus carries data frames alone.
// Tests: tests/host-sim/Bus/Serve/SlcanConversationTests.cs.
using System.Globalization;
using System.Text;

namespace EsyncSim.Bus.Serve;

/// <summary>A client of an slcan adapter.</summary>
/// <param name="side">Client and bus.</param>
/// <param name="bitRate">Bits per second of the bus.</param>
public sealed class SlcanConversation(IClientSide side, int bitRate) : Conversation
{
    private const int LineLengthMax = 64;
    private const byte Bell = 7;
    private const byte CarriageReturn = 13;
    private static readonly int[] BitRates = [10_000, 20_000, 50_000, 100_000, 125_000, 250_000, 500_000, 800_000, 1_000_000];
    private readonly byte[] _line = new byte[LineLengthMax];
    private int _length;
    private int? _wantedBitRate; // null takes what the bus has
    private bool _isOpen;
    private bool _isListenOnly;
    private bool _isLost;

    /// <inheritdoc/>
    public override bool IsListening => _isOpen;

    /// <inheritdoc/>
    public override void Take(ReadOnlySpan<byte> bytes)
    {
        foreach (byte one in bytes)
        {
            if (one == CarriageReturn)
            {
                int length = _length;
                _length = 0;
                Answer(length > LineLengthMax ? null : Do(_line.AsSpan(0, length)));
            }
            else if (one != '\n')
            {
                if (_length < LineLengthMax)
                {
                    _line[_length] = one;
                }

                _length = Math.Min(_length + 1, LineLengthMax + 1);
            }
        }
    }

    /// <inheritdoc/>
    public override void Hear(in BusFrame frame)
    {
        Span<byte> text = stackalloc byte[SlcanLine.LengthMax];
        _isLost |= !side.Offer(text[..SlcanLine.Format(frame, text)]);
    }

    // What is answered before the carriage return; null is refused.
    private string? Do(ReadOnlySpan<byte> line)
    {
        if (line.Length == 0)
        {
            return string.Empty;
        }

        switch ((char)line[0])
        {
            case 't' or 'T' or 'r' or 'R':
                return Send(line);
            case 'C' when line.Length == 1:
                _isOpen = false;
                return string.Empty;
            case 'O' or 'L' when line.Length == 1:
                return Open(line[0] == 'L');
            case 'S' when line.Length == 2 && line[1] is >= (byte)'0' and <= (byte)'8' && !_isOpen:
                _wantedBitRate = BitRates[line[1] - '0'];
                return string.Empty;
            case 'V' when line.Length == 1:
                return "V1010";
            case 'N' when line.Length == 1:
                return "NESYN";
            case 'F' when line.Length == 1 && _isOpen:
                string flags = _isLost ? "F01" : "F00"; // bit 0: the receive queue was full
                _isLost = false;
                return flags;
            case 'Z' when line is [_, (byte)'0'] && !_isOpen:
                return string.Empty;
            default:
                return null;
        }
    }

    private string? Send(ReadOnlySpan<byte> line)
    {
        if (!_isOpen || _isListenOnly || !SlcanLine.TryParse(line, out BusFrame frame))
        {
            return null;
        }

        if (!SlcanLine.IsRemote(line[0]))
        {
            side.Send(frame);
        }

        return frame.IsExtended ? "Z" : "z";
    }

    private string? Open(bool isListenOnly)
    {
        if (_isOpen)
        {
            return null;
        }

        if (_wantedBitRate is { } wanted && wanted != bitRate)
        {
            side.Note(string.Create(CultureInfo.InvariantCulture, $"wants {wanted} bit/s, and the bus has {bitRate}; its channel stays closed"));
            return null;
        }

        _isOpen = true;
        _isListenOnly = isListenOnly;
        return string.Empty;
    }

    private void Answer(string? text)
    {
        if (text is null)
        {
            side.Reply([Bell]);
        }
        else
        {
            side.Reply(Encoding.ASCII.GetBytes(text + "\r"));
        }
    }
}
