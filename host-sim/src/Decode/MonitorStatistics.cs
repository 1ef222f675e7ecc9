// What a monitor has counted: frames, load, messages, faults, and how long each ECU let its tester wait.
// Invariants: load is that of the time from the first frame to the last; a wait is counted from the end of a request to the end of the first
// frame of its first answer, be that a response pending or not, as P2 is.
// Tests: tests/host-sim/Decode/BusMonitorTests.cs.
using System.Globalization;
using System.Text.Json;
using EsyncSim.Bus;

namespace EsyncSim.Decode;

/// <summary>One identifier in numbers.</summary>
/// <param name="Identifier">Hexadecimal.</param>
/// <param name="What">What it is known for; empty for nothing.</param>
/// <param name="Frames">Frames.</param>
public sealed record MonitorIdentifier(string Identifier, string What, long Frames);

/// <summary>One ECU in numbers.</summary>
/// <param name="Ecu">Its name.</param>
/// <param name="Requests">Requests to it alone.</param>
/// <param name="Responses">Its responses, pendings not counted.</param>
/// <param name="Negative">Negative ones among them.</param>
/// <param name="Pending">Response pendings.</param>
/// <param name="LongestWaitMs">Longest time to a first answer.</param>
public sealed record MonitorEcu(string Ecu, long Requests, long Responses, long Negative, long Pending, double LongestWaitMs);

/// <summary>All of it.</summary>
/// <param name="Seconds">From the first frame to the last.</param>
/// <param name="Frames">Data frames.</param>
/// <param name="ErrorFrames">Error frames; a real bus tells of none.</param>
/// <param name="LoadPercent">Share of the time in which the bus was taken.</param>
/// <param name="Faults">ISO-TP frames that did not fit.</param>
/// <param name="Ecus">By ECU.</param>
/// <param name="Identifiers">By identifier, ascending.</param>
public sealed record MonitorStatistics(
    double Seconds, long Frames, long ErrorFrames, double LoadPercent, long Faults, IReadOnlyList<MonitorEcu> Ecus, IReadOnlyList<MonitorIdentifier> Identifiers)
{
    /// <summary>The last line for programs.</summary>
    public string ToJson() => JsonSerializer.Serialize(new MonitorEnd(this), MonitorJsonContext.Default.MonitorEnd);
}

/// <summary>The last line.</summary>
public sealed record MonitorEnd(MonitorStatistics Statistics);

/// <summary>Counts for one ECU while a monitor runs.</summary>
/// <param name="name">Its name.</param>
internal sealed class MonitorCount(string name)
{
    private long _requests;
    private long _responses;
    private long _negative;
    private long _pending;
    private long _askedNs = -1;
    private long _longestNs;

    /// <summary>A request has ended.</summary>
    public void Request(long endNs)
    {
        _requests++;
        _askedNs = endNs;
    }

    /// <summary>The first frame of a response has ended.</summary>
    public void Answer(long endNs)
    {
        if (_askedNs >= 0)
        {
            _longestNs = Math.Max(_longestNs, endNs - _askedNs);
            _askedNs = -1;
        }
    }

    /// <summary>A response has ended.</summary>
    public void Response(ReadOnlySpan<byte> bytes)
    {
        bool isNegative = bytes.Length >= 3 && bytes[0] == 0x7F;
        if (isNegative && bytes[2] == 0x78)
        {
            _pending++;
            return;
        }

        _responses++;
        _negative += isNegative ? 1 : 0;
    }

    /// <summary>The counts.</summary>
    public MonitorEcu Take() => new(name, _requests, _responses, _negative, _pending, _longestNs / (double)VirtualTime.NsPerMs);
}

/// <summary>Prints statistics for people.</summary>
internal static class MonitorSummary
{
    /// <summary>Writes them.</summary>
    public static void Write(TextWriter output, MonitorStatistics all)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{all.Frames} frames in {all.Seconds:F3} s, load {all.LoadPercent:F1} %, {all.ErrorFrames} error frames, {all.Faults} ISO-TP faults"));
        foreach (MonitorEcu ecu in all.Ecus.Where(ecu => ecu.Requests + ecu.Responses + ecu.Pending > 0))
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {ecu.Ecu}: {ecu.Requests} requests, {ecu.Responses} responses ({ecu.Negative} negative), {ecu.Pending} pending, longest wait {ecu.LongestWaitMs:F1} ms"));
        }

        foreach (MonitorIdentifier identifier in all.Identifiers)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {identifier.Identifier,8} {identifier.Frames,9}  {identifier.What}").TrimEnd());
        }
    }
}
