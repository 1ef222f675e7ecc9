// What a module answers to a call: done, refused, or still at work.
// Invariant: values are never reordered; they are seen in logs and on the wire of the bench tools.
// Tests: tests/agent-firmware/Std.
namespace EsyncAgent;

/// <summary>Result of a call or of a job (AUTOSAR Std_ReturnType, extended by the two states of a cyclic module).</summary>
public enum StdReturn : byte
{
    /// <summary>Done, successfully.</summary>
    Ok = 0,

    /// <summary>Refused or failed; the module that answers says why in a number of its own.</summary>
    NotOk = 1,

    /// <summary>Accepted and still at work: ask again in a later cycle.</summary>
    Pending = 2,
}
