// What concerns the signals of one CAN frame, and the frames of one ECU: no bits with two uses at once, one timeout for a
// frame, no more frames than the receiver can tell apart.
// Bits may have two uses when a multiplexor says which of them holds.
// Tests: tests/host-sim/Config/SignalCanRuleTests.cs.
namespace EsyncSim.Config;

/// <summary>Rules that need more than one signal.</summary>
internal sealed class SignalFrameRules(ConfigProblems problems, BoardDefinition board)
{
    /// <summary>Checks all signals of an ECU.</summary>
    public void Check(IReadOnlyList<PlacedSignal> signals)
    {
        IGrouping<uint, PlacedSignal>[] frames = [.. FramesOf(signals)];
        foreach (PlacedSignal[] frame in frames.Select(f => f.ToArray()))
        {
            CheckTimeouts(frame);
            for (int i = 1; i < frame.Length; i++)
            {
                CheckBits(frame[i], frame.AsSpan(0, i));
            }

            CheckMultiplexors(frame);
        }

        CheckFilters(frames);
    }

    /// <summary>The frames that signals come from, ascending as the agent has them, by their marked identifiers.</summary>
    public static IEnumerable<IGrouping<uint, PlacedSignal>> FramesOf(IEnumerable<PlacedSignal> signals) =>
        signals.Where(s => s.Signal.Can is not null).GroupBy(s => s.Signal.Can!.MarkedIdentifier).OrderBy(f => f.Key);

    /// <summary>True when two signals of one frame claim the same bits at the same time.</summary>
    public static bool AreInEachOthersWay(CanSource a, CanSource b) => (a.Bits.Mask & b.Bits.Mask) != 0 && !AreExclusive(a.Multiplexor, b.Multiplexor);

    /// <summary>True when a multiplexor lies over a part of a signal, or another one over a part of it.</summary>
    public static bool IsInTheWay(CanBits multiplexor, CanBits other) => multiplexor != other && (multiplexor.Mask & other.Mask) != 0;

    private static bool AreExclusive(SignalMultiplexor? a, SignalMultiplexor? b) => a is not null && b is not null && a.Bits == b.Bits && a.Value != b.Value;

    private void CheckTimeouts(PlacedSignal[] frame)
    {
        foreach (PlacedSignal signal in frame.Where(s => s.Signal.Can!.TimeoutMs != frame[0].Signal.Can!.TimeoutMs))
        {
            problems.Add(signal.Place, ConfigRule.TimingContradiction, $"`timeoutMs` of `{Path(signal)}` is {signal.Signal.Can!.TimeoutMs}, but `{Path(frame[0])}` (line {frame[0].Place.Line}) of the same frame has {frame[0].Signal.Can!.TimeoutMs}", "A frame has one timeout; write the same for all its signals");
        }
    }

    private void CheckBits(PlacedSignal signal, ReadOnlySpan<PlacedSignal> before)
    {
        foreach (PlacedSignal other in before)
        {
            if (AreInEachOthersWay(signal.Signal.Can!, other.Signal.Can!))
            {
                problems.Add(signal.Place, ConfigRule.BitsOverlap, $"`{Path(signal)}` has bits that are `{Path(other)}`'s as well (line {other.Place.Line})", "Correct startBit, length or byteOrder, or say with `multiplexor` which of them is in the frame");
                return;
            }
        }
    }

    private void CheckMultiplexors(PlacedSignal[] frame)
    {
        foreach (PlacedSignal signal in frame.Where(s => s.Signal.Can!.Multiplexor is not null))
        {
            CanBits bits = signal.Signal.Can!.Multiplexor!.Bits;
            PlacedSignal? other = frame.FirstOrDefault(s => IsInTheWay(bits, s.Signal.Can!.Bits) || (s.Signal.Can!.Multiplexor is { } m && IsInTheWay(bits, m.Bits)));
            if (other is not null)
            {
                problems.Add(signal.Place, ConfigRule.BitsOverlap, $"The multiplexor of `{Path(signal)}` shares a part of its bits with `{Path(other)}` (line {other.Place.Line}) or its multiplexor", "A multiplexor may be a signal as a whole, and nothing else");
                return;
            }
        }
    }

    private void CheckFilters(IGrouping<uint, PlacedSignal>[] frames)
    {
        if (board.SignalFramesMax == 0 || frames.Length == 0)
        {
            return;
        }

        if (frames.Length > board.SignalFramesMax)
        {
            PlacedSignal first = frames[board.SignalFramesMax].First();
            problems.Add(first.Place, ConfigRule.LooserThanBoard, $"`{Path(first)}` brings the {board.SignalFramesMax + 1}th frame, but the CAN controller of board `{board.Name}` has filters for {board.SignalFramesMax} beside the diagnostic ones", "Take signals of fewer frames, or choose another board");
        }

        bool isExtended = frames[0].First().Signal.Can!.IsExtended;
        PlacedSignal? odd = frames.Select(f => f.First()).FirstOrDefault(s => s.Signal.Can!.IsExtended != isExtended);
        if (odd is not null)
        {
            problems.Add(odd.Place, ConfigRule.LooserThanBoard, $"`{Path(odd)}` comes from an identifier of {(isExtended ? 11 : 29)} bits and `{Path(frames[0].First())}` from one of {(isExtended ? 29 : 11)}, but the filters of board `{board.Name}` take one format for all signals", "Take signals of one format");
        }
    }

    private static string Path(PlacedSignal signal) => signal.Signal.Definition.Path;
}
