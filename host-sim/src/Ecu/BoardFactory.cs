// From a board of nf.config to its model: which controller, which flash part and which cryptography it has.
// Tests: tests/host-sim/Ecu/DriverBoardTests.cs.
using EsyncAgent.Drivers;
using EsyncSim.Bus;
using EsyncSim.Config;
using EsyncSim.Devices;
using EsyncSim.Flash;

namespace EsyncSim.Ecu;

/// <summary>Makes boards.</summary>
internal static class BoardFactory
{
    private const int PieceBesideMcp2515 = 128;

    /// <summary>The board of an ECU, on a bus; the seed decides what cut flash operations leave.</summary>
    public static EcuBoard Create(VirtualBus bus, EcuDefinition definition, ulong seed)
    {
        BoardDefinition board = definition.Board;
        if (board.CanController == CanControllerKind.Virtual)
        {
            return new VirtualBoard(new VirtualCan(bus, definition.Name), definition.FlashPart.ToGeometry(), seed);
        }

        ProcessorClock clock = new(bus.Time);
        FlashModel flash = new(definition.FlashPart.ToGeometry(), () => clock.NowUs, seed);
        return new DriverBoard(clock, CanSideOf(bus, definition), FlashSideOf(board, definition.FlashPart, flash), board.CryptoDriver == "NativeCrypto");
    }

    private static CanSide CanSideOf(VirtualBus bus, EcuDefinition definition) => definition.Board.CanController == CanControllerKind.Mcp2515
        ? new Mcp2515Side(definition.Board, new Mcp2515Chip(bus, definition.Name, (int)definition.Board.CanClockHz * 2))
        : new Stm32CanSide(definition.Board, new StockCanModel(bus, definition.Name));

    // Beside an MCP2515 the flash driver compares half a page a turn, as boards/esp32-mcp2515/README.md has it.
    private static FlashSide FlashSideOf(BoardDefinition board, FlashPart part, FlashModel flash) => part.Driver switch
    {
        "LittleFsFls" => new LittleFsSide(flash),
        _ => new SpiNorSide(flash, part.Spi!.ClockHz, board.CanController == CanControllerKind.Mcp2515 ? PieceBesideMcp2515 : new SpiNorConfig().PieceLength),
    };
}
