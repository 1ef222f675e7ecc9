// The CAN port as the agent gets it: passes everything on and reports what it costs.
// Which kind of frame it is stands in its first byte (ISO 15765-2:2016 §9.2); that, and whose identifier it has, is all
// that is looked at. Periodic data has an identifier of its own.
// Tests: tests/host-sim/Ecu/VirtualEcuTests.cs.
using EsyncAgent;
using EsyncSim.Bus;

namespace EsyncSim.Ecu;

/// <summary>What calls of a CAN driver cost.</summary>
/// <param name="Idle">A look for a frame that found none.</param>
/// <param name="Receive">A frame received.</param>
/// <param name="Send">A frame sent.</param>
internal sealed record CanDriverOperations(IlOperation Idle, IlOperation Receive, IlOperation Send);

/// <summary>Counts the frames that the agent takes and sends; a driver's own work is charged where there is one.</summary>
internal sealed class MeteredCan(ICan driver, CanIfConfig config, CpuMeter meter, CanDriverOperations? operations = null) : ICan
{
    private const int NegativeResponse = 0x7F;
    private const int PositiveResponse = 0x40;
    private int _longRequest = -1;

    /// <inheritdoc/>
    public byte BlockSizeMax => driver.BlockSizeMax;

    /// <inheritdoc/>
    public byte SeparationTimeMin => driver.SeparationTimeMin;

    /// <inheritdoc/>
    public uint OverrunCount => driver.OverrunCount;

    /// <inheritdoc/>
    public uint BusOffCount => driver.BusOffCount;

    /// <inheritdoc/>
    public bool TryReceive(CanFrame into)
    {
        bool isReceived = driver.TryReceive(into);
        if (isReceived)
        {
            meter.Add(Classify(into));
        }

        if (operations is not null)
        {
            meter.AddPassive(isReceived ? operations.Receive : operations.Idle);
        }

        return isReceived;
    }

    /// <inheritdoc/>
    public bool TrySend(CanFrame frame)
    {
        bool isPeriodic = frame.Identifier == config.PeriodicTxId;
        int kind = isPeriodic ? 0 : frame.Data[0] >> 4;
        IlOperation operation = kind switch
        {
            _ when isPeriodic => IlOperation.SendPeriodic,
            1 => IlOperation.SendFirst,
            2 => IlOperation.SendConsecutive,
            3 => IlOperation.SendFlowControl,
            _ => IlOperation.SendSingle,
        };

        // The price is charged first: the frame asks for the bus when the processor has come so far.
        bool isAnswer = _longRequest >= 0 && !isPeriodic && IsAnswer(frame.Data, kind);
        meter.Add(operation);
        if (isAnswer)
        {
            meter.Add(IlOperation.ServeLongRequest);
        }

        if (operations is not null)
        {
            meter.AddPassive(operations.Send);
        }

        bool isTaken = driver.TrySend(frame);
        if (!isTaken)
        {
            meter.TakeBack(operation);
            if (isAnswer)
            {
                meter.TakeBack(IlOperation.ServeLongRequest);
            }
        }
        else if (isAnswer)
        {
            _longRequest = -1;
        }

        return isTaken;
    }

    private IlOperation Classify(CanFrame frame)
    {
        // Not by the agent's own search, which would be counted as work of the agent.
        if (Array.BinarySearch(config.SignalRxIds, frame.IsExtended ? frame.Identifier | CanIfConfig.ExtendedBit : frame.Identifier) >= 0)
        {
            return IlOperation.ReceiveSignals;
        }

        if (frame.IsExtended != config.IsExtended
            || (frame.Identifier != config.PhysicalRxId && frame.Identifier != config.FunctionalRxId))
        {
            return IlOperation.ReceiveForeign;
        }

        switch (frame.Data[0] >> 4)
        {
            case 1:
                _longRequest = frame.Data[2];
                return IlOperation.ReceiveFirst;
            case 2:
                return IlOperation.ReceiveConsecutive;
            case 3:
                return IlOperation.ReceiveFlowControl;
            default:
                return IlOperation.ReceiveSingle;
        }
    }

    private bool IsAnswer(byte[] data, int kind)
    {
        int first = kind == 1 ? data[2] : data[1];
        return kind <= 1 && (first == (_longRequest | PositiveResponse) || (first == NegativeResponse && data[2] == _longRequest));
    }
}
