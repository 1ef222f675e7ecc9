// Port to a NOR flash: one job at a time, started and polled, so that no loop ever waits for an erase.
// The part's rules (erase by sector, bits only fall, no second program of a write unit) are the caller's to keep;
// module Fls keeps them. Addresses are bytes from the start of the part.
// Tests: tests/agent-firmware/Fls on the flash model of host-sim.
namespace EsyncAgent;

/// <summary>State of the job that was started last.</summary>
public enum FlsStatus : byte
{
    /// <summary>No job was started since power-on.</summary>
    Idle = 0,

    /// <summary>The job is under way.</summary>
    Busy = 1,

    /// <summary>The job ended well; a compare found equal bytes.</summary>
    Ok = 2,

    /// <summary>The part reported an error, or the job was not allowed.</summary>
    Failed = 3,

    /// <summary>A compare found a difference.</summary>
    Mismatch = 4,
}

/// <summary>A flash part. Every Start… is refused (false) while a job is under way or its range is not allowed.</summary>
public interface IFls
{
    /// <summary>Size of the part in bytes.</summary>
    uint Size { get; }

    /// <summary>Largest number of bytes in one program job; a job does not cross a multiple of it. A power of two.</summary>
    int PageSize { get; }

    /// <summary>Smallest programmable unit in bytes (1 to 32, a power of two): start and count of a program job are multiples of it.</summary>
    int WriteUnit { get; }

    /// <summary>Value of an erased byte; FF on every supported part.</summary>
    byte ErasedValue { get; }

    /// <summary>Start of the sector that contains <paramref name="address"/>.</summary>
    uint SectorStart(uint address);

    /// <summary>Length in bytes of the sector that contains <paramref name="address"/>.</summary>
    uint SectorLength(uint address);

    /// <summary>Starts to erase the sector that begins at <paramref name="address"/>.</summary>
    bool StartErase(uint address);

    /// <summary>Starts to program; <paramref name="data"/> must stay untouched until the job has ended.</summary>
    bool StartProgram(uint address, byte[] data, int offset, int count);

    /// <summary>Starts to read into <paramref name="into"/>.</summary>
    bool StartRead(uint address, byte[] into, int offset, int count);

    /// <summary>Starts to compare the flash with <paramref name="data"/>.</summary>
    bool StartCompare(uint address, byte[] data, int offset, int count);

    /// <summary>State of the job; to be asked until it is no longer <see cref="FlsStatus.Busy"/>.</summary>
    FlsStatus Poll();
}
