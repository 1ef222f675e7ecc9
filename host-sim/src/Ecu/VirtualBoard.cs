// Board `virtual`: the CAN driver that one would wish for, a flash part that the port reaches directly, and native
// cryptography. No driver stands between the agent and the models; SPI and native calls are charged as estimates.
// Its controller is part of the processor: a reset empties it.
// Tests: tests/host-sim/Ecu/VirtualEcuTests.cs.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Crypto;
using EsyncSim.Flash;

namespace EsyncSim.Ecu;

/// <summary>The ideal board.</summary>
public sealed class VirtualBoard : EcuBoard
{
    private readonly VirtualCan _can;
    private readonly HostCrypto _crypto = new();

    /// <summary>Makes the board with a new, erased flash; <paramref name="seed"/> decides what cut operations leave.</summary>
    public VirtualBoard(VirtualCan can, FlashGeometry flash, ulong seed = 1)
        : this(can, new ProcessorClock(can.Bus.Time), flash, seed)
    {
    }

    private VirtualBoard(VirtualCan can, ProcessorClock clock, FlashGeometry flash, ulong seed)
        : base(clock, new FlashModel(flash, () => clock.NowUs, seed)) => _can = can;

    /// <inheritdoc/>
    public override CanControllerModel Can => _can;

    /// <inheritdoc/>
    public override EcuDrivers Start(EcuConfig config, IMcu mcu, IlCosts costs, CpuMeter meter)
    {
        SetFilter(config.CanIf);
        _can.PowerOn();
        return new EcuDrivers(
            new MeteredCan(_can, config.CanIf, meter),
            new MeteredFlash(new DirectFlash(Flash, costs, meter), meter),
            new MeteredCrypto(_crypto, costs, meter));
    }

    /// <inheritdoc/>
    public override void ProcessorStopped() => _can.PowerOff();

    private void SetFilter(CanIfConfig canIf)
    {
        List<(uint Identifier, bool IsExtended)> accepted = [(canIf.PhysicalRxId, canIf.IsExtended)];
        if (canIf.FunctionalRxId != CanIfConfig.NoIdentifier)
        {
            accepted.Add((canIf.FunctionalRxId, canIf.IsExtended));
        }

        accepted.AddRange(canIf.SignalRxIds.Select(id => (id & ~CanIfConfig.ExtendedBit, (id & CanIfConfig.ExtendedBit) != 0)));
        _can.SetFilter([.. accepted]);
    }
}
