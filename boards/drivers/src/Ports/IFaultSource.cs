// Port to a driver that can say in words what keeps it from working.
// Tests: through AgentWatch, tests/boards/drivers.
namespace EsyncAgent.Drivers;

/// <summary>Something with a fault.</summary>
public interface IFaultSource
{
    /// <summary>What is wrong and where to look; null while nothing is. The same text as long as the fault is the same.</summary>
    string Fault { get; }
}
