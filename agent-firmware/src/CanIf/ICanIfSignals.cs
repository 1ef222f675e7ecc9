// What CanIf tells whoever reads signals out of the frames of others.
// Invariant: called from CanIf.MainFunction only; the bytes are the driver's and are gone after the call.
// Tests: tests/agent-firmware/CanIf.
namespace EsyncAgent;

/// <summary>Receiver of the frames of <see cref="CanIfConfig.SignalRxIds"/>.</summary>
public interface ICanIfSignals
{
    /// <summary>
    /// A frame with the identifier at <paramref name="index"/>. <paramref name="data"/> holds eight bytes, of which
    /// <paramref name="length"/> came; some drivers lose the length and always say 8.
    /// </summary>
    void SignalIndication(int index, byte[] data, int length);
}
