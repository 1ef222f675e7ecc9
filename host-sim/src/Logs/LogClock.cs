// What time the records of a bus have in a log: nanoseconds since 1970.
// Invariants: a simulation begins at a fixed moment, so that the same run gives the same file to the byte; a bus that keeps step with the
// wall clock has the wall clock's time, which is looked at once, with its first record, so that differences are those of the bus.
// Tests: tests/host-sim/Logs/LogRoundTripTests.cs.
using EsyncSim.Bus;

namespace EsyncSim.Logs;

/// <summary>The clock of a log.</summary>
/// <param name="epochNs">Nanoseconds since 1970 at time zero of the bus; null: as the bus is, simulated or not.</param>
/// <param name="wallClock">The wall clock; null is the system's.</param>
public sealed class LogClock(long? epochNs = null, TimeProvider? wallClock = null)
{
    /// <summary>Seconds since 1970 at time zero of a simulation.</summary>
    public const long SimulationEpochSeconds = 1_700_000_000;

    private long? _epochNs = epochNs;

    /// <summary>Nanoseconds since 1970 at time zero of the bus.</summary>
    /// <param name="bus">The bus, which has begun to be logged.</param>
    public long EpochNs(ICanBus bus) => _epochNs ??= bus.Time.Pace is null ? SimulationEpochSeconds * VirtualTime.NsPerSecond : WallNs() - bus.Time.NowNs;

    /// <summary>End of a record, as a receiver stamps it.</summary>
    public long NsOf(in BusRecord record) => EpochNs(record.Bus) + record.EndNs;

    private long WallNs() => ((wallClock ?? TimeProvider.System).GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
}
