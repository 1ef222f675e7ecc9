// nanoFramework's native CAN driver of an STM32 as the port IStockCan.
// CanSettings takes each figure of the bit time minus one, and has one segment before the sample point.
// Allocation: each message that is taken is an object and an array of the native side's making; what is sent goes through
// one message that is made once.
// Package nanoFramework.Device.Can. Tests: tests/Surface compiles it; what stands on it is tested through IStockCan.
using System;
using EsyncAgent.Drivers;
using nanoFramework.Device.Can;

namespace EsyncAgent.Boards;

/// <summary>The CAN controller of the processor.</summary>
public sealed class StockCan : IStockCan
{
    // The native ring holds 16: after so many remote frames in a row it is empty.
    private const int LookMax = 16;

    private readonly CanController _controller;
    private readonly byte[] _data = new byte[8];
    private readonly CanMessage _out;
    private IStockCanListener _listener;

    /// <summary>Opens the controller, "CAN1" or "CAN2".</summary>
    public StockCan(string controllerId, CanBitTiming timing)
    {
        _out = new CanMessage(0, CanMessageIdType.SID, CanMessageFrameType.Data, _data);
        _controller = CanController.FromId(controllerId, new CanSettings(
            (byte)(timing.Prescaler - 1),
            (byte)(timing.PropagationSegment + timing.PhaseSegment1 - 1),
            (byte)(timing.PhaseSegment2 - 1),
            (byte)(timing.SyncJumpWidth - 1)));
    }

    /// <inheritdoc/>
    public void Subscribe(IStockCanListener listener)
    {
        _listener = listener;
        _controller.MessageReceived += OnMessageReceived;
    }

    /// <inheritdoc/>
    public bool TryGetMessage(CanFrame into)
    {
        for (int i = 0; i < LookMax; i++)
        {
            CanMessage message = _controller.GetMessage();
            if (message == null)
            {
                return false;
            }

            byte[] data = message.Message;
            if (message.FrameType == CanMessageFrameType.Data && data != null)
            {
                into.Identifier = message.Id;
                into.IsExtended = message.IdentifierType == CanMessageIdType.EID;
                into.Length = (byte)data.Length;
                Array.Copy(data, 0, into.Data, 0, data.Length);
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public void WriteMessage(CanFrame frame)
    {
        Array.Copy(frame.Data, 0, _data, 0, _data.Length);
        _out.Id = frame.Identifier;
        _out.IdentifierType = frame.IsExtended ? CanMessageIdType.EID : CanMessageIdType.SID;
        _controller.WriteMessage(_out);
    }

    private void OnMessageReceived(object sender, CanMessageReceivedEventArgs e)
    {
        _listener.OnMessageReceived();
    }
}
