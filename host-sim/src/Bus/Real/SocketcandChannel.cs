// A bus of a socketcand server (github.com/linux-can/socketcand), in raw mode.
// Invariants: the server has greeted and acknowledged before the channel counts as open; error frames are passed over, an error of the
// server ends the use of the bus with the server's own words.
// Tests: tests/host-sim/Bus/Real/SocketcandChannelTests.cs.
using System.Globalization;
using System.Text;

namespace EsyncSim.Bus.Real;

/// <summary>A client of a socketcand.</summary>
internal sealed class SocketcandChannel : TextChannel
{
    /// <summary>Scheme of its addresses.</summary>
    public const string Scheme = "socketcand";

    private const int AnswerMsMax = 5000;
    private const int MessageLengthMax = 256;
    private readonly StringBuilder _message = new();
    private int _greetings;
    private int _acknowledgements;

    /// <summary>Opens the bus on a server.</summary>
    /// <exception cref="UserErrorException">The server does not answer as one, or refuses.</exception>
    public SocketcandChannel(IByteLink link, string address, string bus, TimeProvider? clock = null)
        : base(link, address, bus, clock)
    {
        try
        {
            Require(Ask(string.Empty, AnswerMsMax, () => _greetings > 0), "< hi >");
            Require(Ask($"< open {bus} >", AnswerMsMax, () => _acknowledgements > 0), $"< ok > to < open {bus} >");
            Require(Ask("< rawmode >", AnswerMsMax, () => _acknowledgements > 1), "< ok > to < rawmode >");
        }
        catch
        {
            link.Dispose();
            throw;
        }
    }

    /// <summary>True for what can stand behind the scheme.</summary>
    public static bool IsPlace(string rest) => NetworkPlace.TryParse(rest) is { Query.Length: 0, Port: > 0 } place && SocketCanChannel.IsInterfaceName(place.Path);

    /// <summary>Connects to a server and opens a bus there.</summary>
    public static IFrameChannel Open(string rest)
    {
        NetworkPlace place = NetworkPlace.TryParse(rest)!;
        string address = $"{Scheme}:{rest}";
        return new SocketcandChannel(new TcpLink(address, place), address, place.Path);
    }

    /// <inheritdoc/>
    protected override byte[] Line(in BusFrame frame)
    {
        StringBuilder line = new("< send ");
        line.Append(frame.Identifier.ToString(frame.IsExtended ? "X8" : "X3", CultureInfo.InvariantCulture)).Append(' ').Append(frame.Length);
        for (int i = 0; i < frame.Length; i++)
        {
            line.Append(' ').Append(frame[i].ToString("x", CultureInfo.InvariantCulture));
        }

        return Encoding.ASCII.GetBytes(line.Append(" >").ToString());
    }

    /// <inheritdoc/>
    protected override void Take(ReadOnlySpan<byte> bytes)
    {
        foreach (byte one in bytes)
        {
            if (one == '<')
            {
                _message.Clear().Append('<');
            }
            else if (one == '>' && _message.Length > 0)
            {
                string message = _message.ToString(1, _message.Length - 1);
                _message.Clear();
                Hear(message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries), message.Trim());
            }
            else if (_message.Length > 0)
            {
                _message.Append((char)one);
                if (_message.Length > MessageLengthMax)
                {
                    throw Error("what comes is not of a socketcand: a message has no end");
                }
            }
        }
    }

    private void Hear(string[] words, string message)
    {
        switch (words)
        {
            case ["hi"]:
                _greetings++;
                break;
            case ["ok"]:
                _acknowledgements++;
                break;
            case ["frame", string identifier, _, .. string[] data] when data.Length <= 1:
                Take(identifier, data.Length == 0 ? string.Empty : data[0]);
                break;
            case ["error", string number, string time] when uint.TryParse(number, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _) && char.IsAsciiDigit(time[0]):
                break; // an error frame of the bus
            case ["error", ..]:
                throw Error($"the server says: {message}");
            default:
                break; // what newer servers may say beside
        }
    }

    private void Take(string identifier, string data)
    {
        bool isExtended = identifier.Length > 3;
        if (!uint.TryParse(identifier, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value) || value > (isExtended ? 0x1FFFFFFFu : 0x7FFu)
            || data.Length > 16 || data.Length % 2 != 0 || !data.All(char.IsAsciiHexDigit))
        {
            throw Error($"the server sends a frame that is none: {identifier} {data}");
        }

        Take(new BusFrame(value, isExtended, Convert.FromHexString(data)));
    }

    private void Require(bool isThere, string what)
    {
        if (!isThere)
        {
            throw Error($"no {what} within {AnswerMsMax / 1000} seconds; is it a socketcand that listens there?");
        }
    }
}
