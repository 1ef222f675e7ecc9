// Adds up the parts of a payload phase (LinePart) from what was seen: frames, the turns of the ECU's processor, its flash operations.
// Invariant: the parts' sum is the length of the phase, to the nanosecond.
// Clauses: ISO 14229-2:2013 §7.2 (response pending).
// Tests: tests/host-sim/Measure/LineBreakdownTests.cs.
namespace EsyncSim.Measure;

/// <summary>Whose frame it was.</summary>
public enum LineSender
{
    /// <summary>The tester's, within the transfer.</summary>
    Tester,

    /// <summary>The ECU's, within the transfer.</summary>
    Ecu,

    /// <summary>Anybody's, outside of the transfer.</summary>
    Foreign,
}

/// <summary>Something that lasted, for the part that it counts as.</summary>
/// <param name="StartNs">Its first nanosecond.</param>
/// <param name="EndNs">The first one after it.</param>
/// <param name="Part">What it counts as.</param>
public readonly record struct LineSpan(long StartNs, long EndNs, LinePart Part);

/// <summary>A payload phase as it was seen.</summary>
public sealed class LineBreakdown
{
    private readonly List<(LineSpan Span, LineSender Sender)> _frames = [];
    private readonly List<LineSpan> _turns = [];
    private readonly List<LineSpan> _flash = [];

    /// <summary>A frame was on the bus, interframe space included; in the order of their times, as everything below.</summary>
    public void AddFrame(LineSpan frame, LineSender sender) => _frames.Add((frame, sender));

    /// <summary>The ECU's processor worked in a turn.</summary>
    public void AddTurn(LineSpan turn) => _turns.Add(turn);

    /// <summary>The ECU's flash erased or programmed.</summary>
    public void AddFlash(LineSpan operation) => _flash.Add(operation);

    /// <summary>Nanoseconds of each part of a phase, in the order of <see cref="LinePart"/>.</summary>
    public long[] PartsOf(long startNs, long endNs)
    {
        long[] parts = new long[Enum.GetValues<LinePart>().Length];
        LineSender[] next = NextSenders();
        LineCursor turns = new(_turns);
        LineCursor flash = new(_flash);
        bool isPending = false;
        long at = startNs;
        for (int i = 0; i <= _frames.Count; i++)
        {
            LineSpan frame = i < _frames.Count ? _frames[i].Span : new LineSpan(endNs, endNs, LinePart.OtherFrames);
            long gapEndNs = Math.Clamp(frame.StartNs, at, endNs);
            if (next[i] == LineSender.Ecu)
            {
                AddEcuGap(parts, at, gapEndNs, turns, flash, isPending);
            }
            else
            {
                parts[(int)LinePart.TesterTurnaround] += gapEndNs - at;
            }

            at = Math.Clamp(frame.EndNs, gapEndNs, endNs);
            parts[(int)frame.Part] += at - gapEndNs;
            if (i < _frames.Count && _frames[i].Sender == LineSender.Ecu)
            {
                isPending = frame.Part == LinePart.ResponsePending;
            }
        }

        return parts;
    }

    // Who sends the next frame of the transfer, for each place between frames; after the last one it is the tester's turn.
    private LineSender[] NextSenders()
    {
        LineSender[] next = new LineSender[_frames.Count + 1];
        next[^1] = LineSender.Tester;
        for (int i = _frames.Count - 1; i >= 0; i--)
        {
            next[i] = _frames[i].Sender == LineSender.Foreign ? next[i + 1] : _frames[i].Sender;
        }

        return next;
    }

    private static void AddEcuGap(long[] parts, long startNs, long endNs, LineCursor turns, LineCursor flash, bool isPending)
    {
        LinePart idle = isPending ? LinePart.ResponsePending : LinePart.EcuTurnaround;
        for (long at = startNs; at < endNs;)
        {
            bool isWorking = turns.Find(at, out LinePart turn, out long turnChangesNs);
            bool isFlashBusy = flash.Find(at, out LinePart operation, out long flashChangesNs);
            long until = Math.Min(endNs, Math.Min(turnChangesNs, flashChangesNs));
            parts[(int)(isWorking ? turn : isFlashBusy ? operation : idle)] += until - at;
            at = until;
        }
    }

    /// <summary>Goes along spans that follow one another.</summary>
    private sealed class LineCursor(List<LineSpan> spans)
    {
        private int _index;

        /// <summary>True when a span holds the moment, which never goes back; tells when that changes.</summary>
        public bool Find(long ns, out LinePart part, out long changesNs)
        {
            while (_index < spans.Count && spans[_index].EndNs <= ns)
            {
                _index++;
            }

            bool isInside = _index < spans.Count && spans[_index].StartNs <= ns;
            part = isInside ? spans[_index].Part : default;
            changesNs = _index >= spans.Count ? long.MaxValue : isInside ? spans[_index].EndNs : spans[_index].StartNs;
            return isInside;
        }
    }
}
