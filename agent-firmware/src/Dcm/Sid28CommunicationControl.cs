// Service 28, CommunicationControl (ISO 14229-1:2020 §10.5): controlType 00 to 03; communicationType 01 normal,
// 02 network management, 03 both, for the network on which the request came (high nibble 0).
// Diagnostics themselves always go on. The default session restores everything (DslSession).
// Tests: tests/agent-firmware/Dcm/Sid28CommunicationControlTests.cs.
namespace EsyncAgent;

/// <summary>Switches communication other than diagnostics.</summary>
public sealed class Sid28CommunicationControl : DspService
{
    private const int RequestLength = 3;
    private const byte NormalCommunication = 0x01;
    private const byte NormalAndNetworkManagement = 0x03;

    private readonly DcmParts _parts;

    /// <summary>Makes the service.</summary>
    public Sid28CommunicationControl(DcmParts parts)
    {
        _parts = parts;
    }

    /// <inheritdoc/>
    public override StdReturn Start(DcmMessage message)
    {
        if (message.RequestLength != RequestLength)
        {
            return message.Refuse(Nrc.IncorrectMessageLength);
        }

        byte communicationType = message.Request[2];
        if (communicationType < NormalCommunication || communicationType > NormalAndNetworkManagement)
        {
            return message.Refuse(Nrc.RequestOutOfRange);
        }

        _parts.Modes.CommunicationControl(message.SubFunction, communicationType);
        return StdReturn.Ok;
    }
}
