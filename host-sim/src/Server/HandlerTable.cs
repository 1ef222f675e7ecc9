// Who hears which topics: filters with their handlers. A server has a filter for each vehicle, so a topic finds those that name it in one
// step; filters with wildcards are gone through one by one.
// Invariant: handlers of one filter are called in the order in which they came.
// Tests: tests/host-sim/Server/HandlerTableTests.cs.
namespace EsyncSim.Server;

/// <summary>Subscriptions of one party.</summary>
internal sealed class HandlerTable
{
    private readonly Dictionary<string, List<MessageHandler>> _exact = [];
    private readonly List<(string Filter, MessageHandler Handler)> _wild = [];

    /// <summary>All filters, each once.</summary>
    public IEnumerable<string> Filters => _exact.Keys.Concat(_wild.Select(one => one.Filter)).Distinct();

    /// <summary>Adds a handler.</summary>
    public void Add(string filter, MessageHandler handler)
    {
        if (TopicFilter.IsOneTopic(filter))
        {
            if (!_exact.TryGetValue(filter, out List<MessageHandler>? handlers))
            {
                _exact.Add(filter, handlers = []);
            }

            handlers.Add(handler);
        }
        else
        {
            _wild.Add((filter, handler));
        }
    }

    /// <summary>Forgets a filter with its handlers.</summary>
    public void Remove(string filter)
    {
        _exact.Remove(filter);
        _wild.RemoveAll(one => one.Filter == filter);
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _exact.Clear();
        _wild.Clear();
    }

    /// <summary>Those who hear a topic.</summary>
    public IReadOnlyList<MessageHandler> Of(string topic) =>
        [.. _exact.GetValueOrDefault(topic) ?? [], .. _wild.Where(one => TopicFilter.Matches(one.Filter, topic)).Select(one => one.Handler)];
}
