// The two sides of a conversation without socket and bus: what was said and sent, as text in the order in which it was.
using System.Text;
using EsyncSim.Bus;
using EsyncSim.Bus.Serve;

namespace EsyncTests.HostSim.Bus.Serve;

internal sealed class TestSide : IClientSide
{
    /// <summary>What was said, a piece each; `|` in front of what goes in a packet of its own.</summary>
    internal List<string> Said { get; } = [];

    internal List<string> Sent { get; } = [];

    internal List<string> Notes { get; } = [];

    internal string? Closed { get; private set; }

    internal bool IsFull { get; set; }

    public void Reply(ReadOnlySpan<byte> bytes, bool isAlone = false) => Said.Add((isAlone ? "|" : string.Empty) + Encoding.ASCII.GetString(bytes));

    public bool Offer(ReadOnlySpan<byte> bytes)
    {
        if (!IsFull)
        {
            Said.Add(Encoding.ASCII.GetString(bytes));
        }

        return !IsFull;
    }

    public void Send(in BusFrame frame) => Sent.Add(frame.ToString());

    public void Continue()
    {
    }

    public void Note(string what) => Notes.Add(what);

    public void Close(string why) => Closed = why;

    /// <summary>Says something to a conversation; returns what it answers.</summary>
    internal string Tell(Conversation conversation, string text)
    {
        int before = Said.Count;
        conversation.Take(Encoding.ASCII.GetBytes(text));
        return string.Concat(Said.Skip(before));
    }
}
