// Faults in the transport, ISO 15765-2. The tester of a mutated program has the same transport and the same fault; cases
// that find these speak in frames.
using static EsyncTests.HostSim.Conformance.ConformanceMutants;

namespace EsyncTests.HostSim.Conformance;

internal static class TransportMutants
{
    private const string Sender = "CanTp/CanTpSender.cs";
    private const string Receiver = "CanTp/CanTpReceiver.cs";
    private const string Never = "if (false)";

    public static IReadOnlyList<ConformanceMutant> All { get; } =
    [
        // The ECU sends.
        Row("STmin of the receiver is not kept", Sender, "_gapUs = separationTimeUs == 0 ? 0 : separationTimeUs + _config.FrameTimeUs;", "_gapUs = 0;", "TP-056", "TP-057"),
        Row("reserved codes of STmin are no time at all", "CanTp/CanTpFlowControl.cs", ": 127000;", ": 0;", "TP-060", "TP-063"),
        Row("BS of the receiver is not kept", Sender, "_blockLeft = data[1] == 0 ? int.MaxValue : data[1];", "_blockLeft = int.MaxValue;", "TP-053", "TP-054"),
        Row("consecutive frames do not wait for the flow control", Sender, "        _state = _left == 0 ? LastLeaving : AwaitFlowControl;", "        _blockLeft = int.MaxValue;\n        _gapUs = 0;\n        _state = _left == 0 ? LastLeaving : Consecutive;", "TP-072"),
        Row("a flow control WAIT is taken for ContinueToSend", Sender, "switch (data[0] & 0x0F)", "switch (data[0] & 0x0E)", "TP-065"),
        Row("WAIT is accepted without end", Sender, "if (_waitCount >= _config.WaitFrameMax)", Never, "TP-067"),
        Row("the receiver's overflow does not end the message", Sender, "                End(CanTpResult.BufferOverflow);\n", "", "TP-069"),
        Row("an unknown flow status does not end the message", Sender, "                End(CanTpResult.InvalidFs);\n", "", "TP-070", "TP-071"),
        Row("N_Bs does not run out", Sender, "else if (nowMs - _sinceMs >= _config.NBsMs)", "else if (false)", "TP-072", "TP-074"),
        Row("the sequence number goes from 15 to 1", Sender, "_sequenceNumber = (_sequenceNumber + 1) & 0x0F;", "_sequenceNumber = _sequenceNumber == 0x0F ? 1 : _sequenceNumber + 1;", "TP-052"),
        Row("the first consecutive frame has number 0", Sender, "_sequenceNumber = 1;", "_sequenceNumber = 0;", "TP-051"),
        Row("a single frame is filled with zeros", Sender, "Array.Copy(_padding, 0, _frame, 1 + _left, 7 - _left);", "Array.Clear(_frame, 1 + _left, 7 - _left);", "TP-012"),
        Row("the last consecutive frame is filled with old bytes", Sender, "            Array.Copy(_padding, 0, _frame, 1 + count, 7 - count);\n", "", "TP-079"),
        Row("six bytes are sent as a first frame", Sender, "if (count <= 7)", "if (count <= 5)", "TP-049"),

        // The ECU receives.
        Row("a wrong sequence number is accepted", Receiver, "if (pci != _expectedPci)", "if ((pci & 0xF0) != (_expectedPci & 0xF0))", "TP-034"),
        Row("a wrong sequence number of a last frame is accepted", Receiver, "if (data[0] == _expectedPci)", "if ((data[0] & 0xF0) == (_expectedPci & 0xF0))", "TP-030"),
        Row("a wrong sequence number does not end the message", Receiver, "            End(CanTpResult.WrongSn);\n", "", "TP-030", "TP-031"),
        Row("N_Cr does not run out", Receiver, "if (elapsedMs >= _config.NCrMs)", Never, "TP-037"),
        Row("a message that is too long is not answered by OVFLW", Receiver, "            _flowStatus = Overflow;\n", "            _flowStatus = Overflow;\n            _state = Idle;\n", "LC-034"),
        Row("a message that is too long is answered by WAIT", Receiver, "            _flowStatus = Overflow;\n", "            _flowStatus = Wait;\n", "TP-026"),
        Row("a first frame on the functional address is answered", "CanTp/CanTp.cs", "            if (data[0] <= 0x0F)", "            if (data[0] >> 4 == 1)\n            {\n                _receiver.TakeFirst(data, length);\n            }\n            else if (data[0] <= 0x0F)", "TP-091"),
        Row("a single frame of length 0 is taken for seven bytes", Receiver, "int count = data[0] & 0x0F;", "int count = (data[0] & 0x0F) == 0 ? 7 : data[0] & 0x0F;", "TP-002"),
        Row("a first frame that announces seven bytes is taken", Receiver, "else if (announced < 8)", "else if (announced < 2)", "TP-022"),
        Row("a length of 32 bits that 12 could hold is taken", Receiver, "if (announced <= 0xFFF)", "if (announced < 8)", "TP-025"),
        Row("a single frame does not end the message before it", Receiver, "            EndUnexpected();\n        }\n\n        byte[] buffer", "        }\n\n        byte[] buffer", "TP-080"),
        Row("a functional frame ends a message under way", Receiver, "if (!isFunctional)", "if (true)", "TP-092"),
        Row("a second first frame does not end the message before it", Receiver, "        EndUnexpected();\n        _length = announced;", "        if (_state == Consecutive)\n        {\n            return;\n        }\n\n        _length = announced;", "TP-081"),
        Row("no flow control follows a block", Receiver, "_endFrameAt = EndFrameAt(_frame[1]);", "_endFrameAt = EndFrameAt(0);", "TP-039"),
        Row("flow controls are filled with zeros", Receiver, "        Bytes.Fill(_frame, 0, _frame.Length, config.Padding);\n", "", "TP-012"),
    ];
}
