// States of a bank and the eSync names of what the agent is doing. Numbers are on the wire and in flash: only append.
// Names only: which state may follow which is in BankTransitions (PROTOCOL.md, "Banks").
// Tests: tests/agent-firmware/Fota.
namespace EsyncAgent;

/// <summary>State of one bank (PROTOCOL.md, "Banks").</summary>
public enum BankState : byte
{
    /// <summary>Nothing usable.</summary>
    Empty = 0,

    /// <summary>A manifest is bound, the image is arriving.</summary>
    Receiving = 1,

    /// <summary>The whole image is programmed, read back and checked.</summary>
    Verified = 2,

    /// <summary>Activated: boots as long as attempts are left, until confirmed.</summary>
    Trial = 3,

    /// <summary>The good image.</summary>
    Confirmed = 4,

    /// <summary>The good image before the confirmed one.</summary>
    Previous = 5,

    /// <summary>Failed: never boots again until it is erased.</summary>
    Rejected = 6,
}

/// <summary>eSync agent states, as DID FD01 reports them.</summary>
public enum EsyncState : byte
{
    /// <summary>Nothing under way since reset.</summary>
    None = 0x00,

    /// <summary>The download may start.</summary>
    DownloadConsent = 0x01,

    /// <summary>Not now; ask again.</summary>
    DownloadPostponed = 0x02,

    /// <summary>No.</summary>
    DownloadDenied = 0x03,

    /// <summary>The secondary bank holds a verified image.</summary>
    InstallReady = 0x10,

    /// <summary>The image is arriving, or is on trial.</summary>
    InstallInProgress = 0x11,

    /// <summary>The new image is confirmed.</summary>
    InstallCompleted = 0x12,

    /// <summary>The install failed; the former image runs.</summary>
    InstallFailed = 0x13,

    /// <summary>The trial went back; the former image runs.</summary>
    InstallRollback = 0x14,
}
