// Says in words what happens on a bus: frames, ISO-TP frames, or the diagnostic messages that they carry, a line each, as they end.
// Invariants: nothing is sent; every frame is counted, be it shown or not; what did not fit on its way is shown on the layer of messages
// too, for a message that never became whole would else be missing without a word. Memory grows with the number of identifiers only.
// It must not know where the lines go. Tests: tests/host-sim/Decode/BusMonitorTests.cs.
using System.Globalization;
using EsyncSim.Bus;

namespace EsyncSim.Decode;

/// <summary>Listens to buses.</summary>
/// <param name="plan">What is known and wanted.</param>
/// <param name="show">Takes each line.</param>
public sealed class BusMonitor(MonitorPlan plan, Action<MonitorLine> show) : IBusObserver
{
    private readonly Dictionary<(string Bus, CanId Identifier), IsoTpTrace> _traces = [];
    private readonly Dictionary<string, MonitorCount> _counts = [];
    private readonly SortedDictionary<(bool IsExtended, uint Value), long> _identifiers = [];
    private long _firstNs = -1;
    private long _startNs;
    private long _lastNs;
    private long _busyNs;
    private long _frames;
    private long _errors;
    private long _faults;

    /// <inheritdoc/>
    public void OnRecord(in BusRecord record)
    {
        if (_firstNs < 0)
        {
            _firstNs = record.EndNs;
            _startNs = record.StartNs;
        }

        _lastNs = record.EndNs;
        _busyNs += record.Bus.BitsToNs(record.Bits);
        CanId identifier = new(record.Frame.Identifier, record.Frame.IsExtended);
        MonitorParty? party = plan.PartyOf(identifier);
        if (!record.IsWhole)
        {
            _errors++;
            Show(record, identifier, party, "frame", "error frame", string.Empty, record.Frame, "fault");
            return;
        }

        _frames++;
        _identifiers[(identifier.IsExtended, identifier.Value)] = _identifiers.GetValueOrDefault((identifier.IsExtended, identifier.Value)) + 1;
        if (plan.Layer == MonitorLayer.Frame)
        {
            Show(record, identifier, party, "frame", party is null ? plan.NameOf(identifier) : string.Empty, string.Empty, record.Frame, string.Empty);
        }

        if (party is not null)
        {
            TakeDiagnostic(record, identifier, party);
        }
    }

    /// <summary>What was counted so far.</summary>
    public MonitorStatistics Statistics() => new(
        _firstNs < 0 ? 0 : (_lastNs - _firstNs) / (double)VirtualTime.NsPerSecond,
        _frames,
        _errors,
        _lastNs > _firstNs ? Math.Min(100, _busyNs * 100.0 / (_lastNs - _startNs)) : 0,
        _faults,
        [.. _counts.Values.Select(count => count.Take())],
        [.. _identifiers.Select(pair => Identifier(new CanId(pair.Key.Value, pair.Key.IsExtended), pair.Value))]);

    private static string DataOf(in BusFrame frame)
    {
        BusFrame copy = frame;
        return string.Concat(Enumerable.Range(0, frame.Length).Select(i => copy[i].ToString("X2", CultureInfo.InvariantCulture)));
    }

    private MonitorIdentifier Identifier(CanId identifier, long frames) => new(identifier.ToString(), plan.NameOf(identifier), frames);

    private void TakeDiagnostic(in BusRecord record, CanId identifier, MonitorParty party)
    {
        if (!_traces.TryGetValue((record.Bus.Name, identifier), out IsoTpTrace? trace))
        {
            trace = _traces[(record.Bus.Name, identifier)] = new IsoTpTrace();
        }

        IsoTpSight sight = trace.Take(record.Frame, record.StartNs, record.EndNs);
        _faults += sight.IsWrong ? 1 : 0;
        if (plan.Layer == MonitorLayer.IsoTp || (plan.Layer == MonitorLayer.Uds && sight.IsWrong))
        {
            Show(record, identifier, party, "isotp", sight.Text, string.Empty, record.Frame, sight.IsWrong ? "fault" : string.Empty);
        }

        if (party.IsResponse && sight.Kind is IsoTpKind.SingleFrame or IsoTpKind.FirstFrame)
        {
            CountOf(party).Answer(record.EndNs);
        }

        if (sight.Message is { } message)
        {
            TakeMessage(record, identifier, party, message);
        }
    }

    private void TakeMessage(in BusRecord record, CanId identifier, MonitorParty party, IsoTpMessage message)
    {
        if (party.IsResponse)
        {
            CountOf(party).Response(message.Bytes);
        }
        else if (!party.IsFunctional)
        {
            CountOf(party).Request(message.EndNs);
        }

        if (plan.Layer == MonitorLayer.Uds && IsWanted(identifier))
        {
            UdsSight said = party.IsResponse ? party.Text.Response(message.Bytes) : party.Text.Request(message.Bytes);
            show(new MonitorLine(
                Since(message.EndNs), "uds", record.Bus.Name, party.Ecu, Direction(party), identifier.ToString(), said.Text, said.Step, Convert.ToHexString(message.Bytes),
                message.FrameCount, (message.EndNs - message.StartNs) / VirtualTime.NsPerUs, said.IsNegative ? "negative" : string.Empty));
        }
    }

    private void Show(in BusRecord record, CanId identifier, MonitorParty? party, string layer, string text, string step, in BusFrame frame, string mark)
    {
        if (IsWanted(identifier))
        {
            show(new MonitorLine(
                Since(record.EndNs), layer, record.Bus.Name, party?.Ecu ?? string.Empty, party is null ? string.Empty : Direction(party), identifier.ToString(), text, step, DataOf(frame),
                1, (record.EndNs - record.StartNs) / VirtualTime.NsPerUs, mark));
        }
    }

    private bool IsWanted(CanId identifier) => plan.Only.Count == 0 || plan.Only.Contains(identifier);

    private double Since(long ns) => (ns - _firstNs) / (double)VirtualTime.NsPerSecond;

    private static string Direction(MonitorParty party) => party.IsResponse ? "response" : "request";

    private MonitorCount CountOf(MonitorParty party)
    {
        if (!_counts.TryGetValue(party.Ecu, out MonitorCount? count))
        {
            count = _counts[party.Ecu] = new MonitorCount(party.Ecu);
        }

        return count;
    }
}
