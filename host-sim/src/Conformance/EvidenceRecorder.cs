// Keeps the bus's frames of one case as its evidence: of many the first and the last ones, and how many were between.
// Invariant: frames that were whole on the wire, in their order, with the times of their ends; a long case costs no more
// memory than a short one.
// Tests: tests/host-sim/Conformance.
using EsyncSim.Bus;

namespace EsyncSim.Conformance;

/// <summary>Records frames.</summary>
internal sealed class EvidenceRecorder(VirtualTime time) : IBusObserver
{
    private const int HeadMax = 120;
    private const int TailMax = 120;
    private readonly List<EvidenceFrame> _head = [];
    private readonly Queue<EvidenceFrame> _tail = new();
    private long _startNs = time.NowNs;

    /// <summary>Frames between the first and the last ones that are kept.</summary>
    public int LeftOut { get; private set; }

    /// <summary>The frames that are kept.</summary>
    public IReadOnlyList<EvidenceFrame> Frames => [.. _head, .. _tail];

    /// <summary>Frames with an identifier that ended within a span of the bus's clock, with the time on it.</summary>
    public IEnumerable<EvidenceFrame> Between(uint identifier, long fromNs, long toNs) => Frames
        .Where(frame => frame.Frame.Identifier == identifier && frame.AtNs + _startNs >= fromNs && frame.AtNs + _startNs <= toNs)
        .Select(frame => frame with { AtNs = frame.AtNs + _startNs });

    /// <summary>Forgets everything: a case begins.</summary>
    public void Restart()
    {
        _head.Clear();
        _tail.Clear();
        LeftOut = 0;
        _startNs = time.NowNs;
    }

    /// <inheritdoc/>
    public void OnRecord(in BusRecord record)
    {
        if (!record.IsWhole)
        {
            return;
        }

        EvidenceFrame frame = new(record.Frame, record.EndNs - _startNs);
        if (_head.Count < HeadMax)
        {
            _head.Add(frame);
            return;
        }

        _tail.Enqueue(frame);
        if (_tail.Count > TailMax)
        {
            _tail.Dequeue();
            LeftOut++;
        }
    }
}
