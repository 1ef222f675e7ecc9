// Fault memory in words: what services 14 and 19 ask for and answer with. DTCs have the names that the ECU's configuration gives.
// Invariant: it takes any bytes; what it cannot read it leaves to the caller, and never throws.
// Clauses: ISO 14229-1:2020 §12.2, §12.3, Annex D.
// Tests: tests/host-sim/Decode/UdsDtcTextTests.cs.
using System.Globalization;

namespace EsyncSim.Decode;

/// <summary>Reads messages about DTCs.</summary>
/// <param name="names">Names of DTCs.</param>
internal sealed class UdsDtcText(IReadOnlyDictionary<uint, string> names)
{
    private const int RecordLength = 4;
    private const int ShownMax = 6;
    private const uint AllGroups = 0xFFFFFF;

    /// <summary>A request of service 14 or 19 behind its name; empty when there is nothing to say.</summary>
    public string Request(ReadOnlySpan<byte> bytes) => bytes[0] switch
    {
        0x14 when bytes.Length >= 4 => Dtc(bytes[1..]) is AllGroups ? "all" : Named(Dtc(bytes[1..])),
        0x19 when bytes.Length >= 3 && bytes[1] is 0x01 or 0x02 => string.Create(CultureInfo.InvariantCulture, $"mask {bytes[2]:X2}"),
        0x19 when bytes.Length >= 5 && bytes[1] is 0x04 or 0x06 => Named(Dtc(bytes[2..])),
        _ => string.Empty,
    };

    /// <summary>A positive response to service 19 behind its name; empty when there is nothing to say.</summary>
    public string Response(ReadOnlySpan<byte> bytes) => bytes.Length < 2 ? string.Empty : bytes[1] switch
    {
        0x01 when bytes.Length >= 6 => string.Create(CultureInfo.InvariantCulture, $"{(bytes[4] << 8) | bytes[5]} DTCs"),
        0x02 or 0x0A or 0x15 when bytes.Length >= 3 => List(bytes[3..], "status"),
        0x04 or 0x06 when bytes.Length >= 6 => WithByte(bytes[2..], "status"),
        0x14 => List(bytes[2..], "counter"),
        _ => string.Empty,
    };

    private static uint Dtc(ReadOnlySpan<byte> bytes) => ((uint)bytes[0] << 16) | ((uint)bytes[1] << 8) | bytes[2];

    private string List(ReadOnlySpan<byte> bytes, string what)
    {
        List<string> said = [];
        int count = bytes.Length / RecordLength;
        for (int i = 0; i < Math.Min(count, ShownMax); i++)
        {
            said.Add(WithByte(bytes[(i * RecordLength)..], what));
        }

        return count == 0 ? "none" : string.Join("; ", said) + (count > ShownMax ? $"; and {count - ShownMax} more" : string.Empty);
    }

    private string WithByte(ReadOnlySpan<byte> bytes, string what) => string.Create(CultureInfo.InvariantCulture, $"{Named(Dtc(bytes))} {what} {bytes[3]:X2}");

    private string Named(uint dtc)
    {
        string name = names.TryGetValue(dtc, out string? known) ? $" ({known})" : string.Empty;
        return string.Create(CultureInfo.InvariantCulture, $"{dtc:X6}{name}");
    }
}
