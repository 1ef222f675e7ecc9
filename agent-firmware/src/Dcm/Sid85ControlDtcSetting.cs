// Service 85, ControlDTCSetting (ISO 14229-1:2020 §10.8): 01 on, 02 off. While off, no status byte changes; the default
// session switches on again (DslSession).
// Tests: tests/agent-firmware/Dcm/Sid85ControlDtcSettingTests.cs.
namespace EsyncAgent;

/// <summary>Switches the update of DTC status bytes.</summary>
public sealed class Sid85ControlDtcSetting : DspService
{
    private const int RequestLength = 2;
    private const byte On = 0x01;

    private readonly DcmParts _parts;

    /// <summary>Makes the service.</summary>
    public Sid85ControlDtcSetting(DcmParts parts)
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

        _parts.Dem.IsStorageEnabled = message.SubFunction == On;
        return StdReturn.Ok;
    }
}
