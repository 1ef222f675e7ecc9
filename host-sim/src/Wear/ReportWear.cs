// What an ECU's report log goes through: bytes by the rules that are built into it, records of DTCs, first openings of sectors
// by starts. PROTOCOL.md "Report log", "Wear".
// Ordinary: periods day and night, changes and conditions as often as they may while somebody drives, DTCs that come and go.
// Attacked, by a peer without access: he keeps the ECU awake and forges the CAN frames of signals, so that rules on those sample
// as often as they may day and night; he resets it, so that each start opens sectors; he makes DTCs come and go, as far as they
// become records.
// Invariant: each figure is a bound under these assumptions. Tests: tests/host-sim/Wear.
using EsyncAgent;
using EsyncSim.Config;
using EsyncSim.Rules;
using RuleTrigger = EsyncAgent.RuleTrigger;

namespace EsyncSim.Wear;

/// <summary>Wear of the report log of an ECU.</summary>
internal sealed class ReportWear
{
    private const double MsPerDay = 24 * 3600 * 1000.0;
    private const double DaysPerYear = 365.25;

    private readonly EcuDefinition _ecu;
    private readonly DataConfig _data;
    private readonly RuleSet _rules;
    private readonly HashSet<ushort> _forged;

    /// <summary>The wear of an ECU's log.</summary>
    public ReportWear(EcuDefinition ecu)
    {
        _ecu = ecu;
        _data = ecu.Config.Data;
        _rules = _data.BuiltInRules.Length > 0 ? RuleLimits.Of(_data.BuiltInRules, _data).Set : new RuleSet(_data);
        SignalTable signals = new(_data);
        _forged = [.. _data.CanDids.Select(did => (ushort)signals.IndexOf(did))];
    }

    /// <summary>Sectors of the log; 0 when the ECU has none.</summary>
    public uint Sectors => _ecu.Config.Fls.ReportLog.Length / _ecu.FlashPart.SectorLength;

    /// <summary>Bytes of an ordinary day, as the log programs them.</summary>
    public double BytesPerDay(WearLife life) => life.ReportBytesPerDay
        ?? RuleBytes(MsPerDay, _ => life.DriveHoursPerDay / 24) + (2 * life.Starts / DaysPerYear * DtcBytes);

    /// <summary>Erases of one sector in an ordinary year: sectors are taken round the ring.</summary>
    public double NormalPerYear(WearLife life) => (SectorsFilled(BytesPerDay(life)) * DaysPerYear + (ReportPriority.Count * life.Starts)) / Sectors;

    /// <summary>Erases of one sector that a peer without access adds in a time.</summary>
    public double AttackErases(WearLife life, double ms)
    {
        double minutes = ms / MinuteBudget.DelayMs;
        double more = Math.Max(0, RuleBytes(ms, rule => IsForged(rule) ? 1 : life.DriveHoursPerDay / 24) - RuleBytes(ms, _ => life.DriveHoursPerDay / 24));
        return (Openings(ms) + SectorsFilled(more + (minutes * (DtcBytes + Padded(ReportLayout.AcknowledgementLength))))) / Sectors;
    }

    /// <summary>Sectors that starts open before they have anything to follow, in a time, however many starts there are.</summary>
    public static double Openings(double ms) => ReportLog.OpeningsAtOnce + Math.Floor(ms / MinuteBudget.DelayMs);

    // A change of a DTC, and every second time a failure: what rules sample then.
    private double DtcBytes => DtcRecordLength
        + (Rules.Where(rule => _rules.Triggers[rule] == RuleTrigger.Dtc).Sum(TriggerBytes) / 2);

    private IEnumerable<int> Rules => Enumerable.Range(0, _rules.Count);

    private double RuleBytes(double ms, Func<int, double> share) => Rules.Sum(rule => _rules.Triggers[rule] switch
    {
        RuleTrigger.Period => TriggerBytes(rule) * ms / _rules.IntervalMs[rule],
        RuleTrigger.Dtc => 0,
        _ => TriggerBytes(rule) * share(rule) * ms / Math.Max(_rules.IntervalMs[rule], RuleReader.PeriodMsMin),
    });

    private double TriggerBytes(int rule)
    {
        double after = _rules.SamplePeriodMs[rule] == 0 ? 0 : _rules.AfterMs[rule] / _rules.SamplePeriodMs[rule];
        return Padded(ReportLayout.Overhead + _rules.BodyLengths[rule]) * (1 + _rules.HistoryCount[rule] + after);
    }

    private bool IsForged(int rule) => _rules.Triggers[rule] == RuleTrigger.Change
        ? _forged.Contains(_rules.Watched[rule])
        : Enumerable.Range(_rules.TermFirst[rule], _rules.TermFirst[rule + 1] - _rules.TermFirst[rule])
            .Any(term => _forged.Contains(_rules.TermLeft[term]) || (_rules.TermIsSignal[term] && _forged.Contains((ushort)_rules.TermRight[term])));

    // At its end a sector has less room than the next record needs.
    private double SectorsFilled(double bytes)
    {
        int longest = Math.Max(DtcRecordLength, Rules.Select(rule => Padded(ReportLayout.Overhead + _rules.BodyLengths[rule])).DefaultIfEmpty().Max());
        return bytes / (_ecu.FlashPart.SectorLength - ReportSectorHeader.Length - longest);
    }

    private int DtcRecordLength => Padded(ReportLayout.Overhead + ReportFeed.DtcHeadLength + _ecu.Config.Dem.SnapshotLengthMax());

    private int Padded(int length)
    {
        int alignment = ReportLayout.Alignment((int)_ecu.FlashPart.WriteUnit);
        return (length + alignment - 1) / alignment * alignment;
    }
}
