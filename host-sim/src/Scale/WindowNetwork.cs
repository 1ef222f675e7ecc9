// Messages between worlds whose clocks run on different threads: all worlds run to the end of a window, then what they published is
// handed over, then the next window begins. No message takes less than a window, so nobody hears anything too late.
// Invariants: latency and losses of a message are drawn by its sender, and messages are handed over in the order of their arrival, then
// of their senders, so that a run is the same whichever thread ran which world, and however many there were. Between two parties none
// overtakes another.
// Tests: tests/host-sim/Scale/WindowNetworkTests.cs.
using EsyncSim.Bus;
using EsyncSim.Server;

namespace EsyncSim.Scale;

/// <summary>A network of worlds.</summary>
/// <param name="seed">Decides latencies and losses.</param>
/// <param name="lossPercent">Messages that nobody gets, 0 to 99 of a hundred.</param>
public sealed class WindowNetwork(ulong seed, int lossPercent = 0)
{
    /// <summary>Length of a window, in nanoseconds.</summary>
    public const long WindowNs = 50 * VirtualTime.NsPerMs;

    private const int LatencyMsMin = 50;
    private const int LatencyMsMax = 150;

    private readonly List<Link> _links = [];
    private readonly Dictionary<string, List<Subscription>> _exact = [];
    private readonly List<Subscription> _wild = [];
    private readonly List<Message> _passing = [];

    /// <summary>Messages published so far.</summary>
    public long PublishedCount { get; private set; }

    /// <summary>Messages of them that got lost.</summary>
    public long LostCount { get; private set; }

    /// <summary>Bytes of the messages published so far, topics not counted.</summary>
    public long ByteCount { get; private set; }

    /// <summary>Connects the party of a world; not while worlds run.</summary>
    /// <param name="time">The world's clock.</param>
    /// <param name="name">Decides, with the seed, what is drawn for its messages.</param>
    public IMessageLink Join(VirtualTime time, string name)
    {
        Link link = new(time, _links.Count, new SeededRandom(seed, name), lossPercent);
        _links.Add(link);
        return link;
    }

    /// <summary>Hands over what was published since the last call; all worlds stand at the end of the window.</summary>
    public void Exchange()
    {
        _passing.Clear();
        foreach (Link link in _links)
        {
            TakeSubscriptions(link);
            _passing.AddRange(link.Sent);
            PublishedCount += link.PublishedCount;
            ByteCount += link.ByteCount;
            LostCount += link.PublishedCount - link.Sent.Count;
            link.Clear();
        }

        _passing.Sort((left, right) => left.ArrivalNs != right.ArrivalNs ? left.ArrivalNs.CompareTo(right.ArrivalNs) : left.Order.CompareTo(right.Order));
        foreach (Message message in _passing)
        {
            foreach (Subscription subscription in _exact.GetValueOrDefault(message.Topic) ?? [])
            {
                subscription.Deliver(message);
            }

            foreach (Subscription subscription in _wild.Where(one => TopicFilter.Matches(one.Filter, message.Topic)))
            {
                subscription.Deliver(message);
            }
        }
    }

    private void TakeSubscriptions(Link link)
    {
        foreach (Subscription subscription in link.NewSubscriptions)
        {
            if (!TopicFilter.IsOneTopic(subscription.Filter))
            {
                _wild.Add(subscription);
            }
            else if (_exact.TryGetValue(subscription.Filter, out List<Subscription>? present))
            {
                present.Add(subscription);
            }
            else
            {
                _exact.Add(subscription.Filter, [subscription]);
            }
        }

        link.NewSubscriptions.Clear();
    }

    private sealed record Message(string Topic, byte[] Payload, long ArrivalNs, long Order);

    private sealed class Subscription(Link owner, string filter, MessageHandler handler)
    {
        public string Filter => filter;

        public bool IsOver { get; set; }

        public void Deliver(Message message)
        {
            if (!owner.HasLeft && !IsOver)
            {
                owner.Time.CreateEvent(() => Hear(message)).At(message.ArrivalNs);
            }
        }

        private void Hear(Message message)
        {
            if (!owner.HasLeft && !IsOver)
            {
                handler(message.Topic, message.Payload);
            }
        }
    }

    private sealed class Link(VirtualTime time, int number, SeededRandom random, int lossPercent) : IMessageLink
    {
        private readonly List<Subscription> _subscriptions = [];
        private long _lastArrivalNs;
        private long _messages;

        public VirtualTime Time => time;

        public List<Message> Sent { get; } = [];

        public List<Subscription> NewSubscriptions { get; } = [];

        public int PublishedCount { get; private set; }

        public long ByteCount { get; private set; }

        public bool HasLeft { get; private set; }

        public bool IsConnected => !HasLeft;

        public Action? Restored { get; set; }

        public void Subscribe(string filter, MessageHandler handler)
        {
            _subscriptions.Add(new Subscription(this, filter, handler));
            NewSubscriptions.Add(_subscriptions[^1]);
        }

        public void Unsubscribe(string filter)
        {
            foreach (Subscription subscription in _subscriptions.Where(subscription => subscription.Filter == filter))
            {
                subscription.IsOver = true;
            }

            _subscriptions.RemoveAll(subscription => subscription.IsOver);
        }

        public void Publish(string topic, ReadOnlyMemory<byte> payload)
        {
            if (HasLeft)
            {
                return;
            }

            PublishedCount++;
            ByteCount += payload.Length;
            long latencyNs = (LatencyMsMin + random.Next(LatencyMsMax - LatencyMsMin + 1)) * VirtualTime.NsPerMs;
            bool isLost = lossPercent > 0 && random.Next(100) < lossPercent;
            if (!isLost)
            {
                _lastArrivalNs = Math.Max(time.NowNs + latencyNs, _lastArrivalNs);
                Sent.Add(new Message(topic, payload.ToArray(), _lastArrivalNs, ((long)number << 32) + _messages++));
            }
        }

        public void Leave() => HasLeft = true;

        public void Clear()
        {
            Sent.Clear();
            PublishedCount = 0;
            ByteCount = 0;
        }
    }
}
