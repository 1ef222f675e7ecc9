// Registers, bits and SPI instructions of the MCP2515 that its driver uses, by the data sheet's names.
// Numbers only. The chip model of host-sim has its own list, so that a wrong number here is found.
// Microchip DS20001801J §10 to §12.
// Tests: tests/boards/drivers/Mcp2515StartTests.
namespace EsyncAgent.Drivers;

/// <summary>Addresses, bits and instructions of the MCP2515.</summary>
internal static class Mcp2515Register
{
    /// <summary>RXF0SIDH, the first byte of three filters of four bytes each.</summary>
    public const byte Rxf0Sidh = 0x00;

    /// <summary>CANSTAT; CANCTRL follows.</summary>
    public const byte CanStat = 0x0E;

    /// <summary>CANCTRL.</summary>
    public const byte CanCtrl = 0x0F;

    /// <summary>RXF3SIDH, the first byte of the other three filters.</summary>
    public const byte Rxf3Sidh = 0x10;

    /// <summary>TEC, the transmit error counter.</summary>
    public const byte Tec = 0x1C;

    /// <summary>REC, the receive error counter.</summary>
    public const byte Rec = 0x1D;

    /// <summary>RXM0SIDH: two masks of four bytes, then CNF3, CNF2, CNF1, CANINTE, CANINTF, EFLG.</summary>
    public const byte Rxm0Sidh = 0x20;

    /// <summary>CANINTF; EFLG follows.</summary>
    public const byte CanIntF = 0x2C;

    /// <summary>EFLG.</summary>
    public const byte Eflg = 0x2D;

    /// <summary>TXB0CTRL; the buffers 1 and 2 follow at a distance of 10 hex.</summary>
    public const byte Txb0Ctrl = 0x30;

    /// <summary>RXB0CTRL.</summary>
    public const byte Rxb0Ctrl = 0x60;

    /// <summary>CANINTF and CANINTE: a frame in RXB0.</summary>
    public const int Rx0If = 0x01;

    /// <summary>CANINTF and CANINTE: a frame in RXB1.</summary>
    public const int Rx1If = 0x02;

    /// <summary>CANINTF and CANINTE: EFLG has something new.</summary>
    public const int ErrIf = 0x20;

    /// <summary>EFLG: a frame was lost for RXB0.</summary>
    public const int Rx0Ovr = 0x40;

    /// <summary>EFLG: a frame was lost for RXB1, or for RXB0 while both were full.</summary>
    public const int Rx1Ovr = 0x80;

    /// <summary>EFLG: bus-off.</summary>
    public const int TxBo = 0x20;

    /// <summary>CANSTAT and CANCTRL: the mode's bits; 00 is normal mode.</summary>
    public const int ModeMask = 0xE0;

    /// <summary>CANSTAT after a reset: configuration mode.</summary>
    public const int CanStatAfterReset = 0x80;

    /// <summary>CANCTRL after a reset.</summary>
    public const int CanCtrlAfterReset = 0x87;

    /// <summary>RXB0CTRL: what finds RXB0 full goes to RXB1.</summary>
    public const byte Bukt = 0x04;

    /// <summary>SIDL of receive buffers (IDE), transmit buffers and filters (EXIDE): 29 bits.</summary>
    public const int Exide = 0x08;

    /// <summary>RXBnSIDL of an 11-bit frame: it was a remote frame.</summary>
    public const int Srr = 0x10;

    /// <summary>RXBnDLC of a 29-bit frame: it was a remote frame.</summary>
    public const int Rtr = 0x40;

    /// <summary>RESET.</summary>
    public const byte Reset = 0xC0;

    /// <summary>READ, address, data…</summary>
    public const byte Read = 0x03;

    /// <summary>WRITE, address, data…</summary>
    public const byte Write = 0x02;

    /// <summary>BIT MODIFY, address, mask, data.</summary>
    public const byte BitModify = 0x05;

    /// <summary>READ STATUS.</summary>
    public const byte ReadStatus = 0xA0;

    /// <summary>READ RX BUFFER from RXB0SIDH; clears RX0IF at its end.</summary>
    public const byte ReadRxb0 = 0x90;

    /// <summary>READ RX BUFFER from RXB1SIDH; clears RX1IF at its end.</summary>
    public const byte ReadRxb1 = 0x94;

    /// <summary>LOAD TX BUFFER from TXB0D0; two more for each further buffer.</summary>
    public const byte LoadTxb0Data = 0x41;

    /// <summary>RTS; bits 0 to 2 name the buffers.</summary>
    public const byte RequestToSend = 0x80;
}
