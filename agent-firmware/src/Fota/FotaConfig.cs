// What the update target insists on: who it is, whose signatures it needs, how long a trial may last.
// Built from nf.config.
// Tests: tests/agent-firmware/Fota.
namespace EsyncAgent;

/// <summary>Roles of trust anchors, as bits of a mask (PROTOCOL.md, "Trust").</summary>
public static class TrustRole
{
    /// <summary>Maker of the image.</summary>
    public const byte Author = 1;

    /// <summary>Maker of the vehicle.</summary>
    public const byte Oem = 2;

    /// <summary>Signer of collection rules.</summary>
    public const byte Rules = 3;

    /// <summary>Signer of vehicle manifests; known to the client only.</summary>
    public const byte Fleet = 4;
}

/// <summary>Configuration of the update target.</summary>
public sealed class FotaConfig
{
    /// <summary>Value of <see cref="Encodings"/> of an ECU that takes plain images only.</summary>
    public const ushort PlainOnly = 1;

    /// <summary>SUIT vendor identifier, 16 bytes (RFC 9562 UUID).</summary>
    public byte[] VendorId;

    /// <summary>SUIT class identifier, 16 bytes.</summary>
    public byte[] ClassId;

    /// <summary>Roles that an image needs a signature of, each once (values of <see cref="TrustRole"/>).</summary>
    public byte[] RequiredRoles;

    /// <summary>Boots that a trial may use up, 1 to 15.</summary>
    public byte TrialAttemptsMax = 3;

    /// <summary>Time within which a trial must be confirmed, from the application's start, in milliseconds.</summary>
    public uint TrialConfirmMsMax = 60000;

    /// <summary>Longest time between two signs of life of the application, in milliseconds.</summary>
    public uint AliveMsMax = 500;

    /// <summary>Longest time of the application's self-test, in milliseconds.</summary>
    public uint SelfTestMsMax = 2000;

    /// <summary>Encodings that images may have besides none, as DID FD05 gives them: bit n compression n unencrypted, bit 8 + n compression n encrypted. Bit 0 is always set.</summary>
    public ushort Encodings = PlainOnly;

    /// <summary>Largest heatshrink window that a stream may ask for, as a power of two in bytes: 4 to 12. As much memory is kept for it.</summary>
    public byte WindowBitsMax = 11;

    /// <summary>Most recipients that an encrypted envelope may have, 1 to 32; 0 when no encryption is taken.</summary>
    public byte RecipientCountMax;

    /// <summary>True: the SHA-256 image digest of the manifest is computed over the bank as well, at FF01.</summary>
    public bool IsImageDigestChecked;
}
