// The SPI side of an MCP2515: instructions to register accesses, byte by byte.
// Bytes that come back while nothing is driven are FF. What an instruction changes, it has changed when CS rises.
// Microchip DS20001801J §12, table 12-1, figures 12-2 to 12-9.
// Tests: tests/host-sim/Devices/Mcp2515RegisterTests.cs.
namespace EsyncSim.Devices;

/// <summary>Decoder of the SPI instructions.</summary>
internal sealed class Mcp2515Spi(Mcp2515Chip chip)
{
    private const byte NotDriven = 0xFF;

    /// <summary>One transaction; the two arrays may be one.</summary>
    internal void Transfer(byte[] write, byte[]? read, int count)
    {
        byte instruction = write[0];
        switch (instruction)
        {
            case 0xC0:
                chip.Reset();
                Idle(read, 0, count);
                break;
            case 0x02:
                Write(write[1], write, 2, count);
                Idle(read, 0, count);
                break;
            case 0x03:
                Read(write[1], read, 2, count);
                break;
            case 0x05:
                BitModify(write, count);
                Idle(read, 0, count);
                break;
            case 0xA0:
                Repeat(ReadStatus(), read, count);
                break;
            case 0xB0:
                Repeat(ReceiveStatus(), read, count);
                break;
            case 0x90 or 0x92 or 0x94 or 0x96:
                int buffer = (instruction >> 2) & 1;
                Read(0x61 + (buffer << 4) + ((instruction & 2) != 0 ? 5 : 0), read, 1, count);
                chip.ReleaseReceived(buffer);
                break;
            case >= 0x40 and <= 0x45:
                Write(0x31 + ((instruction & 6) << 3) + ((instruction & 1) != 0 ? 5 : 0), write, 1, count);
                Idle(read, 0, count);
                break;
            case >= 0x80 and <= 0x87:
                RequestToSend(instruction & 7);
                Idle(read, 0, count);
                break;
            default:
                chip.NoteMisuse($"{instruction:X2} is no SPI instruction");
                Idle(read, 0, count);
                break;
        }
    }

    private static void Idle(byte[]? read, int from, int count) => read?.AsSpan(from, count - from).Fill(NotDriven);

    private static void Repeat(byte status, byte[]? read, int count)
    {
        read?.AsSpan(0, count).Fill(status);
        Idle(read, 0, 1);
    }

    private void Read(int address, byte[]? read, int from, int count)
    {
        if (read == null)
        {
            return;
        }

        Idle(read, 0, from);
        for (int i = from; i < count; i++)
        {
            read[i] = chip.ReadRegister(address++);
        }
    }

    private void Write(int address, byte[] write, int from, int count)
    {
        for (int i = from; i < count; i++)
        {
            chip.WriteRegister(address++, write[i], 0xFF);
        }
    }

    private void BitModify(byte[] write, int count)
    {
        if (count < 4)
        {
            chip.NoteMisuse("BIT MODIFY has four bytes");
            return;
        }

        bool isModifiable = Mcp2515Memory.IsBitModifiable(Mcp2515Memory.Canonical(write[1]));
        chip.WriteRegister(write[1], write[3], isModifiable ? write[2] : 0xFF);
    }

    // All buffers of one instruction are requested before the chip chooses among them.
    private void RequestToSend(int buffers)
    {
        for (int buffer = 2; buffer >= 0; buffer--)
        {
            if ((buffers & (1 << buffer)) != 0)
            {
                chip.Request(buffer);
            }
        }
    }

    private byte ReadStatus()
    {
        int flags = chip.ReadRegister(Mcp2515Memory.CANINTF);
        int status = flags & 3;
        for (int buffer = 0; buffer < 3; buffer++)
        {
            int request = (chip.ReadRegister(Mcp2515Memory.TXB0CTRL + (buffer << 4)) >> 3) & 1;
            status |= ((((flags >> (2 + buffer)) & 1) << 1) | request) << (2 + (2 * buffer));
        }

        return (byte)status;
    }

    // Bits 4 to 0 tell of RXB0 when both are full. A rolled-over frame shows filter 6 or 7.
    private byte ReceiveStatus()
    {
        int full = chip.ReadRegister(Mcp2515Memory.CANINTF) & 3;
        if (full == 0)
        {
            return 0;
        }

        bool isFirst = (full & 1) != 0;
        int control = isFirst ? Mcp2515Memory.RXB0CTRL : Mcp2515Memory.RXB1CTRL;
        int filter = chip.ReadRegister(control) & (isFirst ? 1 : 7);
        bool isExtended = (chip.ReadRegister(control + 2) & 0x08) != 0;
        return (byte)((full << 6) | (isExtended ? 0x10 : 0) | (!isFirst && filter < 2 ? 6 + filter : filter));
    }
}
