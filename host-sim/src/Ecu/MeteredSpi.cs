// An SPI device as its driver gets it: each transaction takes the processor's time, and the driver's instructions around it.
// The price is charged first: the device sees a transaction when the processor has brought it out.
// Tests: tests/host-sim/Ecu/DriverBoardTests.cs.
using EsyncAgent.Drivers;

namespace EsyncSim.Ecu;

/// <summary>Charges transactions.</summary>
/// <param name="device">The chip.</param>
/// <param name="clockHz">Clock of the bus while this device is selected.</param>
/// <param name="costs">Prices.</param>
/// <param name="meter">Where they are charged.</param>
/// <param name="driver">Instructions of a driver that never asks in vain, for one transaction; null where they are charged by call.</param>
internal sealed class MeteredSpi(ISpiPort device, uint clockHz, IlCosts costs, CpuMeter meter, IlOperation? driver = null) : ISpiPort
{
    private readonly long _byteNs = 8_000_000_000L / clockHz;

    /// <inheritdoc/>
    public void Transfer(byte[] write, byte[]? read, int count)
    {
        if (driver is { } operation)
        {
            meter.Add(operation);
        }

        meter.AddNative(costs.SpiTransactionNs + (count * _byteNs));
        device.Transfer(write, read, count);
    }
}
