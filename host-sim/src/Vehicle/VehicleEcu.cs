// One ECU as the vehicle's client sees it: the conversation with it, who may have it, and how careful an update of it is.
// Tests: tests/Vehicle.
using EsyncSim.Client;
using EsyncSim.Data;

namespace EsyncSim.Vehicle;

/// <summary>An ECU of the vehicle.</summary>
/// <param name="Name">Name in nf.config.</param>
/// <param name="Client">Conversation with it.</param>
/// <param name="Policy">Patience and trial time of its updates; the goal is the server's.</param>
/// <param name="Observer">Hears what updates do; null when nobody does.</param>
public sealed record VehicleEcu(string Name, EcuClient Client, UpdatePolicy Policy, IUpdateObserver? Observer = null)
{
    /// <summary>Name of the bus that it is on: the vehicle's client works on one ECU of a bus after the other, and on buses side by side.</summary>
    public string Bus { get; init; } = "can";

    /// <summary>Its signals, by which a refusal of rules is told; null when they are not known.</summary>
    public SignalCatalogue? Signals { get; init; }

    /// <summary>Hardware class, for the server's inventory; null when it is not known.</summary>
    public Guid? ClassId { get; init; }

    /// <summary>How its failures are told when the server gave versions to return to.</summary>
    public RollbackMode Rollback { get; init; }

    /// <summary>
    /// True: while the server brings it back to an older version it says that it runs another one than it does, so that the older one is
    /// installed even where it runs already (libua: fake rollback version).
    /// </summary>
    public bool FakesVersionOnRollback { get; init; }

    /// <summary>Updates and the collection of reports go through it, one at a time.</summary>
    public EcuGate Gate { get; } = Guard(Client);

    // Whoever transfers for a long time lets those in who can do with a place between two requests.
    private static EcuGate Guard(EcuClient client)
    {
        EcuGate gate = new(client.Time);
        client.BetweenBlocks = () => gate.HasGuests ? gate.HostAsync() : Task.CompletedTask;
        return gate;
    }
}
