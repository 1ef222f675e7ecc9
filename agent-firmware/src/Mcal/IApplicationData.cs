// What the agent's data gathering offers to the running application, behind the contract's IApplicationServices: whoever
// runs applications passes their calls on to it.
// Invariants: may be called from the application's own thread; returns at once; an identifier that nf.config does not have
// is passed over, so that one application serves ECUs with more and with fewer signals.
// Tests: tests/agent-firmware/Data.
namespace EsyncAgent;

/// <summary>Signals that an application publishes, and the outputs that a tester may take over (service 2F).</summary>
public interface IApplicationData
{
    /// <summary>Notes the raw value of a signal; what was noted and not yet taken is overtaken.</summary>
    void Publish(ushort dataIdentifier, int rawValue);

    /// <summary>What an output is to be set to: a tester's value while he controls it, otherwise <paramref name="wanted"/>.</summary>
    int Output(ushort dataIdentifier, int wanted);
}
