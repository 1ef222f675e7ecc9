// What a key derived from the device secret is for (PROTOCOL.md, "Access"). One key per purpose, so that what is
// learned or proved with one says nothing about another.
// Invariant: the numbers index the labels in Csm.
// Tests: tests/agent-firmware/Csm/CsmTests.
namespace EsyncAgent;

/// <summary>Purposes of the keys that are derived from the device secret.</summary>
public enum KeyPurpose : byte
{
    /// <summary>Proofs of service 29.</summary>
    Authentication = 0,

    /// <summary>Keys of service 27.</summary>
    SecurityAccess = 1,

    /// <summary>The MAC of the version report.</summary>
    VersionReport = 2,

    /// <summary>Unwrapping of content keys of encrypted packages.</summary>
    KeyWrap = 3,
}
