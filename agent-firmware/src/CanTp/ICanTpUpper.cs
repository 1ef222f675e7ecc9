// What CanTp asks of and tells the module above it: the diagnostic server in an ECU, the tester in host-sim.
// Invariants: a buffer that was given belongs to CanTp until RxIndication; every accepted Transmit is answered by
// exactly one TxConfirmation, never from within Transmit itself.
// Tests: tests/agent-firmware/CanTp.
namespace EsyncAgent;

/// <summary>User of the transport layer (ISO 15765-2:2016 §8.2: N_USData indications and confirmation).</summary>
public interface ICanTpUpper
{
    /// <summary>
    /// A message of <paramref name="length"/> bytes begins (N_USData_FF.indication, or a single frame). Answers a buffer
    /// of at least that length; null when there is none, so that the peer is told OVFLW or the single frame is
    /// dropped; an array of length 0 for "not now": the peer is told WAIT and the question comes again, up to WFTmax
    /// times (a single frame is dropped).
    /// </summary>
    byte[] StartOfReception(bool isFunctional, uint length);

    /// <summary>
    /// A reception for which a buffer was given has ended (N_USData.indication). <paramref name="length"/> bytes of it
    /// are in the buffer: the whole message only when <paramref name="result"/> is <see cref="CanTpResult.Ok"/>.
    /// </summary>
    void RxIndication(bool isFunctional, uint length, CanTpResult result);

    /// <summary>The transmission has ended and its data may be changed (N_USData.confirm); the next may start from here.</summary>
    void TxConfirmation(CanTpResult result);
}
