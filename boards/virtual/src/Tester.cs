// The scripted client's side of the wire: requests as bytes over its own CanIf and CanTp, with the ECU's identifiers
// exchanged, and the waiting for answers.
// Invariants: one request at a time; response pending prolongs the wait; a negative response, a wrong echo or silence ends
// the step, unless the caller asked for it. Whoever waits turns the whole world, a millisecond at a time.
// It knows services, not their order: that is what the stories tell.
// Clauses: ISO 14229-2:2013 §7.2 (P2, P2*); agent-firmware/PROTOCOL.md, "Services".
// Tests: tests/boards/virtual/EmulatorTests.cs.
using System;

namespace EsyncAgent.Emulator;

/// <summary>A tester of one ECU.</summary>
public sealed class Tester : ICanTpUpper, ICanIfSignals
{
    private const byte Negative = 0x7F;
    private const byte PositiveOffset = 0x40;
    private const byte ResponsePending = 0x78;
    private const uint NoIdentifier = 0xFFFFFFFF;
    private const uint P2MsMax = 150;
    private const uint P2StarMsMax = 5500;
    private const uint SendMsMax = 10000;
    private const uint TesterPresentMs = 2000;

    private readonly World _world;
    private readonly LoopbackCan _can;
    private readonly CanIf _canIf;
    private readonly CanTp _canTp;
    private readonly CanFrame _functional = new CanFrame();
    private readonly CanFrame _speed = new CanFrame();
    private bool _isSending;
    private CanTpResult _sendResult;
    private bool _hasResponse;
    private uint _lastPresentMs;

    /// <summary>A tester at the end <paramref name="can"/> of the bus.</summary>
    public Tester(World world, EcuConfig config, LoopbackCan can)
    {
        _world = world;
        _can = can;
        CanIfConfig identifiers = new CanIfConfig();
        identifiers.PhysicalRxId = config.CanIf.TxId;
        identifiers.FunctionalRxId = NoIdentifier;
        identifiers.TxId = config.CanIf.PhysicalRxId;
        identifiers.SignalRxIds = new uint[] { config.CanIf.PeriodicTxId };
        _canIf = new CanIf(identifiers, can);
        _canIf.AttachSignals(this);
        _canTp = new CanTp(new CanTpConfig(), _canIf);
        _canTp.Attach(this);
        _functional.Identifier = config.CanIf.FunctionalRxId;
        _functional.Length = 8;
        _speed.Identifier = config.CanIf.SignalRxIds[0];
        _speed.Length = 8;
        Request = new byte[config.Dcm.MessageLengthMax];
        Response = new byte[config.Dcm.MessageLengthMax];
    }

    /// <summary>The request, filled by the caller.</summary>
    public byte[] Request { get; }

    /// <summary>The last response.</summary>
    public byte[] Response { get; }

    /// <summary>Length of the last response.</summary>
    public int ResponseLength { get; private set; }

    /// <summary>Frames of periodic data (2A) that have come.</summary>
    public int PeriodicCount { get; private set; }

    /// <summary>The last frame of periodic data: its identifier's low byte, the signal's quality, its value.</summary>
    public byte[] Periodic { get; } = new byte[8];

    /// <summary>True: the functional tester present goes out every two seconds and keeps the session.</summary>
    public bool IsKeptAlive { get; set; }

    /// <summary>One turn, called by the world.</summary>
    public void Turn(uint nowMs)
    {
        if (IsKeptAlive && nowMs - _lastPresentMs >= TesterPresentMs)
        {
            _lastPresentMs = nowMs;
            SendFunctional(0x3E, 0x80);
        }

        _canIf.MainFunction(nowMs);
        _canTp.MainFunction(nowMs);
    }

    /// <summary>Sends a functional request whose answer is suppressed, a single frame.</summary>
    public void SendFunctional(params byte[] request)
    {
        Bytes.Fill(_functional.Data, 0, 8, 0xCC);
        _functional.Data[0] = (byte)request.Length;
        Array.Copy(request, 0, _functional.Data, 1, request.Length);
        while (!_can.TrySend(_functional))
        {
            _world.Turn();
        }
    }

    /// <summary>Sends the frame of another ECU that the vehicle's speed is read from; the unit is 0.01 km/h.</summary>
    public void SendSpeed(int speed)
    {
        _speed.Data[0] = (byte)speed;
        _speed.Data[1] = (byte)(speed >> 8);
        while (!_can.TrySend(_speed))
        {
            _world.Turn();
        }
    }

    /// <summary>Puts bytes into <see cref="Request"/> and returns their number.</summary>
    public int Put(params byte[] bytes)
    {
        Array.Copy(bytes, 0, Request, 0, bytes.Length);
        return bytes.Length;
    }

    /// <summary>
    /// Sends the first <paramref name="length"/> bytes of <see cref="Request"/>; true when an answer came in time. A
    /// negative one is in <see cref="Response"/> as well.
    /// </summary>
    public bool TrySend(int length)
    {
        _hasResponse = false;
        _isSending = true;
        _sendResult = CanTpResult.TimeoutA;
        if (_canTp.Transmit(Request, 0, (uint)length) != StdReturn.Ok || !WaitUntilSent() || _sendResult != CanTpResult.Ok)
        {
            return false;
        }

        uint waitMs = P2MsMax;
        while (WaitForResponse(waitMs))
        {
            bool isNegative = ResponseLength == 3 && Response[0] == Negative && Response[1] == Request[0];
            if (isNegative && Response[2] == ResponsePending)
            {
                waitMs = P2StarMsMax;
            }
            else if (isNegative || Response[0] == (byte)(Request[0] + PositiveOffset))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Sends and returns the negative response code, 0 for a positive response; silence ends the step.</summary>
    public byte Send(int length)
    {
        if (!TrySend(length))
        {
            throw new EmulatorException("no answer to " + Text.Hex(Request, 0, length < 4 ? length : 4));
        }

        return Response[0] == Negative ? Response[2] : (byte)0;
    }

    /// <summary>Sends and wants a positive response of at least so many bytes.</summary>
    public void Require(int length, int responseLengthMin)
    {
        byte code = Send(length);
        if (code != 0 || ResponseLength < responseLengthMin)
        {
            throw new EmulatorException(
                "the answer to " + Text.Hex(Request, 0, length < 4 ? length : 4) + " is "
                + Text.Hex(Response, 0, ResponseLength < 8 ? ResponseLength : 8));
        }
    }

    byte[] ICanTpUpper.StartOfReception(bool isFunctional, uint length)
    {
        return length <= (uint)Response.Length ? Response : null;
    }

    void ICanTpUpper.RxIndication(bool isFunctional, uint length, CanTpResult result)
    {
        ResponseLength = (int)length;
        _hasResponse = result == CanTpResult.Ok && length > 0;
    }

    void ICanTpUpper.TxConfirmation(CanTpResult result)
    {
        _sendResult = result;
        _isSending = false;
    }

    void ICanIfSignals.SignalIndication(int index, byte[] data, int length)
    {
        PeriodicCount++;
        Array.Copy(data, 0, Periodic, 0, length);
    }

    private bool WaitUntilSent()
    {
        for (uint waitedMs = 0; _isSending && waitedMs < SendMsMax; waitedMs++)
        {
            _world.Turn();
        }

        return !_isSending;
    }

    private bool WaitForResponse(uint waitMs)
    {
        for (uint waitedMs = 0; !_hasResponse && (waitedMs < waitMs || _canTp.IsReceiving); waitedMs++)
        {
            _world.Turn();
        }

        bool isThere = _hasResponse;
        _hasResponse = false;
        return isThere;
    }
}
