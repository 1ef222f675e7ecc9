// A file system in memory that can lose power at any operation, and a disk underneath that keeps of the unflushed things
// what it pleases: names in the order in which they were made, up to any one of them; contents whole, torn or not at all.
using EsyncSim.Files;

namespace EsyncTests.HostSim.Signing;

/// <summary>The power went away.</summary>
public sealed class PowerCutException : Exception;

/// <summary>What became of file contents that were never flushed.</summary>
public enum UnflushedContent
{
    Lost,
    Torn,
    Kept,
}

public sealed class CrashingFileSystem : IFileSystem
{
    private readonly Dictionary<string, Content> _names = [];
    private readonly List<Action<Dictionary<string, Content>>> _pendingNames = [];
    private readonly HashSet<string> _locks = [];
    private Dictionary<string, Content> _durableNames = [];

    /// <summary>Operations so far that change something.</summary>
    public int OperationCount { get; private set; }

    /// <summary>The operation that the power fails at, counted from 1; 0 is never.</summary>
    public int CutAt { get; init; }

    /// <summary>True: the cut comes after the operation, else instead of it.</summary>
    public bool IsCutAfter { get; init; }

    /// <summary>A disk that answers a flush of a file without doing it.</summary>
    public bool IsFlushIgnored { get; init; }

    /// <summary>A disk that answers a flush of a directory without doing it.</summary>
    public bool IsDirectoryFlushIgnored { get; init; }

    /// <summary>Renames that the medium may or may not have, as of now.</summary>
    public int PendingNameCount => _pendingNames.Count;

    /// <summary>Starts with the given files, all on the medium.</summary>
    public static CrashingFileSystem With(IEnumerable<KeyValuePair<string, byte[]>> files, int cutAt = 0, bool isCutAfter = false, bool isFlushIgnored = false, bool isDirectoryFlushIgnored = false)
    {
        CrashingFileSystem made = new() { CutAt = cutAt, IsCutAfter = isCutAfter, IsFlushIgnored = isFlushIgnored, IsDirectoryFlushIgnored = isDirectoryFlushIgnored };
        foreach ((string name, byte[] bytes) in files)
        {
            made._names[name] = new Content { Cached = bytes, Durable = bytes };
        }

        made._durableNames = new Dictionary<string, Content>(made._names);
        return made;
    }

    /// <summary>What is on the medium when the machine comes up again.</summary>
    public Dictionary<string, byte[]> AfterPowerLoss(int namesKept, UnflushedContent unflushed)
    {
        Dictionary<string, Content> names = new(_durableNames);
        foreach (Action<Dictionary<string, Content>> change in _pendingNames.Take(namesKept))
        {
            change(names);
        }

        return names.ToDictionary(pair => pair.Key, pair => pair.Value.After(unflushed));
    }

    public bool Exists(string path) => _names.ContainsKey(path);

    public string Resolve(string path) => path;

    public byte[] Read(string path) => _names.TryGetValue(path, out Content? content) ? content.Cached : throw new FileNotFoundException(path);

    public void Write(string path, byte[] data, bool isSecret) => Step(() =>
    {
        Content content = new() { Cached = data };
        _names[path] = content;
        _pendingNames.Add(names => names[path] = content);
    });

    public void Flush(string path) => Step(() =>
    {
        if (!IsFlushIgnored)
        {
            _names[path].Durable = _names[path].Cached;
        }
    });

    public void Replace(string from, string to) => Step(() =>
    {
        Content content = _names[from];
        Move(_names);
        _pendingNames.Add(Move);

        void Move(Dictionary<string, Content> names)
        {
            names.Remove(from);
            names[to] = content;
        }
    });

    public void FlushDirectory(string path) => Step(() =>
    {
        if (!IsDirectoryFlushIgnored)
        {
            _durableNames = new Dictionary<string, Content>(_names);
            _pendingNames.Clear();
        }
    });

    public void Delete(string path) => Step(() =>
    {
        _names.Remove(path);
        _pendingNames.Add(names => names.Remove(path));
    });

    public IDisposable? TryLock(string path) => _locks.Add(path) ? new Held(() => _locks.Remove(path)) : null;

    private void Step(Action operation)
    {
        OperationCount++;
        if (OperationCount == CutAt && !IsCutAfter)
        {
            throw new PowerCutException();
        }

        operation();
        if (OperationCount == CutAt)
        {
            throw new PowerCutException();
        }
    }

    private sealed class Held(Action release) : IDisposable
    {
        public void Dispose() => release();
    }

    private sealed class Content
    {
        public required byte[] Cached { get; init; }

        public byte[]? Durable { get; set; }

        public byte[] After(UnflushedContent unflushed) => Durable ?? unflushed switch
        {
            UnflushedContent.Lost => [],
            UnflushedContent.Torn => [.. Cached.Take(Cached.Length / 2), .. new byte[Cached.Length - (Cached.Length / 2)]],
            _ => Cached,
        };
    }
}
