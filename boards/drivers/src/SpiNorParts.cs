// Which SPI NOR parts the driver knows by their JEDEC identifier: those whose instructions, 4 KiB sectors, 256-byte pages
// and status registers are the W25Q's. The third byte is the size as a power of two, on all of them.
// A part that is not here works when the configuration gives its identifier, and is then taken to be like these.
// Tests: tests/boards/drivers/SpiNorStartTests.
namespace EsyncAgent.Drivers;

/// <summary>The table of known parts.</summary>
public static class SpiNorParts
{
    // Manufacturer and memory type.
    private static readonly ushort[] Families =
    {
        0xEF40, // Winbond W25Q-BV, -FV, -JV
        0xEF60, // Winbond W25Q-FW, -JW, 1.8 V
        0xEF70, // Winbond W25Q-JV-M
        0xC840, // GigaDevice GD25Q
    };

    /// <summary>True for a known family with 512 KiB to 16 MiB.</summary>
    public static bool IsKnown(uint jedecId)
    {
        uint capacity = jedecId & 0xFF;
        for (int i = 0; i < Families.Length; i++)
        {
            if (Families[i] == jedecId >> 8)
            {
                return capacity >= 0x13 && capacity <= 0x18;
            }
        }

        return false;
    }

    /// <summary>Size in bytes by the third byte of an identifier; 0 when that is none.</summary>
    public static uint SizeOf(uint jedecId)
    {
        int capacity = (int)(jedecId & 0xFF);
        return capacity < 31 ? 1u << capacity : 0;
    }
}
