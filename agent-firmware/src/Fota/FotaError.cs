// Why an update was refused, failed or went back. The numbers are on the wire (PROTOCOL.md, "FotaError") and in
// flash: never reorder, only append.
// Tests: tests/agent-firmware/Fota.
namespace EsyncAgent;

/// <summary>Numbered reasons of the update target; 16 bits on the wire.</summary>
public enum FotaError : ushort
{
    /// <summary>No error.</summary>
    None = 0,

    /// <summary>The ECU has no device secret and no trust anchors yet.</summary>
    NotProvisioned = 1,

    /// <summary>The envelope does not fit into the staging slot.</summary>
    EnvelopeTooLong = 2,

    /// <summary>The envelope is not the CBOR that SUIT prescribes.</summary>
    EnvelopeMalformed = 3,

    /// <summary>The manifest's SHA-256 is not the one that was signed.</summary>
    DigestMismatch = 4,

    /// <summary>A signature by a known key does not verify.</summary>
    SignatureInvalid = 5,

    /// <summary>A required role has no valid signature.</summary>
    RoleMissing = 6,

    /// <summary>The manifest is not the CBOR that SUIT prescribes.</summary>
    ManifestMalformed = 7,

    /// <summary>The manifest's version is not 1.</summary>
    ManifestVersionUnknown = 8,

    /// <summary>The sequence number is lower than the last accepted one, or equal with another digest.</summary>
    SequenceTooLow = 9,

    /// <summary>The securityVersion is below the floor.</summary>
    SecurityVersionTooLow = 10,

    /// <summary>Made for another vendor.</summary>
    WrongVendor = 11,

    /// <summary>Made for another device class.</summary>
    WrongClass = 12,

    /// <summary>Made for another single device.</summary>
    WrongDevice = 13,

    /// <summary>The manifest does not allow the secondary bank's component slot.</summary>
    WrongComponentSlot = 14,

    /// <summary>A command, parameter or component that this agent does not know.</summary>
    ManifestUnsupported = 15,

    /// <summary>The image does not fit into the bank.</summary>
    ImageTooLong = 16,

    /// <summary>The bundle is for another runtime.</summary>
    WrongRuntime = 17,

    /// <summary>The bundle needs another version of the application contract.</summary>
    WrongContract = 18,

    /// <summary>The chunk table does not match the image size.</summary>
    ChunkTableInvalid = 19,

    /// <summary>The encoding (dataFormatIdentifier) is unknown, or differs from the manifest's.</summary>
    EncodingUnsupported = 20,

    /// <summary>The transfer table does not match the transfer size.</summary>
    TransferTableInvalid = 21,

    /// <summary>The running image is not the base of this delta.</summary>
    WrongBase = 22,

    /// <summary>No authenticated manifest is bound to the secondary bank.</summary>
    NoManifest = 23,

    /// <summary>A transfer that starts or continues at the wrong offset, or is longer than announced.</summary>
    TransferOutOfRange = 24,

    /// <summary>A chunk's tag is not the signed one; nothing of it reached the flash.</summary>
    ChunkMismatch = 25,

    /// <summary>A transferred piece's tag is not the signed one.</summary>
    PieceMismatch = 26,

    /// <summary>The flash part reported an error.</summary>
    FlashFailed = 27,

    /// <summary>What was read back differs from what was programmed.</summary>
    ReadBackMismatch = 28,

    /// <summary>The transfer ended before everything had arrived.</summary>
    TransferIncomplete = 29,

    /// <summary>The image's SHA-256 is not the manifest's.</summary>
    ImageDigestMismatch = 30,

    /// <summary>The secondary bank holds no verified image.</summary>
    NotVerified = 31,

    /// <summary>No trial is running.</summary>
    NoTrial = 32,

    /// <summary>The application's self-test has not passed yet.</summary>
    SelfTestPending = 33,

    /// <summary>The application's self-test said no.</summary>
    SelfTestFailed = 34,

    /// <summary>The application gave no sign of life for too long.</summary>
    AliveLost = 35,

    /// <summary>The application threw an exception.</summary>
    ApplicationFaulted = 36,

    /// <summary>The trial was not confirmed in time.</summary>
    ConfirmTimeExpired = 37,

    /// <summary>The trial used up its boots.</summary>
    TrialAttemptsUsedUp = 38,

    /// <summary>The client ordered the way back.</summary>
    RolledBackByClient = 39,

    /// <summary>There is no previous image to go back to.</summary>
    NoPreviousImage = 40,

    /// <summary>The ECU was provisioned before; it happens once.</summary>
    AlreadyProvisioned = 41,

    /// <summary>The provisioning record is malformed.</summary>
    ProvisioningMalformed = 42,

    /// <summary>The non-volatile memory could not be written.</summary>
    NvMFailed = 43,

    /// <summary>All copies of the boot record were lost; it was rebuilt from the manifest slots.</summary>
    BootRecordLost = 44,

    /// <summary>An image or its manifest slot failed its check at boot.</summary>
    ImageDamaged = 45,

    /// <summary>The bundle could not be loaded or started.</summary>
    LoadFailed = 46,

    /// <summary>Not while a trial is running.</summary>
    TrialRunning = 47,

    /// <summary>Another operation is under way.</summary>
    Busy = 48,

    /// <summary>Access was tried with a wrong proof or key.</summary>
    AccessRefused = 49,

    /// <summary>The signed document is of another kind: an image's manifest is no trust manifest, nor the reverse.</summary>
    WrongDocument = 50,

    /// <summary>The new trust anchors cannot be: none or more than eight, an unknown role, a key that cannot be verified with, a key twice.</summary>
    AnchorsInvalid = 51,

    /// <summary>The new trust anchors lack a required role: the ECU would take nothing any more.</summary>
    AnchorRoleMissing = 52,

    /// <summary>The transferred stream is none that can be decoded: a window past the start, a length past the end, a patch that reads outside its base, bytes left over.</summary>
    StreamMalformed = 53,

    /// <summary>A chunk of the running image, the base of a delta, does not have the tag that its manifest says.</summary>
    BaseDamaged = 54,

    /// <summary>The envelope wraps no content key for this device, or the key cannot be unwrapped with the device's own.</summary>
    NoContentKey = 55,

    /// <summary>The collection rules ask for more than the ECU has; the detail is bound (1) ‖ rule (1) ‖ 0000.</summary>
    RulesExceedLimits = 56,

    /// <summary>The collection rules name a signal that this ECU does not have; the detail is its data identifier.</summary>
    SignalUnknown = 57,

    /// <summary>The collection rules are made for another table of signals than this ECU's.</summary>
    SignalTableMismatch = 58,

    /// <summary>The ECU has no report log.</summary>
    ReportLogAbsent = 59,

    /// <summary>The acknowledgement is for another life of the report log.</summary>
    LogEpochMismatch = 60,
}
