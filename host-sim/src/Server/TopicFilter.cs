// MQTT topic filters: + stands for one level, # at the end for all that follow.
// Clause: MQTT 5.0 §4.7.1.
// Tests: tests/host-sim/Server.
namespace EsyncSim.Server;

/// <summary>Matches topics with filters.</summary>
public static class TopicFilter
{
    /// <summary>True when a message on <paramref name="topic"/> is meant by <paramref name="filter"/>.</summary>
    public static bool Matches(string filter, string topic)
    {
        string[] wanted = filter.Split('/');
        string[] levels = topic.Split('/');
        for (int i = 0; i < wanted.Length; i++)
        {
            if (wanted[i] == "#")
            {
                return true;
            }

            if (i >= levels.Length || (wanted[i] != "+" && wanted[i] != levels[i]))
            {
                return false;
            }
        }

        return wanted.Length == levels.Length;
    }
}
