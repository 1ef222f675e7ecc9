// Faults in the life of an update: manifest, banks, trial, report.
using static EsyncTests.HostSim.Conformance.ConformanceMutants;

namespace EsyncTests.HostSim.Conformance;

internal static class LifeCycleMutants
{
    private const string Fota = "Fota/Fota.cs";
    private const string Authenticate = "Fota/RoutineAuthenticateManifest.cs";
    private const string Never = "if (false)";

    public static IReadOnlyList<ConformanceMutant> All { get; } =
    [
        Row("memory is erased without a manifest", "Fota/RoutineEraseMemory.cs", "return isBound ? FotaError.None : FotaError.NoManifest;", "return FotaError.None;"),
        Row("an image is confirmed that is not on trial", "Fota/RoutineConfirm.cs", "return isConfirmed ? StdReturn.Ok : Fail(FotaError.NoTrial, 0);", "return StdReturn.Ok;"),
        Row("a trial that is not confirmed goes on", "EcuM/ApplicationSupervisor.cs", "return nowMs - _startedMs > _config.TrialConfirmMsMax;", "return false;"),
        Row("a trial starts as often as one likes", "EcuM/BootSequence.cs", "_banks.BeginChange().AttemptsLeft--;", "_banks.BeginChange();"),
        Row("anybody may reset an ECU on trial", "Dcm/Sid11EcuReset.cs", "if (_parts.Target.IsOnTrial && ", "if (false && "),
        Row("consent is given in a trial", Fota, "        reasons |= _banks.IsSecondaryInUse ? ReasonTrial : (byte)0;\n", ""),
        Row("the version report ignores the nonce", "Fota/FotaReports.cs", "System.Array.Copy(nonce, nonceOffset, into, offset + NonceOffset, 16);", "System.Array.Clear(into, offset + NonceOffset, 16);"),
        Row("the version report is not authenticated", "Fota/FotaReports.cs", "        _csm.Crypto.HmacSha256(_key, _macInput, _mac);\n", ""),
        Row("a wrong signature is passed over", "Fota/EnvelopeVerifier.cs", "            Refuse(FotaError.SignatureInvalid);\n            return;\n", ""),
        Row("one signature is enough", "Fota/EnvelopeVerifier.cs", "            isMissing |= (_validRoles >> required[i] & 1) == 0;\n", ""),
        Row("an older manifest is taken", Authenticate, "manifest.SequenceNumber < record.SequenceNumberMax || ", ""),
        Row("the securityVersion is not looked at", Authenticate, "if (manifest.SecurityVersion < record.SecurityVersionFloor)", Never),
        Row("a manifest for another device is taken", "Fota/DocumentVerifier.cs", "isForAnother = _facts.HasDeviceId && !Bytes", "isForAnother = false && !Bytes"),
        Row("a reset forgets how far the transfer was", "Fota/Download.cs", "uint recorded = _checkpoints.RecordedChunks;", "uint recorded = 0;"),
        Row("an image that is not whole is ready", "Fota/RoutineCheckDependencies.cs", "if (recorded != _slot.Header.ChunkCount)", Never),
        Row("an image that is not checked is activated", "Fota/RoutineActivate.cs", "if (state != BankState.Verified)", Never),
        Row("chunks are not checked", "Fota/ChunkTags.cs", "IsMismatch = !Bytes", "IsMismatch = false && !Bytes"),
        Row("a trial is taken back and goes on", "Fota/RoutineRollBack.cs", "BankTransitions.RejectTrial(_banks.BeginChange(), _banks.Secondary, FotaError.RolledBackByClient);", "_banks.BeginChange();"),
        Row("a rollback is there without an image to go back to", "Fota/RoutineRollBack.cs", "return Fail(FotaError.NoPreviousImage, 0);", "return StdReturn.Ok;"),
        Row("confirming again is refused", "Fota/RoutineConfirm.cs", "bool isConfirmed = _banks.Running == _banks.Record.ActiveBank && ", "bool isConfirmed = false && "),
        Row("activating again is refused", "Fota/RoutineActivate.cs", "        if (state == BankState.Trial)\n        {\n            return StdReturn.Ok;\n        }\n\n", ""),
        Row("checking again is refused", "Fota/RoutineCheckDependencies.cs", "        if (_banks.Record.State[_banks.Secondary] != BankState.Receiving)\n        {\n            return StdReturn.Ok;\n        }\n", "        if (_banks.Record.State[_banks.Secondary] != BankState.Receiving)\n        {\n            return Fail(FotaError.NoManifest, 0);\n        }\n"),
        Row("a download begins in a trial", "Fota/Download.cs", "        if (_banks.IsSecondaryInUse)\n        {\n            return Fail(FotaError.TrialRunning, 0);\n        }\n\n        _isStaging = true;", "        _isStaging = true;"),
    ];
}
