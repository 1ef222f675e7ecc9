// How much room the flash map must give, computed from the layouts in PROTOCOL.md and from the agent's own figures.
// It knows bytes only, neither the file nor its lines; each result comes with the sum that explains it.
// Tests: tests/host-sim/Config/SlotSizesTests.cs.
using EsyncAgent;

namespace EsyncSim.Config;

/// <summary>Lengths that follow from the number of signatures, their length, and for how many ECUs an envelope is encrypted.</summary>
/// <param name="Signatures">Signatures that an envelope carries.</param>
/// <param name="SignatureLength">Longest HSS signature in bytes.</param>
/// <param name="Recipients">Recipients of an encrypted envelope at the most; 0 when no envelope is encrypted.</param>
/// <param name="HasPatches">True when deltas are taken.</param>
internal sealed record SlotSizes(int Signatures, uint SignatureLength, uint Recipients = 0, bool HasPatches = false)
{
    /// <summary>Bytes of a chunk (PROTOCOL.md, "Chunk tables").</summary>
    public const uint ChunkLength = BankWriter.ChunkLength;

    /// <summary>Bytes of a chunk's tag.</summary>
    public const uint TagLength = 32;

    /// <summary>Header and confirm marks of a manifest slot (PROTOCOL.md, "Manifest slot").</summary>
    public const uint SlotOverhead = ManifestSlot.Overhead;

    /// <summary>Recipients that an encrypted envelope may have at all.</summary>
    public const uint RecipientsMax = 32;

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

    // Encryption info without recipients (RFC 9052 §5.1): tag 96 (2), array (1), protected header (1), unprotected with
    // algorithm and IV of 16 bytes (23), nil (1).
    private const uint EncryptionHead = 28;

    // A recipient: array (1), protected header (1), unprotected with algorithm and kid of 16 bytes (21), a wrapped key of 40 (42).
    private const uint RecipientLength = 65;

    private const uint RecordLength = 32;

    /// <summary>A checkpoint with the longest state, that of a patch (PROTOCOL.md, "Checkpoints"); a list that begins with one has it behind its first record.</summary>
    public static readonly uint PatchRecordLength = (uint)CheckpointRecord.StateLength(TransferStart.StateLengthMax(1 << TransferEncoding.Delta));

    /// <summary>Number of chunks of an image that fills a bank.</summary>
    public static uint Chunks(uint bankLength) => (bankLength + ChunkLength - 1) / ChunkLength;

    /// <summary>The longest envelope for a bank: signatures, chunk table, a transfer table as long as it, encryption info.</summary>
    public uint EnvelopeLength(uint bankLength) =>
        (uint)Signatures * (SignatureLength + SignatureOverhead) + 2 * Chunks(bankLength) * TagLength + EncryptionLength(Recipients) + EnvelopeRest;

    /// <summary>The sum of <see cref="EnvelopeLength"/>, for a message.</summary>
    public string EnvelopeSum(uint bankLength) =>
        $"{Signatures} signatures of {SignatureLength + SignatureOverhead} bytes, two tables of {Chunks(bankLength)} × {TagLength}, {(Recipients > 0 ? $"{EncryptionLength(Recipients)} for {Recipients} recipients, " : "")}{EnvelopeRest} for the rest";

    /// <summary>Encryption info in the install sequence (SUIT parameter 19), with its key and as the byte string that it is; 0 without recipients.</summary>
    public static uint EncryptionLength(uint recipients)
    {
        if (recipients == 0)
        {
            return 0;
        }

        uint content = EncryptionHead + HeadLength(recipients) + recipients * RecipientLength;
        return 1 + HeadLength(content) + content;
    }

    /// <summary>A checkpoint area: its first record and one for each chunk, or the shortest list of a patch (PROTOCOL.md, "Checkpoints").</summary>
    public uint CheckpointLength(uint bankLength) => Math.Max(RecordLength * (1 + Chunks(bankLength)), HasPatches ? RecordLength + 2 * PatchRecordLength : 0);

    /// <summary>The sum of <see cref="CheckpointLength"/>, for a message.</summary>
    public string CheckpointSum(uint bankLength) => CheckpointLength(bankLength) > RecordLength * (1 + Chunks(bankLength))
        ? $"a record of {RecordLength} bytes in front and two of {PatchRecordLength} with the state of a patch make {CheckpointLength(bankLength)} bytes"
        : $"a record of {RecordLength} bytes for each of {Chunks(bankLength)} chunks and one in front make {CheckpointLength(bankLength)} bytes";

    /// <summary>Chunks that a list of checkpoints has room for at least; one more record each makes another list necessary.</summary>
    public static uint ChunksPerList(uint areaLength, bool hasPatches) =>
        hasPatches ? (areaLength - RecordLength - PatchRecordLength) / PatchRecordLength : (areaLength / RecordLength) - 1;

    /// <summary>An HSS signature (RFC 8554 §6.2): levels of LMS with trees of <paramref name="height"/> and Winternitz parameter.</summary>
    public static uint HssSignatureLength(uint levels, uint height, uint winternitz)
    {
        uint chains = winternitz switch { 1 => 265, 2 => 133, 4 => 67, _ => 34 };
        uint lms = 4 + 4 + 32 + 32 * chains + 4 + 32 * height;
        const uint LmsPublicKey = 56;
        return 4 + levels * lms + (levels - 1) * LmsPublicKey;
    }

    // Head of a CBOR item whose argument is a count or a length (RFC 8949 §3).
    private static uint HeadLength(uint argument) => argument switch { < 24 => 1, < 256 => 2, < 65536 => 3, _ => 5 };
}
