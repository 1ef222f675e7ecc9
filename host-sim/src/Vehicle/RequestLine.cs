// Requests that wait for one bus, and which of them comes next. They are worked on in the order of their arrival, but for trials: an ECU
// on trial must be confirmed within its time, so that a confirmation goes before all else, and no transfer to another ECU of the bus
// begins while one is to be expected.
// Invariants: a request waits once, however often it is repeated; what waits is bounded, and what finds no place is repeated by the server; a
// trial holds transfers up for a bounded time.
// It must not know what requests do.
// Tests: tests/host-sim/Vehicle/RequestLineTests.cs.
using EsyncSim.Bus;
using EsyncSim.Server;

namespace EsyncSim.Vehicle;

/// <summary>The line of requests before one bus.</summary>
internal sealed class RequestLine(VirtualTime time)
{
    /// <summary>Longest time for which a trial keeps transfers to other ECUs from beginning, in nanoseconds: the server's answer to it may need some repetitions.</summary>
    public const long HoldNsMax = 20 * VirtualTime.NsPerSecond;

    private const int CountMax = 64;

    private readonly List<EsyncMessage> _waiting = [];
    private readonly Dictionary<string, long> _trials = [];

    /// <summary>Set when there may be something to do: a request, an end of a trial, room in the journal, or the end of all.</summary>
    public SimSignal Changed { get; } = new(time);

    /// <summary>Puts a request at the end, unless it waits already or there is no room.</summary>
    public void Add(EsyncMessage request)
    {
        if (_waiting.Count < CountMax && !_waiting.Exists(waiting => waiting.ReplyId == request.ReplyId))
        {
            _waiting.Add(request);
            Changed.Set();
        }
    }

    /// <summary>Takes out what is to be done now; null when nothing is.</summary>
    /// <param name="waitNs">How long until that may change by itself, in nanoseconds; -1: it does not.</param>
    public EsyncMessage? TryTake(out long waitNs)
    {
        foreach (string over in _trials.Where(trial => trial.Value <= time.NowNs).Select(trial => trial.Key).ToArray())
        {
            _trials.Remove(over);
        }

        EsyncMessage? next = _waiting.Find(request => request.Type == EsyncType.ConfirmUpdate) ?? _waiting.Find(request => !IsHeldUp(request));
        waitNs = next is null && _waiting.Count > 0 ? _trials.Values.Min() - time.NowNs : -1;
        if (next is not null)
        {
            _waiting.Remove(next);
        }

        return next;
    }

    /// <summary>An ECU of the bus has answered: it is on trial from now on, or it is not any more.</summary>
    public void Answered(string type, bool isOnTrial)
    {
        if (isOnTrial)
        {
            _trials[type] = time.NowNs + HoldNsMax;
        }
        else if (_trials.Remove(type))
        {
            Changed.Set();
        }
    }

    private bool IsHeldUp(EsyncMessage request) => request.Type == EsyncType.PrepareUpdate && _trials.Keys.Any(type => type != request.Body.Package.Type);
}
