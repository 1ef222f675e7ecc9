// The transactions that an SPI NOR flash is made of: instruction, address, data, in buffers that are made once.
// Invariants: one call is one transaction and blocks for its time only; nothing is allocated after construction.
// Must not know what a job is, nor what the bits mean.
// Winbond W25Q32JV §8.2. Tests: tests/boards/drivers/SpiNorFlsTests.
namespace EsyncAgent.Drivers;

/// <summary>Bytes to and from the part.</summary>
internal sealed class SpiNorBus
{
    /// <summary>Largest number of data bytes in one transaction: a page, and 0.1 ms of SPI at 20 MHz.</summary>
    public const int DataMax = 256;

    /// <summary>Instruction and address before the data.</summary>
    public const int HeadLength = 4;

    private readonly ISpiPort _spi;
    private readonly byte[] _out = new byte[HeadLength + DataMax];
    private readonly byte[] _in = new byte[HeadLength + DataMax];

    /// <summary>Transactions on a port.</summary>
    public SpiNorBus(ISpiPort spi)
    {
        _spi = spi;
    }

    /// <summary>What the last read brought, from index <see cref="HeadLength"/> on.</summary>
    public byte[] Received
    {
        get { return _in; }
    }

    /// <summary>An instruction alone.</summary>
    public void Send(byte instruction)
    {
        _out[0] = instruction;
        _spi.Transfer(_out, null, 1);
    }

    /// <summary>Reads one status register.</summary>
    public byte ReadRegister(byte instruction)
    {
        _out[0] = instruction;
        _out[1] = 0;
        _spi.Transfer(_out, _in, 2);
        return _in[1];
    }

    /// <summary>Writes one status register.</summary>
    public void WriteRegister(byte instruction, byte value)
    {
        _out[0] = instruction;
        _out[1] = value;
        _spi.Transfer(_out, null, 2);
    }

    /// <summary>Manufacturer, memory type and capacity as one number.</summary>
    public uint ReadJedecId()
    {
        WriteHead(SpiNorInstruction.ReadJedecId, 0);
        _spi.Transfer(_out, _in, 4);
        return BigEndian.ReadU32(_in, 0) & 0xFFFFFF;
    }

    /// <summary>Reads up to <see cref="DataMax"/> bytes into <see cref="Received"/>.</summary>
    public void Read(uint address, int count)
    {
        WriteHead(SpiNorInstruction.ReadData, address);
        _spi.Transfer(_out, _in, HeadLength + count);
    }

    /// <summary>Begins to erase a sector.</summary>
    public void Erase(uint address)
    {
        WriteHead(SpiNorInstruction.SectorErase, address);
        _spi.Transfer(_out, null, HeadLength);
    }

    /// <summary>Begins to program up to <see cref="DataMax"/> bytes of one page.</summary>
    public void Program(uint address, byte[] data, int offset, int count)
    {
        WriteHead(SpiNorInstruction.PageProgram, address);
        System.Array.Copy(data, offset, _out, HeadLength, count);
        _spi.Transfer(_out, null, HeadLength + count);
    }

    private void WriteHead(byte instruction, uint address)
    {
        BigEndian.WriteU32(_out, 0, ((uint)instruction << 24) | address);
    }
}
