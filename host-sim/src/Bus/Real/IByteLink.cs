// Bytes to and from an adapter or a server: a serial line or a TCP connection, behind one face.
// Invariants: no call but Wait waits; whoever is gone on the other side shows as an error, never as silence.
// Tests: tests/host-sim/Bus/Real.
namespace EsyncSim.Bus.Real;

/// <summary>A line of bytes.</summary>
internal interface IByteLink : IDisposable
{
    /// <summary>Takes what came; 0 when nothing did.</summary>
    /// <exception cref="UserErrorException">The line cannot be used any more.</exception>
    int Read(Span<byte> into);

    /// <summary>Hands over as many bytes as there is room for; returns how many.</summary>
    /// <exception cref="UserErrorException">The line cannot be used any more.</exception>
    int Write(ReadOnlySpan<byte> from);

    /// <summary>Waits until something came, or for so many nanoseconds at most.</summary>
    void Wait(long timeoutNs);
}
