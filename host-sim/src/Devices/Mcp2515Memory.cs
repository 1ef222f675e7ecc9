// The registers of an MCP2515: what each holds after power-on and reset, which bits exist, and who may write them when.
// Invariants: the chip itself writes through Set; the processor writes through Write, which obeys the data sheet: masks,
// filters, bit timing and RTS pins in configuration mode only, and what is read-only not at all.
// Own names for the registers, not the driver's: a wrong number there is to be found here.
// Microchip DS20001801J §10, §11 (table 11-2: what BIT MODIFY can change).
// Tests: tests/host-sim/Devices/Mcp2515RegisterTests.cs.
namespace EsyncSim.Devices;

/// <summary>Register file of an MCP2515.</summary>
internal sealed class Mcp2515Memory
{
    internal const int TXRTSCTRL = 0x0D;
    internal const int CANSTAT = 0x0E;
    internal const int CANCTRL = 0x0F;
    internal const int TEC = 0x1C;
    internal const int REC = 0x1D;
    internal const int RXM0 = 0x20;
    internal const int RXM1 = 0x24;
    internal const int CNF3 = 0x28;
    internal const int CNF2 = 0x29;
    internal const int CNF1 = 0x2A;
    internal const int CANINTE = 0x2B;
    internal const int CANINTF = 0x2C;
    internal const int EFLG = 0x2D;
    internal const int TXB0CTRL = 0x30;
    internal const int RXB0CTRL = 0x60;
    internal const int RXB1CTRL = 0x70;

    private const byte Undefined = 0xA5;
    private readonly byte[] _cells = new byte[128];

    /// <summary>What the processor did that the data sheet forbids; such a write changes nothing.</summary>
    internal List<string> Misuses { get; } = [];

    /// <summary>True in configuration mode.</summary>
    internal bool IsConfiguring => (_cells[CANSTAT] & 0xE0) == 0x80;

    /// <summary>ICOD of CANSTAT: the first of the enabled interrupts that are pending, in the order of table 7-1.</summary>
    internal int InterruptCode
    {
        get
        {
            int pending = _cells[CANINTF] & _cells[CANINTE];
            return (pending & 0x20) != 0 ? 1
                : (pending & 0x40) != 0 ? 2
                : (pending & 0x04) != 0 ? 3
                : (pending & 0x08) != 0 ? 4
                : (pending & 0x10) != 0 ? 5
                : (pending & 0x01) != 0 ? 6
                : (pending & 0x02) != 0 ? 7 : 0;
        }
    }

    /// <summary>A cell as it is, without the rules.</summary>
    internal byte this[int address]
    {
        get => _cells[address];
        set => _cells[address] = value;
    }

    /// <summary>Power has come: identifiers, masks, filters and data hold anything.</summary>
    internal void PowerOn()
    {
        for (int address = 0; address < _cells.Length; address++)
        {
            _cells[address] = (byte)(Undefined & StoredBits(address));
        }

        Reset();
    }

    /// <summary>RESET: control registers have their values again; masks, filters and buffers keep what they hold.</summary>
    internal void Reset()
    {
        foreach (int address in (ReadOnlySpan<int>)[0x0C, TXRTSCTRL, TEC, REC, CNF3, CNF2, CNF1, CANINTE, CANINTF, EFLG, 0x30, 0x40, 0x50, RXB0CTRL, RXB1CTRL])
        {
            _cells[address] = 0;
        }

        _cells[CANSTAT] = 0x80;
        _cells[CANCTRL] = 0x87;
    }

    /// <summary>Sets some bits and clears others.</summary>
    internal void Set(int address, int set, int clear = 0) => _cells[address] = (byte)((_cells[address] & ~clear) | set);

    /// <summary>CANSTAT and CANCTRL lie at the end of each row.</summary>
    internal static int Canonical(int address) => (address & 0x0F) >= CANSTAT ? address & 0x0F : address & 0x7F;

    /// <summary>True when BIT MODIFY works on the register; on others it writes the whole byte.</summary>
    internal static bool IsBitModifiable(int address) =>
        address is 0x0C or TXRTSCTRL or CANCTRL or (>= CNF3 and <= EFLG) or 0x30 or 0x40 or 0x50 or RXB0CTRL or RXB1CTRL;

    /// <summary>The bits of a register that a processor may write now; 0 and an entry in <see cref="Misuses"/> when it may not.</summary>
    internal int WritableBits(int address)
    {
        if (IsConfigurationOnly(address))
        {
            if (!IsConfiguring)
            {
                Misuses.Add($"register {address:X2} written outside of configuration mode");
                return 0;
            }

            return StoredBits(address);
        }

        return address switch
        {
            CANSTAT or TEC or REC => 0,
            0x0C => StoredBits(address),
            EFLG => 0xC0,
            CANCTRL or CANINTE or CANINTF => 0xFF,
            RXB0CTRL => 0x64,
            RXB1CTRL => 0x60,
            > RXB0CTRL => 0,
            _ => TransmitBits(address),
        };
    }

    /// <summary>What a READ gives: masks and filters read 0 outside of configuration mode.</summary>
    internal byte Read(int address) =>
        !IsConfiguring && (address is < 0x0C or (>= 0x10 and < TEC) or (>= RXM0 and < CNF3)) ? (byte)0 : _cells[address];

    private static bool IsConfigurationOnly(int address) =>
        address is < 0x0C or TXRTSCTRL or (>= 0x10 and < TEC) or (>= RXM0 and <= CNF1);

    /// <summary>The bits that a register has at all.</summary>
    private static int StoredBits(int address) => address switch
    {
        0x0C => 0x3F,
        TXRTSCTRL => 0x07,
        < 0x0C or (>= 0x10 and < TEC) => (address & 3) == 1 ? 0xEB : 0xFF,
        >= RXM0 and < CNF3 => (address & 3) == 1 ? 0xE3 : 0xFF,
        CNF3 => 0xC7,
        >= TXB0CTRL and < RXB0CTRL => (address & 0x0F) switch { 2 => 0xEB, 5 => 0x4F, _ => 0xFF },
        >= RXB0CTRL => (address & 0x0F) switch { 2 => 0xFB, 5 => 0x7F, _ => 0xFF },
        _ => 0xFF,
    };

    private int TransmitBits(int address)
    {
        int control = address & 0xF0;
        if (address == control)
        {
            return 0x0B; // TXREQ and TXP
        }

        if ((_cells[control] & 0x08) != 0)
        {
            Misuses.Add($"transmit buffer {(control - TXB0CTRL) >> 4} written while its TXREQ is set");
            return 0;
        }

        return StoredBits(address);
    }
}
