// The CAN side of a board with drivers: its controller, and the driver on it that a program starts with.
// Tests: tests/host-sim/Ecu/DriverBoardTests.cs.
using EsyncAgent;
using EsyncAgent.Drivers;
using EsyncSim.Bus;
using EsyncSim.Config;
using EsyncSim.Devices;

namespace EsyncSim.Ecu;

/// <summary>Controller and driver.</summary>
internal abstract class CanSide(BoardDefinition board)
{
    /// <summary>The controller.</summary>
    public abstract CanControllerModel Controller { get; }

    /// <summary>The board's data.</summary>
    protected BoardDefinition Board { get; } = board;

    /// <summary>Makes the driver for a program that starts now.</summary>
    public abstract ICan Start(EcuConfig config, IMcu mcu, IlCosts costs, CpuMeter meter);

    /// <summary>The power has come.</summary>
    public virtual void PowerOn()
    {
    }

    /// <summary>The processor has stopped.</summary>
    public virtual void ProcessorStopped()
    {
    }

    /// <summary>A turn of the processor begins: what other threads do before it is done now.</summary>
    public virtual void TurnBegins()
    {
    }

    /// <summary>The turn that has been carried out lasts until this moment.</summary>
    public virtual void TurnEnds(long endNs)
    {
    }
}

/// <summary>An MCP2515 on SPI, which keeps its power and its frames while the processor restarts.</summary>
internal sealed class Mcp2515Side(BoardDefinition board, Mcp2515Chip chip) : CanSide(board)
{
    private static readonly CanDriverOperations Operations = new(IlOperation.Mcp2515Idle, IlOperation.Mcp2515Receive, IlOperation.Mcp2515Send);

    /// <inheritdoc/>
    public override CanControllerModel Controller => chip;

    /// <inheritdoc/>
    public override void PowerOn() => chip.PowerOn();

    /// <inheritdoc/>
    public override ICan Start(EcuConfig config, IMcu mcu, IlCosts costs, CpuMeter meter)
    {
        MeteredSpi spi = new(chip, Board.CanSpi!.ClockHz, costs, meter);
        Mcp2515 driver = new(spi, chip, config.CanBitTiming, config.CanIf, Board.BlockSizeMax, Board.SeparationTimeMin);
        return new MeteredCan(driver, config.CanIf, meter, Operations);
    }
}

/// <summary>
/// The STM32's own controller under nanoFramework's driver: a reset of the processor is one of the controller. Events reach
/// their thread when the agent's yields after a turn, and in a turn that is longer after each time slice of the interpreter.
/// </summary>
internal sealed class Stm32CanSide : CanSide
{
    private const int QueueCapacity = 64;
    private const long TimeSliceNs = 20 * VirtualTime.NsPerMs;
    private static readonly CanDriverOperations Operations = new(IlOperation.Stm32CanIdle, IlOperation.Stm32CanReceive, IlOperation.Stm32CanSend);

    private readonly StockCanModel _native;
    private readonly SimEvent _slice;
    private long _turnEndNs;

    /// <summary>Makes it.</summary>
    public Stm32CanSide(BoardDefinition board, StockCanModel native)
        : base(board)
    {
        _native = native;
        _slice = native.Bus.Time.CreateEvent(OnSlice);
    }

    /// <inheritdoc/>
    public override CanControllerModel Controller => _native;

    /// <inheritdoc/>
    public override ICan Start(EcuConfig config, IMcu mcu, IlCosts costs, CpuMeter meter)
    {
        _native.PowerOn();
        _native.Charge = meter.AddNative;
        Stm32Can driver = new(new MeteredStockCan(_native, meter), mcu, config.CanIf, QueueCapacity, config.CanTp.FrameTimeUs, Board.BlockSizeMax, Board.SeparationTimeMin);
        return new MeteredCan(driver, config.CanIf, meter, Operations);
    }

    /// <inheritdoc/>
    public override void ProcessorStopped()
    {
        _slice.Cancel();
        _native.PowerOff();
    }

    /// <inheritdoc/>
    public override void TurnBegins() => _native.Dispatch();

    /// <inheritdoc/>
    public override void TurnEnds(long endNs)
    {
        _turnEndNs = endNs;
        Continue();
    }

    // What other threads do within a turn is paid in the next one: the end of the first is settled by then.
    private void OnSlice()
    {
        _native.Dispatch();
        Continue();
    }

    private void Continue()
    {
        if (_native.Bus.Time.NowNs + TimeSliceNs < _turnEndNs)
        {
            _slice.After(TimeSliceNs);
        }
    }
}

/// <summary>Charges the driver's own work in events, which come outside of the agent's calls.</summary>
internal sealed class MeteredStockCan(IStockCan native, CpuMeter meter) : IStockCan, IStockCanListener
{
    private IStockCanListener? _listener;

    /// <inheritdoc/>
    public void Subscribe(IStockCanListener listener)
    {
        _listener = listener;
        native.Subscribe(this);
    }

    /// <inheritdoc/>
    public bool TryGetMessage(CanFrame into)
    {
        bool isTaken = native.TryGetMessage(into);
        if (isTaken)
        {
            meter.AddPassive(IlOperation.Stm32CanDrain);
        }

        return isTaken;
    }

    /// <inheritdoc/>
    public void WriteMessage(CanFrame frame) => native.WriteMessage(frame);

    /// <inheritdoc/>
    public void OnMessageReceived()
    {
        meter.AddPassive(IlOperation.Stm32CanEvent);
        _listener?.OnMessageReceived();
    }
}
