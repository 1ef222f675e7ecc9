// The traffic of one or more buses as a log that candump, canplayer and SavvyCAN read (can-utils, `candump -l`).
// A line is `(seconds.microseconds) interface identifier#data`; the time is the end of the frame, as a receiver stamps it.
// Error frames (class "bus error", 20000080) are written on request only, for many readers do not expect them.
// Tests: tests/host-sim/Logs/CandumpLogTests.cs.
using EsyncSim.Bus;

namespace EsyncSim.Logs;

/// <summary>Writes bus traffic as a candump log. The writer belongs to the caller, who also disposes of it.</summary>
/// <param name="writer">Where the lines go.</param>
/// <param name="hasErrorFrames">True: error frames as well.</param>
/// <param name="clock">What time it is; null: as the bus is, simulated or not.</param>
public sealed class CandumpLog(TextWriter writer, bool hasErrorFrames = false, LogClock? clock = null) : IBusObserver
{
    private readonly LogClock _clock = clock ?? new LogClock();
    private readonly char[] _line = new char[96];

    /// <summary>Lines written.</summary>
    public long LineCount { get; private set; }

    /// <inheritdoc/>
    public void OnRecord(in BusRecord record)
    {
        if (!record.IsWhole && !hasErrorFrames)
        {
            return;
        }

        long microseconds = _clock.NsOf(record) / VirtualTime.NsPerUs;
        Span<char> line = _line;
        line[0] = '(';
        int length = 1;
        (microseconds / 1_000_000).TryFormat(line[length..], out int count);
        length += count;
        line[length++] = '.';
        (microseconds % 1_000_000).TryFormat(line[length..], out count, "D6");
        length += count;
        ") ".CopyTo(line[length..]);
        length += 2;
        ReadOnlySpan<char> name = record.Bus.Name.AsSpan(0, Math.Min(record.Bus.Name.Length, 15)); // IFNAMSIZ
        name.CopyTo(line[length..]);
        length += name.Length;
        line[length++] = ' ';
        if (record.IsWhole)
        {
            length += record.Frame.Format(line[length..]);
        }
        else
        {
            const string BusError = "20000080#0000000000000000";
            BusError.CopyTo(line[length..]);
            length += BusError.Length;
        }

        line[length++] = '\n';
        writer.Write(line[..length]);
        LineCount++;
    }
}
