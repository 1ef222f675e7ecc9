// The sending half of the MCP2515's driver: three buffers, filled so that frames leave in the order of TrySend.
// The chip sends the buffer with the highest priority first, of equal ones the highest number. So one round fills 2, 1,
// 0 with one priority and the next round takes one lower; after the lowest, or when all are empty, the highest again.
// What is cheap: a transaction costs an interpreter more than its bytes. Only when no buffer is known to be free is the
// chip asked (READ STATUS); a buffer keeps identifier, length and priority, so that as a rule eight data bytes are sent.
// RTS starts a frame, never a write to TXREQ, which can send it twice (errata DS80179G no. 5; SPI mode 0,0). Silicon
// before B2 spoils buffers 1 and 2 (no. 2) and is not served.
// Microchip DS20001801J §3.
// Tests: tests/boards/drivers/Mcp2515SendTests.
using System;

namespace EsyncAgent.Drivers;

/// <summary>The three transmit buffers.</summary>
internal sealed class Mcp2515Transmitter
{
    private const int BufferCount = 3;
    private const int AllFree = 7;
    private const int PriorityHighest = 3;
    private const int UnknownHead = -1;

    private readonly ISpiPort _spi;
    private readonly byte[] _askStatus = { Mcp2515Register.ReadStatus, 0 };
    private readonly byte[] _status = new byte[2];
    private readonly byte[] _whole = new byte[16];
    private readonly byte[] _dataOnly = new byte[9];
    private readonly byte[] _request = new byte[1];
    private readonly uint[] _identifiers = new uint[BufferCount];
    private readonly int[] _heads = new int[BufferCount];
    private int _next;
    private int _free;
    private int _priority;

    /// <summary>A sender through <paramref name="spi"/>.</summary>
    public Mcp2515Transmitter(ISpiPort spi)
    {
        _spi = spi;
        _whole[0] = Mcp2515Register.Write;
    }

    /// <summary>The chip comes from a reset: its buffers are empty.</summary>
    public void Begin()
    {
        _free = AllFree;
        _next = BufferCount - 1;
        _priority = PriorityHighest;
        for (int i = 0; i < BufferCount; i++)
        {
            _heads[i] = UnknownHead;
        }
    }

    /// <summary>Fills a buffer and starts it; false when none may be filled now.</summary>
    public bool TrySend(CanFrame frame)
    {
        int buffer = _next;
        if (buffer < 0 || (_free & (1 << buffer)) == 0)
        {
            if (!FindFree())
            {
                return false;
            }

            buffer = _next;
        }

        Load(buffer, frame);
        _request[0] = (byte)(Mcp2515Register.RequestToSend | (1 << buffer));
        _spi.Transfer(_request, null, 1);
        _free &= ~(1 << buffer);
        _next = buffer - 1;
        return true;
    }

    /// <summary>Asks which buffers are empty; true when the next one in order is.</summary>
    private bool FindFree()
    {
        _spi.Transfer(_askStatus, _status, 2);
        int pending = _status[1];
        _free = ((~pending >> 2) & 1) | ((~pending >> 3) & 2) | ((~pending >> 4) & 4); // TXREQ of 0, 1, 2: bits 2, 4, 6
        if (_free == AllFree)
        {
            _next = BufferCount - 1;
            _priority = PriorityHighest;
            return true;
        }

        if (_next >= 0)
        {
            return (_free & (1 << _next)) != 0;
        }

        if (_priority == 0 || (_free & 4) == 0)
        {
            return false;
        }

        _priority--;
        _next = BufferCount - 1;
        return true;
    }

    private void Load(int buffer, CanFrame frame)
    {
        int head = (((frame.IsExtended ? 0x10 : 0) | frame.Length) << 2) | _priority;
        if (_heads[buffer] == head && _identifiers[buffer] == frame.Identifier)
        {
            _dataOnly[0] = (byte)(Mcp2515Register.LoadTxb0Data + (buffer << 1));
            Array.Copy(frame.Data, 0, _dataOnly, 1, 8);
            _spi.Transfer(_dataOnly, null, 9);
            return;
        }

        _heads[buffer] = head;
        _identifiers[buffer] = frame.Identifier;
        _whole[1] = (byte)(Mcp2515Register.Txb0Ctrl + (buffer << 4));
        _whole[2] = (byte)_priority;
        Mcp2515Start.WriteIdentifier(_whole, 3, frame.Identifier, frame.IsExtended);
        _whole[7] = frame.Length;
        Array.Copy(frame.Data, 0, _whole, 8, 8);
        _spi.Transfer(_whole, null, 16);
    }
}
