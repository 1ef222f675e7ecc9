// Where a web server listens, as the command line says it: HOST:PORT, HOST or PORT.
// Tests: tests/host-sim/Web/WebAddressTests.cs.
using System.Globalization;
using System.Net;

namespace EsyncSim.Web;

/// <summary>Where a web server listens.</summary>
/// <param name="Address">The interface.</param>
/// <param name="Port">TCP port; 0 takes one that is free.</param>
public sealed record WebAddress(IPAddress Address, int Port)
{
    /// <summary>TCP port when none is named.</summary>
    public const int DefaultPort = 8080;

    /// <summary>This machine only, at the default port.</summary>
    public static WebAddress Default { get; } = new(IPAddress.Loopback, DefaultPort);

    /// <summary>True when only this machine reaches it.</summary>
    public bool IsLoopback => IPAddress.IsLoopback(Address);

    /// <summary>Reads an address.</summary>
    /// <param name="text"><c>127.0.0.1:8080</c>, <c>[::1]:8080</c>, <c>localhost</c>, <c>8080</c> or <c>0.0.0.0:80</c>.</param>
    /// <exception cref="UserErrorException">It is none.</exception>
    public static WebAddress Parse(string text)
    {
        if (TryParsePort(text, out int alone))
        {
            return Default with { Port = alone };
        }

        int colon = text.LastIndexOf(':');
        bool hasPort = colon > 0 && !text.EndsWith(']') && text.IndexOf(':') == colon | text[colon - 1] == ']';
        string host = (hasPort ? text[..colon] : text).Trim('[', ']');
        int port = DefaultPort;
        IPAddress? address = host == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(host, out IPAddress? parsed) ? parsed : null;
        return address is not null && (!hasPort || TryParsePort(text[(colon + 1)..], out port))
            ? new WebAddress(address, port)
            : throw new UserErrorException(ExitCode.BadUsage, $"--web {text} is no address to listen at; write IP:PORT such as {Default}, or only the port");
    }

    /// <summary>The address as it stands in a URL.</summary>
    public override string ToString() => new IPEndPoint(Address, Port).ToString();

    private static bool TryParsePort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= ushort.MaxValue;
}
