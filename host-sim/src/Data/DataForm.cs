// From an ECU's records to what the server gets: dated, with names and physical values, events as sentences.
// Invariant: a record goes up whatever is in it; what cannot be read goes up as bytes.
// Tests: tests/host-sim/Data/DataFormTests.cs.
using System.Globalization;
using EsyncAgent;
using EsyncSim.Server;

namespace EsyncSim.Data;

/// <summary>What is needed to read an ECU's records.</summary>
/// <param name="Ecu">Its name.</param>
/// <param name="Signals">Its signals.</param>
/// <param name="Line">Its time.</param>
public sealed record DataForm(string Ecu, SignalCatalogue Signals, TimeLine Line)
{
    // testFailed of ISO 14229-1:2020 §D.2.
    private const int TestFailed = 0x01;

    /// <summary>Table of signals that the ECU has now; counts for starts whose first record was not met. Null while it was not asked.</summary>
    public uint? SignalTableId { get; set; }

    /// <summary>Forms a batch.</summary>
    /// <param name="batch">The records.</param>
    /// <param name="dropped">What the ECU has dropped; null when it is not known.</param>
    /// <param name="nowMs">UTC now, for records of a log whose time is wholly unknown.</param>
    public DataBatch Of(QueuedBatch batch, DataDropped? dropped, long nowMs)
    {
        Dictionary<string, string> units = [];
        DataRecord[] records = [.. batch.Records.Select(record => Of(batch.Epoch, record, units, nowMs))];
        return new DataBatch
        {
            Type = DataBatch.TypeName,
            Ecu = Ecu,
            Epoch = DataJson.EpochText(batch.Epoch),
            After = batch.After,
            Dropped = dropped,
            Units = units.Count == 0 ? null : units,
            Records = records,
        };
    }

    private DataRecord Of(uint epoch, ReportRecord record, Dictionary<string, string> units, long nowMs)
    {
        ReportTime time = Line.TimeOf(epoch, record.Boot, record.Ms, record.Sequence) ?? new ReportTime(nowMs, true);
        string ts = UtcText.Of(time.UtcMs);
        DataRecord head = new()
        {
            Sequence = record.Sequence,
            Kind = DataJson.Word(record.Kind),
            Priority = DataJson.Word(record.Priority),
            Boot = record.Boot,
            Ms = record.Ms,
            Ts = ts,
            IsEstimated = time.IsEstimated ? true : null,
        };
        uint? table = Line.TableOf(epoch, record.Boot) ?? SignalTableId;
        return ReportBody.Of(record, table == Signals.TableId ? Signals : null) switch
        {
            ReportBody.Sample sample => head with
            {
                Rule = sample.Rule,
                Cause = DataJson.Word(sample.Cause),
                Trigger = sample.Trigger,
                Values = Values(sample.Signals, ts, units),
                Raw = Hex(sample.Signals.Rest),
            },
            ReportBody.Dtc dtc => head with { Values = Values(dtc.Snapshot, ts, units), Raw = Hex(dtc.Snapshot.Rest), Event = Event(dtc, ts) },
            ReportBody.Start start => head with { Event = Event(start, ts) },
            ReportBody.Rules rules => head with { Event = Event(rules, ts) },
            ReportBody.Raw raw => head with { Raw = Convert.ToHexStringLower(raw.Bytes) },
            _ => head,
        };
    }

    private static string? Hex(byte[] bytes) => bytes.Length == 0 ? null : Convert.ToHexStringLower(bytes);

    private static VssValue[] Values(SignalValues signals, string ts, Dictionary<string, string> units)
    {
        foreach (SignalDefinition signal in signals.Values.Select(value => value.Signal).Where(signal => signal.Unit.Length > 0))
        {
            units[signal.Path] = signal.Unit;
        }

        return [.. signals.Values.Select(value => new VssValue { Path = value.Signal.Path, Ts = ts, Value = Scalar(value), Quality = DataJson.Word(value.Quality) })];
    }

    // Fifteen digits: 3 · 0.1 is 0.3 for whoever reads it.
    private static VssScalar? Scalar(SignalValue value) => value.Quality == SignalQuality.NeverSet ? null : new VssScalar(
        double.Parse(value.Physical.ToString("G15", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), value.Signal.Type == SignalType.Boolean);

    private LogReport Event(ReportBody.Dtc dtc, string ts)
    {
        bool fails = (dtc.Now & TestFailed) != 0, failed = (dtc.Before & TestFailed) != 0;
        string what = fails == failed ? "has another status" : fails ? "fails" : "fails no longer";
        string code = dtc.Code.ToString("X6", CultureInfo.InvariantCulture);
        return Report(fails && !failed ? "WARN" : "EVENT", ts, $"DTC {code} {what} (status {dtc.Before:X2}, now {dtc.Now:X2})", new LogReportCompound
        {
            Dtc = code,
            StatusBefore = dtc.Before.ToString("X2", CultureInfo.InvariantCulture),
            Status = dtc.Now.ToString("X2", CultureInfo.InvariantCulture),
            Event = dtc.Event,
        });
    }

    private LogReport Event(ReportBody.Start start, string ts) => Report("EVENT", ts, $"the ECU has started ({CauseOf(start.ResetCause)}, rules {start.RulesSequence})", new LogReportCompound
    {
        SignalTable = DataJson.EpochText(start.SignalTableId),
        ResetCause = start.ResetCause,
        Rules = start.RulesSequence,
    });

    private static string CauseOf(byte resetCause) => (McuResetCause)resetCause switch
    {
        McuResetCause.PowerOn => "power on",
        McuResetCause.Software => "reset by itself",
        McuResetCause.Watchdog => "watchdog",
        _ => $"cause {resetCause}",
    };

    private LogReport Event(ReportBody.Rules rules, string ts) => Report("EVENT", ts, $"collection rules {rules.Sequence} are in force", new LogReportCompound
    {
        Rules = rules.Sequence,
        Digest = Convert.ToHexStringLower(rules.DigestPrefix),
    });

    private LogReport Report(string level, string ts, string message, LogReportCompound compound) => new(
        LogReport.TypeName, new LogReportBody { Type = EsyncTarget.Of(Ecu), Level = level, Timestamp = ts, Message = message, Compound = compound });
}
