// MQTT topic filters: + stands for one level, # at the end for all that follow; $share/NAME/ before a filter lets those who share the name
// take turns, and says nothing about topics.
// Clauses: MQTT 5.0 §4.7.1, §4.8.2.
// Tests: tests/host-sim/Server.
namespace EsyncSim.Server;

/// <summary>Matches topics with filters.</summary>
public static class TopicFilter
{
    private const string Share = "$share/";

    /// <summary>A filter whose messages are shared by all that subscribe with it.</summary>
    public static string Shared(string name, string filter) => $"{Share}{name}/{filter}";

    /// <summary>True when those who subscribe with the filter take turns.</summary>
    public static bool IsShared(string filter) => filter.StartsWith(Share, StringComparison.Ordinal);

    /// <summary>True for a filter that is one topic, without wildcards and unshared.</summary>
    public static bool IsOneTopic(string filter) => filter.AsSpan().IndexOfAny('+', '#') < 0 && !IsShared(filter);

    /// <summary>True when a message on <paramref name="topic"/> is meant by <paramref name="filter"/>.</summary>
    public static bool Matches(string filter, string topic)
    {
        string[] wanted = filter.Split('/');
        if (wanted is ["$share", _, ..])
        {
            wanted = wanted[2..];
        }

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
