// For each attack the defence that it tests, taken out of the product by replacing a piece of one source, and what comes
// then where the defence would have answered otherwise. Defences of the client and the signer are mutated in host-sim.
using EsyncTests.Mutants;

namespace EsyncTests.HostSim.Attack;

/// <summary>One row: an attack, the product without the defence, and what a step that fell must have got.</summary>
internal sealed record AttackMutant(string Attack, string Came, Mutant Mutant);

internal static class AttackMutants
{
    private const string Agent = "agent-firmware/src/";
    private const string Host = "host-sim/src/";
    private const string Installed = "result None";
    private const string Taken = "positive";
    private const string Never = "if (false)";

    public static IReadOnlyList<AttackMutant> All { get; } =
    [
        // Manifests.
        Row("rollback-sequence", Installed, Agent + "Fota/RoutineAuthenticateManifest.cs", "manifest.SequenceNumber < record.SequenceNumberMax || ", ""),
        Row("same-sequence", Installed, Agent + "Fota/RoutineAuthenticateManifest.cs", " || (manifest.SequenceNumber == record.SequenceNumberMax && !isKnown)", ""),
        Row("rollback-security-version", Installed, Agent + "Fota/RoutineAuthenticateManifest.cs", "if (manifest.SecurityVersion < record.SecurityVersionFloor)", Never),
        Row("arbitrary-software", Installed, Agent + "Fota/ManifestVerifier.cs", "            Refuse(FotaError.SignatureInvalid);\n            return;\n", ""),
        Row("one-signer-of-two", Installed, Agent + "Fota/ManifestVerifier.cs", "            isMissing |= (_validRoles >> required[i] & 1) == 0;\n", ""),
        Row("wrong-device", Installed, Agent + "Fota/ManifestVerifier.cs", "else if (_manifest.HasDeviceId && !Bytes", "else if (false && !Bytes"),
        Row("table-longer-than-image", Installed, Agent + "Fota/InstallReader.cs", "_chunkTableLength != manifest.ChunkCount", "_chunkTableLength < manifest.ChunkCount"),
        Row("deep-cbor-nesting", Installed, Agent + "Std/CanonicalCborReader.cs", "        uint length = ReadHead(ByteString);\n        uint contents", "        while (_index < _end && _data[_index] == 0x81) { _index++; }\n        uint length = ReadHead(ByteString);\n        uint contents"),
        Row("indefinite-lengths", Installed, Agent + "Fota/ManifestReader.cs", "        _cursor.ExpectSequence(2);\n        _cursor.ExpectReported(command);", "        if (reader.TryTake(new byte[] { 0x9F, 0x03, 0x0F, 0xFF }, end)) { return; }\n        _cursor.ExpectSequence(2);\n        _cursor.ExpectReported(command);"),
        Row("non-canonical-integers", Installed, Agent + "Std/CanonicalCborReader.cs", "if (argument < smallest)", Never),
        Row("unknown-manifest-parts", Installed, Agent + "Fota/ManifestReader.cs", "if (!reader.IsFailed && version != 1)", Never),
        Row("signature-index-reuse", "index 0 twice", Host + "Signing/SigningKeyStore.cs", "        AtomicFile.Write(_files, target, SigningKeyFile.Write(key), isSecret: true);\n", ""),

        // Transfers.
        Row("endless-data", Taken, Agent + "Fota/Download.cs", " || _size == 0 || _size != _slot.Header.TransferLength - offset", ""),
        Row("mix-and-match", Taken, Agent + "Fota/ChunkTags.cs", "IsMismatch = !Bytes", "IsMismatch = false && !Bytes"),
        Row("chunk-swapped", Taken, Agent + "Fota/ChunkTags.cs", "IsMismatch = !Bytes", "IsMismatch = false && !Bytes"),
        Row("wrong-salt", Taken, Agent + "Fota/ChunkTags.cs", "IsMismatch = !Bytes", "IsMismatch = false && !Bytes"),
        Row("replayed-manifest", Taken, Agent + "Fota/ChunkTags.cs", "IsMismatch = !Bytes", "IsMismatch = false && !Bytes"),
        Row("partial-bundle", Installed, Agent + "Fota/RoutineCheckDependencies.cs", "if (recorded != _slot.Header.ChunkCount)", Never),
        Row("manifest-over-limit", Taken, Agent + "Fota/Download.cs", "_size == 0 || _size > longest || _size > staging.Length", "_size == 0"),
        Row("activate-without-verification", Installed, Agent + "Fota/RoutineActivate.cs", "if (state != BankState.Verified)", Never),
        Row("transfer-without-erase", Taken, Agent + "Fota/Download.cs", "BankState.Receiving\n            && _checkpoints.Matches(_slot.Header.Digest);", "BankState.Receiving;"),
        Row("rollback-routine", Installed, Agent + "Fota/RoutineRollBack.cs", "else if (_slot.Header.SecurityVersion < record.SecurityVersionFloor)", "else if (false)"),
        Row("wrong-block-sequence", Taken, Agent + "Dcm/Sid36TransferData.cs", "if (counter != _transfer.NextCounter)", Never),
        Row("drop-request", "Refused", Agent + "Dcm/Sid36TransferData.cs", "if (!_transfer.IsRepeated(counter))", "if (true)"),

        // Access.
        Row("access-without-proof", Taken, Agent + "Dcm/Dsd.cs", "if (row.IsAccessNeeded && !_access.IsOpenFor(message))", Never),
        Row("session-bypass", Taken, Agent + "Dcm/DslSession.cs", "        _access.Drop();\n        _transfer.Abort();", "        _transfer.Abort();"),
        Row("replayed-proof-29", Taken, Agent + "Dcm/AccessControl.cs", "AccessProof purpose = _outstanding;\n        _outstanding = null;", "AccessProof purpose = _outstanding;"),
        Row("replayed-proof-27", Taken, Agent + "Dcm/AccessControl.cs", "_mcu.ReadEntropy(_challenge);", "Bytes.Fill(_challenge, 0, ChallengeLength, 0x5A);"),
        Row("access-crossed", "NRC 35", Agent + "Dcm/AccessControl.cs", "return _outstanding == purpose && ", "return _outstanding != null && "),
        Row("brute-force-over-resets", "guesses", Agent + "Dcm/AccessDelay.cs", "_failureCount = _nvm.Length(NvMBlock.SecurityAccess) == 0 ? (byte)0 : _nvm.Data(NvMBlock.SecurityAccess)[0];", "_failureCount = 0;"),
        Row("second-provisioning", Installed, Agent + "Fota/KeyStore.cs", "return FotaError.AlreadyProvisioned;", "System.Array.Clear(_secret, 0, 1);"),
        Row("silenced-diagnostics", "None", Agent + "Dcm/AccessControl.cs", "        _idsM.Report(IdsMEvent.AccessRefused, (ushort)FotaError.AccessRefused);\n", ""),
        Row("functional-address-abuse", Taken, Agent + "Dcm/AccessControl.cs", " && _isOutstandingFunctional == message.IsFunctional", ""),
        Row("session-hijack", "result", Agent + "Dcm/AccessControl.cs", "return IsOpen && !message.IsFunctional;", "return IsOpen;"),
        Row("service-scan", "34 13", Agent + "Dcm/DsdTable.cs", "new DsdService(0x34, Programming, NeedsAccess", "new DsdService(0x34, Programming, IsFree"),
        Row("request-length-lies", Taken, Agent + "Dcm/Sid2EWriteDataByIdentifier.cs", "if (message.RequestLength != RecordOffset + DspRecords.FingerprintLength)", Never),
        Row("reset-in-every-state", "2.0.0", Agent + "EcuM/BootSequence.cs", "_banks.BeginChange().AttemptsLeft--;", "_banks.BeginChange();"),

        Row("reset-in-every-state", Taken, Agent + "Dcm/Sid11EcuReset.cs", "if (_parts.Target.IsOnTrial && ", "if (false && "),

        // Transport and bus.
        Row("slow-retrieval", "03", Agent + "CanTp/CanTpReceiver.cs", "if (elapsedMs >= _config.NCrMs)", Never),
        Row("denial-of-service", "no answer", Agent + "Dcm/DslConversation.cs", "        _reception.ReleaseSmall();\n", ""),
        Row("denial-of-service", "NRC 21", Agent + "Dcm/DslConversation.cs", "            case Phase.Answering:\n", "            case Phase.Answering:\n                AnswerAside();\n"),
        Row("first-frame-flood", "no answer", Agent + "Dcm/DslReception.cs", "isComplete && length != 0 ? Owner.Waiting : Owner.Nobody;", "isComplete ? Owner.Waiting : Owner.Transport;"),
        Row("interleaved-senders", "Refused", Agent + "CanTp/CanTpReceiver.cs", "            End(CanTpResult.WrongSn);\n", ""),
        Row("endless-flow-control", "ms", Agent + "CanTp/CanTpSender.cs", "if (_waitCount >= _config.WaitFrameMax)", Never),

        // What others conclude.
        Row("eavesdrop", "heard", Agent + "Fota/FotaReports.cs", "BigEndian.WriteU32(into, offset + 4, _can.BusOffCount);\n                return 8;", "_keys.DeriveKey(KeyPurpose.Authentication, _key);\n                System.Array.Copy(_key, 0, into, offset, 32);\n                return 32;"),
        Row("freeze", "taken", Host + "Client/VersionReport.cs", " || !report.Slice(NonceOffset, 16).SequenceEqual(nonce)", ""),
        Row("babbling-node", "Lost", Host + "Client/UpdateSession.cs", "bool isOver = outcome.End != UpdateEnd.Lost || attempt >= policy.AttemptsMax;", "bool isOver = true;"),
        Row("endless-pending", " s", Host + "Client/UdsTester.cs", "if (response == null || pendings > timing.PendingMax)", "if (response == null)"),
    ];

    private static AttackMutant Row(string attack, string came, string file, string find, string replace) =>
        new(attack, came, new Mutant($"{attack} without {file[(file.LastIndexOf('/') + 1)..]}: {find.Trim()}", file, find, replace));
}
