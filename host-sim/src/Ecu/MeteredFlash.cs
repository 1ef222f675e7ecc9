// The flash port as the agent gets it: passes everything on and charges the agent's own work for each job and question.
// What the driver below costs, and the part, is charged there.
// Tests: tests/host-sim/Ecu/VirtualEcuTests.cs.
using EsyncAgent;
using EsyncSim.Flash;

namespace EsyncSim.Ecu;

/// <summary>What a flash driver costs by call.</summary>
/// <param name="CompareByte">One byte compared.</param>
/// <param name="Poll">A question that is answered "busy"; null: nothing worth counting.</param>
/// <param name="ComparedAtOnce">Bytes that one turn compares at most; each question pays for them, the first one for what the start has compared.</param>
internal sealed record FlashDriverOperations(IlOperation CompareByte, IlOperation? Poll, int ComparedAtOnce);

/// <summary>Charges flash jobs and polls.</summary>
/// <param name="flash">The driver.</param>
/// <param name="meter">Where it is charged.</param>
/// <param name="operations">The driver's own work where there is one.</param>
internal sealed class MeteredFlash(IFls flash, CpuMeter meter, FlashDriverOperations? operations = null) : FlashWrapper(flash)
{
    private int _toCompare;

    /// <inheritdoc/>
    public override bool StartErase(uint address)
    {
        // The price is charged first: the part begins when the processor has brought the command out.
        meter.Add(IlOperation.FlashErase);
        return base.StartErase(address);
    }

    /// <inheritdoc/>
    public override bool StartProgram(uint address, byte[] data, int offset, int count)
    {
        meter.Add(IlOperation.FlashProgram);
        return base.StartProgram(address, data, offset, count);
    }

    /// <inheritdoc/>
    public override bool StartRead(uint address, byte[] into, int offset, int count)
    {
        meter.Add(IlOperation.FlashRead);
        return base.StartRead(address, into, offset, count);
    }

    /// <inheritdoc/>
    public override bool StartCompare(uint address, byte[] data, int offset, int count)
    {
        meter.Add(IlOperation.FlashCompare);
        _toCompare = count;
        return base.StartCompare(address, data, offset, count);
    }

    /// <inheritdoc/>
    public override FlsStatus Poll()
    {
        ChargeCompared();
        FlsStatus status = base.Poll();
        if (status == FlsStatus.Busy)
        {
            meter.AddPassive(IlOperation.FlashBusy);
            if (operations?.Poll is { } poll)
            {
                meter.AddPassive(poll);
            }
        }
        else
        {
            _toCompare = 0;
        }

        return status;
    }

    private void ChargeCompared()
    {
        if (operations is not null && _toCompare > 0)
        {
            int count = Math.Min(_toCompare, operations.ComparedAtOnce);
            meter.AddPassive(operations.CompareByte, count);
            _toCompare -= count;
        }
    }
}
