// A real board's hardware around the processor: the drivers of boards/drivers on models of the board's chips.
// Invariants: drivers are made anew at each start, chips keep what they keep over a reset of the processor; every driver
// charges the processor for its instructions, its SPI transactions and the native calls behind it.
// Tests: tests/host-sim/Ecu/DriverBoardTests.cs.
using EsyncAgent;
using EsyncSim.Bus;

namespace EsyncSim.Ecu;

/// <summary>A board with drivers.</summary>
internal sealed class DriverBoard : EcuBoard
{
    private readonly CanSide _can;
    private readonly FlashSide _flash;
    private readonly bool _isCryptoNative;

    /// <summary>Puts a board together.</summary>
    public DriverBoard(ProcessorClock clock, CanSide can, FlashSide flash, bool isCryptoNative)
        : base(clock, flash.Flash)
    {
        _can = can;
        _flash = flash;
        _isCryptoNative = isCryptoNative;
    }

    /// <inheritdoc/>
    public override CanControllerModel Can => _can.Controller;

    /// <inheritdoc/>
    public override EcuDrivers Start(EcuConfig config, IMcu mcu, IlCosts costs, CpuMeter meter) => new(
        _can.Start(config, mcu, costs, meter),
        _flash.Start(mcu, costs, meter),
        CryptoSide.Start(_isCryptoNative, costs, meter));

    /// <inheritdoc/>
    public override void ProcessorStopped() => _can.ProcessorStopped();

    /// <inheritdoc/>
    public override void TurnBegins() => _can.TurnBegins();

    /// <inheritdoc/>
    public override void TurnEnds(long endNs) => _can.TurnEnds(endNs);

    /// <inheritdoc/>
    public override void PowerOn()
    {
        _flash.PowerOn();
        _can.PowerOn();
    }
}
