// The one port between server and vehicle: publish and subscribe on topics, as MQTT has them.
// Invariants: handlers run on the simulation's thread, one after the other, in the order in which messages were
// published; a real exchange (a broker) takes no virtual time, so that its latency changes nothing on the bus.
// A message may be lost, come twice or come late: whoever minds numbers it and repeats it (ServerLedger, VehicleJournal).
// It must not know what the messages mean.
// Tests: tests/host-sim/Server.
namespace EsyncSim.Server;

/// <summary>Hears one message.</summary>
public delegate void MessageHandler(string topic, ReadOnlyMemory<byte> payload);

/// <summary>One party's connection to the others.</summary>
public interface IMessageLink
{
    /// <summary>False while the connection is known to be lost: what is published then is lost too.</summary>
    bool IsConnected { get; }

    /// <summary>Called when the connection is there again after a loss, subscriptions included.</summary>
    Action? Restored { get; set; }

    /// <summary>Hears what is published from now on to topics that match the filter (<see cref="TopicFilter"/>).</summary>
    void Subscribe(string filter, MessageHandler handler);

    /// <summary>Hears nothing more by this filter.</summary>
    void Unsubscribe(string filter);

    /// <summary>Publishes a message; the payload is copied.</summary>
    void Publish(string topic, ReadOnlyMemory<byte> payload);

    /// <summary>Leaves for good: hears nothing more, and what it publishes is lost.</summary>
    void Leave();
}

/// <summary>What parties join in order to talk to each other.</summary>
public interface IMessageNetwork : IDisposable
{
    /// <summary>Where the network is, for people.</summary>
    string Description { get; }

    /// <summary>Connects a party; the name is for logs.</summary>
    IMessageLink Join(string name);
}
