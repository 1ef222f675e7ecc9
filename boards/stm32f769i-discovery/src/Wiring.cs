// Wiring of the STM32F769I-DISCO, as board.yaml gives it.
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
            Board = "stm32f769i-discovery",
            CanController = "CAN1",
            BlockSizeMax = 8,
            SeparationTimeMin = 0x00,
            SpiBus = 2,
            FlashChipSelect = 11, // PA11
            FlashClockHz = 20_000_000,
            FlashSize = 0x400000,
        };
    }
}
