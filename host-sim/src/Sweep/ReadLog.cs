// A flash port that remembers which bytes were looked at: what an agent never reads cannot change what it does.
// Tests: tests/host-sim/Sweep.
using EsyncAgent;
using EsyncSim.Flash;

namespace EsyncSim.Sweep;

/// <summary>The port.</summary>
internal sealed class ReadLog(IFls flash) : FlashWrapper(flash)
{
    private readonly bool[] _isRead = new bool[flash.Size];

    /// <summary>True when this byte was read or compared.</summary>
    public bool IsRead(uint address) => _isRead[address];

    /// <inheritdoc/>
    public override bool StartRead(uint address, byte[] into, int offset, int count)
    {
        Note(address, count);
        return base.StartRead(address, into, offset, count);
    }

    /// <inheritdoc/>
    public override bool StartCompare(uint address, byte[] data, int offset, int count)
    {
        Note(address, count);
        return base.StartCompare(address, data, offset, count);
    }

    private void Note(uint address, int count)
    {
        for (long at = address; at < address + count && at < _isRead.Length; at++)
        {
            _isRead[at] = true;
        }
    }
}
