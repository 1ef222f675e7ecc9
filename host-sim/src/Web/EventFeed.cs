// From the pump to browsers: events in order, for as many readers as there are.
// Invariants: who publishes never waits, however slow a reader is: a reader whose queue is full loses it and is told to begin anew.
// The last events are kept, so that a reader that was away for a moment goes on; memory is bounded by number and bytes.
// Any thread may call. It must not know what events say.
// Tests: tests/host-sim/Web/EventFeedTests.cs.
using System.Globalization;
using System.Threading.Channels;

namespace EsyncSim.Web;

/// <summary>One event.</summary>
/// <param name="Id">Its number, from 1.</param>
/// <param name="Data">What it says, UTF-8 without line ends.</param>
public sealed record FeedEvent(long Id, byte[] Data);

/// <summary>Hands events on.</summary>
/// <param name="epoch">Name of this feed's life: numbers of another life mean nothing here.</param>
public sealed class EventFeed(string epoch)
{
    /// <summary>Events that are kept for readers that come back.</summary>
    public const int KeptMax = 150;

    /// <summary>Bytes of them.</summary>
    public const int KeptBytesMax = 4 << 20;

    /// <summary>Events that wait for one reader at most.</summary>
    public const int QueueMax = 64;

    private readonly Lock _gate = new();
    private readonly Queue<FeedEvent> _kept = new();
    private readonly List<FeedReader> _readers = [];
    private long _keptBytes;
    private long _lastId;

    /// <summary>Readers now.</summary>
    public int ReaderCount
    {
        get
        {
            lock (_gate)
            {
                return _readers.Count;
            }
        }
    }

    /// <summary>Number of the newest event.</summary>
    public long LastId
    {
        get
        {
            lock (_gate)
            {
                return _lastId;
            }
        }
    }

    /// <summary>Publishes an event.</summary>
    public void Publish(byte[] data)
    {
        lock (_gate)
        {
            FeedEvent item = new(++_lastId, data);
            _kept.Enqueue(item);
            _keptBytes += data.Length;
            while (_kept.Count > KeptMax || _keptBytes > KeptBytesMax)
            {
                _keptBytes -= _kept.Dequeue().Data.Length;
            }

            foreach (FeedReader reader in _readers)
            {
                reader.Put(item);
            }
        }
    }

    /// <summary>Says that something was not published: whoever comes back begins anew.</summary>
    public void Skip()
    {
        lock (_gate)
        {
            _lastId++;
            _kept.Clear();
            _keptBytes = 0;
        }
    }

    /// <summary>Begins to read what comes from now on; ends when the reader is disposed of.</summary>
    public FeedReader Read()
    {
        FeedReader reader = new(this);
        lock (_gate)
        {
            _readers.Add(reader);
        }

        return reader;
    }

    /// <summary>The identifier of an event, as a browser keeps it.</summary>
    public string TextOf(long id) => string.Create(CultureInfo.InvariantCulture, $"{epoch}-{id}");

    /// <summary>Events behind one that a browser has; null when some of them are gone, or it is of another life.</summary>
    public IReadOnlyList<FeedEvent>? Behind(string? text)
    {
        int dash = text?.LastIndexOf('-') ?? -1;
        if (dash < 0 || text![..dash] != epoch || !long.TryParse(text[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out long id))
        {
            return null;
        }

        lock (_gate)
        {
            FeedEvent[] behind = [.. _kept.Where(item => item.Id > id)];
            return id <= _lastId && behind.Length == _lastId - id ? behind : null;
        }
    }

    internal void Forget(FeedReader reader)
    {
        lock (_gate)
        {
            _readers.Remove(reader);
        }
    }
}

/// <summary>One reader of a feed.</summary>
public sealed class FeedReader : IDisposable
{
    private readonly EventFeed _feed;
    private readonly Channel<FeedEvent> _queue = Channel.CreateBounded<FeedEvent>(new BoundedChannelOptions(EventFeed.QueueMax) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
    private volatile bool _hasLost;

    internal FeedReader(EventFeed feed) => _feed = feed;

    /// <summary>True when events were lost since <see cref="BeginAnew"/>, because they were not taken in time.</summary>
    public bool HasLost => _hasLost;

    /// <summary>Forgets what waits, and that something was lost.</summary>
    public void BeginAnew()
    {
        _hasLost = false;
        while (_queue.Reader.TryRead(out _))
        {
        }
    }

    /// <summary>The next event; null when none came within the time.</summary>
    public async Task<FeedEvent?> NextAsync(TimeSpan patience, CancellationToken stop)
    {
        if (_queue.Reader.TryRead(out FeedEvent? ready))
        {
            return ready;
        }

        using CancellationTokenSource wait = CancellationTokenSource.CreateLinkedTokenSource(stop);
        wait.CancelAfter(patience);
        try
        {
            return await _queue.Reader.ReadAsync(wait.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _feed.Forget(this);

    internal void Put(FeedEvent item)
    {
        if (!_queue.Writer.TryWrite(item))
        {
            _hasLost = true;
        }
    }
}
