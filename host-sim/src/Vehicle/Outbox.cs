// The way of the client's answers to the server: journal first, then the network, again and again until they are
// acknowledged.
// Invariants: nothing is published that is not in the journal; repetitions go out in the order of their numbers, at the
// latest RepeatNs after the last one; when nothing waits, nothing is scheduled.
// Tests: tests/host-sim/Vehicle.
using EsyncSim.Bus;
using EsyncSim.Server;

namespace EsyncSim.Vehicle;

/// <summary>Publishes what the journal keeps.</summary>
internal sealed class Outbox
{
    /// <summary>Time without an acknowledgement after which everything that waits is published again, in nanoseconds.</summary>
    public const long RepeatNs = 5 * VirtualTime.NsPerSecond;

    private readonly IMessageLink _link;
    private readonly string _topic;
    private readonly VehicleJournal _journal;
    private readonly SimEvent _repeat;

    public Outbox(VirtualTime time, IMessageLink link, string topic, VehicleJournal journal)
    {
        _link = link;
        _topic = topic;
        _journal = journal;
        _repeat = time.CreateEvent(Repeat);
    }

    /// <summary>Ends the request under way that this answers, with what was learned on the way; null when that is nothing.</summary>
    public void Answer(EsyncMessage answer, FleetMemory? fleet)
    {
        Publish(_journal.Answer(answer, fleet));
        _repeat.After(RepeatNs);
    }

    /// <summary>Tells that an ECU gets a package in full, while the request under way goes on.</summary>
    public void FallBack(EsyncMessage message, string sha256)
    {
        Publish(_journal.FallBack(message, sha256));
        _repeat.After(RepeatNs);
    }

    /// <summary>Publishes everything that waits, now.</summary>
    public void Repeat()
    {
        foreach (EsyncMessage message in _journal.Unacknowledged)
        {
            Publish(message);
        }

        Rest();
    }

    /// <summary>The server has everything of this epoch up to the number.</summary>
    public void Acknowledge(string epoch, int number)
    {
        _journal.Acknowledge(epoch, number);
        Rest();
    }

    /// <summary>Publishes nothing more.</summary>
    public void Stop() => _repeat.Cancel();

    private void Rest()
    {
        if (_journal.Unacknowledged.Count == 0)
        {
            _repeat.Cancel();
        }
        else
        {
            _repeat.After(RepeatNs);
        }
    }

    private void Publish(EsyncMessage message) =>
        _link.Publish(_topic, EsyncJson.Encode(message with { Oldest = _journal.Unacknowledged[0].Body.Sequence }));
}
