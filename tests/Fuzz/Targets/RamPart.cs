// A flash part in RAM for fuzzing: no time, no allocation, and a note of every sector that was changed.
// Invariant: it keeps the rules of NOR flash; a job that breaks one is refused and remembered.
// Tests: tests/Fuzz/Checks.
using EsyncAgent;

namespace EsyncTests.Fuzzing.Targets;

/// <summary>Sectors of 4 KiB, pages of 256 bytes.</summary>
internal sealed class RamPart : IFls
{
    public const int SectorLength = 4096;

    private readonly byte[] _memory;
    private readonly bool[] _isChanged;
    private FlsStatus _status;

    public RamPart(int sectors)
    {
        _memory = new byte[sectors * SectorLength];
        _isChanged = new bool[sectors];
        Array.Fill(_memory, (byte)0xFF);
    }

    public uint Size => (uint)_memory.Length;

    public int PageSize => 256;

    public int WriteUnit => 1;

    public byte ErasedValue => 0xFF;

    /// <summary>Jobs that no part would allow.</summary>
    public int Misuses { get; private set; }

    /// <summary>The content.</summary>
    public Span<byte> Memory => _memory;

    public bool IsChanged(uint address) => _isChanged[address / SectorLength];

    /// <summary>Content as it was taken before; notes nothing as changed.</summary>
    public void Restore(byte[] content)
    {
        content.CopyTo(_memory, 0);
        Settle();
    }

    /// <summary>From here on changes are noted anew.</summary>
    public void Settle()
    {
        Array.Clear(_isChanged);
        Misuses = 0;
        _status = FlsStatus.Idle;
    }

    public uint SectorStart(uint address) => address & ~(uint)(SectorLength - 1);

    uint IFls.SectorLength(uint address) => SectorLength;

    public bool StartErase(uint address)
    {
        bool isAllowed = address < Size && address % SectorLength == 0;
        if (isAllowed)
        {
            _memory.AsSpan((int)address, SectorLength).Fill(0xFF);
            _isChanged[address / SectorLength] = true;
        }

        return End(isAllowed);
    }

    public bool StartProgram(uint address, byte[] data, int offset, int count)
    {
        bool isAllowed = IsInside(address, count) && count <= PageSize - (int)(address % PageSize);
        for (int i = 0; isAllowed && i < count; i++)
        {
            isAllowed = (data[offset + i] & ~_memory[address + i]) == 0;
        }

        if (isAllowed)
        {
            Array.Copy(data, offset, _memory, address, count);
            _isChanged[address / SectorLength] = true;
        }

        return End(isAllowed);
    }

    public bool StartRead(uint address, byte[] into, int offset, int count)
    {
        bool isAllowed = IsInside(address, count);
        if (isAllowed)
        {
            Array.Copy(_memory, address, into, offset, count);
        }

        return End(isAllowed);
    }

    public bool StartCompare(uint address, byte[] data, int offset, int count)
    {
        bool isAllowed = IsInside(address, count);
        End(isAllowed);
        if (isAllowed && !_memory.AsSpan((int)address, count).SequenceEqual(data.AsSpan(offset, count)))
        {
            _status = FlsStatus.Mismatch;
        }

        return isAllowed;
    }

    public FlsStatus Poll() => _status;

    private bool IsInside(uint address, int count) => count > 0 && address < Size && (uint)count <= Size - address;

    private bool End(bool isAllowed)
    {
        Misuses += isAllowed ? 0 : 1;
        _status = isAllowed ? FlsStatus.Ok : FlsStatus.Failed;
        return isAllowed;
    }
}
