// One row of the dispatch table: what is checked before a service sees a request, and in which session it exists.
// Invariant: never changes after construction.
// Tests: tests/agent-firmware/Dcm (every row through every session, with and without access).
namespace EsyncAgent;

/// <summary>A service and the conditions that ISO 14229-1:2020 §8.7 checks for all services alike.</summary>
public sealed class DsdService
{
    /// <summary>Makes a row for a service without sub-functions.</summary>
    public DsdService(byte sid, byte sessions, bool isAccessNeeded, int lengthMin, DspService handler)
        : this(sid, sessions, isAccessNeeded, lengthMin, null, null, handler)
    {
    }

    /// <summary>Makes a row for a service with sub-functions that are there in all its sessions.</summary>
    public DsdService(byte sid, byte sessions, bool isAccessNeeded, int lengthMin, byte[] subFunctions, DspService handler)
        : this(sid, sessions, isAccessNeeded, lengthMin, subFunctions, null, handler)
    {
    }

    /// <summary>Makes a row for a service with sub-functions; both arrays have the same length.</summary>
    public DsdService(byte sid, byte sessions, bool isAccessNeeded, int lengthMin, byte[] subFunctions, byte[] subFunctionSessions, DspService handler)
    {
        Sid = sid;
        Sessions = sessions;
        IsAccessNeeded = isAccessNeeded;
        LengthMin = lengthMin;
        SubFunctions = subFunctions;
        SubFunctionSessions = subFunctionSessions;
        Handler = handler;
    }

    /// <summary>Service identifier of the request.</summary>
    public byte Sid { get; }

    /// <summary>Sessions in which the service exists, a mask of <see cref="DcmSession"/>.</summary>
    public byte Sessions { get; }

    /// <summary>True when the service is refused until access was given by 29 or 27.</summary>
    public bool IsAccessNeeded { get; }

    /// <summary>Length of the fixed part of the request, SID included.</summary>
    public int LengthMin { get; }

    /// <summary>Sub-functions, or null for a service that has none.</summary>
    public byte[] SubFunctions { get; }

    /// <summary>Sessions in which the requested sub-function may be asked for, by index, masks of <see cref="DcmSession"/>; null for all of the service.</summary>
    public byte[] SubFunctionSessions { get; }

    /// <summary>Who serves it.</summary>
    public DspService Handler { get; }

    /// <summary>Index of a sub-function, −1 when the service does not know it.</summary>
    public int IndexOf(byte subFunction)
    {
        for (int i = 0; i < SubFunctions.Length; i++)
        {
            if (SubFunctions[i] == subFunction)
            {
                return i;
            }
        }

        return -1;
    }
}
