// How much room the flash map must give, computed from the layouts in PROTOCOL.md and from the agent's own figures.
// It knows bytes only, neither the file nor its lines; each result comes with the sum that explains it.
// Tests: tests/host-sim/Config/SlotSizesTests.cs.
using EsyncAgent;

namespace EsyncSim.Config;

/// <summary>Lengths that follow from the number of signatures and their length.</summary>
/// <param name="Signatures">Signatures that an envelope carries.</param>
/// <param name="SignatureLength">Longest HSS signature in bytes.</param>
internal sealed record SlotSizes(int Signatures, uint SignatureLength)
{
    /// <summary>Bytes of a chunk (PROTOCOL.md, "Chunk tables").</summary>
    public const uint ChunkLength = BankWriter.ChunkLength;

    /// <summary>Bytes of a chunk's tag.</summary>
    public const uint TagLength = 32;

    /// <summary>Header and confirm marks of a manifest slot (PROTOCOL.md, "Manifest slot").</summary>
    public const uint SlotOverhead = ManifestSlot.Overhead;

    /// <summary>A boot record (PROTOCOL.md, "Boot record").</summary>
    public const uint BootRecordLength = BootRecord.Length;

    /// <summary>Provisioning record with eight anchors: identifier, secret, count, eight times role and key.</summary>
    public const uint ProvisioningRecordLength = 16 + 32 + 1 + KeyStore.AnchorCountMax * 61;

    /// <summary>The block that keeps it, with sequence number and digest of the trust manifest that replaced its anchors (PROTOCOL.md, "NvM").</summary>
    public const uint ProvisioningBlockLength = ProvisioningRecordLength + 4 + 16;

    /// <summary>The request 31 01 0220 that carries it.</summary>
    public const uint ProvisioningMessageLength = 4 + ProvisioningRecordLength;

    // COSE_Sign1 around a signature: tag, array, protected header, kid, string headers. PROTOCOL.md, "Manifest".
    private const uint SignatureOverhead = 33;

    // Everything else of an envelope at its longest, with a URI of 255 bytes, summed up from PROTOCOL.md, "Manifest".
    private const uint EnvelopeRest = 640;

    private const uint RecordLength = 32;

    /// <summary>Number of chunks of an image that fills a bank.</summary>
    public static uint Chunks(uint bankLength) => (bankLength + ChunkLength - 1) / ChunkLength;

    /// <summary>The longest envelope for a bank: signatures, chunk table, and a transfer table as long as it.</summary>
    public uint EnvelopeLength(uint bankLength) =>
        (uint)Signatures * (SignatureLength + SignatureOverhead) + 2 * Chunks(bankLength) * TagLength + EnvelopeRest;

    /// <summary>The sum of <see cref="EnvelopeLength"/>, for a message.</summary>
    public string EnvelopeSum(uint bankLength) =>
        $"{Signatures} signatures of {SignatureLength + SignatureOverhead} bytes, two tables of {Chunks(bankLength)} × {TagLength}, {EnvelopeRest} for the rest";

    /// <summary>A checkpoint area: its first record and one for each chunk (PROTOCOL.md, "Checkpoints").</summary>
    public static uint CheckpointLength(uint bankLength) => RecordLength * (1 + Chunks(bankLength));

    /// <summary>An HSS signature (RFC 8554 §6.2): levels of LMS with trees of <paramref name="height"/> and Winternitz parameter.</summary>
    public static uint HssSignatureLength(uint levels, uint height, uint winternitz)
    {
        uint chains = winternitz switch { 1 => 265, 2 => 133, 4 => 67, _ => 34 };
        uint lms = 4 + 4 + 32 + 32 * chains + 4 + 32 * height;
        const uint LmsPublicKey = 56;
        return 4 + levels * lms + (levels - 1) * LmsPublicKey;
    }
}
