// What a conversation with a client may do, and what a protocol has to be, so that both are tried without a socket.
// Invariants: everything happens on the pump's thread; what is said to the client leaves in the order in which it was said.
// Tests: tests/host-sim/Bus/Serve.
namespace EsyncSim.Bus.Serve;

/// <summary>The two sides that a conversation stands between: its client, and the bus.</summary>
public interface IClientSide
{
    /// <summary>Says something that must arrive. <paramref name="isAlone"/>: in a packet of its own.</summary>
    void Reply(ReadOnlySpan<byte> bytes, bool isAlone = false);

    /// <summary>Says what is lost when the client reads too slowly; false: it is lost, and counted.</summary>
    bool Offer(ReadOnlySpan<byte> bytes);

    /// <summary>Queues a frame for the bus.</summary>
    void Send(in BusFrame frame);

    /// <summary>Something that was waiting is done: the client may be read from again.</summary>
    void Continue();

    /// <summary>Tells the user something about this client.</summary>
    void Note(string what);

    /// <summary>Takes leave of the client when all that was said has left.</summary>
    void Close(string why);
}

/// <summary>One protocol with one client.</summary>
public abstract class Conversation
{
    /// <summary>True when frames of the bus are wanted.</summary>
    public virtual bool IsListening => false;

    /// <summary>Requests that were taken and are not done; the client waits until there are none.</summary>
    public virtual int Waiting => 0;

    /// <summary>Says what comes first.</summary>
    public virtual void Greet()
    {
    }

    /// <summary>Takes what the client has sent: any piece of it, cut anywhere.</summary>
    public abstract void Take(ReadOnlySpan<byte> bytes);

    /// <summary>A frame of somebody else has ended on the bus.</summary>
    public virtual void Hear(in BusFrame frame)
    {
    }

    /// <summary>The client is gone.</summary>
    public virtual void End()
    {
    }
}
