// Watches one update of one virtual ECU: the payload phase (from the request for the download, which it includes, to the response to its
// exit), the whole update (from 10 03 to the positive response to the confirmation), and what was charged to the processor meanwhile.
// Invariant: it only looks; a run with it is the run without it.
// Tests: tests/host-sim/Measure.
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Ecu;
using EsyncSim.Flash;

namespace EsyncSim.Measure;

/// <summary>The meter.</summary>
internal sealed class LineMeter : IUpdateObserver, IBusObserver
{
    private const ulong ConfirmedResponse = 0x71010212;
    private readonly VirtualEcu _ecu;
    private readonly VirtualBus _bus;
    private readonly LineLimit _limit;
    private readonly long _interframeNs;
    private readonly LineBreakdown _breakdown = new();
    private readonly List<(UpdateStage Stage, long StartNs)> _stages = [];
    private CpuMeter? _meter;
    private Charged _charged;
    private Charged _start;
    private Charged _end;
    private long _compressions;
    private uint _overrun;
    private bool _isPayload;
    private long _startNs;
    private long _endNs;
    private long _sessionNs;
    private long _confirmedNs;

    /// <summary>Watches an ECU and its bus.</summary>
    public LineMeter(VirtualEcu ecu, VirtualBus bus)
    {
        _ecu = ecu;
        _bus = bus;
        _limit = new LineLimit(bus, ecu.Config.CanIf.PhysicalRxId);
        _interframeNs = bus.BitsToNs(FrameBits.InterframeBits);
        bus.Observe(this);
        ecu.TurnEnded = OnTurn;
        ecu.Flash.Observer = OnFlash;
    }

    /// <summary>Called when the payload phase begins and, with false, when it has ended.</summary>
    public Action<bool>? PayloadPhase { get; set; }

    /// <summary>Attempts that were cut off.</summary>
    public int LostAttempts { get; private set; }

    /// <summary>Length of TransferData requests that was chosen last; null when it never changed.</summary>
    public int? BlockLength { get; private set; }

    /// <summary>What was measured of an image of so many bytes.</summary>
    public LineResult Result(int bytes) => new()
    {
        Bytes = bytes,
        PayloadNs = _endNs - _startNs,
        LimitKBps = _limit.KBps,
        Parts = _breakdown.PartsOf(_startNs, _endNs),
        PayloadIl = _end.Il - _start.Il,
        PayloadProcessorNs = _end.Ns - _start.Ns,
        WholeNs = _confirmedNs - _sessionNs,
        Stages = Stages(),
        Compressions = _compressions,
        LostAttempts = LostAttempts,
        BlockLength = BlockLength,
        Overrun = _overrun,
    };

    /// <inheritdoc/>
    public void Stage(UpdateStage stage)
    {
        if (stage == UpdateStage.Prepare && _sessionNs == 0)
        {
            _sessionNs = _bus.Time.NowNs;
        }

        if (_confirmedNs == 0)
        {
            _stages.Add((stage, _bus.Time.NowNs));
        }
    }

    /// <inheritdoc/>
    public void TransferBegins(UpdateImage image, int offset)
    {
        if (_startNs == 0)
        {
            _startNs = _bus.Time.NowNs;
            _start = _charged;
            _overrun = _ecu.Can.LostCount;
            _isPayload = true;
            PayloadPhase?.Invoke(true);
        }
    }

    /// <inheritdoc/>
    public void Transferred(int position)
    {
    }

    /// <inheritdoc/>
    public void BlockLengthChanged(BlockLengthChange change) => BlockLength = _isPayload ? change.Length : BlockLength;

    /// <inheritdoc/>
    public void TransferEnds()
    {
        _endNs = _bus.Time.NowNs;
        _end = _charged;
        _overrun = _ecu.Can.LostCount - _overrun;
        _isPayload = false;
        PayloadPhase?.Invoke(false);
    }

    /// <inheritdoc/>
    public void AttemptEnded(int attempt, UpdateOutcome outcome, bool isLast) => LostAttempts += isLast ? 0 : 1;

    /// <inheritdoc/>
    public void OnRecord(in BusRecord record)
    {
        bool isOfEcu = record.Frame.Identifier == _ecu.Config.CanIf.TxId;
        if (record.IsWhole && isOfEcu && _sessionNs > 0 && _confirmedNs == 0 && (record.Frame.Data >> 24 & uint.MaxValue) == ConfirmedResponse)
        {
            _confirmedNs = record.EndNs;
        }

        if (!_isPayload)
        {
            return;
        }

        _limit.Add(record);
        bool isOfTransfer = record.IsWhole && (isOfEcu || record.Frame.Identifier == _ecu.Config.CanIf.PhysicalRxId);
        bool isPending = isOfEcu && record.Frame[0] == 3 && record.Frame[1] == 0x7F && record.Frame[3] == 0x78;
        LinePart part = !isOfTransfer ? LinePart.ForeignFrames
            : _limit.IsConsecutive(record) ? LinePart.ConsecutiveFrames
            : isPending ? LinePart.ResponsePending
            : LinePart.OtherFrames;
        LineSender sender = !isOfTransfer ? LineSender.Foreign : isOfEcu ? LineSender.Ecu : LineSender.Tester;
        _breakdown.AddFrame(new LineSpan(record.StartNs, record.EndNs + _interframeNs, part), sender);
    }

    private Dictionary<UpdateStage, long> Stages()
    {
        Dictionary<UpdateStage, long> lengths = [];
        for (int i = 0; i < _stages.Count; i++)
        {
            long endNs = i + 1 < _stages.Count ? _stages[i + 1].StartNs : _confirmedNs;
            lengths[_stages[i].Stage] = lengths.GetValueOrDefault(_stages[i].Stage) + endNs - _stages[i].StartNs;
        }

        return lengths;
    }

    // Turns of an idle processor are skipped by the model, and those that are not count as idle here too.
    private void OnTurn(VirtualEcu ecu)
    {
        CpuMeter meter = ecu.Meter;
        Charged before = ReferenceEquals(meter, _meter) ? _charged : default;
        _meter = meter;
        _charged = Charged.Of(meter);
        if (_sessionNs > 0 && _confirmedNs == 0)
        {
            _compressions += _charged.Compressions - before.Compressions;
        }

        if (_isPayload && meter.IsActive)
        {
            LinePart part = _charged.Checks != before.Checks ? LinePart.Verify
                : _charged.Programs != before.Programs ? LinePart.Program
                : _charged.Erases != before.Erases ? LinePart.Erase
                : LinePart.Processor;
            _breakdown.AddTurn(new LineSpan(_bus.Time.NowNs, _bus.Time.NowNs + _charged.Ns - before.Ns, part));
        }
    }

    private void OnFlash(FlashOperation operation)
    {
        if (_isPayload)
        {
            FlashTiming timing = _ecu.Flash.Geometry.Timing;
            bool isErase = operation.Kind == FlashOperationKind.Erase;
            long startNs = _ecu.Board.Clock.NowNs;
            long takesUs = isErase ? timing.EraseTimeUs(operation.Count) : timing.ProgramTimeUs(operation.Count);
            _breakdown.AddFlash(new LineSpan(startNs, startNs + (takesUs * VirtualTime.NsPerUs), isErase ? LinePart.Erase : LinePart.Program));
        }
    }

    /// <summary>What one start of the processor has been charged with.</summary>
    private readonly record struct Charged(long Ns, long Il, long Checks, long Programs, long Erases, long Compressions)
    {
        internal static Charged Of(CpuMeter meter) => new(
            meter.NsTotal,
            meter.IlTotal,
            meter.CountOf(IlOperation.Hmac) + meter.CountOf(IlOperation.ManagedHmac) + meter.CountOf(IlOperation.FlashCompare),
            meter.CountOf(IlOperation.FlashProgram),
            meter.CountOf(IlOperation.FlashErase),
            meter.CountOf(IlOperation.ShaCompression));
    }
}
