// Messages in virtual time: each takes a while that the seed decides, and none overtakes another between two parties,
// unless a fault says so. For simulations and tests, where latency and losses are to be part of the run and the run is to
// be repeatable.
// Invariant: while the network is down nothing is delivered, neither what is published then nor what was under way.
// Tests: tests/host-sim/Server.
using EsyncSim.Bus;

namespace EsyncSim.Server;

/// <summary>A network inside the simulation.</summary>
public sealed class VirtualMessageNetwork : IMessageNetwork
{
    private readonly VirtualTime _time;
    private readonly int _latencyMsMin;
    private readonly int _latencyMsMax;
    private readonly SeededRandom _random;
    private readonly List<Link> _links = [];
    private readonly List<Subscription> _subscriptions = [];
    private readonly SimEvent _restore;
    private int _outages;
    private int _sharedCount;

    /// <summary>Makes a network whose latency lies between two bounds.</summary>
    public VirtualMessageNetwork(VirtualTime time, ulong seed, int latencyMsMin = 5, int latencyMsMax = 80)
    {
        _time = time;
        _latencyMsMin = latencyMsMin;
        _latencyMsMax = latencyMsMax;
        _random = new SeededRandom(seed, "message-network");
        _restore = time.CreateEvent(Restore);
        Faults = new MessageFaults(seed);
    }

    /// <inheritdoc/>
    public string Description => $"virtual, {_latencyMsMin} to {_latencyMsMax} ms";

    /// <summary>Messages that get lost, come twice or come late.</summary>
    public MessageFaults Faults { get; }

    /// <summary>True between <see cref="GoDown"/> and its end.</summary>
    public bool IsDown { get; private set; }

    /// <summary>Times that the network went down.</summary>
    public int OutageCount => _outages;

    /// <inheritdoc/>
    public IMessageLink Join(string name)
    {
        Link link = new(this);
        _links.Add(link);
        return link;
    }

    /// <summary>Takes the broker away for a while: what is under way is lost too. A second call while it is down sets the end anew.</summary>
    public void GoDown(long durationNs)
    {
        if (!IsDown)
        {
            IsDown = true;
            _outages++;
        }

        _restore.After(durationNs);
    }

    /// <inheritdoc/>
    public void Dispose() => _subscriptions.Clear();

    private void Restore()
    {
        IsDown = false;
        foreach (Link link in _links.ToArray())
        {
            link.Restored?.Invoke();
        }
    }

    private void Publish(string topic, byte[] payload)
    {
        if (IsDown || Faults.Strike(MessageFaultKind.Drop, topic, _time.NowNs) is not null)
        {
            return;
        }

        long lateNs = Faults.Strike(MessageFaultKind.Delay, topic, _time.NowNs)?.NextDelayNs() ?? 0;
        long doubleNs = Faults.Strike(MessageFaultKind.Duplicate, topic, _time.NowNs)?.NextDelayNs() ?? 0;
        foreach (Subscription subscription in ReceiversOf(topic))
        {
            long latencyNs = (_latencyMsMin + _random.Next(_latencyMsMax - _latencyMsMin + 1)) * VirtualTime.NsPerMs;
            long arrivalNs = Math.Max(_time.NowNs + latencyNs, subscription.LastArrivalNs);
            if (lateNs == 0)
            {
                subscription.LastArrivalNs = arrivalNs;
            }

            Deliver(subscription, topic, payload, arrivalNs + lateNs);
            if (doubleNs > 0)
            {
                Deliver(subscription, topic, payload, arrivalNs + doubleNs);
            }
        }
    }

    // Of those that share a subscription one gets the message, each in turn.
    private Subscription[] ReceiversOf(string topic)
    {
        ILookup<string?, Subscription> groups = _subscriptions.Where(s => TopicFilter.Matches(s.Filter, topic)).ToLookup(s => TopicFilter.IsShared(s.Filter) ? s.Filter : null);
        return [.. groups[null], .. groups.Where(group => group.Key is not null).Select(group => group.ElementAt(_sharedCount++ % group.Count()))];
    }

    private void Deliver(Subscription subscription, string topic, byte[] payload, long arrivalNs)
    {
        int outages = _outages;
        _time.After(arrivalNs - _time.NowNs, () =>
        {
            if (outages == _outages && _subscriptions.Contains(subscription))
            {
                subscription.Handler(topic, payload);
            }
        });
    }

    private sealed class Subscription(Link owner, string filter, MessageHandler handler)
    {
        public Link Owner { get; } = owner;

        public string Filter { get; } = filter;

        public MessageHandler Handler { get; } = handler;

        public long LastArrivalNs { get; set; }
    }

    private sealed class Link(VirtualMessageNetwork network) : IMessageLink
    {
        private bool _hasLeft;

        public bool IsConnected => !_hasLeft && !network.IsDown;

        public Action? Restored { get; set; }

        public void Subscribe(string filter, MessageHandler handler) => network._subscriptions.Add(new Subscription(this, filter, handler));

        public void Unsubscribe(string filter) => network._subscriptions.RemoveAll(subscription => subscription.Owner == this && subscription.Filter == filter);

        public void Publish(string topic, ReadOnlyMemory<byte> payload)
        {
            if (!_hasLeft)
            {
                network.Publish(topic, payload.ToArray());
            }
        }

        public void Leave()
        {
            _hasLeft = true;
            network._links.Remove(this);
            network._subscriptions.RemoveAll(subscription => subscription.Owner == this);
        }
    }
}
