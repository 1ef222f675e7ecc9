// A CAN adapter that speaks the serial ASCII protocol (Lawicel CAN232, CANable, USBtin), at a serial line or behind TCP.
// Invariants: the channel of the adapter is closed, set to its bit rate and opened anew; who acknowledges frames (z, Z or an empty line)
// has a few at the most that it did not acknowledge; BEL ends the use of the bus with a reason. Adapters that acknowledge nothing,
// as CANable's do, are taken as they are.
// Tests: tests/host-sim/Bus/Real/SlcanChannelTests.cs, SerialLinkTests.cs.
using System.Globalization;

namespace EsyncSim.Bus.Real;

/// <summary>A serial CAN adapter.</summary>
internal sealed class SlcanChannel : TextChannel
{
    /// <summary>Scheme of adapters at a serial line.</summary>
    public const string SerialScheme = "slcan";

    /// <summary>Scheme of adapters behind TCP.</summary>
    public const string TcpScheme = "slcan+tcp";

    private const string BitRateKey = "bitrate=";
    private const int AnswerMsMax = 1000;
    private const int UnacknowledgedMax = 4;
    private const int TimestampDigits = 4;
    private const byte Bell = 7;
    private const byte CarriageReturn = 13;
    private static readonly int[] BitRates = [10_000, 20_000, 50_000, 100_000, 125_000, 250_000, 500_000, 800_000, 1_000_000];
    private readonly byte[] _line = new byte[64];
    private int _length;
    private int _answers;
    private int _refusals;
    private int _versions;
    private bool _isOpen;
    private bool _isAcknowledging;
    private int _unacknowledged;

    /// <summary>Opens the adapter's channel.</summary>
    /// <exception cref="UserErrorException">It does not answer as one, or refuses.</exception>
    public SlcanChannel(IByteLink link, string address, string name, int? bitRate, TimeProvider? clock = null)
        : base(link, address, name, clock)
    {
        try
        {
            Open(bitRate);
        }
        catch
        {
            link.Dispose();
            throw;
        }
    }

    /// <summary>True for what can stand behind the scheme of a serial line.</summary>
    public static bool IsSerial(string rest)
    {
        (string device, string query) = Split(rest);
        return device.Length > 1 && device[0] == '/' && !device.Any(char.IsControl) && TryBitRate(query, out _);
    }

    /// <summary>True for what can stand behind the scheme of TCP.</summary>
    public static bool IsTcp(string rest) => NetworkPlace.TryParse(rest) is { Path.Length: 0, Port: > 0 } place && !rest.EndsWith('/') && !rest.EndsWith('?') && TryBitRate(place.Query, out _);

    /// <summary>Opens an adapter at a serial line of this machine.</summary>
    public static IFrameChannel OpenSerial(string rest)
    {
        (string device, string query) = Split(rest);
        string address = $"{SerialScheme}:{rest}";
        TryBitRate(query, out int? bitRate);
        return new SlcanChannel(SerialLink.Open(address, device), address, Path.GetFileName(device), bitRate);
    }

    /// <summary>Opens an adapter behind TCP.</summary>
    public static IFrameChannel OpenTcp(string rest)
    {
        NetworkPlace place = NetworkPlace.TryParse(rest)!;
        string address = $"{TcpScheme}:{rest}";
        TryBitRate(place.Query, out int? bitRate);
        return new SlcanChannel(new TcpLink(address, place), address, "can0", bitRate);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        try
        {
            Say("C\r");
        }
        catch (UserErrorException)
        {
            // The adapter is gone: there is nothing left to close.
        }

        base.Dispose();
    }

    /// <inheritdoc/>
    protected override bool MayWrite => !_isAcknowledging || _unacknowledged < UnacknowledgedMax;

    /// <inheritdoc/>
    protected override byte[] Line(in BusFrame frame)
    {
        Span<byte> line = stackalloc byte[SlcanLine.LengthMax];
        _unacknowledged++;
        return line[..SlcanLine.Format(frame, line)].ToArray();
    }

    /// <inheritdoc/>
    protected override void Take(ReadOnlySpan<byte> bytes)
    {
        foreach (byte one in bytes)
        {
            if (one == Bell)
            {
                _length = 0;
                Refused();
            }
            else if (one == CarriageReturn)
            {
                int length = _length;
                _length = 0;
                Hear(_line.AsSpan(0, Math.Min(length, _line.Length)));
            }
            else
            {
                if (_length < _line.Length)
                {
                    _line[_length] = one;
                }

                _length = Math.Min(_length + 1, _line.Length);
            }
        }
    }

    private static (string Path, string Query) Split(string rest)
    {
        int question = rest.IndexOf('?', StringComparison.Ordinal);
        return question < 0 ? (rest, string.Empty) : (rest[..question], rest[question..]);
    }

    private static bool TryBitRate(string query, out int? bitRate)
    {
        string text = query.TrimStart('?');
        bool isGiven = text.StartsWith(BitRateKey, StringComparison.Ordinal)
            & int.TryParse(text.AsSpan(Math.Min(BitRateKey.Length, text.Length)), NumberStyles.None, CultureInfo.InvariantCulture, out int value);
        bitRate = isGiven ? value : null;
        return query.Length == 0 || (isGiven && BitRates.Contains(value));
    }

    private void Open(int? bitRate)
    {
        // What somebody left on the line ends with the first carriage return; what is answered to it does not matter.
        bool isThere = Ask("\rC\rV\r", AnswerMsMax, () => _versions > 0);
        if (bitRate is { } rate)
        {
            isThere |= Command($"S{Array.IndexOf(BitRates, rate)}", $"the bit rate {rate}");
        }

        isThere |= Command("O", "to open its channel");
        if (!isThere)
        {
            throw Error($"nothing answers within {AnswerMsMax} ms as an slcan adapter does");
        }

        _isOpen = true;
    }

    // True when the adapter has answered.
    private bool Command(string command, string what)
    {
        _answers = 0;
        _refusals = 0;
        bool isAnswered = Ask(command + "\r", _versions > 0 ? AnswerMsMax / 4 : AnswerMsMax, () => _answers + _refusals > 0);
        if (_refusals > 0)
        {
            throw Error($"the adapter refuses {what}");
        }

        _isAcknowledging = isAnswered;
        return isAnswered;
    }

    private void Refused()
    {
        _refusals++;
        if (_isOpen)
        {
            throw Error("the adapter refuses a frame (BEL): its channel is closed, its queue is full, or nobody on the bus acknowledges");
        }
    }

    private void Hear(ReadOnlySpan<byte> line)
    {
        if (line.Length == 0 || line[0] is (byte)'z' or (byte)'Z')
        {
            _answers++;
            _unacknowledged = Math.Max(0, _unacknowledged - 1);
        }
        else if (line[0] == 'V')
        {
            _versions++;
        }
        else if (line[0] is (byte)'t' or (byte)'T' && _isOpen && (SlcanLine.TryParse(line, out BusFrame frame)
            || (line.Length > TimestampDigits && SlcanLine.TryParse(line[..^TimestampDigits], out frame)))) // some adapters add the time
        {
            Take(frame);
        }
    }
}
