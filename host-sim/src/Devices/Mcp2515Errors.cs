// Error state of an MCP2515: the receive error counter, EFLG, and ERRIF with its rule.
// ERRIF is raised when EFLG gains a bit, and cannot be cleared while EFLG has any (§7: not while the condition prevails).
// The receive counter falls by one with each good frame of others; that is worked out from the bus's own count when
// somebody asks, so that frames which are not for the chip cost nothing.
// Microchip DS20001801J §6 (counters, registers 6-1 to 6-3), §7.6, §7.7; ISO 11898-1:2015 §12.1.4.2.
// Tests: tests/host-sim/Devices/Mcp2515ErrorTests.cs.
using EsyncSim.Bus;

namespace EsyncSim.Devices;

/// <summary>Counters and error flags.</summary>
internal sealed class Mcp2515Errors(Mcp2515Memory memory, BusNode node)
{
    internal const int Overflow0 = 0x40;
    internal const int Overflow1 = 0x80;
    internal const int ErrorInterrupt = 0x20;
    internal const int MessageError = 0x80;

    private const int BusOff = 0x20;
    private const int TransmitPassive = 0x10;
    private const int ReceivePassive = 0x08;
    private const int TransmitWarning = 0x04;
    private const int ReceiveWarning = 0x02;
    private const int AnyWarning = 0x01;
    private const int WarningLimit = 96;
    private const int PassiveLimit = 127;
    private int _received;
    private long _framesThen;
    private long _sentCount;
    private int _flagsThen;

    /// <summary>REC now.</summary>
    internal int ReceiveErrorCounter
    {
        get
        {
            long good = node.Bus.FrameCount - _sentCount - _framesThen;
            if (good <= 0 || _received == 0)
            {
                return _received;
            }

            return (int)Math.Max(0, Math.Min(_received, PassiveLimit + 1) - good);
        }
    }

    /// <summary>TEC now.</summary>
    internal int TransmitErrorCounter => Math.Min(node.TransmitErrorCounter, 255);

    /// <summary>EFLG now.</summary>
    internal int Flags => (memory[Mcp2515Memory.EFLG] & (Overflow0 | Overflow1)) | StateFlags();

    /// <summary>After a reset of the chip.</summary>
    internal void Clear()
    {
        SetReceived(0);
        _flagsThen = 0;
    }

    /// <summary>A frame was good for everybody else, and garbled for a chip with a wrong bit time.</summary>
    internal void CountGarbled()
    {
        _framesThen++;
        CountReceiveError();
    }

    /// <summary>A frame of another node was in error.</summary>
    internal void CountReceiveError()
    {
        SetReceived(Math.Min(ReceiveErrorCounter + 1, 255));
        memory.Set(Mcp2515Memory.CANINTF, MessageError);
        Update();
    }

    /// <summary>A frame of our own was in error.</summary>
    internal void CountTransmitError()
    {
        memory.Set(Mcp2515Memory.CANINTF, MessageError);
        Update();
    }

    /// <summary>A frame of our own was sent: it is no good frame of others.</summary>
    internal void CountSent() => _sentCount++;

    /// <summary>A frame found no room.</summary>
    internal void CountOverflow(int flag)
    {
        memory.Set(Mcp2515Memory.EFLG, flag);
        memory.Set(Mcp2515Memory.CANINTF, ErrorInterrupt);
    }

    /// <summary>The node is back after bus-off: both counters begin anew.</summary>
    internal void Recover()
    {
        SetReceived(0);
        Update();
    }

    /// <summary>Raises ERRIF when a state was reached that was not there before.</summary>
    internal void Update()
    {
        int flags = StateFlags();
        if ((flags & ~_flagsThen) != 0)
        {
            memory.Set(Mcp2515Memory.CANINTF, ErrorInterrupt);
        }

        _flagsThen = flags;
    }

    private void SetReceived(int count)
    {
        _received = count;
        _framesThen = node.Bus.FrameCount - _sentCount;
    }

    private int StateFlags()
    {
        int transmit = node.TransmitErrorCounter;
        int receive = ReceiveErrorCounter;
        int flags = node.IsBusOff ? BusOff : 0;
        flags |= transmit > PassiveLimit ? TransmitPassive : 0;
        flags |= receive > PassiveLimit ? ReceivePassive : 0;
        flags |= transmit >= WarningLimit ? TransmitWarning | AnyWarning : 0;
        return flags | (receive >= WarningLimit ? ReceiveWarning | AnyWarning : 0);
    }
}
