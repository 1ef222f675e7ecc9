// What CanIf tells the module above it.
// Invariant: called from CanIf.MainFunction only, one frame after the other; the bytes are the driver's and are gone
// after the call.
// Tests: tests/agent-firmware/CanIf.
namespace EsyncAgent;

/// <summary>Receiver of the frames that CanIf lets through (AUTOSAR: <c>&lt;User&gt;_RxIndication</c>).</summary>
public interface ICanIfUpper
{
    /// <summary>
    /// A frame with one of the two identifiers of the connection. <paramref name="data"/> holds
    /// <paramref name="length"/> bytes, 1 to 8, and is valid during the call only.
    /// </summary>
    void RxIndication(bool isFunctional, byte[] data, int length);
}
