// Service 85, ControlDTCSetting (ISO 14229-1:2020 §10.8): 01 on, 02 off. While off, reports of tests do not count: neither
// status bytes nor fault detection counters nor snapshots change, so that nobody hears of a change; 14 clears all the same.
// What happened meanwhile is not made up for: the next report after on counts from where the counter stood. The default
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
