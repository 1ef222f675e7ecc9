// The traffic of a bus as rows for people: raw frames, ISO-TP frames, and the diagnostic messages that they carry, in words. Frames of
// one kind that follow each other on one identifier share a row, or a download would be nothing but consecutive frames.
// Invariants: memory is bounded by the number of rows and by the bytes that each shows; a row never changes once it has a number;
// numbers only grow, so that a reader goes on behind the last one it has.
// It must not know who reads. Tests: tests/host-sim/Web/TraceLogTests.cs.
using System.Globalization;
using EsyncSim.Bus;
using EsyncSim.Config;
using EsyncSim.Decode;

namespace EsyncSim.Web;

/// <summary>One row of a trace.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Ns">Moment of its end, in nanoseconds of the bus's time.</param>
/// <param name="Layer">uds, isotp or can.</param>
/// <param name="Ecu">The ECU whose diagnostic identifier it is; empty for others.</param>
/// <param name="IsResponse">True when the ECU sent it.</param>
/// <param name="Identifier">CAN identifier, hexadecimal.</param>
/// <param name="Text">In words.</param>
/// <param name="Step">eSync message that it is a part of; empty for none.</param>
/// <param name="Data">Its first bytes, hexadecimal.</param>
/// <param name="Frames">Frames that it stands for.</param>
/// <param name="Us">Microseconds from its beginning to its end.</param>
/// <param name="Mark">negative, fault, or empty.</param>
public sealed record TraceRow(
    long Number, long Ns, string Layer, string Ecu, bool IsResponse, string Identifier, string Text, string Step, string Data, int Frames, long Us, string Mark);

/// <summary>Listens to a bus.</summary>
public sealed class TraceLog : IBusObserver
{
    /// <summary>Rows that are kept.</summary>
    public const int RowCountMax = 4000;

    private const int DataBytesMax = 16;
    private const uint ExtendedBit = 0x80000000;

    private readonly Dictionary<uint, Channel> _channels = [];
    private readonly TraceRow?[] _ring = new TraceRow?[RowCountMax];
    private Run? _open;
    private long _newest;

    /// <summary>Makes a trace for the ECUs of a bus.</summary>
    public TraceLog(IEnumerable<EcuDefinition> ecus)
    {
        foreach (EcuDefinition ecu in ecus)
        {
            UdsText text = UdsText.Of(ecu);
            Add(ecu.Config.CanIf.PhysicalRxId, new Channel(ecu.Name, false, text));
            Add(ecu.Config.CanIf.TxId, new Channel(ecu.Name, true, text));
            _channels.TryAdd(KeyOf(ecu.Config.CanIf.FunctionalRxId, IsExtended(ecu.Config.CanIf.FunctionalRxId)), new Channel("all ECUs", false, text));
        }
    }

    /// <summary>Number of the newest row; 0 when there is none.</summary>
    public long Newest => _newest;

    /// <inheritdoc/>
    public void OnRecord(in BusRecord record)
    {
        BusFrame frame = record.Frame;
        if (!record.IsWhole)
        {
            Close();
            Append(new TraceRow(0, record.EndNs, "can", string.Empty, false, IdentifierOf(frame), $"error frame: {Fate(record.Fate)}", string.Empty, DataOf(frame), 1, UsOf(record), "fault"));
            return;
        }

        if (_channels.TryGetValue(KeyOf(frame.Identifier, frame.IsExtended), out Channel? channel))
        {
            TakeDiagnostic(record, channel);
        }
        else
        {
            TakeRun(record, "can", string.Empty, false, IsoTpKind.Unknown, "frame", IsLost(record) ? "fault" : string.Empty);
        }
    }

    /// <summary>Gives the row that still grows its number, for readers that do not want to wait.</summary>
    public void Close()
    {
        if (_open is { } run)
        {
            _open = null;
            Append(run.ToRow());
        }
    }

    /// <summary>Rows behind a number, the oldest first.</summary>
    /// <param name="after">Number of the last row that is known.</param>
    /// <param name="count">How many at most: the newest of them.</param>
    public IReadOnlyList<TraceRow> After(long after, int count)
    {
        long first = Math.Max(Math.Max(after, _newest - Math.Min(count, RowCountMax)), 0) + 1;
        List<TraceRow> rows = [];
        for (long number = first; number <= _newest; number++)
        {
            rows.Add(_ring[number % RowCountMax]!);
        }

        return rows;
    }

    private static bool IsLost(in BusRecord record) => record.Fate is BusFate.Dropped or BusFate.Duplicated or BusFate.Delayed;

    private static bool IsExtended(uint identifier) => identifier > 0x7FF;

    private static uint KeyOf(uint identifier, bool isExtended) => isExtended ? identifier | ExtendedBit : identifier;

    private static string IdentifierOf(in BusFrame frame) => frame.Identifier.ToString(frame.IsExtended ? "X8" : "X3", CultureInfo.InvariantCulture);

    private static long UsOf(in BusRecord record) => (record.EndNs - record.StartNs) / VirtualTime.NsPerUs;

    private static string Fate(BusFate fate) => fate switch
    {
        BusFate.Corrupted => "a bit was destroyed, the frame is sent again",
        BusFate.Torn => "its sender left the bus",
        BusFate.Dropped => "lost for its receivers",
        BusFate.Duplicated => "sent twice",
        _ => "late",
    };

    private static string DataOf(in BusFrame frame)
    {
        BusFrame copy = frame;
        return string.Join(' ', Enumerable.Range(0, frame.Length).Select(i => copy[i].ToString("X2", CultureInfo.InvariantCulture)));
    }

    private static string DataOf(byte[] bytes)
    {
        string shown = string.Join(' ', bytes.Take(DataBytesMax).Select(value => value.ToString("X2", CultureInfo.InvariantCulture)));
        return bytes.Length > DataBytesMax ? $"{shown} …" : shown;
    }

    private void Add(uint identifier, Channel channel) => _channels[KeyOf(identifier, IsExtended(identifier))] = channel;

    private void TakeDiagnostic(in BusRecord record, Channel channel)
    {
        IsoTpSight sight = channel.Frames.Take(record.Frame, record.StartNs, record.EndNs);
        string mark = IsLost(record) || sight.IsWrong ? "fault" : string.Empty;
        string text = IsLost(record) ? $"{sight.Text}: {Fate(record.Fate)}" : sight.Text;
        TakeRun(record, "isotp", channel.Ecu, channel.IsResponse, sight.Kind, text, mark);
        if (sight.Message is { } message)
        {
            Close();
            UdsSight said = channel.IsResponse ? channel.Text.Response(message.Bytes) : channel.Text.Request(message.Bytes);
            long us = (message.EndNs - message.StartNs) / VirtualTime.NsPerUs;
            Append(new TraceRow(
                0, message.EndNs, "uds", channel.Ecu, channel.IsResponse, IdentifierOf(record.Frame), said.Text, said.Step, DataOf(message.Bytes), message.FrameCount, us, said.IsNegative ? "negative" : string.Empty));
        }
    }

    private void TakeRun(in BusRecord record, string layer, string ecu, bool isResponse, IsoTpKind kind, string text, string mark)
    {
        bool canGrow = kind is IsoTpKind.ConsecutiveFrame or IsoTpKind.Unknown;
        if (canGrow && _open is { } open && open.Takes(record.Frame, kind, mark))
        {
            open.Grow(record.EndNs, text);
            return;
        }

        Close();
        _open = new Run(record, layer, ecu, isResponse, kind, text, mark);
        if (!canGrow)
        {
            Close();
        }
    }

    private void Append(TraceRow row)
    {
        _newest++;
        _ring[_newest % RowCountMax] = row with { Number = _newest };
    }

    private sealed record Channel(string Ecu, bool IsResponse, UdsText Text)
    {
        public IsoTpTrace Frames { get; } = new();
    }

    /// <summary>Frames of one kind that follow each other.</summary>
    private sealed class Run(BusRecord first, string layer, string ecu, bool isResponse, IsoTpKind kind, string words, string mark)
    {
        private readonly BusFrame _first = first.Frame;
        private readonly long _startNs = first.StartNs;
        private readonly string _firstText = words;
        private string _last = words;
        private long _endNs = first.EndNs;
        private int _count = 1;

        public bool Takes(in BusFrame frame, IsoTpKind other, string otherMark) =>
            other == kind && otherMark == mark && mark.Length == 0 && frame.Identifier == _first.Identifier && frame.IsExtended == _first.IsExtended;

        public void Grow(long endNs, string last)
        {
            _count++;
            _endNs = endNs;
            _last = last;
        }

        public TraceRow ToRow()
        {
            string text = _count == 1 || layer == "can" ? _firstText : $"{_firstText} to {_last["CF ".Length..]}";
            return new TraceRow(0, _endNs, layer, ecu, isResponse, IdentifierOf(_first), text, string.Empty, DataOf(_first), _count, (_endNs - _startNs) / VirtualTime.NsPerUs, mark);
        }
    }
}
