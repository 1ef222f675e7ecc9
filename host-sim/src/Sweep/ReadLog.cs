// A flash port that remembers which bytes were looked at: what an agent never reads cannot change what it does.
// Tests: tests/host-sim/Sweep.
using EsyncAgent;

namespace EsyncSim.Sweep;

/// <summary>The port.</summary>
internal sealed class ReadLog(IFls flash) : IFls
{
    private readonly bool[] _isRead = new bool[flash.Size];

    /// <inheritdoc/>
    public uint Size => flash.Size;

    /// <inheritdoc/>
    public int PageSize => flash.PageSize;

    /// <inheritdoc/>
    public int WriteUnit => flash.WriteUnit;

    /// <inheritdoc/>
    public byte ErasedValue => flash.ErasedValue;

    /// <summary>True when this byte was read or compared.</summary>
    public bool IsRead(uint address) => _isRead[address];

    /// <inheritdoc/>
    public uint SectorStart(uint address) => flash.SectorStart(address);

    /// <inheritdoc/>
    public uint SectorLength(uint address) => flash.SectorLength(address);

    /// <inheritdoc/>
    public bool StartErase(uint address) => flash.StartErase(address);

    /// <inheritdoc/>
    public bool StartProgram(uint address, byte[] data, int offset, int count) => flash.StartProgram(address, data, offset, count);

    /// <inheritdoc/>
    public bool StartRead(uint address, byte[] into, int offset, int count)
    {
        Note(address, count);
        return flash.StartRead(address, into, offset, count);
    }

    /// <inheritdoc/>
    public bool StartCompare(uint address, byte[] data, int offset, int count)
    {
        Note(address, count);
        return flash.StartCompare(address, data, offset, count);
    }

    /// <inheritdoc/>
    public FlsStatus Poll() => flash.Poll();

    private void Note(uint address, int count)
    {
        for (long at = address; at < address + count && at < _isRead.Length; at++)
        {
            _isRead[at] = true;
        }
    }
}
