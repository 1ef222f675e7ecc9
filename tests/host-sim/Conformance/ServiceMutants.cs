// Faults in the services that read, write and control: 14, 19, 22, 28, 2A, 2C, 2E, 2F, 31 and 85.
using static EsyncTests.HostSim.Conformance.ConformanceMutants;

namespace EsyncTests.HostSim.Conformance;

internal static class ServiceMutants
{
    private const string Sid14 = "Dcm/Sid14ClearDiagnosticInformation.cs";
    private const string Sid19 = "Dcm/Sid19ReadDtcInformation.cs";
    private const string Sid22 = "Dcm/Sid22ReadDataByIdentifier.cs";
    private const string Sid28 = "Dcm/Sid28CommunicationControl.cs";
    private const string Sid2A = "Dcm/Sid2AReadDataByPeriodicIdentifier.cs";
    private const string Sid2C = "Dcm/Sid2CDynamicallyDefineDataIdentifier.cs";
    private const string Sid2E = "Dcm/Sid2EWriteDataByIdentifier.cs";
    private const string Sid2F = "Dcm/Sid2FInputOutputControlByIdentifier.cs";
    private const string Sid31 = "Dcm/Sid31RoutineControl.cs";
    private const string Periodic = "Dcm/DspPeriodic.cs";
    private const string OutOfRange = "return message.Refuse(Nrc.RequestOutOfRange);";
    private const string AnyLength = "if (message.RequestLength != RequestLength)";
    private const string Never = "if (false)";

    public static IReadOnlyList<ConformanceMutant> All { get; } =
    [
        // 22.
        Row("every record has the first identifier", Sid22, "message.AppendU16(identifier);", "message.AppendU16(BigEndian.ReadU16(message.Request, 1));", "SVC-003"),
        Row("one unknown identifier spoils the others", Sid22, "                continue;\n", "                " + OutOfRange + "\n", "SVC-004"),
        Row("half an identifier is taken", Sid22, "length % IdentifierLength != 0 || ", "", "SVC-007"),
        Row("nothing known is answered by nothing", Sid22, "return _isAnyKnown ? StdReturn.Ok : message.Refuse(Nrc.RequestOutOfRange);", "return StdReturn.Ok;", "SVC-005"),
        Row("an unknown identifier gets 22", Sid22, "_isAnyKnown ? StdReturn.Ok : message.Refuse(Nrc.RequestOutOfRange);", "_isAnyKnown ? StdReturn.Ok : message.Refuse(Nrc.ConditionsNotCorrect);", "SVC-005"),
        Row("records lack their last byte", Sid22, "message.ResponseLength += length;", "message.ResponseLength += length - 1;", "SVC-002"),
        Row("F186 tells another session", "Dcm/DspRecords.cs", "into[offset] = _parts.Session.Active;", "into[offset] = DcmSession.Default;", "SVC-009"),

        // 14 and 19.
        Row("an unknown group is cleared", Sid14, OutOfRange, "return StdReturn.Ok;", "SVC-031"),
        Row("a longer clear is taken", Sid14, AnyLength, "if (message.RequestLength < RequestLength)", "SVC-122"),
        Row("the status availability mask differs from one sub-function to the other", Sid19, "message.Append(DemStatus.AvailabilityMask);\n        message.Append(FormatIdentifier);", "message.Append(0xFF);\n        message.Append(FormatIdentifier);", "SVC-025", "SVC-020"),
        Row("the DTC format is another one", Sid19, "message.Append(FormatIdentifier);", "message.Append(0x04);", "SVC-020"),
        Row("DTCs are listed whatever the mask", Sid19, "return (_dem.StatusAt(index) & DemStatus.AvailabilityMask & message.Request[2]) != 0;", "return true;", "SVC-022", "SVC-023"),
        Row("the number of DTCs is that of all", Sid19, "count += (ushort)(IsListed(message, ByStatusMask, i) ? 1 : 0);", "count++;", "SVC-021"),
        Row("fault detection counters have a mask before them", Sid19, "if (subFunction != FaultDetectionCounters)", "if (true)", "SVC-029"),
        Row("an unknown DTC gets 22", Sid19, OutOfRange, "return message.Refuse(Nrc.ConditionsNotCorrect);", "SVC-026", "SVC-027"),
        Row("a longer 19 is taken", Sid19, "if (message.RequestLength != LengthOf(message.SubFunction))", "if (message.RequestLength < LengthOf(message.SubFunction))", "SVC-123"),
        Row("the list of supported DTCs lacks the last", Sid19, "            if (!IsListed(message, subFunction, i))", "            if (!IsListed(message, subFunction, i) || (subFunction == Supported && i == _dem.Count - 1))", "SVC-024"),

        // 28, 85.
        Row("any communication type is taken", Sid28, "if (communicationType < NormalCommunication || communicationType > NormalAndNetworkManagement)", Never, "SVC-051"),
        Row("a longer 28 is taken", Sid28, AnyLength, Never, "SVC-126"),
        Row("a longer 85 is taken", "Dcm/Sid85ControlDtcSetting.cs", AnyLength, Never, "SVC-137"),

        // 2A, 2C.
        Row("periodic sending cannot be stopped", Sid2A, "            _periodic.StopAll();\n", "", "SVC-063"),
        Row("an unknown transmission mode stops", Sid2A, "bool isStop = mode == StopSending;", "bool isStop = mode >= StopSending;\n        mode = isStop ? StopSending : mode;", "SVC-065"),
        Row("the fast rate is the slow one", Periodic, "config.PeriodicMediumMs, config.PeriodicFastMs }", "config.PeriodicMediumMs, config.PeriodicSlowMs }", "SVC-062"),
        Row("periodic sending goes on in other sessions", Periodic, "if (!_session.IsIn(DcmSession.InExtended))", Never, "SVC-064"),
        Row("an unknown periodic identifier is accepted", Sid2A, "if (!isAnyKnown || ", "if (", "SVC-066"),
        Row("a definition reads past its source", Sid2C, "position == 0 || size == 0 || position - 1 + size > ", "position == 0 || size == 0 || position - 1 > ", "SVC-074"),
        Row("a definition of half a source is taken", Sid2C, "if (length < PartLength || length % PartLength != 0)", "if (length < PartLength)", "SVC-069"),
        Row("positions of definitions count from zero", "Dcm/DspRecords.cs", "System.Array.Copy(whole ?? _whole, position - 1, into, offset, size);", "System.Array.Copy(whole ?? _whole, position % length, into, offset, size - (position == length ? 1 : 0));", "SVC-067"),

        // 2E, 2F.
        Row("a record of another length is written", Sid2E, "if (message.RequestLength != RecordOffset + DspRecords.FingerprintLength)", Never, "SVC-072"),
        Row("an identifier that cannot be written gets 22", Sid2E, "!= DspRecords.Fingerprint)\n        {\n            " + OutOfRange, "!= DspRecords.Fingerprint)\n        {\n            return message.Refuse(Nrc.ConditionsNotCorrect);", "SVC-071"),
        Row("another record is stored than was written", Sid2E, "NvMBlock.Fingerprint, request, RecordOffset, ", "NvMBlock.Fingerprint, request, RecordOffset - 1, ", "SVC-070"),
        Row("outputs are controlled without access", "Dcm/DsdTable.cs", "Add(0x2F, Extended, NeedsAccess", "Add(0x2F, Extended, IsFree", "SVC-211"),
        Row("control of a value of another length is taken", Sid2F, "if (message.RequestLength != ValueOffset + (parameter == ShortTermAdjustment ? SignalType.Length(type) : 0))", "if (message.RequestLength < ValueOffset + (parameter == ShortTermAdjustment ? SignalType.Length(type) : 0))", "SVC-085"),
        Row("an adjusted output does not change", "Data/OutputTable.cs", "        if (isInside)\n        {\n            Force(index, raw);\n        }\n", "", "SVC-081"),

        // 31.
        Row("an unknown routine gets 12", Sid31, OutOfRange, "return message.Refuse(Nrc.SubFunctionNotSupported);", "SVC-091"),
        Row("option records of any length are taken", Sid31, "if (optionLength != DspRoutineTable.AnyLength && ", "if (false && ", "SVC-093", "SVC-132"),
        Row("routines run without access", Sid31, "if (_routines.IsAccessNeeded(routine) && ", "if (false && ", "SVC-092", "LC-065"),
        Row("the answer of a routine has another identifier", Sid31, "message.AppendU16(identifier);", "message.AppendU16((ushort)(identifier ^ 1));", "SVC-090"),
    ];
}
