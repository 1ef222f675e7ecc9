// What a tester needs of a transport: whole diagnostic messages to and from one ECU, in virtual time.
// Invariant: one conversation at a time; a message that nobody asked for stays queued until Discard.
// Must not know UDS.
// Tests: tests/host-sim/Client.
using EsyncSim.Bus;

namespace EsyncSim.Client;

/// <summary>A diagnostic connection to one ECU.</summary>
public interface IDiagnosticLink
{
    /// <summary>Clock of the connection.</summary>
    VirtualTime Time { get; }

    /// <summary>
    /// True when the last request was given up with a block of eight frames sent at the most: no flow control answered its first frame or its
    /// first block. False as well where the transport does not tell.
    /// </summary>
    bool IsFirstBlockUnanswered => false;

    /// <summary>Sends a physically addressed request; true when its last frame has left, false when the transport gave up.</summary>
    Task<bool> SendAsync(ReadOnlyMemory<byte> request);

    /// <summary>Sends a functionally addressed request of at most 7 bytes.</summary>
    Task<bool> SendFunctionalAsync(ReadOnlyMemory<byte> request);

    /// <summary>
    /// Takes the next message from the ECU. Null when none began within the time; a message that has begun is awaited
    /// to its end, as ISO 14229-2:2013 §7.2 counts P2 to the first frame.
    /// </summary>
    Task<byte[]?> ReceiveAsync(long timeoutNs);

    /// <summary>Forgets what was received and not taken.</summary>
    void Discard();
}
