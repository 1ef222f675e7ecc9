// Brings continuations back to the pump's thread, from wherever they are posted.
// Invariant: what is posted runs on the pump's thread, in the order of posting, between two events.
// Posts come from outside the simulation only; virtual awaits never pass through here.
// Tests: tests/host-sim/Bus/ScriptTests.cs.
namespace EsyncSim.Bus;

/// <summary>The synchronisation context of a running <see cref="VirtualTime"/>.</summary>
internal sealed class PumpContext : SynchronizationContext
{
    private const int PostsInRowMax = 64;
    private readonly Lock _gate = new();
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _posts = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private volatile int _count;

    /// <summary>True when something waits to be run.</summary>
    internal bool HasPosts => _count > 0;

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_gate)
        {
            _posts.Enqueue((d, state));
            _count = _posts.Count;
        }

        _arrived.Release();
    }

    /// <inheritdoc/>
    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs what waits, up to a number, for whoever posts without end must not hold up time; false when there was nothing.</summary>
    internal bool RunPosts()
    {
        int count = 0;
        while (count < PostsInRowMax && TryTake(out (SendOrPostCallback Callback, object? State) post))
        {
            count++;
            post.Callback(post.State);
        }

        return count > 0;
    }

    /// <summary>Blocks until the task has ended, running meanwhile what is posted here (and no event).</summary>
    internal void PumpUntil(Task task)
    {
        if (task.IsCompleted)
        {
            return;
        }

        task.ContinueWith(_ => _arrived.Release(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        while (!task.IsCompleted)
        {
            if (!RunPosts())
            {
                _arrived.Wait();
            }
        }
    }

    private bool TryTake(out (SendOrPostCallback Callback, object? State) post)
    {
        if (_count == 0)
        {
            post = default;
            return false;
        }

        lock (_gate)
        {
            bool taken = _posts.TryDequeue(out post);
            _count = _posts.Count;
            return taken;
        }
    }
}
