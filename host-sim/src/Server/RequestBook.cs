// The requests to one vehicle whose answers are awaited: each is published again until its answer is here, and given up when the
// vehicle has been silent for too long.
// Invariants: each ends once, by its answer or without one; when nothing is awaited, nothing is scheduled. A request says which is the
// oldest that is awaited beside it, so that a vehicle that gets them in another order knows what it lacks.
// It must not know what they ask.
// Tests: tests/host-sim/Server/CampaignServerTests.cs.
using EsyncSim.Bus;

namespace EsyncSim.Server;

/// <summary>Requests under way.</summary>
/// <param name="time">The clock.</param>
/// <param name="publish">Lets a request out.</param>
internal sealed class RequestBook(VirtualTime time, Action<EsyncMessage> publish)
{
    private const long RepeatNs = 5 * VirtualTime.NsPerSecond;

    private readonly List<Pending> _pending = [];
    private SimEvent? _due;
    private long _heardNs;

    /// <summary>Longest silence of the vehicle, in nanoseconds.</summary>
    public long SilenceNsMax { get; set; } = 600 * VirtualTime.NsPerSecond;

    /// <summary>Lets a numbered request out, now and again.</summary>
    /// <param name="request">The request.</param>
    /// <param name="answered">Hears the answer; null when there will be none.</param>
    public void Send(EsyncMessage request, Action<EsyncMessage?> answered)
    {
        Pending pending = new(request, answered, time.NowNs);
        _pending.Add(pending);
        Publish(pending);
        Schedule();
    }

    /// <summary>The vehicle has said something.</summary>
    public void Hear() => _heardNs = time.NowNs;

    /// <summary>Ends the request that the answer is to, if it is awaited.</summary>
    public void Answer(string replyTo, EsyncMessage answer)
    {
        if (_pending.Find(pending => pending.Request.ReplyId == replyTo) is { } found)
        {
            _pending.Remove(found);
            Schedule();
            found.Answered(answer);
        }
    }

    /// <summary>Publishes all that are awaited, now.</summary>
    public void RepeatAll()
    {
        _pending.ForEach(Publish);
        Schedule();
    }

    /// <summary>Awaits nothing any more; nobody hears of what was awaited.</summary>
    public void Clear()
    {
        _pending.Clear();
        _due?.Cancel();
    }

    private void Publish(Pending pending)
    {
        pending.DueNs = time.NowNs + RepeatNs;
        int? number = pending.Request.Body.Sequence;
        int? oldest = _pending.Min(other => other.Request.Body.Sequence);
        publish(oldest < number ? pending.Request with { Oldest = oldest } : pending.Request);
    }

    private long EndOf(Pending pending) => Math.Max(pending.SinceNs, _heardNs) + SilenceNsMax;

    private void Schedule()
    {
        _due ??= time.CreateEvent(Look);
        if (_pending.Count == 0)
        {
            _due.Cancel();
        }
        else
        {
            _due.At(_pending.Min(pending => Math.Min(pending.DueNs, EndOf(pending))));
        }
    }

    private void Look()
    {
        Pending[] over = [.. _pending.Where(pending => EndOf(pending) <= time.NowNs)];
        _pending.RemoveAll(pending => over.Contains(pending));
        foreach (Pending pending in _pending.Where(pending => pending.DueNs <= time.NowNs).ToArray())
        {
            Publish(pending);
        }

        Schedule();
        foreach (Pending pending in over)
        {
            pending.Answered(null);
        }
    }

    private sealed class Pending(EsyncMessage request, Action<EsyncMessage?> answered, long sinceNs)
    {
        public EsyncMessage Request => request;

        public Action<EsyncMessage?> Answered => answered;

        public long SinceNs => sinceNs;

        public long DueNs { get; set; }
    }
}
