// What a diagnostic service is to the dispatcher: something that starts and, when it could not end at once, goes on
// in every cycle (AUTOSAR: Dsp). Session, access, minimum length and sub-function are checked before Start.
// A service never waits, never sends and never asks for the time of a response: that is Dsl's.
// Tests: one file per service in tests/agent-firmware/Dcm.
namespace EsyncAgent;

/// <summary>One service of the diagnostic server.</summary>
public abstract class DspService
{
    /// <summary>
    /// Serves a request. Ok: the response is complete. NotOk: refused, by <see cref="DcmMessage.Refuse"/>.
    /// Pending: not yet; <see cref="Continue"/> is called every cycle until it says otherwise, and the request stays
    /// where it is.
    /// </summary>
    public abstract StdReturn Start(DcmMessage message);

    /// <summary>Goes on with a request whose last answer was Pending.</summary>
    public virtual StdReturn Continue(DcmMessage message)
    {
        return message.Refuse(Nrc.GeneralReject);
    }
}
