// The address of a bus as --bus takes it: a scheme, a colon, and what the scheme wants.
//   virtual:            the bus in this program, with a virtual ECU on it
//   socketcan:can0      a network interface of Linux
//   slcan:/dev/ttyACM0?bitrate=500000    a serial adapter (CANable and its like)
//   slcan+tcp://host:port                the same protocol over TCP: a port server, or `esync ecu run`
//   socketcand://host:port/can0          a bus of a socketcand, or of `esync ecu run`
// Invariant: an address that was parsed names a scheme that exists; whether the bus is there shows when it is opened.
// A further kind of adapter is one more row of Schemes.
// Tests: tests/host-sim/Bus/Real/BusAddressTests.cs.
namespace EsyncSim.Bus.Real;

/// <summary>Address of a bus.</summary>
/// <param name="Scheme">What kind of bus.</param>
/// <param name="Rest">What stands behind the colon.</param>
public sealed record BusAddress(string Scheme, string Rest)
{
    private const string VirtualScheme = "virtual";

    private static readonly BusScheme[] Schemes =
    [
        new("socketcan", "socketcan:INTERFACE", SocketCanChannel.IsInterfaceName, SocketCanChannel.Open),
        new(SlcanChannel.SerialScheme, $"{SlcanChannel.SerialScheme}:DEVICE[?bitrate=N]", SlcanChannel.IsSerial, SlcanChannel.OpenSerial),
        new(SlcanChannel.TcpScheme, $"{SlcanChannel.TcpScheme}://HOST:PORT[?bitrate=N]", SlcanChannel.IsTcp, SlcanChannel.OpenTcp),
        new(SocketcandChannel.Scheme, $"{SocketcandChannel.Scheme}://HOST:PORT/BUS", SocketcandChannel.IsPlace, SocketcandChannel.Open),
    ];

    /// <summary>The bus in this program.</summary>
    public static BusAddress Virtual { get; } = new(VirtualScheme, string.Empty);

    /// <summary>The forms that <see cref="Parse"/> takes, for help and messages.</summary>
    public static string Forms => string.Join(", ", Schemes.Select(scheme => scheme.Form).Prepend(VirtualScheme + ":"));

    /// <summary>True for the bus in this program.</summary>
    public bool IsVirtual => Scheme == VirtualScheme;

    /// <summary>Reads an address.</summary>
    /// <exception cref="UserErrorException">It is none.</exception>
    public static BusAddress Parse(string text)
    {
        int colon = text.IndexOf(':');
        BusAddress address = new(colon < 0 ? text : text[..colon], colon < 0 ? string.Empty : text[(colon + 1)..]);
        bool isKnown = colon >= 0 && (address.IsVirtual
            ? address.Rest.Length == 0
            : Array.Exists(Schemes, scheme => scheme.Name == address.Scheme && scheme.Takes(address.Rest)));
        return isKnown ? address : throw new UserErrorException(ExitCode.BadUsage, $"--bus {text} names no bus; it takes {Forms}");
    }

    /// <summary>Opens the way to a real bus.</summary>
    /// <exception cref="UserErrorException">The bus cannot be used.</exception>
    public IFrameChannel Open() => Array.Find(Schemes, scheme => scheme.Name == Scheme)?.Open(Rest)
        ?? throw new InvalidOperationException($"{this} is opened by nobody");

    /// <inheritdoc/>
    public override string ToString() => $"{Scheme}:{Rest}";

    private sealed record BusScheme(string Name, string Form, Predicate<string> Takes, Func<string, IFrameChannel> Open);
}
