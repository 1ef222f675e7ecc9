// What the report log of an ECU has taken and may not lose uncounted, for the rows of a sweep that are about it.
// Invariants: a record counts from when the log has settled on it; one that was under way at a cut may be there or not; a
// number stands for one content for ever; equal ledgers print equal.
// Must not know flash. Tests: tests/host-sim/Sweep.
using EsyncAgent;

namespace EsyncSim.Sweep;

/// <summary>Promises of a report log.</summary>
public sealed class ReportLedger
{
    private const int BodyLength = 400;
    private const int ResponseLength = 4000;
    private readonly SortedDictionary<uint, string> _seen = [];
    private readonly SortedSet<uint> _stood = [];
    private uint _acknowledged;
    private uint _mark;

    /// <summary>Records that were dropped, over all priorities.</summary>
    public static long DroppedOf(ReportLog log) => Enumerable.Range(0, ReportPriority.Count).Sum(priority => log.DroppedOf((byte)priority));

    /// <summary>A copy, independent from now on.</summary>
    public ReportLedger Clone()
    {
        ReportLedger copy = new() { _acknowledged = _acknowledged, _mark = _mark };
        foreach ((uint number, string body) in _seen)
        {
            copy._seen.Add(number, body);
        }

        copy._stood.UnionWith(_stood);
        return copy;
    }

    /// <summary>Appends a record and waits until it stands or is dropped.</summary>
    public void Append(AgentRig rig, byte priority)
    {
        ReportLog log = rig.Agent.Data.Reports;
        rig.TurnUntil(() => log.IsReady && log.IsIdle, "the report log");
        byte[] body = new byte[BodyLength];
        BigEndian.WriteU32(body, 0, ++_mark);
        uint number = log.NextSequence;
        long dropped = DroppedOf(log);
        if (!log.Append(ReportKind.Sample, priority, 0, _mark, body, 0, BodyLength))
        {
            throw Lost("an idle report log takes no record");
        }

        rig.TurnUntil(() => log.IsIdle, "a record");
        if (log.NextSequence != number)
        {
            Note(number, Convert.ToHexString(body));
            _stood.Add(number);
        }
        else if (DroppedOf(log) == dropped)
        {
            throw Lost("a record is neither taken nor counted as dropped");
        }
    }

    /// <summary>Acknowledges up to a number and gives the log time to write that down.</summary>
    public void Acknowledge(AgentRig rig, uint upTo)
    {
        ReportLog log = rig.Agent.Data.Reports;
        _acknowledged = Math.Max(_acknowledged, upTo);
        log.Acknowledge(log.Epoch, upTo);
        for (int turn = 0; turn < 2100; turn++)
        {
            rig.Turn();
        }
    }

    /// <summary>Reads everything and compares; throws what is found.</summary>
    public void Check(AgentRig rig)
    {
        ReportLog log = rig.Agent.Data.Reports;
        rig.TurnUntil(() => log.IsReady, "the report log");
        HashSet<uint> readable = [];
        byte[] into = new byte[ResponseLength];
        uint from = 1;
        do
        {
            log.BeginRead(from, into, 0, ResponseLength);
            StdReturn result = StdReturn.Pending;
            rig.TurnUntil(() => (result = log.AdvanceRead(rig.Mcu.NowMs)) != StdReturn.Pending, "reading reports");
            for (int at = 0; at < log.ReadLength; at += ReportLayout.LengthOf(into, at))
            {
                uint number = ReportLayout.NumberOf(into, at);
                if (number < from || number >= log.NextSequence || !ReportLayout.IsWhole(into, at))
                {
                    throw Lost($"record {number} is read where {from} to {log.NextSequence - 1} may come, whole");
                }

                Note(number, Convert.ToHexString(into, at + ReportLayout.HeadLength, ReportLayout.LengthOf(into, at) - ReportLayout.Overhead));
                readable.Add(number);
                from = number + 1;
            }
        }
        while (log.ReadLength > 0);

        uint[] missing = [.. _stood.Where(number => number > _acknowledged && !readable.Contains(number))];
        if (missing.Length > DroppedOf(log))
        {
            throw Lost($"{missing.Length} reports are gone, {DroppedOf(log)} are counted as dropped: {string.Join(' ', missing)}");
        }
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{_acknowledged} {_mark} {string.Join(',', _stood)} {string.Join(',', _seen.Select(one => $"{one.Key}={one.Value[..Math.Min(8, one.Value.Length)]}"))}";

    private static SweepFaultException Lost(string what) => new(SweepFault.LostConfirmedState, what);

    private void Note(uint number, string body)
    {
        if (_seen.TryGetValue(number, out string? known) && known != body)
        {
            throw Lost($"report {number} stands for two records");
        }

        _seen[number] = body;
    }
}
