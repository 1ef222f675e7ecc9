// Who goes first when several clients want the flash at once (AUTOSAR Fls has one client; here the order is the design's).
// Invariant: a lower number goes first, between the pieces of a longer job too.
// Tests: tests/agent-firmware/Fls.
namespace EsyncAgent;

/// <summary>Priority of a flash job; the lower number goes first.</summary>
public enum FlsPriority : byte
{
    /// <summary>Small blocks, written while somebody waits for the answer.</summary>
    NvM = 0,

    /// <summary>The update target: boot record, checkpoints, staging, banks.</summary>
    Fota = 1,

    /// <summary>Gathered data, written when nothing else wants the flash.</summary>
    Data = 2,
}
