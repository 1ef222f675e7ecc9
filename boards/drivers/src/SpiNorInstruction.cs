// Instructions and status bits of the W25Q series, as far as the driver uses them.
// Winbond W25Q32JV, revision G: §7.1 (status registers), §8.1.2 (instructions). Tests: tests/boards/drivers/SpiNorFlsTests.
namespace EsyncAgent.Drivers;

/// <summary>First byte of a transaction.</summary>
internal static class SpiNorInstruction
{
    public const byte WriteStatus1 = 0x01;
    public const byte PageProgram = 0x02;
    public const byte ReadData = 0x03;
    public const byte ReadStatus1 = 0x05;
    public const byte WriteEnable = 0x06;
    public const byte WriteStatus3 = 0x11;
    public const byte ReadStatus3 = 0x15;
    public const byte SectorErase = 0x20;
    public const byte WriteStatus2 = 0x31;
    public const byte ReadStatus2 = 0x35;
    public const byte VolatileWriteEnable = 0x50;
    public const byte EnableReset = 0x66;
    public const byte ResetDevice = 0x99;
    public const byte ReadJedecId = 0x9F;
    public const byte ReleasePowerDown = 0xAB;
}

/// <summary>Bits of the status registers.</summary>
internal static class SpiNorStatus
{
    /// <summary>Register 1: an erase, a program or a register write is under way.</summary>
    public const byte Busy = 0x01;

    /// <summary>Register 1: the next erase, program or register write will be executed.</summary>
    public const byte WriteEnableLatch = 0x02;

    /// <summary>Register 1: SEC, TB, BP2 to BP0. All zero (and CMP zero): no sector is protected.</summary>
    public const byte BlockProtection = 0x7C;

    /// <summary>Register 2: CMP turns the protected range into its complement.</summary>
    public const byte Complement = 0x40;

    /// <summary>Register 3: WPS, each block has a lock of its own, closed at power-on.</summary>
    public const byte IndividualLocks = 0x04;
}
