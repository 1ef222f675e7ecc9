// Measures transfers: bytes and time from the client's side, the limit from the frames that were really on the bus.
// The limit is LineLimit's.
// Tests: tests/host-sim/Demo (recomputed from the candump).
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Measure;

namespace EsyncSim.Demo;

/// <summary>Meter of one ECU's transfers.</summary>
public sealed class TransferMeter : IUpdateObserver, IBusObserver
{
    private static readonly string FullEncoding = EncodingText.Of(0);

    private readonly EcuDefinition _ecu;
    private readonly ICanBus _bus;
    private readonly IDemoScreen _screen;
    private readonly List<TransferResult> _results;
    private readonly LineLimit _limit;
    private bool _isRunning;
    private int _offset;
    private int _position;
    private UpdateImage? _image;
    private long _startNs;
    private long _positionNs;

    /// <summary>Makes the meter; results are appended to <paramref name="results"/>.</summary>
    public TransferMeter(ICanBus bus, EcuDefinition ecu, IDemoScreen screen, List<TransferResult> results)
    {
        _bus = bus;
        _ecu = ecu;
        _screen = screen;
        _results = results;
        _limit = new LineLimit(bus, ecu.Config.CanIf.PhysicalRxId);
        bus.Observe(this);
    }

    /// <summary>Version that the next transfer brings, for the screen; empty takes that of its manifest.</summary>
    public string Version { get; set; } = string.Empty;

    /// <summary>Position at which the last transfer began; more than zero when it went on with an interrupted one.</summary>
    public int LastOffset => _offset;

    /// <summary>Called after each acknowledged block with the position.</summary>
    public Action<int>? BlockAcknowledged { get; set; }

    /// <inheritdoc/>
    public void Stage(UpdateStage stage)
    {
    }

    /// <inheritdoc/>
    public void TransferBegins(UpdateImage image, int offset)
    {
        _isRunning = true;
        _offset = offset;
        _position = offset;
        _image = image;
        _startNs = _bus.Time.NowNs;
        _positionNs = _startNs;
        _limit.Reset();
        _screen.TransferBegins(_ecu.Name, VersionOf(image), offset, image.Payload.Length);
    }

    /// <inheritdoc/>
    public void Transferred(int position)
    {
        _position = position;
        _positionNs = _bus.Time.NowNs;
        TransferResult sofar = Measure();
        _screen.Transferred(position, sofar.KBps, sofar.PercentOfLimit);
        BlockAcknowledged?.Invoke(position);
    }

    /// <inheritdoc/>
    public void BlockLengthChanged(BlockLengthChange change) => _screen.Note($"{_ecu.Name}: {change}");

    /// <inheritdoc/>
    public void TransferEnds()
    {
        _positionNs = _bus.Time.NowNs;
        Finish(TransferEnd.Whole);
    }

    /// <inheritdoc/>
    public void AttemptEnded(int attempt, UpdateOutcome outcome, bool isLast)
    {
        if (_isRunning)
        {
            Finish(isLast ? TransferEnd.Refused : TransferEnd.Interrupted);
        }

        if (!isLast)
        {
            _screen.Note($"{_ecu.Name}: {outcome.Text}; trying again");
        }
    }

    /// <inheritdoc/>
    public void OnRecord(in BusRecord record)
    {
        if (_isRunning)
        {
            _limit.Add(record);
        }
    }

    // What was refused is no transfer: an interrupted one counts when another attempt goes on with it.
    private void Finish(TransferEnd end)
    {
        _isRunning = false;
        TransferResult result = Measure();
        if (end != TransferEnd.Refused)
        {
            _results.Add(result);
        }

        _screen.TransferEnds(result, end);
    }

    private TransferResult Measure()
    {
        int bytes = _position - _offset;
        double seconds = (_positionNs - _startNs) / (double)VirtualTime.NsPerSecond;
        double kBps = seconds > 0 ? bytes / seconds / 1000 : 0;
        double limit = _limit.KBps;
        int imageBytes = _image?.ImageLength ?? 0;
        string encoding = EncodingText.Of(_image?.Encoding ?? 0);
        return new TransferResult(
            _ecu.Name,
            _ecu.Board.Name,
            encoding,
            imageBytes,
            _image?.Payload.Length ?? 0,
            bytes,
            imageBytes > 0 ? Math.Round(bytes * 100.0 / imageBytes, 2) : 0,
            Math.Round(seconds, 6),
            FullImageSeconds(encoding, imageBytes, bytes, seconds),
            Math.Round(kBps, 3),
            Math.Round(limit, 3),
            limit > 0 ? Math.Round(kBps / limit * 100, 2) : 0) { Version = VersionOf(_image) };
    }

    private string VersionOf(UpdateImage? image) => Version.Length > 0 ? Version : image?.Version ?? string.Empty;

    private double? FullImageSeconds(string encoding, int imageBytes, int bytes, double seconds)
    {
        if (encoding == FullEncoding && bytes == imageBytes)
        {
            return Math.Round(seconds, 6);
        }

        TransferResult? full = _results.LastOrDefault(result => result.Ecu == _ecu.Name && result.Encoding == FullEncoding && result.Bytes == result.ImageBytes);
        return full is null ? null : Math.Round(full.BusSeconds * imageBytes / full.ImageBytes, 6);
    }
}
