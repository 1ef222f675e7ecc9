// Wiring of the NUCLEO-F767ZI, as board.yaml gives it.
// Tests: tests/boards/BoardProgramTests.cs.
namespace EsyncAgent.Boards;

/// <summary>Pins and limits.</summary>
internal static class Wiring
{
    /// <summary>The board's figures.</summary>
    public static Stm32Wiring Create()
    {
        return new Stm32Wiring
        {
            Board = "nucleo-f767zi",
            CanController = "CAN1",
            BlockSizeMax = 8,
            SeparationTimeMin = 0x00,
            SpiBus = 3,
            FlashChipSelect = 4, // PA4
            FlashClockHz = 20_000_000,
            FlashSize = 0x400000,
        };
    }
}
