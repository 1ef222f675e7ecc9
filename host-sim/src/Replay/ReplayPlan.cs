// Which frames of a log are played, and when: only some identifiers, others in their place, faster or slower.
// Invariants: the order is that of the log; a frame begins as long after the beginning as it did then, divided by the speed; logs have the ends of frames. A log of a
// simulation begins when its ECU was switched on, so that it can be repeated to the frame; every other log begins with its first frame, after what the ECU needs to start.
// Tests: tests/host-sim/Replay/ReplayPlanTests.cs.
using EsyncSim.Bus;
using EsyncSim.Decode;
using EsyncSim.Logs;

namespace EsyncSim.Replay;

/// <summary>A frame and its moment.</summary>
/// <param name="DueNs">Nanoseconds after the beginning.</param>
/// <param name="Frame">The frame.</param>
public readonly record struct ReplayFrame(long DueNs, BusFrame Frame);

/// <summary>What the user wants of a log.</summary>
public sealed record ReplayChoice
{
    /// <summary>Identifiers that are played, as they stand in the log; empty for all.</summary>
    public IReadOnlyCollection<CanId> Only { get; init; } = [];

    /// <summary>Identifiers that take the place of others.</summary>
    public IReadOnlyDictionary<CanId, CanId> Map { get; init; } = new Dictionary<CanId, CanId>();

    /// <summary>1 is as it was recorded; <see cref="double.PositiveInfinity"/> one frame after the other.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>Nanoseconds before the first frame of a log that is none of a simulation: for an ECU that is switched on with the replay.</summary>
    public long LeadNs { get; init; }

    /// <summary>Bits per second, for the length of frames.</summary>
    public int BitRate { get; init; } = 500_000;
}

/// <summary>Frames to play.</summary>
/// <param name="frames">In their order.</param>
public sealed class ReplayPlan(IReadOnlyList<ReplayFrame> frames)
{
    private const long SimulationNsMax = 24 * 3600 * VirtualTime.NsPerSecond;

    /// <summary>The frames.</summary>
    public IReadOnlyList<ReplayFrame> Frames => frames;

    /// <summary>The log with identifiers in the place of others.</summary>
    public static IReadOnlyList<LoggedFrame> Mapped(IReadOnlyList<LoggedFrame> log, IReadOnlyDictionary<CanId, CanId> map) =>
        map.Count == 0 ? log : [.. log.Select(logged => map.TryGetValue(IdOf(logged.Frame), out CanId other)
            ? logged with { Frame = new BusFrame(other.Value, other.IsExtended, logged.Frame.Length, logged.Frame.Data) }
            : logged)];

    /// <summary>Chooses from a log.</summary>
    /// <param name="log">The log.</param>
    /// <param name="choice">What is wanted of it.</param>
    /// <param name="isPlayed">Takes an identifier as it is played; null takes all.</param>
    public static ReplayPlan Of(IReadOnlyList<LoggedFrame> log, ReplayChoice choice, Predicate<CanId>? isPlayed = null)
    {
        if (log.Count == 0)
        {
            return new ReplayPlan([]);
        }

        long beginNs = BeginNs(log[0], choice);
        IReadOnlyList<LoggedFrame> mapped = Mapped(log, choice.Map);
        List<ReplayFrame> frames = [];
        for (int i = 0; i < log.Count; i++)
        {
            bool isChosen = choice.Only.Count == 0 || choice.Only.Contains(IdOf(log[i].Frame));
            if (isChosen && (isPlayed is null || isPlayed(IdOf(mapped[i].Frame))))
            {
                frames.Add(new ReplayFrame(DueNs(log[i].Ns - NsOf(log[i].Frame, choice.BitRate) - beginNs, choice), mapped[i].Frame));
            }
        }

        return new ReplayPlan(frames);
    }

    /// <summary>Identifier of a frame.</summary>
    internal static CanId IdOf(in BusFrame frame) => new(frame.Identifier, frame.IsExtended);

    // The time for the start of an ECU does not become shorter with the speed.
    private static long DueNs(long ns, ReplayChoice choice) => Math.Min(Math.Max(ns, 0), choice.LeadNs) + (long)(Math.Max(ns - choice.LeadNs, 0) / choice.Speed);

    private static long NsOf(in BusFrame frame, int bitRate) => FrameBits.Count(frame) * VirtualTime.NsPerSecond / bitRate;

    private static long BeginNs(in LoggedFrame first, ReplayChoice choice)
    {
        long simulated = first.Ns - (LogClock.SimulationEpochSeconds * VirtualTime.NsPerSecond);
        return simulated is >= 0 and < SimulationNsMax ? first.Ns - simulated : first.Ns - NsOf(first.Frame, choice.BitRate) - choice.LeadNs;
    }
}
