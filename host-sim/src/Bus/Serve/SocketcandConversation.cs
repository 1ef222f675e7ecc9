// The socketcand protocol as a server (github.com/linux-can/socketcand, doc/protocol.md): open, raw mode, send, echo.
//   < hi >   < open can0 > < ok >   < rawmode > < ok >   < send 7E0 3 2 3e 0 >   < frame 7E8 1700000000.123456 027E00CCCCCCCCCC >
// Invariants: each greeting and acknowledgement is a packet of its own, for clients compare a whole packet; identifiers go out with
// exactly 3 digits or 8; a client does not get its own frames. What is not understood is answered, never passed over.
// Frames are parted by a line feed in front, which the protocol passes over: a client that cuts a packet in the middle of a frame
// (python-can) drops one character there.
// Tests: tests/host-sim/Bus/Serve/SocketcandConversationTests.cs.
using System.Globalization;
using System.Text;

namespace EsyncSim.Bus.Serve;

/// <summary>A client of socketcand.</summary>
/// <param name="side">Client and bus.</param>
/// <param name="busName">Name of the bus that can be opened.</param>
/// <param name="unixNs">The time of day in nanoseconds since 1970, in step with the bus.</param>
public sealed class SocketcandConversation(IClientSide side, string busName, Func<long> unixNs) : Conversation
{
    private const int CommandLengthMax = 256;
    private readonly StringBuilder _command = new();
    private readonly byte[] _line = new byte[96];
    private bool _isOpen;
    private bool _isRaw;
    private bool _isClosed;

    /// <inheritdoc/>
    public override bool IsListening => _isRaw && !_isClosed;

    /// <inheritdoc/>
    public override void Greet() => Answer("hi");

    /// <inheritdoc/>
    public override void Take(ReadOnlySpan<byte> bytes)
    {
        foreach (byte one in bytes)
        {
            if (_isClosed)
            {
                return;
            }

            if (one == '<')
            {
                _command.Clear().Append('<');
            }
            else if (_command.Length == 0)
            {
                continue; // between two commands
            }
            else if (one == '>')
            {
                string command = _command.ToString(1, _command.Length - 1);
                _command.Clear();
                Do(command.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            }
            else if (_command.Length == CommandLengthMax)
            {
                Refuse($"a command has no end after {CommandLengthMax} characters");
            }
            else
            {
                _command.Append((char)one);
            }
        }
    }

    /// <inheritdoc/>
    public override void Hear(in BusFrame frame)
    {
        long microseconds = unixNs() / VirtualTime.NsPerUs;
        Encoding.UTF8.TryGetBytes("\n< frame ", _line, out int length);
        frame.Identifier.TryFormat(_line.AsSpan(length), out int count, frame.IsExtended ? "X8" : "X3", CultureInfo.InvariantCulture);
        length += count;
        _line[length++] = (byte)' ';
        (microseconds / 1_000_000).TryFormat(_line.AsSpan(length), out count, default, CultureInfo.InvariantCulture);
        length += count;
        _line[length++] = (byte)'.';
        (microseconds % 1_000_000).TryFormat(_line.AsSpan(length), out count, "D6", CultureInfo.InvariantCulture);
        length += count;
        _line[length++] = (byte)' ';
        for (int i = 0; i < frame.Length; i++)
        {
            frame[i].TryFormat(_line.AsSpan(length), out count, "X2", CultureInfo.InvariantCulture);
            length += count;
        }

        _line[length++] = (byte)' ';
        _line[length++] = (byte)'>';
        side.Offer(_line.AsSpan(0, length));
    }

    private void Do(string[] words)
    {
        switch (words)
        {
            case ["echo"]:
                Answer("echo");
                break;
            case ["open", _] when _isOpen:
                Answer($"error bus {busName} is open already");
                break;
            case ["open", string name] when name == busName:
                _isOpen = true;
                Answer("ok");
                break;
            case ["open", string name]:
                Refuse($"could not open bus {Printable(name)}, this server has {busName}");
                break;
            case ["rawmode" or "bcmmode" or "send", ..] when !_isOpen:
                Answer($"error no bus is open, begin with < open {busName} >");
                break;
            case ["rawmode"]:
                Answer("ok");
                _isRaw = true;
                break;
            case ["bcmmode"]:
                Answer("ok");
                _isRaw = false;
                break;
            case ["send", string identifier, string count, .. string[] data]:
                Send(identifier, count, data);
                break;
            case ["add" or "update" or "delete" or "filter" or "muxfilter" or "subscribe" or "unsubscribe", ..]:
                Answer($"error {words[0]} needs the broadcast manager, which is not here; use < rawmode >");
                break;
            case ["controlmode" or "isotpmode" or "statistics", ..]:
                Answer($"error {words[0]} is not here; use < rawmode >");
                break;
            default:
                Answer("error unknown command");
                break;
        }
    }

    private void Send(string identifier, string count, string[] data)
    {
        const NumberStyles Hex = NumberStyles.AllowHexSpecifier;
        bool isRead = uint.TryParse(identifier, Hex, CultureInfo.InvariantCulture, out uint value) && identifier.Length <= 8;
        bool isExtended = isRead && (identifier.Length == 8 || value > 0x7FF); // more can only be an extended one
        byte[] bytes = new byte[8];
        if (!isRead || value > 0x1FFFFFFF)
        {
            Answer("error send: the identifier is no hexadecimal number of 3 digits, or 8 up to 1FFFFFFF");
        }
        else if (!byte.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out byte length) || length > 8 || data.Length != length)
        {
            Answer($"error send: {Printable(count)} bytes are announced and {data.Length} given; 0 to 8 can be sent");
        }
        else if (!data.Select((text, i) => text.Length <= 2 && byte.TryParse(text, Hex, CultureInfo.InvariantCulture, out bytes[i])).All(isByte => isByte))
        {
            Answer("error send: a byte is no hexadecimal number of one or two digits");
        }
        else
        {
            side.Send(new BusFrame(value, isExtended, bytes.AsSpan(0, length)));
        }
    }

    private static string Printable(string text) => string.Concat(text.Where(char.IsAsciiLetterOrDigit).Take(16));

    private void Answer(string text) => side.Reply(Encoding.ASCII.GetBytes($"< {text} >"), isAlone: true);

    private void Refuse(string why)
    {
        Answer($"error {why}");
        _isClosed = true;
        side.Close(why);
    }
}
