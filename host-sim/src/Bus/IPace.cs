// What ties a clock to the world outside. A simulation has none; a real bus has one that follows the wall clock.
// Invariants: called on the pump's thread only; NowNs never goes back; TakeIn runs after the clock was moved, so that what
// came in is handled at the moment at which it came, and before any event that is due at that moment.
// Tests: tests/host-sim/Bus/Real/PacedTimeTests.cs.
namespace EsyncSim.Bus;

/// <summary>The pace of a <see cref="VirtualTime"/> that runs against the world.</summary>
public interface IPace
{
    /// <summary>The present moment, in nanoseconds of the clock that is paced.</summary>
    long NowNs { get; }

    /// <summary>Waits for the moment, or until something came in, or for as long as the pump may sleep.</summary>
    void Wait(long untilNs);

    /// <summary>Hands what came in to those whom it concerns.</summary>
    void TakeIn();

    /// <summary>Ends the present wait early, for something was posted: the one member that other threads call. Who waits briefly need not.</summary>
    void Wake()
    {
    }
}
