// The controller of a tester whose timer knows whole milliseconds: a flow control that asks for gaps of 100 to 900 µs is taken as
// one that asks for 1 ms (ISO 15765-2:2016 §9.6.5.4: the gap may be longer than asked for, and must not be shorter).
// Tests: tests/host-sim/Measure.
using EsyncAgent;
using EsyncSim.Bus;

namespace EsyncSim.Measure;

/// <summary>Rounds STmin up to milliseconds.</summary>
internal sealed class WholeMillisecondsCan(ITesterCan can) : ITesterCan
{
    private const int FlowControl = 3;
    private const byte ShortestFraction = 0xF1;
    private const byte LongestFraction = 0xF9;

    /// <inheritdoc/>
    public Action? FrameArrived
    {
        get => can.FrameArrived;
        set => can.FrameArrived = value;
    }

    /// <inheritdoc/>
    public Action? FrameSent
    {
        get => can.FrameSent;
        set => can.FrameSent = value;
    }

    /// <inheritdoc/>
    public byte BlockSizeMax => can.BlockSizeMax;

    /// <inheritdoc/>
    public byte SeparationTimeMin => can.SeparationTimeMin;

    /// <inheritdoc/>
    public uint OverrunCount => can.OverrunCount;

    /// <inheritdoc/>
    public uint BusOffCount => can.BusOffCount;

    /// <inheritdoc/>
    public void SetFilter(params (uint Identifier, bool IsExtended)[] accepted) => can.SetFilter(accepted);

    /// <inheritdoc/>
    public void PowerOn() => can.PowerOn();

    /// <inheritdoc/>
    public void PowerOff() => can.PowerOff();

    /// <inheritdoc/>
    public bool TrySend(CanFrame frame) => can.TrySend(frame);

    /// <inheritdoc/>
    public bool TryReceive(CanFrame into)
    {
        bool isReceived = can.TryReceive(into);
        if (isReceived && into.Data[0] >> 4 == FlowControl && into.Data[2] is >= ShortestFraction and <= LongestFraction)
        {
            into.Data[2] = 1;
        }

        return isReceived;
    }
}
