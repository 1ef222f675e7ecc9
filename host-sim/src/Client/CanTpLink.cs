// A tester's end of an ISO-TP connection: the agent's own CanIf and CanTp, with the identifiers exchanged, on a node of
// the virtual bus. It works when a frame comes or has left, and in steps of 100 µs while a message is under way.
// Invariants: a sender's queue never runs dry while CanTp has frames to send; nothing here takes virtual time.
// Must not know UDS.
// Clause: ISO 15765-2:2016 §8.2.
// Tests: tests/host-sim/Client.
using EsyncAgent;
using EsyncSim.Bus;

namespace EsyncSim.Client;

/// <summary>Diagnostic connection to one ECU over a virtual bus.</summary>
public sealed class CanTpLink : IDiagnosticLink, ICanTpUpper
{
    private const long StepNs = 100 * VirtualTime.NsPerUs;
    private const int SingleFrameLengthMax = 7;

    private readonly CanDriverModel _can;
    private readonly CanIf _canIf;
    private readonly CanTp _canTp;
    private readonly CanFrame _functional;
    private readonly byte _padding;
    private readonly SimEvent _work;
    private readonly SimEvent _step;
    private readonly SimSignal _sent;
    private readonly SimSignal _received;
    private readonly Queue<byte[]> _messages = new();
    private byte[] _buffer = new byte[4095];
    private CanTpResult _sendResult;
    private bool _isReceiving;

    /// <summary>Connects to the ECU with these parameters; the node is switched on and belongs to the connection.</summary>
    public CanTpLink(VirtualTime time, CanDriverModel can, CanIfConfig ecuCanIf, CanTpConfig ecuCanTp)
    {
        Time = time;
        _can = can;
        _padding = ecuCanTp.Padding;
        _functional = new CanFrame { Identifier = ecuCanIf.FunctionalRxId, IsExtended = ecuCanIf.IsExtended, Length = 8 };
        CanIfConfig own = new()
        {
            IsExtended = ecuCanIf.IsExtended,
            PhysicalRxId = ecuCanIf.TxId,
            FunctionalRxId = uint.MaxValue,
            TxId = ecuCanIf.PhysicalRxId,
            TransmitQueueLength = 64,
        };
        CanTpConfig transport = new()
        {
            NAsMs = ecuCanTp.NAsMs,
            NBsMs = ecuCanTp.NBsMs,
            NCrMs = ecuCanTp.NCrMs,
            WaitFrameMax = ecuCanTp.WaitFrameMax,
            FrameTimeUs = ecuCanTp.FrameTimeUs,
            Padding = ecuCanTp.Padding,
        };
        _canIf = new CanIf(own, can);
        _canTp = new CanTp(transport, _canIf);
        _canTp.Attach(this);
        _work = time.CreateEvent(Work);
        _step = time.CreateEvent(Work);
        _sent = new SimSignal(time);
        _received = new SimSignal(time);
        can.SetFilter((own.PhysicalRxId, own.IsExtended));
        can.FrameArrived = () => _work.After(0);
        can.FrameSent = () => _work.After(0);
        can.PowerOn();
    }

    /// <inheritdoc/>
    public VirtualTime Time { get; }

    /// <inheritdoc/>
    public async Task<bool> SendAsync(ReadOnlyMemory<byte> request)
    {
        byte[] data = request.ToArray();
        _sent.Reset();
        if (_canTp.Transmit(data, 0, (uint)data.Length) != StdReturn.Ok)
        {
            return false;
        }

        _work.After(0);
        await _sent;
        return _sendResult == CanTpResult.Ok;
    }

    /// <inheritdoc/>
    public Task<bool> SendFunctionalAsync(ReadOnlyMemory<byte> request)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(request.Length, SingleFrameLengthMax);
        byte[] data = _functional.Data;
        Array.Fill(data, _padding);
        data[0] = (byte)request.Length;
        request.Span.CopyTo(data.AsSpan(1));
        return Task.FromResult(_can.TrySend(_functional));
    }

    /// <inheritdoc/>
    public async Task<byte[]?> ReceiveAsync(long timeoutNs)
    {
        bool isInTime = true;
        while (_messages.Count == 0 && (isInTime || _isReceiving))
        {
            isInTime = _isReceiving ? await _received : await _received.Wait(timeoutNs);
        }

        return _messages.TryDequeue(out byte[]? message) ? message : null;
    }

    /// <inheritdoc/>
    public void Discard()
    {
        _messages.Clear();
        _received.Reset();
    }

    byte[] ICanTpUpper.StartOfReception(bool isFunctional, uint length)
    {
        _isReceiving = true;
        if (_buffer.Length < length)
        {
            _buffer = new byte[length];
        }

        return _buffer;
    }

    void ICanTpUpper.RxIndication(bool isFunctional, uint length, CanTpResult result)
    {
        _isReceiving = false;
        if (result == CanTpResult.Ok)
        {
            _messages.Enqueue(_buffer.AsSpan(0, (int)length).ToArray());
        }

        _received.Set();
    }

    void ICanTpUpper.TxConfirmation(CanTpResult result)
    {
        _sendResult = result;
        _sent.Set();
    }

    private void Work()
    {
        uint nowUs = (uint)(Time.NowNs / VirtualTime.NsPerUs);
        _canIf.MainFunction(Time.NowMs);
        _canTp.MainFunction(Time.NowMs, nowUs);
        if (_canTp.IsTransmitting || _canTp.IsReceiving)
        {
            _step.After(StepNs);
        }
        else
        {
            _step.Cancel();
        }
    }
}
