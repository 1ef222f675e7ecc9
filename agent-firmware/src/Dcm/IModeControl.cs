// What the diagnostic server asks of the ECU's mode management. EcuM implements it; the server stays below EcuM.
// Inputs only note the wish; whoever implements it acts in its own cycle.
// Tests: tests/agent-firmware/Dcm.
namespace EsyncAgent;

/// <summary>Mode switches that services 11 and 28 ask for (AUTOSAR: BswM).</summary>
public interface IModeControl
{
    /// <summary>
    /// Resets the ECU. Called once the positive response to 11 has left (ISO 14229-1:2020 §10.3), or could not leave
    /// within a bounded time. <paramref name="isHard"/>: 11 01, otherwise 11 03.
    /// </summary>
    void RequestReset(bool isHard);

    /// <summary>
    /// Switches communication other than diagnostics (ISO 14229-1:2020 §10.5). <paramref name="controlType"/>: 00 enable
    /// both directions, 01 receive only, 02 send only, 03 neither; <paramref name="communicationType"/>: 01 normal,
    /// 02 network management, 03 both. The default session restores 00, 03.
    /// </summary>
    void CommunicationControl(byte controlType, byte communicationType);
}
