// Two connections on one loopback bus, and a message from one to the other.
using EsyncAgent.Emulator;
using nanoFramework.TestFramework;

namespace EsyncAgent.DeviceTests;

/// <summary>A sender and a receiver.</summary>
internal sealed class CanTpPair : ICanTpUpper
{
    private const int TurnsMax = 20000;

    private readonly byte[] _message;
    private readonly byte[] _received;
    private readonly CanIf _senderIf;
    private readonly CanTp _sender;
    private readonly CanIf _receiverIf;
    private readonly CanTp _receiver;
    private bool _isReceived;

    /// <summary>For messages up to so many bytes.</summary>
    internal CanTpPair(int lengthMax)
    {
        LoopbackCan can = LoopbackCan.Create();
        _message = new byte[lengthMax];
        _received = new byte[lengthMax];
        new PseudoRandom(1).Fill(_message, 0, lengthMax);
        CanTpConfig config = new CanTpConfig();
        config.BlockSize = 32;
        _senderIf = new CanIf(Identifiers(0x7E8, 0x7E0), can);
        _sender = new CanTp(config, _senderIf);
        _receiverIf = new CanIf(Identifiers(0x7E0, 0x7E8), can.Other);
        _receiver = new CanTp(config, _receiverIf);
        _sender.Attach(this);
        _receiver.Attach(this);
    }

    /// <summary>Sends the first bytes and returns the turns that it took until they had arrived.</summary>
    internal int Send(int length)
    {
        _isReceived = false;
        Assert.AreEqual((int)StdReturn.Ok, (int)_sender.Transmit(_message, 0, (uint)length));
        int turns = 0;
        while (!(_isReceived && !_sender.IsTransmitting) && turns < TurnsMax)
        {
            uint nowMs = (uint)turns;
            _senderIf.MainFunction(nowMs);
            _sender.MainFunction(nowMs);
            _receiverIf.MainFunction(nowMs);
            _receiver.MainFunction(nowMs);
            turns++;
        }

        Assert.IsTrue(_isReceived, "the message does not arrive");
        return turns;
    }

    /// <summary>True when what arrived last is what was sent.</summary>
    internal bool IsReceivedWhole(int length)
    {
        return Bytes.AreEqual(_message, 0, _received, 0, length);
    }

    /// <inheritdoc/>
    public byte[] StartOfReception(bool isFunctional, uint length)
    {
        return length <= (uint)_received.Length ? _received : null;
    }

    /// <inheritdoc/>
    public void RxIndication(bool isFunctional, uint length, CanTpResult result)
    {
        _isReceived = result == CanTpResult.Ok;
    }

    /// <inheritdoc/>
    public void TxConfirmation(CanTpResult result)
    {
    }

    private static CanIfConfig Identifiers(uint received, uint sent)
    {
        CanIfConfig identifiers = new CanIfConfig();
        identifiers.PhysicalRxId = received;
        identifiers.FunctionalRxId = 0xFFFFFFFF;
        identifiers.TxId = sent;
        return identifiers;
    }
}
