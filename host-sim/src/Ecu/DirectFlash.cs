// Board `virtual`'s flash: the model itself, with the time that a part behind SPI would block its caller for: command,
// address and data of a job, and the status register for each question while an erase or a program is under way.
// Tests: tests/host-sim/Ecu/VirtualEcuTests.cs.
using EsyncAgent;
using EsyncSim.Flash;

namespace EsyncSim.Ecu;

/// <summary>A part without a driver.</summary>
internal sealed class DirectFlash(FlashModel flash, IlCosts costs, CpuMeter meter) : FlashWrapper(flash)
{
    private const int CommandBytes = 4;
    private const int StatusBytes = 2;
    private bool _isChanging;

    /// <inheritdoc/>
    public override bool StartErase(uint address)
    {
        Charge(2, CommandBytes + 1);
        return _isChanging = base.StartErase(address);
    }

    /// <inheritdoc/>
    public override bool StartProgram(uint address, byte[] data, int offset, int count)
    {
        Charge(2, CommandBytes + 1 + count);
        return _isChanging = base.StartProgram(address, data, offset, count);
    }

    /// <inheritdoc/>
    public override bool StartRead(uint address, byte[] into, int offset, int count)
    {
        // Here the price is the job itself: the call comes back with the bytes.
        bool isStarted = base.StartRead(address, into, offset, count);
        Charge(1, CommandBytes + count);
        _isChanging = false;
        return isStarted;
    }

    /// <inheritdoc/>
    public override bool StartCompare(uint address, byte[] data, int offset, int count)
    {
        bool isStarted = base.StartCompare(address, data, offset, count);
        Charge(1, CommandBytes + count);
        _isChanging = false;
        return isStarted;
    }

    /// <inheritdoc/>
    public override FlsStatus Poll()
    {
        FlsStatus status = base.Poll();
        if (status == FlsStatus.Busy && _isChanging)
        {
            meter.AddNative(costs.SpiTransactionNs + (StatusBytes * costs.SpiByteNs));
        }

        return status;
    }

    private void Charge(int transactions, int bytes) => meter.AddNative((transactions * costs.SpiTransactionNs) + (bytes * costs.SpiByteNs));
}
