// Numbers of the security events (AUTOSAR: SEv), and which of them anybody may bring about.
// Invariant: they are on the wire and in flash: never reorder, only append.
// PROTOCOL.md, "Security events".
// Tests: tests/agent-firmware/IdsM.
namespace EsyncAgent;

/// <summary>What the intrusion detection remembers (PROTOCOL.md, "Security events").</summary>
public static class IdsMEvent
{
    /// <summary>An entry that was never written.</summary>
    public const byte None = 0;

    /// <summary>Access was tried with a wrong proof or key.</summary>
    public const byte AccessRefused = 1;

    /// <summary>Somebody tried to provision an ECU that is provisioned, or with a malformed record.</summary>
    public const byte ProvisioningRefused = 2;

    /// <summary>A reset was asked for in a trial, without access.</summary>
    public const byte ResetRefused = 3;

    /// <summary>The boot record was mended: a copy of it was missing, as after a loss of power.</summary>
    public const byte BootRecordMended = 4;

    /// <summary>All copies of the boot record were lost; it was rebuilt.</summary>
    public const byte BootRecordRebuilt = 5;

    /// <summary>A manifest was refused.</summary>
    public const byte ManifestRefused = 6;

    /// <summary>A chunk or a piece of an image was refused.</summary>
    public const byte ChunkRefused = 7;

    /// <summary>A trust manifest replaced the anchors.</summary>
    public const byte TrustAccepted = 8;

    /// <summary>A trust manifest was refused.</summary>
    public const byte TrustRefused = 9;

    /// <summary>The active bank failed its check at boot.</summary>
    public const byte BankRejected = 10;

    /// <summary>A trial went back on its own.</summary>
    public const byte TrialReverted = 11;

    /// <summary>The way back was ordered.</summary>
    public const byte RollbackOrdered = 12;

    /// <summary>Collection rules were refused.</summary>
    public const byte RulesRefused = 13;

    /// <summary>One more than the highest number.</summary>
    public const int Count = 14;

    /// <summary>True for what takes neither access nor a signed image: it is written sparingly.</summary>
    public static bool IsProvokable(byte securityEvent)
    {
        return securityEvent <= BootRecordMended;
    }
}
