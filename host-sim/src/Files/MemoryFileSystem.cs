// A disk in memory that can lose power at any operation. Of unflushed things the medium keeps what it pleases: names in the
// order in which they were made, up to any one of them; contents whole, torn or not at all.
// Invariants: without a fault it behaves as a disk does; what Flush and FlushDirectory have confirmed is never lost, unless
// the disk was told to lie. A process that ends without a power cut leaves everything as it wrote it. Directories are there as
// soon as a file is in them.
// For simulations and tests; the real one is DiskFileSystem.
// Tests: tests/host-sim/Files, tests/host-sim/Signing (crash at every operation).
using System.Security.Cryptography;

namespace EsyncSim.Files;

/// <summary>The power went away in the middle of a file operation, or the process did.</summary>
public sealed class PowerCutException : Exception;

/// <summary>What became of file contents that were never flushed.</summary>
public enum UnflushedContent
{
    /// <summary>The file is there and empty.</summary>
    Lost,

    /// <summary>The first half is there, the rest is zero.</summary>
    Torn,

    /// <summary>All of it is there.</summary>
    Kept,
}

/// <summary>Where in an operation the power fails.</summary>
public enum DiskCut
{
    /// <summary>Instead of the operation.</summary>
    Before,

    /// <summary>A write has written half of its bytes; other operations have no half and were not done.</summary>
    Half,

    /// <summary>The operation was done, and nobody was told.</summary>
    After,
}

/// <summary>A file system in memory.</summary>
public sealed class MemoryFileSystem : IFileSystem
{
    private readonly Dictionary<string, Content> _names = [];
    private readonly List<Action<Dictionary<string, Content>>> _pendingNames = [];
    private readonly HashSet<string> _locks = [];
    private Dictionary<string, Content> _durableNames = [];

    /// <summary>Operations so far that change something.</summary>
    public int OperationCount { get; private set; }

    /// <summary>The operation that the power fails at, counted from 1; 0 is never.</summary>
    public int CutAt { get; set; }

    /// <summary>Where in that operation.</summary>
    public DiskCut Cut { get; set; }

    /// <summary>A disk that answers a flush of a file without doing it.</summary>
    public bool IsFlushIgnored { get; init; }

    /// <summary>A disk that answers a flush of a directory without doing it.</summary>
    public bool IsDirectoryFlushIgnored { get; init; }

    /// <summary>Renames that the medium may or may not have, as of now.</summary>
    public int PendingNameCount => _pendingNames.Count;

    /// <summary>All files as a process sees them that starts without a power cut before it.</summary>
    public Dictionary<string, byte[]> Files => _names.ToDictionary(pair => pair.Key, pair => pair.Value.Cached);

    /// <summary>Puts files on the medium, as if they had been there for long.</summary>
    public MemoryFileSystem With(IEnumerable<KeyValuePair<string, byte[]>> files)
    {
        foreach ((string name, byte[] bytes) in files)
        {
            _names[name] = new Content { Cached = bytes, Durable = bytes };
        }

        _durableNames = new Dictionary<string, Content>(_names);
        return this;
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

    /// <summary>All that may be on the medium when the machine comes up again, and what is there when only the process ended; each state once.</summary>
    public IReadOnlyList<Dictionary<string, byte[]>> Survivors()
    {
        IEnumerable<Dictionary<string, byte[]>> afterPowerLoss =
            from namesKept in Enumerable.Range(0, PendingNameCount + 1)
            from unflushed in Enum.GetValues<UnflushedContent>()
            select AfterPowerLoss(namesKept, unflushed);
        return [.. afterPowerLoss.Prepend(Files).DistinctBy(IdentityOf)];
    }

    /// <inheritdoc/>
    public bool Exists(string path) => _names.ContainsKey(path);

    /// <inheritdoc/>
    public string Resolve(string path) => path;

    /// <inheritdoc/>
    public long Length(string path) => Read(path).Length;

    /// <inheritdoc/>
    public byte[] Read(string path) => _names.TryGetValue(path, out Content? content) ? content.Cached : throw new FileNotFoundException(path);

    /// <inheritdoc/>
    public void Write(string path, byte[] data, bool isSecret) => Step(() => Put(path, data), () => Put(path, data[..(data.Length / 2)]));

    /// <inheritdoc/>
    public void Append(string path, byte[] data) => Step(() => Extend(path, data), () => Extend(path, data[..(data.Length / 2)]));

    /// <inheritdoc/>
    public void Flush(string path) => Step(() =>
    {
        if (!IsFlushIgnored)
        {
            _names[path].Durable = _names[path].Cached;
        }
    });

    /// <inheritdoc/>
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

    /// <inheritdoc/>
    public void FlushDirectory(string path) => Step(() =>
    {
        if (!IsDirectoryFlushIgnored)
        {
            _durableNames = new Dictionary<string, Content>(_names);
            _pendingNames.Clear();
        }
    });

    /// <inheritdoc/>
    public void Delete(string path) => Step(() =>
    {
        _names.Remove(path);
        _pendingNames.Add(names => names.Remove(path));
    });

    /// <inheritdoc/>
    public void CreateDirectory(string path) => Step(() => { });

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string directory) => [.. _names.Keys.Where(path => Path.GetDirectoryName(path) == directory).Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public IDisposable? TryLock(string path) => _locks.Add(path) ? new Held(() => _locks.Remove(path)) : null;

    private static string IdentityOf(Dictionary<string, byte[]> files) => string.Join(
        '\n', files.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => $"{file.Key} {Convert.ToHexStringLower(SHA256.HashData(file.Value))}"));

    private void Put(string path, byte[] data)
    {
        Content content = new() { Cached = data };
        _names[path] = content;
        _pendingNames.Add(names => names[path] = content);
    }

    private void Extend(string path, byte[] data)
    {
        Content content = _names.TryGetValue(path, out Content? there) ? there : throw new FileNotFoundException(path);
        content.Cached = [.. content.Cached, .. data];
    }

    private void Step(Action operation, Action? half = null)
    {
        OperationCount++;
        bool isCut = OperationCount == CutAt;
        if (isCut && Cut != DiskCut.After)
        {
            if (Cut == DiskCut.Half)
            {
                half?.Invoke();
            }

            throw new PowerCutException();
        }

        operation();
        if (isCut)
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
        public required byte[] Cached { get; set; }

        public byte[]? Durable { get; set; }

        // A file only grows after it was flushed: what is durable is the beginning of what is cached.
        public byte[] After(UnflushedContent unflushed)
        {
            byte[] safe = Durable ?? [];
            int tail = Cached.Length - safe.Length;
            return unflushed switch
            {
                UnflushedContent.Lost => safe,
                UnflushedContent.Torn => [.. Cached.Take(safe.Length + (tail / 2)), .. new byte[tail - (tail / 2)]],
                _ => Cached,
            };
        }
    }
}
