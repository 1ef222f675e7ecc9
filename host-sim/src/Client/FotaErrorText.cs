// The update target's reasons in words: half a sentence each, for people who read logs and screens.
// Tests: tests/host-sim/Client/FotaErrorTextTests.cs.
using EsyncAgent;

namespace EsyncSim.Client;

/// <summary>Sentences for <see cref="FotaError"/>.</summary>
public static class FotaErrorText
{
    /// <summary>The sentence, followed by the name: "the package is for another vendor (WrongVendor)".</summary>
    public static string Of(FotaError error) => $"{Sentence(error)} ({error})";

    private static string Sentence(FotaError error) => error switch
    {
        FotaError.None => "no error",
        FotaError.NotProvisioned => "the ECU has no device secret and no trust anchors yet",
        FotaError.EnvelopeTooLong => "the envelope is longer than the ECU's staging slot",
        FotaError.EnvelopeMalformed => "the envelope is not the CBOR that SUIT prescribes",
        FotaError.DigestMismatch => "the manifest is not the one that was signed",
        FotaError.SignatureInvalid => "a signature is wrong",
        FotaError.RoleMissing => "a required role has not signed",
        FotaError.ManifestMalformed => "the manifest is not the CBOR that SUIT prescribes",
        FotaError.ManifestVersionUnknown => "the manifest has an unknown version",
        FotaError.SequenceTooLow => "the ECU has accepted a newer manifest already",
        FotaError.SecurityVersionTooLow => "the securityVersion is below the ECU's floor",
        FotaError.WrongVendor => "the package is for another vendor",
        FotaError.WrongClass => "the package is for another class of devices",
        FotaError.WrongDevice => "the package is for another single device",
        FotaError.WrongComponentSlot => "the package may not lie in the bank that is free",
        FotaError.ManifestUnsupported => "the manifest asks for something that the agent does not know",
        FotaError.ImageTooLong => "the image is longer than the ECU's bank",
        FotaError.WrongRuntime => "the application is for another runtime",
        FotaError.WrongContract => "the application needs another version of the application contract",
        FotaError.ChunkTableInvalid => "the chunk table does not match the size of the image",
        FotaError.EncodingUnsupported => "the ECU does not take this encoding",
        FotaError.TransferTableInvalid => "the transfer table does not match the size of the transfer",
        FotaError.WrongBase => "the delta is made for another running image",
        FotaError.NoManifest => "the ECU has accepted no manifest for this image",
        FotaError.TransferOutOfRange => "the transfer does not start or end where the ECU expects it",
        FotaError.ChunkMismatch => "a chunk of the image is not the signed one",
        FotaError.PieceMismatch => "a piece of the transfer is not the signed one",
        FotaError.FlashFailed => "the flash part reported an error",
        FotaError.ReadBackMismatch => "the flash does not hold what was programmed",
        FotaError.TransferIncomplete => "the transfer ended before everything had arrived",
        FotaError.ImageDigestMismatch => "the image is not the signed one",
        FotaError.NotVerified => "the ECU holds no verified image",
        FotaError.NoTrial => "no trial is running",
        FotaError.SelfTestPending => "the application's self-test has not passed yet",
        FotaError.SelfTestFailed => "the application failed its self-test",
        FotaError.AliveLost => "the application stopped giving signs of life",
        FotaError.ApplicationFaulted => "the application threw an exception",
        FotaError.ConfirmTimeExpired => "the trial was not confirmed in time",
        FotaError.TrialAttemptsUsedUp => "the trial used up its starts",
        FotaError.RolledBackByClient => "the client ordered the way back",
        FotaError.NoPreviousImage => "there is no previous image to go back to",
        FotaError.AlreadyProvisioned => "the ECU was provisioned before, and that happens once",
        FotaError.ProvisioningMalformed => "the provisioning record is malformed",
        FotaError.NvMFailed => "the non-volatile memory could not be written",
        FotaError.BootRecordLost => "the boot record was lost and rebuilt",
        FotaError.ImageDamaged => "an image was damaged when it was to be started",
        FotaError.LoadFailed => "the application could not be loaded or started",
        FotaError.TrialRunning => "a trial is running",
        FotaError.Busy => "another operation is under way",
        FotaError.AccessRefused => "the proof of access was wrong",
        FotaError.WrongDocument => "the signed document is of another kind: an image's manifest, a trust manifest and collection rules do not pass for each other",
        FotaError.AnchorsInvalid => "the new trust anchors cannot be: none or too many, an unknown role or key, or a key twice",
        FotaError.AnchorRoleMissing => "the new trust anchors lack a required role, so the ECU would take nothing any more",
        _ => LaterSentence(error),
    };

    private static string LaterSentence(FotaError error) => error switch
    {
        FotaError.StreamMalformed => "the compressed image or patch cannot be decoded",
        FotaError.BaseDamaged => "the running image, which the patch builds on, is damaged",
        FotaError.NoContentKey => "the package is encrypted, and not for this device",
        FotaError.RulesExceedLimits => "the collection rules ask for more than the ECU has",
        FotaError.SignalUnknown => "the collection rules name a signal that the ECU does not have",
        FotaError.SignalTableMismatch => "the collection rules are made for other signals than the ECU has",
        FotaError.ReportLogAbsent => "the ECU has no report log",
        FotaError.LogEpochMismatch => "the acknowledgement is for a report log that is gone",
        _ => "a reason that this client does not know",
    };
}
