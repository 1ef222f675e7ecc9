// Service 3E, TesterPresent (ISO 14229-1:2020 §10.7). Being served is all that it takes: S3 starts again after every
// request. While another request is served, DslConversation takes care of it.
// Tests: tests/agent-firmware/Dcm/Sid3ETesterPresentTests.cs, SecondTesterTests.cs.
namespace EsyncAgent;

/// <summary>Keeps a session alive.</summary>
public sealed class Sid3ETesterPresent : DspService
{
    private const int RequestLength = 2;

    /// <inheritdoc/>
    public override StdReturn Start(DcmMessage message)
    {
        return message.RequestLength == RequestLength ? StdReturn.Ok : message.Refuse(Nrc.IncorrectMessageLength);
    }
}
