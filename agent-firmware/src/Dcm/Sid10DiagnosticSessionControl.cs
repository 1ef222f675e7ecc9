// Service 10, DiagnosticSessionControl (ISO 14229-1:2020 §10.2).
// `10 session` → `50 session P2server_max(2, ms) P2*server_max(2, 10 ms)`. Which session may be entered from which is
// in the dispatch table; what a change takes along is in DslSession.
// Tests: tests/agent-firmware/Dcm/Sid10DiagnosticSessionControlTests.cs.
namespace EsyncAgent;

/// <summary>Enters a diagnostic session.</summary>
public sealed class Sid10DiagnosticSessionControl : DspService
{
    private const int RequestLength = 2;
    private const int P2StarUnitMs = 10;

    private readonly DcmParts _parts;

    /// <summary>Makes the service.</summary>
    public Sid10DiagnosticSessionControl(DcmParts parts)
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

        _parts.Session.Enter(message.SubFunction);
        message.AppendU16(_parts.Config.P2ServerMsMax);
        message.AppendU16((ushort)(_parts.Config.P2StarServerMsMax / P2StarUnitMs));
        return StdReturn.Ok;
    }
}
