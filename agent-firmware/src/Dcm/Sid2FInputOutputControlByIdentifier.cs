// Service 2F, InputOutputControlByIdentifier (ISO 14229-1:2020 §13.2) over the outputs of nf.config: 00 returnControlToECU,
// 01 resetToDefault, 02 freezeCurrentState, 03 shortTermAdjustment.
// `2F DID parameter (value)` → `6F DID parameter value`, the value being what the output is set to from now on. An output is one
// value, so that there is no mask. What a tester holds goes back with its access and its session (DslSession).
// Tests: tests/agent-firmware/Dcm/Sid2FInputOutputControlByIdentifierTests.cs.
namespace EsyncAgent;

/// <summary>Takes outputs over and gives them back.</summary>
public sealed class Sid2FInputOutputControlByIdentifier : DspService
{
    private const int ParameterOffset = 3;
    private const int ValueOffset = 4;
    private const byte ReturnControlToEcu = 0x00;
    private const byte ResetToDefault = 0x01;
    private const byte FreezeCurrentState = 0x02;
    private const byte ShortTermAdjustment = 0x03;

    private readonly OutputTable _outputs;

    /// <summary>Makes the service.</summary>
    public Sid2FInputOutputControlByIdentifier(DcmParts parts)
    {
        _outputs = parts.Data.Outputs;
    }

    /// <inheritdoc/>
    public override StdReturn Start(DcmMessage message)
    {
        byte[] request = message.Request;
        ushort identifier = BigEndian.ReadU16(request, 1);
        int index = _outputs.IndexOf(identifier);
        byte parameter = request[ParameterOffset];
        if (index < 0 || parameter > ShortTermAdjustment)
        {
            return message.Refuse(Nrc.RequestOutOfRange);
        }

        byte type = _outputs.TypeOf(index);
        if (message.RequestLength != ValueOffset + (parameter == ShortTermAdjustment ? SignalType.Length(type) : 0))
        {
            return message.Refuse(Nrc.IncorrectMessageLength);
        }

        switch (parameter)
        {
            case ReturnControlToEcu:
                _outputs.Return(index);
                break;
            case ResetToDefault:
                _outputs.Reset(index);
                break;
            case FreezeCurrentState:
                _outputs.Freeze(index);
                break;
            default:
                if (!_outputs.Adjust(index, SignalType.Read(type, request, ValueOffset)))
                {
                    return message.Refuse(Nrc.RequestOutOfRange);
                }

                break;
        }

        message.AppendU16(identifier);
        message.Append(parameter);
        message.ResponseLength += SignalType.Write(type, _outputs.Value(index), message.Response, message.ResponseLength);
        return StdReturn.Ok;
    }
}
