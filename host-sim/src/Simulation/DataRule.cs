// Reports go up whole: what an ECU has handed out to the vehicle's disk arrives at the server once, in its order and unchanged; an ECU is
// told that it may forget only what is on that disk; a number that never comes was counted as dropped, or is the one that a start leaves
// out for a record that may be torn; a log has one life; sampling goes on after each start; the rules in force are one set or another,
// and never an older one again.
// Where flash operations fail, or leave wrong bits, records may be lost uncounted; where the clock jumps or records are dropped, samples
// may stay away.
// Tests: tests/host-sim/Simulation.
using EsyncSim.Data;

namespace EsyncSim.Simulation;

/// <summary>Exactly once, whole, and without end.</summary>
public sealed class DataRule() : SimRule("data")
{
    // A start that served for so long has samples: rules are read, the longest period of a set has passed more than once.
    private const long SampledMsMin = 4000;
    private const uint LateMsMax = 100;

    private readonly Dictionary<string, EcuData> _ecus = [];

    /// <inheritdoc/>
    public override void OnCollected(EcuWatch ecu, uint epoch, IReadOnlyList<ReportRecord> records)
    {
        EcuData data = Of(ecu);
        if (data.Epoch is { } known && known != epoch)
        {
            Broken($"the report log of {ecu.Name} has begun another life");
        }

        data.Epoch = epoch;
        foreach (ReportRecord record in records)
        {
            if (data.Collected.TryGetValue(record.Sequence, out ReportRecord? before) && !before.Bytes.AsSpan().SequenceEqual(record.Bytes))
            {
                Broken($"number {record.Sequence} of {ecu.Name} stands for two records");
            }

            data.Collected[record.Sequence] = record;
        }

        CheckAgent(ecu, data);
    }

    /// <inheritdoc/>
    public override void OnDelivered(EcuWatch ecu, uint epoch, IReadOnlyList<DataRecord> records)
    {
        EcuData data = Of(ecu);
        foreach (DataRecord record in records)
        {
            if (epoch != data.Epoch || !data.Collected.TryGetValue(record.Sequence, out ReportRecord? sent) || (sent.Boot, sent.Ms) != (record.Boot, record.Ms))
            {
                Broken($"the server took a record of {ecu.Name} that it never made: number {record.Sequence}");
            }

            if (record.Sequence <= data.Delivered.Max)
            {
                Broken($"the server took number {record.Sequence} of {ecu.Name} {(data.Delivered.Contains(record.Sequence) ? "twice" : $"after {data.Delivered.Max}")}");
            }

            data.Delivered.Add(record.Sequence);
        }
    }

    /// <inheritdoc/>
    public override void OnCollectorProblem(string ecu, string what)
    {
        // Others are what faults on the bus bring about, and pass.
        if (ecu.Length == 0 || what.StartsWith("a report is malformed", StringComparison.Ordinal))
        {
            Broken($"{ecu}: {what}");
        }
    }

    /// <inheritdoc/>
    public override void OnServed(EcuWatch ecu, ushort boot, long servedMs) => Of(ecu).Served.Add((boot, servedMs));

    /// <inheritdoc/>
    public override void OnRulesAsked(EcuWatch ecu, int sequence) => Of(ecu).RulesAsked = sequence;

    /// <inheritdoc/>
    public override void OnRulesInstalled(EcuWatch ecu, int sequence)
    {
        Of(ecu).RulesInForce = sequence;
        CheckAgent(ecu, Of(ecu));
    }

    /// <inheritdoc/>
    public override void OnCalm()
    {
        foreach (EcuData data in _ecus.Values)
        {
            data.MustArrive = [.. data.Collected.Keys];
        }
    }

    /// <inheritdoc/>
    public override void OnRunEnded(IReadOnlyList<EcuWatch> ecus)
    {
        foreach (EcuWatch ecu in ecus.Where(ecu => ecu.Map.ReportLog.Length > 0))
        {
            EcuData data = Of(ecu);
            CheckAgent(ecu, data);
            if (data.MustArrive.FirstOrDefault(number => !data.Delivered.Contains(number)) is var lost and not 0)
            {
                Broken($"number {lost} of {ecu.Name} never reached the server");
            }

            CheckGaps(ecu, data);
            if (ecu.Fleet.Rules is { } rules)
            {
                CheckSets(ecu, data, rules);
                CheckSampling(ecu, data, rules);
            }
        }
    }

    private static long DroppedOf(EcuWatch ecu)
    {
        EsyncAgent.ReportLog? log = ecu.Agent?.Data.Reports;
        return log is not { IsPresent: true } ? 0 : log.ExpiredCount + Enumerable.Range(0, EsyncAgent.ReportPriority.Count).Sum(priority => log.DroppedOf((byte)priority));
    }

    private EcuData Of(EcuWatch ecu)
    {
        if (!_ecus.TryGetValue(ecu.Name, out EcuData? data))
        {
            _ecus[ecu.Name] = data = new EcuData();
        }

        return data;
    }

    private void CheckAgent(EcuWatch ecu, EcuData data)
    {
        if (ecu.Agent?.Data is not { Reports.IsReady: true } agent)
        {
            return;
        }

        if (agent.Reports.AcknowledgedUpTo > data.Collected.Keys.DefaultIfEmpty().Max())
        {
            Broken($"{ecu.Name} forgets reports up to {agent.Reports.AcknowledgedUpTo}, which nobody has");
        }

        if (!agent.Rules.IsLoaded)
        {
            return;
        }

        int inForce = (int)agent.Rules.InForce.SequenceNumber;
        if (inForce < data.RulesInForce || inForce > data.RulesAsked)
        {
            Broken($"rules {inForce} are in force on {ecu.Name} where {data.RulesInForce} to {data.RulesAsked} may be");
        }

        data.RulesInForce = inForce;
    }

    private void CheckGaps(EcuWatch ecu, EcuData data)
    {
        long unexplained = 0;
        uint last = 0;

        // The log begins in start 1, and what that one wrote may be torn.
        ushort boot = 1;
        foreach (ReportRecord record in data.Collected.Values.OrderBy(record => record.Sequence))
        {
            int starts = (ushort)(record.Boot - boot);
            unexplained += Math.Max(0, record.Sequence - last - 1 - starts);
            (last, boot) = (record.Sequence, record.Boot);
        }

        long dropped = DroppedOf(ecu);
        if (unexplained > dropped && !ecu.HasFlashErrors)
        {
            Broken($"{unexplained} numbers of {ecu.Name} never came, and {dropped} were counted as dropped");
        }
    }

    // By time, for samples of another priority may stand in the log before.
    private void CheckSets(EcuWatch ecu, EcuData data, FleetRules rules)
    {
        int newest = 0;
        foreach (ReportRecord record in data.Samples(ecu))
        {
            int set = rules.SetOf(record.Body[0]);
            if (set < newest)
            {
                Broken($"number {record.Sequence} of {ecu.Name} is a sample of rules {set} after one of rules {newest}");
            }

            newest = set;
        }
    }

    private void CheckSampling(EcuWatch ecu, EcuData data, FleetRules rules)
    {
        if (ecu.HasFlashErrors || ecu.HasClockFaults || DroppedOf(ecu) > 0)
        {
            return;
        }

        ReportRecord[] periodic = [.. data.Samples(ecu).Where(record => record.Body[1] == (byte)SampleCause.Period)];
        HashSet<ushort> boots = [.. periodic.Select(record => record.Boot)];
        foreach ((ushort boot, long servedMs) in data.Served.Where(served => served.ServedMs >= SampledMsMin && !boots.Contains(served.Boot)))
        {
            Broken($"{ecu.Name} served for {servedMs} ms in start {boot} and sampled nothing");
        }

        foreach ((ReportRecord former, ReportRecord next) in periodic.Zip(periodic.Skip(1)).Where(pair => pair.First.Boot == pair.Second.Boot && pair.First.Body[0] == pair.Second.Body[0]))
        {
            uint distanceMs = next.Ms - former.Ms;
            if (distanceMs > rules.PeriodMsOf(next.Body[0]) + LateMsMax)
            {
                Broken($"number {next.Sequence} of {ecu.Name} comes {distanceMs} ms after the last sample of rule {next.Body[0]}, whose period is {rules.PeriodMsOf(next.Body[0])} ms");
            }
        }
    }

    private sealed class EcuData
    {
        public uint? Epoch { get; set; }

        public Dictionary<uint, ReportRecord> Collected { get; } = [];

        public SortedSet<uint> Delivered { get; } = [];

        public uint[] MustArrive { get; set; } = [];

        public List<(ushort Boot, long ServedMs)> Served { get; } = [];

        public int RulesInForce { get; set; }

        public int RulesAsked { get; set; }

        public IEnumerable<ReportRecord> Samples(EcuWatch ecu)
        {
            IEnumerable<ReportRecord> samples = Collected.Values.Where(record => record.Kind == ReportKind.Sample);
            return ecu.HasClockFaults ? samples.OrderBy(record => record.Sequence).Take(0) : samples.OrderBy(record => record.Boot).ThenBy(record => record.Ms);
        }
    }
}
