// What an application implements to be started by the agent. Contract version 2, frozen: additions are a new version.
// An application has no static constructor that works, no thread of its own, and returns from every call at once;
// the agent watches Cycle and resets the ECU when it stops coming back.
// Tests: tests/host-sim/Applications.
namespace EsyncAgent.App;

/// <summary>An application bundle's entry; the bundle names the class, which needs a public constructor without parameters.</summary>
public interface IApplication
{
    /// <summary>False while an update must wait (vehicle moving and the like). Asked by check programming preconditions.</summary>
    bool IsUpdateAllowed { get; }

    /// <summary>Called once, first. Keeps <paramref name="services"/> for later.</summary>
    void Start(IApplicationServices services);

    /// <summary>Called once after <see cref="Start"/>: true when the application found itself and its tables in order.</summary>
    bool SelfTest();

    /// <summary>One turn of work, every 10 ms or slower. Each return counts as a sign of life.</summary>
    void Cycle(uint nowMs);

    /// <summary>Writes the value of a data identifier of the application (0100 to 01FF) and returns its length in bytes, −1 for an unknown one. At most 64 bytes.</summary>
    int ReadDataByIdentifier(ushort dataIdentifier, byte[] into, int offset);
}
