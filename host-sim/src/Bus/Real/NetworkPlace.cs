// Where something listens, as addresses of buses write it behind their scheme: `//host:port`, `//[::1]:port/can0?ecu=motor`.
// Invariant: what was parsed is whole: a host, a port, and nothing that was passed over.
// Tests: tests/host-sim/Bus/Real/NetworkPlaceTests.cs.
using System.Globalization;

namespace EsyncSim.Bus.Real;

/// <summary>A host, a port, and what stands behind them.</summary>
/// <param name="Host">Name or address, without brackets.</param>
/// <param name="Port">0 to 65535.</param>
/// <param name="Path">What stands behind the slash; empty without one.</param>
/// <param name="Query">What stands behind the question mark; empty without one.</param>
public sealed record NetworkPlace(string Host, int Port, string Path, string Query)
{
    private const string Lead = "//";
    private const int HostLengthMax = 253;

    /// <summary>Host and port as an address has them.</summary>
    public string Authority => string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");

    /// <summary>Reads a place; null when it is none.</summary>
    public static NetworkPlace? TryParse(string text)
    {
        if (!text.StartsWith(Lead, StringComparison.Ordinal))
        {
            return null;
        }

        int question = text.IndexOf('?', StringComparison.Ordinal);
        string query = question < 0 ? string.Empty : text[(question + 1)..];
        string rest = question < 0 ? text[Lead.Length..] : text[Lead.Length..question];
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        string path = slash < 0 ? string.Empty : rest[(slash + 1)..];
        string authority = slash < 0 ? rest : rest[..slash];
        int colon = authority.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(authority.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            return null;
        }

        string host = authority[..colon];
        bool isBracketed = host.Length > 2 && host[0] == '[' && host[^1] == ']';
        host = isBracketed ? host[1..^1] : host;
        return host.Length <= HostLengthMax && host.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' || (isBracketed && c == ':'))
            ? new NetworkPlace(host, port, path, query)
            : null;
    }
}
