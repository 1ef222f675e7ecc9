// A way to the frames of a real bus: a socket, a serial adapter, a server. One of these for each scheme of --bus.
// Invariants: no call but Wait waits; a frame that was written comes back by TryRead when it has left the bus (where the
// adapter cannot tell, as soon as it was handed over), after the filter: the caller lets its own identifiers through.
// What is no classic data frame (error, remote, FD) never comes out.
// Tests: tests/host-sim/Bus/Real.
namespace EsyncSim.Bus.Real;

/// <summary>A connection to a real CAN bus.</summary>
public interface IFrameChannel : IDisposable
{
    /// <summary>Name in logs, as of a network interface.</summary>
    string Name { get; }

    /// <summary>Lets only these identifiers through.</summary>
    /// <exception cref="UserErrorException">The bus cannot be used any more.</exception>
    void SetFilter(IReadOnlyList<(uint Identifier, bool IsExtended)> accepted);

    /// <summary>Hands a frame over; false when there is no room for it now.</summary>
    /// <exception cref="UserErrorException">The bus cannot be used any more.</exception>
    bool TryWrite(in BusFrame frame);

    /// <summary>Takes the next frame; false when there is none.</summary>
    /// <exception cref="UserErrorException">The bus cannot be used any more.</exception>
    bool TryRead(out BusFrame frame);

    /// <summary>Waits until a frame can be read, or for so many nanoseconds at most.</summary>
    void Wait(long timeoutNs);
}
