// The hardware around the processor of one virtual ECU: a CAN controller on the bus, a flash part, native cryptography.
// Devices live as long as the ECU; the drivers on them are RAM, and are made anew at each start of the processor.
// Invariants: a power cut empties what has no memory of its own; a reset of the processor reaches only what is wired to
// its reset line, which the kind of board says.
// Tests: tests/host-sim/Ecu.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Flash;

namespace EsyncSim.Ecu;

/// <summary>The drivers of one start, each charging the processor for what it does.</summary>
/// <param name="Can">CAN.</param>
/// <param name="Flash">Flash.</param>
/// <param name="Crypto">Cryptography.</param>
public sealed record EcuDrivers(ICan Can, IFls Flash, ICrypto Crypto);

/// <summary>A board.</summary>
/// <param name="clock">The processor's clock.</param>
/// <param name="flash">The flash part's cells, times and cuts.</param>
public abstract class EcuBoard(ProcessorClock clock, FlashModel flash)
{
    /// <summary>The CAN controller.</summary>
    public abstract CanControllerModel Can { get; }

    /// <summary>The flash part.</summary>
    public FlashModel Flash { get; } = flash;

    /// <summary>The processor's clock.</summary>
    public ProcessorClock Clock { get; } = clock;

    /// <summary>Makes the drivers for a program that starts now.</summary>
    public abstract EcuDrivers Start(EcuConfig config, IMcu mcu, IlCosts costs, CpuMeter meter);

    /// <summary>A turn of the processor begins: what its other threads do meanwhile is done now, and charged to the turn.</summary>
    public virtual void TurnBegins()
    {
    }

    /// <summary>The turn that has been carried out lasts until this moment of virtual time.</summary>
    public virtual void TurnEnds(long endNs)
    {
    }

    /// <summary>The processor has stopped: a reset, or the power is gone.</summary>
    public virtual void ProcessorStopped()
    {
    }

    /// <summary>The power has come.</summary>
    public virtual void PowerOn() => Flash.PowerOn();

    /// <summary>The power is gone; a flash operation under way has been torn by then.</summary>
    public virtual void PowerLost() => Can.PowerOff();
}
