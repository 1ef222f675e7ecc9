// Faults in services 34, 36 and 37.
using static EsyncTests.HostSim.Conformance.ConformanceMutants;

namespace EsyncTests.HostSim.Conformance;

internal static class DownloadMutants
{
    private const string Sid34 = "Dcm/Sid34RequestDownload.cs";
    private const string Sid36 = "Dcm/Sid36TransferData.cs";
    private const string Sid37 = "Dcm/Sid37RequestTransferExit.cs";
    private const string SequenceError = "return message.Refuse(Nrc.RequestSequenceError);";
    private const string Conditions = "return message.Refuse(Nrc.ConditionsNotCorrect);";
    private const string Never = "if (false)";

    public static IReadOnlyList<ConformanceMutant> All { get; } =
    [
        Row("a download is there in every session", "Dcm/DsdTable.cs", "Add(0x34, Programming", "Add(0x34, All", "SVC-193"),
        Row("the address and length format is not looked at", Sid34, "if (message.Request[2] != FourByteAddressAndSize)", Never, "DL-002"),
        Row("a longer 34 is taken", Sid34, "if (message.RequestLength != RequestLength)", "if (message.RequestLength < RequestLength)", "SVC-133"),
        Row("a download of nothing is taken", "Fota/Download.cs", "_size == 0 || _size > longest || ", "_size > longest || ", "DL-004"),
        Row("a download that is too long is taken", "Fota/Download.cs", "_size > longest || _size > staging.Length", "false", "DL-005"),
        Row("longer blocks are announced than are taken", Sid34, "message.AppendU16(_parts.Config.MessageLengthMax);", "message.AppendU16((ushort)(_parts.Config.MessageLengthMax + 64));", "DL-001", "DL-021"),
        Row("a second download takes the place of the first", Sid34, "isRepeated ? Accept(message) : message.Refuse(Nrc.ConditionsNotCorrect)", "Accept(message)", "DL-008"),
        Row("an address outside of memory gets 22", Sid34, "            case FotaError.EnvelopeTooLong:\n", "            case FotaError.EnvelopeTooLong:\n                return Nrc.ConditionsNotCorrect;\n", "DL-005"),
        Row("blocks in any order are taken", Sid36, "if (counter != _transfer.NextCounter)", Never, "DL-023", "DL-025"),
        Row("a wrong block counter gets 24", Sid36, "message.Refuse(Nrc.WrongBlockSequenceCounter)", "message.Refuse(Nrc.RequestSequenceError)", "DL-023"),
        Row("a repeated block is refused", Sid36, "if (!_transfer.IsRepeated(counter))", "if (true)", "DL-026"),
        Row("a repeated block is written again", Sid36, "            return AnswerRepetition(message, counter);\n", "            if (!_transfer.IsRepeated(counter))\n            {\n                return AnswerRepetition(message, counter);\n            }\n", "DL-027"),
        Row("the first block may have counter 00", "Dcm/DspTransfer.cs", "return counter == _lastCounter && !_isFirst;", "return counter == _lastCounter;", "DL-024"),
        Row("the block counter goes from FF to 01", "Dcm/DspTransfer.cs", "return (byte)(_lastCounter + 1);", "return (byte)(_lastCounter == 0xFF ? 1 : _lastCounter + 1);", "DL-022"),
        Row("too many bytes get 10", Sid36, "message.Refuse(Nrc.TransferDataSuspended)", "message.Refuse(Nrc.GeneralReject)", "DL-028"),
        Row("a block without a download gets 22", Sid36, SequenceError, Conditions, "DL-029"),
        Row("a block without data is taken", Sid36, "if (count == 0)", Never, "DL-030"),
        Row("the answer to a block lacks its counter", Sid36, "            message.Append(request[1]);\n", "", "DL-020"),
        Row("the end of a transfer comes too early and gets 22", Sid37, SequenceError, Conditions, "DL-041"),
        Row("a transfer cannot be ended twice", Sid37, "                return StdReturn.Ok;\n", "                " + SequenceError + "\n", "LC-010"),
        Row("a longer 37 is taken", Sid37, "if (message.RequestLength != RequestLength)", Never, "SVC-135"),
    ];
}
