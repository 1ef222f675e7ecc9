// Messages in virtual time: each takes a while that the seed decides, and none overtakes another between two parties.
// For simulations and tests, where latency is to be part of the run and the run is to be repeatable.
// Tests: tests/host-sim/Server.
using EsyncSim.Bus;

namespace EsyncSim.Server;

/// <summary>A network inside the simulation.</summary>
public sealed class VirtualMessageNetwork(VirtualTime time, ulong seed, int latencyMsMin = 5, int latencyMsMax = 80) : IMessageNetwork
{
    private readonly SeededRandom _random = new(seed, "message-network");
    private readonly List<Subscription> _subscriptions = [];

    /// <inheritdoc/>
    public string Description => $"virtual, {latencyMsMin} to {latencyMsMax} ms";

    /// <inheritdoc/>
    public IMessageLink Join(string name) => new Link(this);

    /// <inheritdoc/>
    public void Dispose() => _subscriptions.Clear();

    private void Publish(string topic, byte[] payload)
    {
        foreach (Subscription subscription in _subscriptions.Where(s => TopicFilter.Matches(s.Filter, topic)).ToArray())
        {
            long latencyNs = (latencyMsMin + _random.Next(latencyMsMax - latencyMsMin + 1)) * VirtualTime.NsPerMs;
            long arrivalNs = Math.Max(time.NowNs + latencyNs, subscription.LastArrivalNs);
            subscription.LastArrivalNs = arrivalNs;
            time.After(arrivalNs - time.NowNs, () => subscription.Handler(topic, payload));
        }
    }

    private sealed class Subscription(string filter, MessageHandler handler)
    {
        public string Filter { get; } = filter;

        public MessageHandler Handler { get; } = handler;

        public long LastArrivalNs { get; set; }
    }

    private sealed class Link(VirtualMessageNetwork network) : IMessageLink
    {
        public void Subscribe(string filter, MessageHandler handler) => network._subscriptions.Add(new Subscription(filter, handler));

        public void Publish(string topic, ReadOnlyMemory<byte> payload) => network.Publish(topic, payload.ToArray());
    }
}
