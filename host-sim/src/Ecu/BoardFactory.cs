// From a board of nf.config to its model: which controller and which flash part it has.
// Tests: tests/host-sim/Ecu.
using EsyncSim.Bus;
using EsyncSim.Config;

namespace EsyncSim.Ecu;

/// <summary>Makes boards.</summary>
internal static class BoardFactory
{
    /// <summary>The board of an ECU, on a bus; the seed decides what cut flash operations leave.</summary>
    public static EcuBoard Create(VirtualBus bus, EcuDefinition definition, ulong seed)
    {
        CanDriverModel can = definition.Board.CanController switch
        {
            CanControllerKind.Stm32 => new Stm32CanModel(bus, definition.Name),
            CanControllerKind.Mcp2515 => new Mcp2515Model(bus, definition.Name, definition.Config.CanTp.BlockSize),
            _ => new VirtualCan(bus, definition.Name),
        };
        return new VirtualBoard(can, definition.FlashPart.ToGeometry(), seed);
    }
}
