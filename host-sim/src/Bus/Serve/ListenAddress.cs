// Where `--listen` lets clients come in, and in which protocol.
//   socketcand://127.0.0.1:28600/can0        frames, as linux-can/socketcand serves them; the path is the bus's name
//   slcan+tcp://127.0.0.1:3333               frames, as a serial adapter behind a port server
//   tcp-lines://127.0.0.1:4444?ecu=motor     diagnostic messages of one ECU, a line each, as gallia speaks it
// Invariant: an address that was parsed names a protocol that is served; port 0 stands for a free one.
// Tests: tests/host-sim/Bus/Serve/ListenAddressTests.cs.
using System.Text;
using EsyncSim.Bus.Real;

namespace EsyncSim.Bus.Serve;

/// <summary>A place to listen at.</summary>
/// <param name="Scheme">Protocol.</param>
/// <param name="Place">Host, port, and what the protocol wants beside.</param>
public sealed record ListenAddress(string Scheme, NetworkPlace Place)
{
    /// <summary>Frames as socketcand serves them.</summary>
    public const string Socketcand = "socketcand";

    /// <summary>Frames as a serial adapter gives them.</summary>
    public const string Slcan = "slcan+tcp";

    /// <summary>Diagnostic messages in lines.</summary>
    public const string Lines = "tcp-lines";

    private const string EcuKey = "ecu=";

    /// <summary>The forms that <see cref="Parse"/> takes, for help and messages.</summary>
    public static string Forms => $"{Socketcand}://HOST:PORT/BUS, {Slcan}://HOST:PORT, {Lines}://HOST:PORT[?ecu=NAME]";

    /// <summary>Name of the bus, of socketcand.</summary>
    public string BusName => Place.Path;

    /// <summary>Name of the ECU, of tcp-lines; null leaves it open.</summary>
    public string? Ecu => Place.Query.Length == 0 ? null : Place.Query[EcuKey.Length..];

    /// <summary>Reads an address.</summary>
    /// <exception cref="UserErrorException">It is none.</exception>
    public static ListenAddress Parse(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string scheme = colon < 0 ? text : text[..colon];
        bool isKnown = NetworkPlace.TryParse(colon < 0 ? string.Empty : text[(colon + 1)..]) is { } place && scheme switch
        {
            Socketcand => SocketCanChannel.IsInterfaceName(place.Path) && place.Query.Length == 0,
            Slcan => place.Path.Length == 0 && place.Query.Length == 0,
            Lines => place.Path.Length == 0 && (place.Query.Length == 0 || (place.Query.StartsWith(EcuKey, StringComparison.Ordinal) && place.Query.Length > EcuKey.Length)),
            _ => false,
        };
        return isKnown
            ? new ListenAddress(scheme, NetworkPlace.TryParse(text[(colon + 1)..])!)
            : throw new UserErrorException(ExitCode.BadUsage, $"--listen {text} names no place to listen at; it takes {Forms}");
    }

    /// <summary>The same with another port.</summary>
    public ListenAddress At(int port) => this with { Place = Place with { Port = port } };

    /// <summary>What a client is told that is one too many.</summary>
    public byte[] Refusal(int clientsMax) => Encoding.ASCII.GetBytes(Scheme switch
    {
        Socketcand => $"< error {clientsMax} clients are connected already, that is all >",
        Slcan => "\a",
        _ => string.Empty,
    });

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Scheme}://{Place.Authority}{(Place.Path.Length == 0 ? string.Empty : "/" + Place.Path)}{(Place.Query.Length == 0 ? string.Empty : "?" + Place.Query)}";
}
