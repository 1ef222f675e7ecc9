// One client of a server between its conversation and its socket: what it sent and is not done, what it is to get and has not read.
// Invariants: no queue grows without bound, whatever the client does. It is read from only while few of its frames wait for the
// bus and few answers for it, so that a flood waits in TCP; frames that it does not read in time are lost, counted and told.
// All members but those of the outbox run on the pump's thread.
// Tests: tests/host-sim/Bus/Serve/ServedClientTests.cs, BusServerTests.cs.
using System.Threading.Channels;

namespace EsyncSim.Bus.Serve;

/// <summary>A connected client.</summary>
internal sealed class ServedClient : IClientSide
{
    /// <summary>Pieces that may wait for a client to read them before frames are lost.</summary>
    public const int OutboxMax = 1024;

    private const int FramesWaitingMax = 32;
    private readonly Channel<Said> _outbox = Channel.CreateUnbounded<Said>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Action<string> _note;
    private readonly ClientNode _node;
    private readonly Conversation _conversation;
    private TaskCompletionSource<bool>? _taking;
    private bool _isDraining;
    private bool _isEnded;
    private int _unread;

    /// <summary>Begins a conversation on the bus.</summary>
    public ServedClient(VirtualBus bus, string name, Func<IClientSide, Conversation> converse, Action<string> note)
    {
        Name = name;
        _note = note;
        _node = new ClientNode(bus, name) { Heard = Hear, Sent = Continue };
        _conversation = converse(this);
        _conversation.Greet();
    }

    /// <summary>Address of the client.</summary>
    public string Name { get; }

    /// <summary>What is to be sent to the client; for the one who writes, on any thread.</summary>
    public ChannelReader<Said> Outbox => _outbox.Reader;

    /// <summary>Frames that the client did not get, since it read too slowly.</summary>
    public long LostCount { get; private set; }

    /// <summary>Frames that wait for the bus.</summary>
    public int WaitingCount => _node.Count;

    /// <summary>Pieces that wait to be read by the client.</summary>
    public int UnreadCount => Volatile.Read(ref _unread);

    private bool IsAtEase => _isDraining
        ? _node.Count == 0 && _conversation.Waiting == 0
        : _node.Count <= FramesWaitingMax && _conversation.Waiting == 0 && UnreadCount < OutboxMax;

    /// <summary>Takes what the client has sent; the task ends, with true, when it may be read from again.</summary>
    public Task<bool> TakeAsync(ReadOnlySpan<byte> bytes)
    {
        if (!_isEnded)
        {
            _conversation.Take(bytes);
        }

        return AwaitEase();
    }

    /// <summary>The client sends no more; the task ends when what it sent is done.</summary>
    public Task<bool> DrainAsync()
    {
        _isDraining = true;
        return AwaitEase();
    }

    /// <summary>A piece was written to the client; for the one who writes, on any thread. True when <see cref="Continue"/> may have something to do.</summary>
    public bool Written() => Interlocked.Decrement(ref _unread) == OutboxMax - 1;

    /// <inheritdoc/>
    public void Continue()
    {
        if (_taking is { } taking && (IsAtEase || _isEnded))
        {
            _taking = null;
            taking.SetResult(!_isEnded);
        }
    }

    /// <summary>Takes the client off the bus; what was said may still be written.</summary>
    public void End()
    {
        if (_isEnded)
        {
            return;
        }

        _isEnded = true;
        _conversation.End();
        _node.Leave();
        _outbox.Writer.TryComplete();
        Continue();
        if (LostCount > 0)
        {
            Note($"has lost {LostCount} frames in all");
        }
    }

    /// <inheritdoc/>
    public void Reply(ReadOnlySpan<byte> bytes, bool isAlone = false)
    {
        Interlocked.Increment(ref _unread);
        if (!_outbox.Writer.TryWrite(new Said(bytes.ToArray(), isAlone)))
        {
            Interlocked.Decrement(ref _unread); // it has ended
        }
    }

    /// <inheritdoc/>
    public bool Offer(ReadOnlySpan<byte> bytes)
    {
        if (UnreadCount < OutboxMax)
        {
            Reply(bytes);
            return true;
        }

        LostCount++;
        if (long.IsPow2(LostCount))
        {
            Note($"reads too slowly: {LostCount} of its frames are lost so far");
        }

        return false;
    }

    /// <inheritdoc/>
    public void Send(in BusFrame frame) => _node.Send(frame);

    /// <inheritdoc/>
    public void Note(string what) => _note($"{Name} {what}");

    /// <inheritdoc/>
    public void Close(string why)
    {
        Note($"is sent away: {why}");
        End();
    }

    private Task<bool> AwaitEase()
    {
        if (_isEnded || IsAtEase)
        {
            return Task.FromResult(!_isEnded);
        }

        _taking = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        return _taking.Task;
    }

    private void Hear(in BusFrame frame)
    {
        if (_conversation.IsListening)
        {
            _conversation.Hear(frame);
        }
    }
}

/// <summary>A piece of what is said to a client.</summary>
/// <param name="Bytes">The bytes.</param>
/// <param name="IsAlone">In a packet of its own.</param>
internal readonly record struct Said(byte[] Bytes, bool IsAlone);
