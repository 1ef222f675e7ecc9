// Faults in the life of an update: manifest, banks, trial, report.
using static EsyncTests.HostSim.Conformance.ConformanceMutants;

namespace EsyncTests.HostSim.Conformance;

internal static class LifeCycleMutants
{
    private const string Fota = "Fota/Fota.cs";
    private const string Authenticate = "Fota/RoutineAuthenticateManifest.cs";
    private const string Transitions = "Fota/BankTransitions.cs";
    private const string Never = "if (false)";

    public static IReadOnlyList<ConformanceMutant> All { get; } =
    [
        Row("memory is erased without a manifest", "Fota/RoutineEraseMemory.cs", "return isBound ? FotaError.None : FotaError.NoManifest;", "return FotaError.None;", "LC-060"),
        Row("an image is confirmed that is not on trial", "Fota/RoutineConfirm.cs", "return isConfirmed ? StdReturn.Ok : Fail(FotaError.NoTrial, 0);", "return StdReturn.Ok;", "LC-008"),
        Row("a trial that is not confirmed goes on", "EcuM/ApplicationSupervisor.cs", "return nowMs - _startedMs > _config.TrialConfirmMsMax;", "return false;", "LC-003"),
        Row("a trial starts as often as one likes", "EcuM/BootSequence.cs", "_banks.BeginChange().AttemptsLeft--;", "_banks.BeginChange();", "LC-004"),
        Row("anybody may reset an ECU on trial", "Dcm/Sid11EcuReset.cs", "if (_parts.Target.IsOnTrial && ", "if (false && ", "LC-022"),
        Row("consent is given in a trial", Fota, "        reasons |= _banks.IsSecondaryInUse ? ReasonTrial : (byte)0;\n", "", "LC-023"),
        Row("the version report ignores the nonce", "Fota/FotaReports.cs", "System.Array.Copy(nonce, nonceOffset, into, offset + NonceOffset, 16);", "System.Array.Clear(into, offset + NonceOffset, 16);", "LC-040", "LC-041"),
        Row("the version report is not authenticated", "Fota/FotaReports.cs", "        _csm.Crypto.HmacSha256(_key, _macInput, _mac);\n", "", "LC-040"),
        Row("a wrong signature is passed over", "Fota/EnvelopeVerifier.cs", "            Refuse(FotaError.SignatureInvalid);\n            return;\n", "", "LC-050"),
        Row("one signature is enough", "Fota/EnvelopeVerifier.cs", "            isMissing |= (_validRoles >> required[i] & 1) == 0;\n", "", "LC-057"),
        Row("an older manifest is taken", Authenticate, "manifest.SequenceNumber < record.SequenceNumberMax || ", "", "LC-053"),
        Row("the securityVersion is not looked at", Authenticate, "if (manifest.SecurityVersion < record.SecurityVersionFloor)", Never, "LC-054"),
        Row("a manifest for another device is taken", "Fota/DocumentVerifier.cs", "isForAnother = _facts.HasDeviceId && !Bytes", "isForAnother = false && !Bytes", "LC-055"),
        Row("an image on trial counts as confirmed", Transitions, "draft.State[bank] = BankState.Trial;", "draft.State[bank] = BankState.Confirmed;\n        draft.State[bank ^ 1] = BankState.Previous;\n        draft.ActiveBank = (byte)bank;", "LC-001", "LC-002"),
        Row("confirming is answered and not done", "Fota/RoutineConfirm.cs", "BankTransitions.Confirm(_banks.BeginChange(), _banks.Running, _banks.RunningSecurityVersion);", "_banks.BeginChange();", "LC-001"),
        Row("rolling back is answered and not done", "Fota/RoutineRollBack.cs", "BankTransitions.SwapToPrevious(_banks.BeginChange(), FotaError.RolledBackByClient);", "_banks.BeginChange();", "LC-006"),
        Row("routines always answer that they are done", "Dcm/RoutineOfUpdate.cs", "message.AppendU16(result == StdReturn.Ok ? (ushort)FotaError.None : (ushort)_target.LastError);", "message.AppendU16((ushort)FotaError.None);", "LC-051", "LC-052", "LC-058"),
        Row("the class of the ECU is not looked at", "Fota/DocumentVerifier.cs", "if (!Bytes.AreEqual(_facts.ClassId, 0, Config.ClassId, 0, _facts.ClassId.Length))", Never, "LC-056"),
        Row("a reset forgets how far the transfer was", "Fota/Download.cs", "uint recorded = _checkpoints.RecordedChunks;", "uint recorded = 0;", "LC-020", "LC-021"),
        Row("an image that is not whole is ready", "Fota/RoutineCheckDependencies.cs", "if (recorded != _slot.Header.ChunkCount)", Never, "LC-062"),
        Row("an image that is not checked is activated", "Fota/RoutineActivate.cs", "if (state != BankState.Verified)", Never, "LC-063"),
        Row("chunks are not checked", "Fota/ChunkTags.cs", "return Csm.IsMacAt", "return true || Csm.IsMacAt", "LC-064"),
        Row("a trial is taken back and goes on", "Fota/RoutineRollBack.cs", "BankTransitions.RejectTrial(_banks.BeginChange(), _banks.Secondary, FotaError.RolledBackByClient);", "_banks.BeginChange();", "LC-005"),
        Row("a rollback is there without an image to go back to", "Fota/RoutineRollBack.cs", "return Fail(FotaError.NoPreviousImage, 0);", "return StdReturn.Ok;", "LC-007"),
        Row("confirming again is refused", "Fota/RoutineConfirm.cs", "bool isConfirmed = _banks.Running == _banks.Record.ActiveBank && ", "bool isConfirmed = false && ", "LC-013"),
        Row("activating again is refused", "Fota/RoutineActivate.cs", "        if (state == BankState.Trial)\n        {\n            return StdReturn.Ok;\n        }\n\n", "", "LC-012"),
        Row("checking again is refused", "Fota/RoutineCheckDependencies.cs", "        if (_banks.Record.State[_banks.Secondary] != BankState.Receiving)\n        {\n            return StdReturn.Ok;\n        }\n", "        if (_banks.Record.State[_banks.Secondary] != BankState.Receiving)\n        {\n            return Fail(FotaError.NoManifest, 0);\n        }\n", "LC-011"),
        Row("a download begins in a trial", "Fota/Download.cs", "        if (_banks.IsSecondaryInUse)\n        {\n            return Fail(FotaError.TrialRunning, 0);\n        }\n\n        _isStaging = true;", "        _isStaging = true;", "LC-024"),
    ];
}
