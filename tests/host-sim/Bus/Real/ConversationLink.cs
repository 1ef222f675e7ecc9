// A line of bytes with the other side at its end, in one thread: what is written is answered at once, what is waited for is clock time
// that nobody sleeps through.
using EsyncSim;
using EsyncSim.Bus;
using EsyncSim.Bus.Real;
using EsyncSim.Bus.Serve;

namespace EsyncTests.HostSim.Bus.Real;

internal sealed class ConversationLink : TimeProvider, IByteLink, IClientSide
{
    private readonly Conversation _other;
    private readonly Queue<byte> _incoming = new();
    private long _nowNs;

    internal ConversationLink(Func<IClientSide, Conversation> other)
    {
        _other = other(this);
        _other.Greet();
    }

    /// <summary>Frames that the other side was given.</summary>
    internal List<string> Sent { get; } = [];

    /// <summary>Everything that was written.</summary>
    internal List<byte> Written { get; } = [];

    /// <summary>Bytes that one call reads or writes at most.</summary>
    internal int PieceMax { get; set; } = int.MaxValue;

    /// <summary>True: there is no room for anything.</summary>
    internal bool IsFull { get; set; }

    internal bool IsGone { get; set; }

    internal bool IsDisposed { get; private set; }

    public override long TimestampFrequency => VirtualTime.NsPerSecond;

    public override long GetTimestamp() => _nowNs;

    public int Read(Span<byte> into)
    {
        ThrowIfGone();
        int count = Math.Min(Math.Min(_incoming.Count, into.Length), PieceMax);
        for (int i = 0; i < count; i++)
        {
            into[i] = _incoming.Dequeue();
        }

        return count;
    }

    public int Write(ReadOnlySpan<byte> from)
    {
        ThrowIfGone();
        int count = IsFull ? 0 : Math.Min(from.Length, PieceMax);
        Written.AddRange(from[..count]);
        _other.Take(from[..count]);
        return count;
    }

    public void Wait(long timeoutNs)
    {
        if (_incoming.Count == 0)
        {
            _nowNs += timeoutNs;
        }
    }

    public void Dispose() => IsDisposed = true;

    public void Reply(ReadOnlySpan<byte> bytes, bool isAlone = false) => Come(bytes);

    public bool Offer(ReadOnlySpan<byte> bytes)
    {
        Come(bytes);
        return true;
    }

    public void Send(in BusFrame frame) => Sent.Add(frame.ToString());

    public void Continue()
    {
    }

    public void Note(string what)
    {
    }

    public void Close(string why)
    {
    }

    /// <summary>Bytes come in.</summary>
    internal void Come(ReadOnlySpan<byte> bytes)
    {
        foreach (byte one in bytes)
        {
            _incoming.Enqueue(one);
        }
    }

    /// <summary>A frame comes from the bus.</summary>
    internal void Hear(in BusFrame frame)
    {
        if (_other.IsListening)
        {
            _other.Hear(frame);
        }
    }

    private void ThrowIfGone()
    {
        if (IsGone)
        {
            throw new UserErrorException(ExitCode.BusUnusable, "the other side is gone");
        }
    }
}

/// <summary>Another side that says what it is told to, and nothing else.</summary>
internal sealed class Mute(IClientSide side, string greeting = "", string answer = "") : Conversation
{
    public override void Greet() => Say(greeting);

    public override void Take(ReadOnlySpan<byte> bytes) => Say(answer);

    private void Say(string text) => side.Reply(System.Text.Encoding.ASCII.GetBytes(text));
}
