// A flash port in front of another one: passes everything on, so that who charges, counts or notes something says only that.
// Tests: tests/host-sim/Ecu/VirtualEcuTests.cs, tests/host-sim/Sweep.
using EsyncAgent;

namespace EsyncSim.Flash;

/// <summary>Passes everything on.</summary>
/// <param name="flash">The port behind it.</param>
internal abstract class FlashWrapper(IFls flash) : IFls
{
    /// <inheritdoc/>
    public uint Size => flash.Size;

    /// <inheritdoc/>
    public int PageSize => flash.PageSize;

    /// <inheritdoc/>
    public int WriteUnit => flash.WriteUnit;

    /// <inheritdoc/>
    public byte ErasedValue => flash.ErasedValue;

    /// <inheritdoc/>
    public uint SectorStart(uint address) => flash.SectorStart(address);

    /// <inheritdoc/>
    public uint SectorLength(uint address) => flash.SectorLength(address);

    /// <inheritdoc/>
    public virtual bool StartErase(uint address) => flash.StartErase(address);

    /// <inheritdoc/>
    public virtual bool StartProgram(uint address, byte[] data, int offset, int count) => flash.StartProgram(address, data, offset, count);

    /// <inheritdoc/>
    public virtual bool StartRead(uint address, byte[] into, int offset, int count) => flash.StartRead(address, into, offset, count);

    /// <inheritdoc/>
    public virtual bool StartCompare(uint address, byte[] data, int offset, int count) => flash.StartCompare(address, data, offset, count);

    /// <inheritdoc/>
    public virtual FlsStatus Poll() => flash.Poll();
}
