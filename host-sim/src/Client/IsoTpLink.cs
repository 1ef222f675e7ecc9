// A tester's connection to one ECU: the agent's own CanIf and CanTp with the identifiers exchanged, on a controller of a
// virtual bus or of a real one, driven by events.
// Invariants: the transport is turned whenever a frame came or left, when STmin lets the next one go, and once in a
// millisecond while a message is under way (for its timeouts); an idle link costs nothing. Functional requests go out
// beside a physical one that is under way, as full duplex allows.
// It must not know UDS. Each link is a node of its own: what one tester with several sockets would be.
// Clauses: ISO 15765-2:2016 §8.2, §9.6.5.4.
// Tests: tests/host-sim/Client/IsoTpLinkTests.cs.
using EsyncAgent;
using EsyncSim.Bus;

namespace EsyncSim.Client;

/// <summary>ISO-TP over a CAN controller.</summary>
public sealed class IsoTpLink : IDiagnosticLink, ICanTpUpper
{
    private const uint NoIdentifier = uint.MaxValue;
    private const int FunctionalWaitMsMax = 1000;

    // Block size of drivers that lose frames while a turn is long (boards/README.md).
    private const uint FirstBlockFrames = 8;
    private readonly ITesterCan _can;
    private readonly CanIf _canIf;
    private readonly CanTp _canTp;
    private readonly CanIf? _functional;
    private readonly SimEvent _wake;
    private readonly SimSignal _sent;
    private readonly SimSignal _received;
    private readonly Queue<byte[]> _messages = new();
    private readonly LinkCan _port;
    private readonly byte _padding;
    private byte[] _buffer = [];
    private CanTpResult _sendResult;

    /// <summary>Puts a tester on a virtual bus, with the controller that one would wish for.</summary>
    public IsoTpLink(VirtualBus bus, CanIfConfig ecuCanIf, CanTpConfig? ecuCanTp = null, string name = "tester")
        : this(bus.Time, new VirtualCan(bus, name), ecuCanIf, ecuCanTp)
    {
    }

    /// <summary>
    /// Makes a tester of a controller that talks to the ECU with these parameters. The ECU's times count for the tester too;
    /// flow control is the ECU's own matter, and the tester asks for none.
    /// </summary>
    public IsoTpLink(VirtualTime time, ITesterCan can, CanIfConfig ecuCanIf, CanTpConfig? ecuCanTp = null)
    {
        Time = time;
        CanTpConfig transport = Opposite(ecuCanTp ?? new CanTpConfig());
        _padding = transport.Padding;
        _sent = new SimSignal(Time);
        _received = new SimSignal(Time);
        _wake = Time.CreateEvent(Pump);
        _can = can;
        _can.SetFilter((ecuCanIf.TxId, ecuCanIf.IsExtended));
        _port = new LinkCan(_can, Pump);
        _canIf = new CanIf(Opposite(ecuCanIf, ecuCanIf.PhysicalRxId), _port);
        _canTp = new CanTp(transport, _canIf);
        _canTp.Attach(this);
        _functional = ecuCanIf.FunctionalRxId == NoIdentifier
            ? null : new CanIf(Opposite(ecuCanIf, ecuCanIf.FunctionalRxId), new SendOnly(_port));
        _can.PowerOn();
    }

    /// <inheritdoc/>
    public VirtualTime Time { get; }

    /// <inheritdoc/>
    public bool IsFirstBlockUnanswered { get; private set; }

    /// <summary>Takes the tester off the bus.</summary>
    public void Close()
    {
        _can.PowerOff();
        _wake.Cancel();
    }

    /// <inheritdoc/>
    public async Task<bool> SendAsync(ReadOnlyMemory<byte> request)
    {
        ArgumentOutOfRangeException.ThrowIfZero(request.Length, nameof(request));
        while (_canTp.IsTransmitting)
        {
            await Time.DelayMs(1);
        }

        _sent.Reset();
        uint consecutive = _port.ConsecutiveCount;
        _canTp.Transmit(request.ToArray(), 0, (uint)request.Length);
        Pump();
        await _sent;
        IsFirstBlockUnanswered = _sendResult != CanTpResult.Ok && _port.ConsecutiveCount - consecutive <= FirstBlockFrames;
        return _sendResult == CanTpResult.Ok;
    }

    /// <inheritdoc/>
    public async Task<bool> SendFunctionalAsync(ReadOnlyMemory<byte> request)
    {
        if (request.Length is 0 or > 7)
        {
            throw new ArgumentException("A functional request is a single frame of 1 to 7 bytes.", nameof(request));
        }

        if (_functional == null)
        {
            // Without a functional identifier only this ECU can be meant; while a request is under way it hears one anyway.
            return _canTp.IsTransmitting || await SendAsync(request);
        }

        byte[] frame = new byte[8];
        Array.Fill(frame, _padding);
        frame[0] = (byte)request.Length;
        request.CopyTo(frame.AsMemory(1));
        bool isAccepted = _functional.Transmit(frame, frame.Length);
        uint ticket = _functional.AcceptedCount;
        for (int waitedMs = 0; isAccepted && waitedMs < FunctionalWaitMsMax; waitedMs++)
        {
            if (_functional.HasLeft(ticket))
            {
                return true;
            }

            await Time.DelayMs(1);
        }

        _functional.CancelTransmit();
        return false;
    }

    /// <inheritdoc/>
    public async Task<byte[]?> ReceiveAsync(long timeoutNs)
    {
        long endNs = Time.NowNs + timeoutNs;
        while (_messages.Count == 0)
        {
            long leftNs = endNs - Time.NowNs;
            if (_canTp.IsReceiving)
            {
                await _received; // N_Cr bounds it
            }
            else if (leftNs <= 0)
            {
                return null;
            }
            else
            {
                await _received.Wait(leftNs);
            }
        }

        return _messages.Dequeue();
    }

    /// <inheritdoc/>
    public void Discard()
    {
        _messages.Clear();
        _received.Reset();
    }

    byte[] ICanTpUpper.StartOfReception(bool isFunctional, uint length)
    {
        _buffer = length <= (uint)Array.MaxLength ? new byte[length] : null!;
        _received.Set();
        return _buffer;
    }

    void ICanTpUpper.RxIndication(bool isFunctional, uint length, CanTpResult result)
    {
        if (result == CanTpResult.Ok)
        {
            _messages.Enqueue(_buffer);
        }

        _received.Set();
    }

    void ICanTpUpper.TxConfirmation(CanTpResult result)
    {
        _sendResult = result;
        _sent.Set();
    }

    private static CanIfConfig Opposite(CanIfConfig ecu, uint requestId) => new()
    {
        IsExtended = ecu.IsExtended,
        PhysicalRxId = ecu.TxId,
        FunctionalRxId = NoIdentifier,
        TxId = requestId,
    };

    private static CanTpConfig Opposite(CanTpConfig ecu) => new()
    {
        NAsMs = ecu.NAsMs,
        NBsMs = ecu.NBsMs,
        NCrMs = ecu.NCrMs,
        WaitFrameMax = ecu.WaitFrameMax,
        FrameTimeUs = 0, // LinkCan tells the end of each frame
        Padding = ecu.Padding,
    };

    private void Pump()
    {
        uint nowUs = (uint)(Time.NowNs / VirtualTime.NsPerUs);
        _functional?.MainFunction(Time.NowMs);
        _canIf.MainFunction(Time.NowMs);
        _canTp.MainFunction(Time.NowMs, nowUs);
        if (!_canTp.IsTransmitting && !_canTp.IsReceiving)
        {
            _wake.Cancel();
            return;
        }

        uint heldBackUs = _canTp.HeldBackUs(nowUs);
        long inNs = heldBackUs == 0 ? VirtualTime.NsPerMs : Math.Min(heldBackUs * VirtualTime.NsPerUs, VirtualTime.NsPerMs);
        _wake.After(inNs);
    }

    /// <summary>The same controller for a second CanIf, which sends and leaves receiving to the first.</summary>
    private sealed class SendOnly(LinkCan can) : ICan
    {
        public byte BlockSizeMax => can.BlockSizeMax;

        public byte SeparationTimeMin => can.SeparationTimeMin;

        public uint OverrunCount => can.OverrunCount;

        public uint BusOffCount => can.BusOffCount;

        public bool TryReceive(CanFrame into) => false;

        public bool TrySend(CanFrame frame) => can.TrySend(frame);
    }
}
