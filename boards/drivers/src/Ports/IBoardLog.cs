// Port to where a board's program says what it does: lines for people.
// Tests: through AgentWatch and AgentLoop, tests/boards/drivers.
namespace EsyncAgent.Drivers;

/// <summary>The log.</summary>
public interface IBoardLog
{
    /// <summary>Writes one line.</summary>
    void Write(string line);
}
