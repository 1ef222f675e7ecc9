// Packages that are in the vehicle, whole and in part: files of one directory, named by their SHA-256.
//   <sha-256>        a whole package            <sha-256>.part   what is here of one
//   <sha-256>.state  how much of the part is on the medium, and what its server calls the file
//   order            names of packages, the one that was used last at the end
// Invariants: what Find gives has its SHA-256; a part counts as far as it was flushed, so that a crash at any moment costs one piece and
// never a wrong package; no more bytes than BytesMax are kept: the package that was not used for longest goes first, one that is held
// never. Other files of the directory are left alone.
// It must not know where packages come from, nor what is in them.
// Tests: tests/host-sim/Vehicle/PackageDiskTests.cs (a crash at every file operation).
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EsyncSim.Files;

namespace EsyncSim.Vehicle;

/// <summary>What is here of a package.</summary>
/// <param name="Have">Bytes from its beginning on.</param>
/// <param name="Tag">What its server called it; null when that is not known.</param>
public sealed record PackagePart(int Have, string? Tag);

/// <summary>The vehicle's packages on disk.</summary>
public sealed class PackageDisk
{
    /// <summary>Bytes of packages that are kept when nothing else is said.</summary>
    public const long DefaultBytesMax = 512L << 20;

    private const string Part = ".part", State = ".state", Beside = ".new";
    private const int NameLength = 64;

    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly List<string> _order = [];
    private readonly Dictionary<string, int> _held = [];
    private readonly Dictionary<string, long> _lengths = [];

    private PackageDisk(IFileSystem files, string directory, long bytesMax)
    {
        _files = files;
        _directory = directory;
        BytesMax = bytesMax;
    }

    /// <summary>Bytes that are kept at most.</summary>
    public long BytesMax { get; }

    /// <summary>Bytes that are kept now.</summary>
    public long Bytes => _lengths.Values.Sum();

    /// <summary>Takes over a directory, or makes it, and tidies up what a crash has left.</summary>
    /// <exception cref="UserErrorException">The directory cannot be used.</exception>
    public static PackageDisk Open(IFileSystem files, string directory, long bytesMax = DefaultBytesMax)
    {
        PackageDisk disk = new(files, directory, bytesMax);
        try
        {
            files.CreateDirectory(directory);
            disk.Load();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(ExitCode.BadFile, $"the directory of packages {directory} cannot be used: {exception.Message}");
        }

        return disk;
    }

    /// <summary>A whole package; null when it is not here, or is damaged, and then it is gone.</summary>
    public byte[]? Find(string sha256)
    {
        if (!_files.Exists(PathOf(sha256)))
        {
            return null;
        }

        byte[] file = _files.Read(PathOf(sha256));
        if (!Is(file, sha256))
        {
            Forget(sha256);
            return null;
        }

        Touch(sha256);
        return file;
    }

    /// <summary>Keeps a package from being taken away for another's sake until the returned object is disposed of.</summary>
    public IDisposable Hold(string sha256)
    {
        _held[sha256] = _held.GetValueOrDefault(sha256) + 1;
        return new Holder(() => _held[sha256]--);
    }

    /// <summary>How much of a package is here.</summary>
    public PackagePart PartOf(string sha256)
    {
        if (!_files.Exists(PathOf(sha256) + Part) || !_files.Exists(PathOf(sha256) + State))
        {
            return new PackagePart(0, null);
        }

        string[] state = Encoding.UTF8.GetString(_files.Read(PathOf(sha256) + State)).Split('\n', 2);
        int have = int.TryParse(state[0], NumberStyles.None, CultureInfo.InvariantCulture, out int read) ? read : 0;
        return have > _files.Length(PathOf(sha256) + Part) ? new PackagePart(0, null) : new PackagePart(have, state.Length > 1 && state[1].Length > 0 ? state[1] : null);
    }

    /// <summary>Adds to a part; it is on the medium when this returns.</summary>
    /// <param name="sha256">The package.</param>
    /// <param name="at">Place of the bytes: the end of the part, or 0, which begins it anew.</param>
    /// <param name="bytes">The bytes.</param>
    /// <param name="tag">What the server calls the file.</param>
    public void Add(string sha256, int at, ReadOnlyMemory<byte> bytes, string? tag)
    {
        string path = PathOf(sha256) + Part;
        if (at == 0)
        {
            _files.Write(path, bytes.ToArray(), isSecret: false);
        }
        else if (_files.Length(path) > at)
        {
            // More was written than flushed when the last run ended: nobody knows what that is.
            AtomicFile.Write(_files, path, [.. _files.Read(path)[..at], .. bytes.Span]);
        }
        else
        {
            _files.Append(path, bytes.ToArray());
        }

        _files.Flush(path);
        _lengths[sha256] = at + bytes.Length;
        Touch(sha256);
        AtomicFile.Write(_files, PathOf(sha256) + State, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{at + bytes.Length}\n{tag}")));
    }

    /// <summary>Makes a part that has all its bytes a whole package; false when it is not the one of this SHA-256, and then it is gone.</summary>
    public bool Complete(string sha256)
    {
        string path = PathOf(sha256) + Part;
        if (!_files.Exists(path) || !Is(_files.Read(path), sha256))
        {
            Forget(sha256);
            return false;
        }

        _files.Replace(path, PathOf(sha256));
        _files.FlushDirectory(path);
        _files.Delete(PathOf(sha256) + State);
        return true;
    }

    /// <summary>Puts a whole package in, for which there must be room.</summary>
    public void Put(string sha256, byte[] file)
    {
        AtomicFile.Write(_files, PathOf(sha256), file);
        _lengths[sha256] = file.Length;
        Delete(PathOf(sha256) + Part, PathOf(sha256) + State);
        Touch(sha256);
    }

    /// <summary>Makes room for a package of a length; false when what is held leaves too little.</summary>
    public bool MakeRoom(string sha256, int length)
    {
        foreach (string oldest in _order.Where(name => name != sha256 && _held.GetValueOrDefault(name) == 0).ToArray())
        {
            if (Needed(sha256, length) <= BytesMax)
            {
                break;
            }

            Forget(oldest);
        }

        return Needed(sha256, length) <= BytesMax;
    }

    /// <summary>Takes a package away, whole or in part.</summary>
    public void Forget(string sha256)
    {
        Delete(PathOf(sha256), PathOf(sha256) + State, PathOf(sha256) + Part);
        _lengths.Remove(sha256);
        _order.Remove(sha256);
    }

    private static bool Is(byte[] file, string sha256) => Convert.ToHexStringLower(SHA256.HashData(file)) == sha256;

    private static bool IsName(string text) => text.Length == NameLength && text.All(char.IsAsciiHexDigitLower);

    private string PathOf(string sha256) =>
        IsName(sha256) ? Path.Combine(_directory, sha256) : throw new UserErrorException(ExitCode.BadFile, $"a package is named by its SHA-256, 64 hexadecimal digits, and not {sha256}");

    private long Needed(string sha256, int length) => Bytes - _lengths.GetValueOrDefault(sha256) + length;

    private void Load()
    {
        string order = Path.Combine(_directory, "order");
        string[] known = _files.Exists(order) ? Encoding.ASCII.GetString(_files.Read(order)).Split('\n') : [];
        IReadOnlyList<string> paths = _files.List(_directory);
        foreach (string sha256 in paths.Select(path => Path.GetFileName(path).Split('.')[0]).Where(IsName).Distinct())
        {
            Tidy(sha256);
            string path = PathOf(sha256);
            if (_files.Exists(path) || _files.Exists(path + Part))
            {
                _lengths[sha256] = _files.Length(_files.Exists(path) ? path : path + Part);
                _order.Add(sha256);
            }
        }

        // One that is not in the list is older than all that are.
        string[] sorted = [.. _order.OrderBy(sha256 => Array.IndexOf(known, sha256))];
        _order.Clear();
        _order.AddRange(sorted);
    }

    // What a crash leaves beside the files that count.
    private void Tidy(string sha256)
    {
        string path = PathOf(sha256);
        bool isPart = !_files.Exists(path) && _files.Exists(path + Part) && _files.Exists(path + State);
        Delete([path + Beside, path + Part + Beside, path + State + Beside, .. isPart ? Array.Empty<string>() : [path + State, path + Part]]);
    }

    private void Delete(params string[] paths)
    {
        foreach (string path in paths.Where(_files.Exists))
        {
            _files.Delete(path);
        }
    }

    private void Touch(string sha256)
    {
        if (_order.Count == 0 || _order[^1] != sha256)
        {
            _order.Remove(sha256);
            _order.Add(sha256);
            AtomicFile.Write(_files, Path.Combine(_directory, "order"), Encoding.ASCII.GetBytes(string.Join('\n', _order)));
        }
    }

    private sealed class Holder(Action release) : IDisposable
    {
        private Action? _release = release;

        public void Dispose()
        {
            _release?.Invoke();
            _release = null;
        }
    }
}
