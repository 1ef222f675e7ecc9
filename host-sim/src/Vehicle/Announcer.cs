// Tells servers that the vehicle is there, and with which ECUs: at once, whenever the connection is there again, and every minute.
// Invariant: an announcement is not numbered and not kept; it may be lost or come twice.
// Tests: tests/host-sim/Vehicle/AnnouncerTests.cs.
using EsyncSim.Bus;
using EsyncSim.Server;

namespace EsyncSim.Vehicle;

/// <summary>Announces a vehicle.</summary>
public sealed class Announcer
{
    /// <summary>Time between two announcements in nanoseconds.</summary>
    public const long RepeatNs = 60 * VirtualTime.NsPerSecond;

    private readonly IMessageLink _link;
    private readonly string _topic;
    private readonly byte[] _message;
    private readonly SimEvent _repeat;

    /// <summary>Announces it now, and from now on.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="link">The link of the vehicle's client.</param>
    /// <param name="topics">The vehicle's topics.</param>
    /// <param name="ecus">Its ECUs.</param>
    public Announcer(VirtualTime time, IMessageLink link, Topics topics, IEnumerable<VehicleEcu> ecus)
    {
        _link = link;
        _topic = topics.Announce;
        _message = EsyncJson.Encode(new EsyncMessage
        {
            Type = EsyncType.Announce,
            Body = new EsyncBody
            {
                Package = new EsyncPackage { Type = EsyncTarget.Vehicle, Name = topics.Vehicle },
                Ecus = [.. ecus.Select(ecu => new EsyncAnnouncedEcu { Type = EsyncTarget.Of(ecu.Name), Bus = ecu.Bus, ClassId = ecu.ClassId?.ToString() })],
            },
        });
        _repeat = time.CreateEvent(Say);
        link.Restored += Say;
        Say();
    }

    /// <summary>Announces nothing more.</summary>
    public void Stop()
    {
        _link.Restored -= Say;
        _repeat.Cancel();
    }

    private void Say()
    {
        _link.Publish(_topic, _message);
        _repeat.After(RepeatNs);
    }
}
