// What a flash model counts, and what may go wrong in it besides power cuts.
// Plain data. Tests: tests/host-sim/Flash.
namespace EsyncSim.Flash;

/// <summary>What goes wrong with an operation that was not cut.</summary>
public enum FlashFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The part reports an error; the effect is that of an interrupted operation.</summary>
    Failed,

    /// <summary>A program reports success but left bits standing; an erase did nothing.</summary>
    WrongBits,
}

/// <summary>Counters of a flash model.</summary>
public sealed class FlashStatistics
{
    /// <summary>Sector erases.</summary>
    public long Erases { get; internal set; }

    /// <summary>Program jobs.</summary>
    public long Programs { get; internal set; }

    /// <summary>Bytes programmed.</summary>
    public long ProgrammedBytes { get; internal set; }

    /// <summary>Read and compare jobs.</summary>
    public long Reads { get; internal set; }

    /// <summary>Bytes read or compared.</summary>
    public long ReadBytes { get; internal set; }

    /// <summary>Time with a job under way, in virtual microseconds.</summary>
    public long BusyUs { get; internal set; }
}
