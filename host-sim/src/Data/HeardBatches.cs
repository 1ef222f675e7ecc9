// Batches that were heard and wait to be looked at by whoever watches.
// Invariant: what is there comes before any limit of time, even one of no time.
// Tests: tests/host-sim/Demo/WatchDemoTests.cs, tests/host-sim/Data.
using System.Threading.Channels;

namespace EsyncSim.Data;

/// <summary>A queue of batches between a network's thread and a watcher's.</summary>
internal sealed class HeardBatches
{
    private readonly Channel<(string Vehicle, DataBatch Batch)> _heard = Channel.CreateUnbounded<(string Vehicle, DataBatch Batch)>();

    /// <summary>Takes a batch of a vehicle.</summary>
    public void Add(string vehicle, DataBatch batch) => _heard.Writer.TryWrite((vehicle, batch));

    /// <summary>The next batch; null when none comes in time, or when it is to stop.</summary>
    public async Task<(string Vehicle, DataBatch Batch)?> NextAsync(TimeSpan timeout, CancellationToken stop)
    {
        if (_heard.Reader.TryRead(out (string Vehicle, DataBatch Batch) message))
        {
            return message;
        }

        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(timeout);
        try
        {
            return await _heard.Reader.ReadAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
