// The traffic of one or more buses as a Vector ASC log, which CANoe, CANalyzer, python-can, SavvyCAN and others read.
// The head names date, number base and kind of timestamps; a line is `seconds channel identifier[x] Rx d length bytes`, the identifier with
// an x when it has 29 bits. Channels are numbered from 1, in the order in which buses are first heard.
// Invariants: seconds count from time zero of the bus, whose date (UTC) is in the head; an event is at the end of its frame.
// Tests: tests/host-sim/Logs/LogRoundTripTests.cs, AscLogTests.cs.
using System.Globalization;
using EsyncSim.Bus;

namespace EsyncSim.Logs;

/// <summary>Writes bus traffic as an ASC log. The writer belongs to the caller, who also disposes of it.</summary>
/// <param name="writer">Where the lines go.</param>
/// <param name="hasErrorFrames">True: error frames as well.</param>
/// <param name="clock">What time it is; null: as the bus is, simulated or not.</param>
public sealed class AscLog(TextWriter writer, bool hasErrorFrames = false, LogClock? clock = null) : IBusObserver
{
    private readonly LogClock _clock = clock ?? new LogClock();
    private readonly List<string> _channels = [];
    private bool _hasHead;

    /// <inheritdoc/>
    public void OnRecord(in BusRecord record)
    {
        if (!record.IsWhole && !hasErrorFrames)
        {
            return;
        }

        WriteHead(_clock.EpochNs(record.Bus));
        long us = record.EndNs / VirtualTime.NsPerUs;
        writer.Write(string.Create(CultureInfo.InvariantCulture, $"{us / 1_000_000,4}.{us % 1_000_000:D6} {ChannelOf(record.Bus.Name)}  "));
        if (record.IsWhole)
        {
            BusFrame frame = record.Frame;
            string identifier = frame.Identifier.ToString("X", CultureInfo.InvariantCulture) + (frame.IsExtended ? "x" : string.Empty);
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"{identifier,-15} Rx   d {frame.Length}"));
            for (int i = 0; i < frame.Length; i++)
            {
                writer.Write(string.Create(CultureInfo.InvariantCulture, $" {frame[i]:X2}"));
            }
        }
        else
        {
            writer.Write("ErrorFrame");
        }

        writer.Write('\n');
    }

    /// <summary>Ends the log; nothing may follow.</summary>
    public void End()
    {
        WriteHead(LogClock.SimulationEpochSeconds * VirtualTime.NsPerSecond);
        writer.Write("End TriggerBlock\n");
    }

    private void WriteHead(long epochNs)
    {
        if (!_hasHead)
        {
            _hasHead = true;
            string date = DateTime.UnixEpoch.AddTicks(epochNs / TimeSpan.NanosecondsPerTick).ToString("ddd MMM dd HH:mm:ss.fff yyyy", CultureInfo.InvariantCulture);
            writer.Write($"date {date}\nbase hex  timestamps absolute\ninternal events logged\nBegin Triggerblock {date}\n   0.000000 Start of measurement\n");
        }
    }

    private int ChannelOf(string bus)
    {
        int at = _channels.IndexOf(bus);
        if (at < 0)
        {
            at = _channels.Count;
            _channels.Add(bus);
        }

        return at + 1;
    }
}
