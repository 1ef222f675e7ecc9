// For each attack the defence that it tests, taken out of the product by replacing a piece of one source, and what comes
// then where the defence would have answered otherwise. Defences of the client and the signer are mutated in host-sim.
// Rows of one number are at work together, since each run makes a bench of its own: their attacks go by other ways than each
// other's mutants. Each row was also seen to succeed with its mutant alone.
using EsyncTests.Mutants;

namespace EsyncTests.HostSim.Attack;

/// <summary>One row: number of its program, an attack, what a step that fell must have got, and the product without the defence.</summary>
internal sealed record AttackMutant(int Program, string Attack, string Came, Mutant Mutant);

internal static class AttackMutants
{
    private const string Agent = "agent-firmware/src/";
    private const string Host = "host-sim/src/";
    private const string Installed = "result None";
    private const string Taken = "positive";
    private const string Never = "if (false)";

    // The order in which the transport is offered while a request is served.
    public static IReadOnlyList<AttackMutant> All { get; } =
    [
        // Manifests.
        Row(1, "rollback-sequence", Installed, Agent + "Fota/RoutineAuthenticateManifest.cs", "manifest.SequenceNumber < record.SequenceNumberMax || ", ""),
        Row(2, "same-sequence", Installed, Agent + "Fota/RoutineAuthenticateManifest.cs", " || (manifest.SequenceNumber == record.SequenceNumberMax && !isKnown)", ""),
        Row(3, "rollback-security-version", Installed, Agent + "Fota/RoutineAuthenticateManifest.cs", "if (manifest.SecurityVersion < record.SecurityVersionFloor)", Never),
        Row(4, "arbitrary-software", Installed, Agent + "Fota/EnvelopeVerifier.cs", "            Refuse(FotaError.SignatureInvalid);\n            return;\n", ""),
        Row(5, "one-signer-of-two", Installed, Agent + "Fota/EnvelopeVerifier.cs", "            isMissing |= (_validRoles >> required[i] & 1) == 0;\n", ""),
        Row(2, "wrong-device", Installed, Agent + "Fota/DocumentVerifier.cs", "isForAnother = _facts.HasDeviceId && !Bytes", "isForAnother = false && !Bytes"),
        Row(1, "table-longer-than-image", Installed, Agent + "Fota/InstallReader.cs", "_chunkTableLength != manifest.ChunkCount", "_chunkTableLength < manifest.ChunkCount"),
        Row(3, "deep-cbor-nesting", Installed, Agent + "Std/CanonicalCborReader.cs", "        uint length = ReadHead(ByteString);\n        uint contents", "        while (_index < _end && _data[_index] == 0x81) { _index++; }\n        uint length = ReadHead(ByteString);\n        uint contents"),
        Row(4, "indefinite-lengths", Installed, Agent + "Fota/ManifestReader.cs", "        _cursor.ExpectSequence(2);\n        _cursor.ExpectReported(command);", "        if (reader.TryTake(new byte[] { 0x9F, 0x03, 0x0F, 0xFF }, end)) { return; }\n        _cursor.ExpectSequence(2);\n        _cursor.ExpectReported(command);"),
        Row(5, "non-canonical-integers", Installed, Agent + "Std/CanonicalCborReader.cs", "if (argument < smallest)", Never),
        Row(6, "unknown-manifest-parts", Installed, Agent + "Fota/ManifestReader.cs", "if (!reader.IsFailed && version != 1)", Never),
        Row(7, "signature-index-reuse", "index 0 twice", Host + "Signing/SigningKeyStore.cs", "        AtomicFile.Write(_files, target, SigningKeyFile.Write(key), isSecret: true);\n", ""),

        Row(6, "signature-index-reuse", "signed with index 0", Host + "Signing/SigningKeyStore.cs", "known.NextIndex > key.NextIndex)", "known.NextIndex < 0)"),
        Row(6, "hostile-trust-manifest", Installed, Agent + "Fota/RoutineInstallTrust.cs", "if (manifest.SequenceNumber <= _keys.TrustSequence)", Never),

        // Transfers.
        Row(1, "endless-data", Taken, Agent + "Fota/Download.cs", " || _size == 0 || _size != _slot.Header.TransferLength - offset", ""),
        Row(2, "mix-and-match", Taken, Agent + "Fota/ChunkTags.cs", "return Csm.IsMacAt", "return true || Csm.IsMacAt"),
        Row(2, "chunk-swapped", Taken, Agent + "Fota/ChunkTags.cs", "return Csm.IsMacAt", "return true || Csm.IsMacAt"),
        Row(2, "wrong-salt", Taken, Agent + "Fota/ChunkTags.cs", "return Csm.IsMacAt", "return true || Csm.IsMacAt"),
        Row(2, "replayed-manifest", Taken, Agent + "Fota/ChunkTags.cs", "return Csm.IsMacAt", "return true || Csm.IsMacAt"),
        Row(3, "partial-bundle", Installed, Agent + "Fota/RoutineCheckDependencies.cs", "if (recorded != _slot.Header.ChunkCount)", Never),
        Row(3, "manifest-over-limit", Taken, Agent + "Fota/Download.cs", "_size == 0 || _size > longest || _size > staging.Length", "_size == 0"),
        Row(4, "activate-without-verification", Installed, Agent + "Fota/RoutineActivate.cs", "if (state != BankState.Verified)", Never),
        Row(5, "transfer-without-erase", Taken, Agent + "Fota/Download.cs", "BankState.Receiving\n            && _checkpoints.Matches(_slot.Header.Digest);", "BankState.Receiving;"),
        Row(1, "rollback-routine", Installed, Agent + "Fota/RoutineRollBack.cs", "else if (_slot.Header.SecurityVersion < record.SecurityVersionFloor)", "else if (false)"),
        Row(5, "wrong-block-sequence", Taken, Agent + "Dcm/Sid36TransferData.cs", "if (counter != _transfer.NextCounter)", Never),
        Row(6, "drop-request", "Refused", Agent + "Dcm/Sid36TransferData.cs", "if (!_transfer.IsRepeated(counter))", "if (true)"),

        // Access.
        Row(1, "access-without-proof", Taken, Agent + "Dcm/Dsd.cs", "if (_table.IsAccessNeeded(row) && !_access.IsOpenFor(message))", Never),
        Row(2, "session-bypass", Taken, Agent + "Dcm/DslSession.cs", "        _access.Drop();\n        _transfer.Abort();", "        _transfer.Abort();"),
        Row(1, "replayed-proof-29", Taken, Agent + "Dcm/AccessControl.cs", "AccessProof purpose = _outstanding;\n        _outstanding = null;", "AccessProof purpose = _outstanding;"),
        Row(2, "replayed-proof-27", Taken, Agent + "Dcm/AccessControl.cs", "_mcu.ReadEntropy(_challenge);", "Bytes.Fill(_challenge, 0, ChallengeLength, 0x5A);"),
        Row(3, "access-crossed", "NRC 35", Agent + "Dcm/AccessControl.cs", "return _outstanding == purpose && ", "return _outstanding != null && "),
        Row(1, "brute-force-over-resets", "guesses", Agent + "Dcm/AccessDelay.cs", "_failureCount = _nvm.Length(NvMBlock.SecurityAccess) == 0 ? (byte)0 : _nvm.Data(NvMBlock.SecurityAccess)[0];", "_failureCount = 0;"),
        Row(3, "second-provisioning", Installed, Agent + "Fota/KeyStore.cs", "return FotaError.AlreadyProvisioned;", "System.Array.Clear(_secret, 0, 1);"),
        Row(4, "silenced-diagnostics", "None", Agent + "Dcm/AccessControl.cs", "        _idsM.Report(IdsMEvent.AccessRefused, (ushort)FotaError.AccessRefused);\n", ""),
        Row(4, "functional-address-abuse", Taken, Agent + "Dcm/AccessControl.cs", " && _isOutstandingFunctional == message.IsFunctional", ""),
        Row(5, "session-hijack", "result", Agent + "Dcm/AccessControl.cs", "return IsOpen && !message.IsFunctional;", "return IsOpen;"),
        Row(6, "service-scan", "34 13", Agent + "Dcm/DsdTable.cs", "Add(0x34, Programming, NeedsAccess", "Add(0x34, Programming, IsFree"),
        Row(2, "request-length-lies", Taken, Agent + "Dcm/Sid2EWriteDataByIdentifier.cs", "if (message.RequestLength != RecordOffset + DspRecords.FingerprintLength)", Never),
        Row(5, "reset-in-every-state", "2.0.0", Agent + "EcuM/BootSequence.cs", "_banks.BeginChange().AttemptsLeft--;", "_banks.BeginChange();"),

        Row(6, "reset-in-every-state", Taken, Agent + "Dcm/Sid11EcuReset.cs", "if (_parts.Target.IsOnTrial && ", "if (false && "),

        // Reports.
        Row(3, "report-theft", Taken, Agent + "Dcm/Sid31RoutineControl.cs", "RoutineReports.ReadIdentifier, DcmSession.InNonDefault, NeedsAccess", "RoutineReports.ReadIdentifier, DcmSession.InNonDefault, false"),
        Row(4, "report-theft", Installed, Agent + "Dcm/Sid31RoutineControl.cs", "RoutineReports.AcknowledgeIdentifier, DcmSession.InNonDefault, NeedsAccess", "RoutineReports.AcknowledgeIdentifier, DcmSession.InNonDefault, false"),
        Row(7, "report-theft", Taken, Agent + "Dcm/Sid31RoutineControl.cs", "RoutineSetTime.Identifier, DcmSession.InNonDefault, NeedsAccess", "RoutineSetTime.Identifier, DcmSession.InNonDefault, false"),
        Row(6, "report-erasure", Installed, Agent + "Data/ReportLog.cs", "if (epoch != _state.Epoch)", Never),
        Row(7, "report-erasure", "up to 4294967295", Agent + "Data/ReportLog.cs", "upTo = upTo < _state.Next ? upTo : _state.Next - 1;", ""),

        // Transport and bus.
        Row(1, "slow-retrieval", "03", Agent + "CanTp/CanTpReceiver.cs", "if (elapsedMs >= _config.NCrMs)", Never),
        Row(2, "denial-of-service", "no answer", Agent + "Dcm/DslConversation.cs", "SendShort(request[0], Nrc.BusyRepeatRequest);", "_reception.Close();"),
        Row(3, "first-frame-flood", "no answer", Agent + "Dcm/DslReception.cs", "isComplete && length != 0 ? Owner.Waiting : Owner.Nobody;", "isComplete ? Owner.Waiting : Owner.Transport;"),
        Row(7, "interleaved-senders", "Refused", Agent + "CanTp/CanTpReceiver.cs", "            End(CanTpResult.WrongSn);\n", ""),
        Row(5, "endless-flow-control", "ms", Agent + "CanTp/CanTpSender.cs", "if (_waitCount >= _config.WaitFrameMax)", Never),

        // What others conclude.
        Row(6, "eavesdrop", "heard", Agent + "Fota/FotaReports.cs", "BigEndian.WriteU32(into, offset + 4, _can.BusOffCount);\n                return 8;", "_keys.DeriveKey(KeyPurpose.Authentication, _key);\n                System.Array.Copy(_key, 0, into, offset, 32);\n                return 32;"),
        Row(7, "freeze", "taken", Host + "Client/VersionReport.cs", " || !report.Slice(NonceOffset, 16).SequenceEqual(nonce)", ""),
        Row(1, "vehicle-freeze", "followed", Host + "Vehicle/FleetPolicy.cs", "manifest.Sequence < known.Sequence", "manifest.Sequence < 0"),
        Row(2, "vehicle-freeze", "followed", Host + "Vehicle/FleetPolicy.cs", "nowMs() > manifest.NotAfterMs", "nowMs() < 0"),
        Row(3, "vehicle-freeze", "followed", Host + "Vehicle/FleetPolicy.cs", " || !report.Has(entry.Nonce)", ""),
        Row(4, "vehicle-mix-and-match", "followed", Host + "Vehicle/FleetPolicy.cs", "manifest.Campaign != request.Campaign?.Id", "manifest.Campaign.Length == 0"),
        Row(5, "vehicle-mix-and-match", "followed", Host + "Vehicle/FleetPolicy.cs", "(report.Version != entry.Version || !report.IsConfirmed)", "report.Version.Length == 0"),
        Row(6, "vehicle-mix-and-match", "followed", Host + "Packages/SignedVehicleManifest.cs", ".Where(anchor => anchor.Role == SigningRole.Fleet)], [SigningRole.Fleet]", "], []"),
        Row(7, "vehicle-mix-and-match", "followed", Host + "Vehicle/FleetPolicy.cs", " || image.ImageDigest?.AsSpan().SequenceEqual(entry.ImageDigest) != true", ""),
        Row(7, "babbling-node", "Lost", Host + "Client/EcuAttempts.cs", "bool isOver = outcome.End != UpdateEnd.Lost || attempt >= policy.AttemptsMax;", "bool isOver = true;"),
        Row(7, "endless-pending", " s", Host + "Client/UdsTester.cs", "pendings > timing.PendingMax || ", ""),
    ];

    private static AttackMutant Row(int program, string attack, string came, string file, string find, string replace) =>
        new(program, attack, came, new Mutant($"{file[(file.LastIndexOf('/') + 1)..]} without: {find.Trim()}", file, find, replace));
}
