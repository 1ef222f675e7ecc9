// The three status registers of a W25Q: what is kept for good, what holds until the next power-on, and which addresses
// they protect.
// Modelled: SEC, TB, BP2 to BP0 and CMP by the table of the W25Q32JV, whose fractions serve the other sizes; WPS as "all is
// locked", for the locks of single blocks are closed at power-on and the instructions that open them are not here; SRP with
// the /WP pin, and SRL. Left out: that LB bits, once set, stay set.
// Winbond W25Q32JV §7.1. Tests: tests/host-sim/Devices/W25qProtectionTests.
namespace EsyncSim.Devices;

/// <summary>Status registers 1 to 3, without BUSY and WEL, which are the chip's.</summary>
public sealed class W25qRegisters
{
    private const int StatusRegisterProtect = 0x80;
    private const int StatusRegisterLock = 0x01;
    private const int SectorProtect = 0x40;
    private const int TopBottom = 0x20;
    private const int Complement = 0x40;
    private const int WriteProtectSelection = 0x04;
    private static readonly byte[] Writable = [0xFC, 0x7B, 0x64];
    private readonly byte[] _lasting = new byte[3];
    private readonly byte[] _current = new byte[3];

    /// <summary>Level of the /WP pin: with SRP set, a low one locks the registers.</summary>
    public bool IsWriteProtectPinLow { get; set; }

    /// <summary>False for an older part that does not know the volatile write enable (50).</summary>
    public bool HasVolatileWrite { get; set; } = true;

    /// <summary>A register by its number, 0 to 2, as it counts now.</summary>
    public byte this[int register] => _current[register];

    /// <summary>What a register will be after the next power-on.</summary>
    public byte Lasting(int register) => _lasting[register];

    /// <summary>Sets a register as the maker of a board would before he sells it.</summary>
    public void Preset(int register, byte value)
    {
        _lasting[register] = value;
        _current[register] = value;
    }

    /// <summary>Power comes: what was volatile is gone, and so is a lock until then.</summary>
    internal void PowerOn()
    {
        _lasting[1] &= unchecked((byte)~StatusRegisterLock);
        Reset();
    }

    /// <summary>A software reset: what was volatile is gone.</summary>
    internal void Reset() => _lasting.CopyTo(_current, 0);

    /// <summary>An instruction writes a register; false when it is locked.</summary>
    internal bool Write(int register, byte value, bool isLasting)
    {
        bool isLocked = (_current[1] & StatusRegisterLock) != 0 || ((_current[0] & StatusRegisterProtect) != 0 && IsWriteProtectPinLow);
        if (isLocked)
        {
            return false;
        }

        _current[register] = (byte)(value & Writable[register]);
        if (isLasting)
        {
            _lasting[register] = _current[register];
        }

        return true;
    }

    /// <summary>True when a sector may not be changed.</summary>
    internal bool IsProtected(uint address, uint size)
    {
        if ((_current[2] & WriteProtectSelection) != 0)
        {
            return true;
        }

        uint length = ProtectedLength(size);
        bool isInside = (_current[0] & TopBottom) != 0 ? address < length : address >= size - length;
        return isInside != ((_current[1] & Complement) != 0);
    }

    private uint ProtectedLength(uint size)
    {
        int protect = (_current[0] >> 2) & 7;
        return protect switch
        {
            0 => 0,
            7 => size,
            _ when (_current[0] & SectorProtect) != 0 => Math.Min(4096u << (protect - 1), 32768u),
            _ => size >> (7 - protect),
        };
    }
}
