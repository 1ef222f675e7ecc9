// Key files in use: the one place where a signature is made from a file.
// Invariants: the advanced index is on the medium before the signature exists. The order is lock, read, compare with the
// register of used signatures, advance, write a new file, flush it, rename it over the old one, flush the directory, note
// it in the register likewise, sign, verify, unlock. A crash at any of these steps gives up at most one index and never uses one
// twice. A second process waits for the lock, for a bounded time. A key file that knows less than the register is an old
// copy and signs nothing.
// Clause: RFC 8554 §9.1 (stateful), NIST SP 800-208 §8.1 (state update before release of the signature).
// Tests: tests/host-sim/Signing (a crash at every file operation).
using EsyncSim.Files;

namespace EsyncSim.Signing;

/// <summary>Creates, reads and uses key files.</summary>
public sealed class SigningKeyStore
{
    private const int LockAttemptsMax = 200;
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(50);

    private readonly IFileSystem _files;
    private readonly Action<TimeSpan> _pause;
    private readonly KeyRegister? _register;
    private readonly Action<string>? _notice;

    /// <summary>A store over a file system.</summary>
    /// <param name="files">File system.</param>
    /// <param name="pause">Waits while another process holds a key; called at most 200 times for 50 ms each.</param>
    /// <param name="register">What is known of keys apart from their files; null: nothing is, and an old copy is not found.</param>
    /// <param name="notice">Hears once, in a sentence, that it waits for another process.</param>
    public SigningKeyStore(IFileSystem files, Action<TimeSpan> pause, KeyRegister? register = null, Action<string>? notice = null)
    {
        _files = files;
        _pause = pause;
        _register = register;
        _notice = notice;
    }

    /// <summary>The store over the real disk, with the user's own register.</summary>
    public static SigningKeyStore Disk { get; } = new(DiskFileSystem.Instance, Thread.Sleep, new KeyRegister(DiskFileSystem.Instance, KeyRegister.DefaultDirectory));

    /// <summary>Writes a new key file.</summary>
    /// <exception cref="UserErrorException">There is a file already (a key is never overwritten), or it cannot be written.</exception>
    public void Create(string path, SigningKey key) => Guard(path, () =>
    {
        using IDisposable held = Lock(path);
        if (_files.Exists(path))
        {
            throw new UserErrorException(ExitCode.BadUsage, $"{path} is there already; a key file is never overwritten");
        }

        AtomicFile.Write(_files, path, SigningKeyFile.Write(key), isSecret: true);
        return true;
    });

    /// <summary>Reads a key file to look at it. What one sees may be out of date at once; only <see cref="Sign"/> uses an index.</summary>
    /// <exception cref="UserErrorException">Missing, unreadable or changed.</exception>
    public SigningKey Load(string path) => Guard(path, () => Read(TargetOf(path)));

    /// <summary>What is known of a key apart from its file; null when nothing is.</summary>
    /// <exception cref="UserErrorException">The register's entry is damaged.</exception>
    public KeyKnowledge? KnowledgeOf(SigningKey key) => key.IsDemonstration ? null : _register?.Read(key.KeyId);

    /// <summary>Notes that a key has made signatures up to an index, whatever its file says.</summary>
    /// <param name="path">The key file.</param>
    /// <param name="index">Highest index that was seen.</param>
    /// <param name="source">Where it was seen.</param>
    /// <exception cref="UserErrorException">The register cannot be written.</exception>
    public void Learn(string path, long index, string source) => Locked(path, (key, _) =>
    {
        if (!key.IsDemonstration)
        {
            _register?.Raise(key.KeyId, index + 1, source);
        }

        return true;
    });

    /// <summary>Checks that a key may sign: not an old copy, and not used up. Uses no index.</summary>
    /// <param name="path">The key file.</param>
    /// <param name="signatures">How often it is to sign.</param>
    /// <exception cref="UserErrorException">It may not, or not so often, or the file cannot be read.</exception>
    public void RequireUsable(string path, int signatures = 1) => Locked(path, (key, _) =>
    {
        RequireUsable(key, path);
        if (key.Remaining < signatures)
        {
            throw new UserErrorException(ExitCode.KeyProblem, $"{path} has {key.Remaining} signatures left and is to make {signatures}: one for each entry of the package; ask for fewer entries, or make a new key and put its public key into the ECUs");
        }

        return true;
    });

    /// <summary>Gives up all indices below one, for a key whose file is older than the signatures that it has made.</summary>
    /// <exception cref="UserErrorException">The index is lower than what is known to be used, or beyond the key's end.</exception>
    public SigningKey Reserve(string path, long nextIndex) => Locked(path, (key, target) =>
    {
        long least = Math.Max(key.NextIndex, KnowledgeOf(key)?.NextIndex ?? 0);
        if (nextIndex < least || nextIndex > key.Parameters.SignatureCount)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"the next signature of {path} can be number {least} to {key.Parameters.SignatureCount}, not {nextIndex}: numbers below are used");
        }

        key.SkipTo(nextIndex);
        Store(key, target);
        return key;
    });

    /// <summary>Signs with the next index of the file.</summary>
    /// <exception cref="UserErrorException">Used up, an old copy, held by another process for too long, or the file cannot be read or written.</exception>
    public byte[] Sign(string path, byte[] message) => Locked(path, (key, target) =>
    {
        RequireUsable(key, path);
        long index = key.Reserve();
        Store(key, target);
        byte[] signature = key.Sign(index, message);
        return HssSignatures.Verify(key.PublicKey, message, signature)
            ? signature
            : throw new UserErrorException(ExitCode.KeyProblem, $"a signature by {path} did not verify and was thrown away; the machine or the file is damaged");
    });

    private static T Guard<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            string reason = error is DirectoryNotFoundException ? "its directory is not there" : error.Message;
            throw new UserErrorException(ExitCode.BadFile, $"signing key {path}: {reason}");
        }
    }

    // The key file's lock first, then that of the register's entry: the latter is one for all copies of a key.
    private T Locked<T>(string path, Func<SigningKey, string, T> work) => Guard(path, () =>
    {
        string target = TargetOf(path);
        using IDisposable held = Lock(target);
        SigningKey key = Read(target);
        using IDisposable? entry = key.IsDemonstration || _register is null
            ? null
            : Await(() => _register.TryLock(key.KeyId), path, _register.EntryOf(key.KeyId) + ".lock");
        return work(key, target);
    });

    private void Store(SigningKey key, string target)
    {
        AtomicFile.Write(_files, target, SigningKeyFile.Write(key), isSecret: true);
        if (!key.IsDemonstration)
        {
            _register?.Raise(key.KeyId, key.NextIndex, Path.GetFullPath(target));
        }
    }

    private void RequireUsable(SigningKey key, string path)
    {
        if (KnowledgeOf(key) is { } known && known.NextIndex > key.NextIndex)
        {
            throw new UserErrorException(
                ExitCode.KeyProblem,
                $"{path} is an old copy, for example from a backup: it would sign with number {key.NextIndex}, but {known.Source} shows that all below {known.NextIndex} are used " +
                $"(noted in {_register!.EntryOf(key.KeyId)}). A number used twice gives the key away. Make a new key, or, when no signature is unknown here, give up what is used: " +
                $"esync keys reserve {path} --next {known.NextIndex}");
        }

        if (key.Remaining == 0)
        {
            throw new UserErrorException(ExitCode.KeyProblem, $"{path} is used up: all {key.Parameters.SignatureCount} signatures were made; make a new key and put its public key into the ECUs");
        }
    }

    // A link is followed first: renaming over the link would leave the old index in the file behind it.
    private string TargetOf(string path) => _files.Exists(path)
        ? _files.Resolve(path)
        : throw new UserErrorException(ExitCode.BadFile, $"signing key {path} is not there; make one with: esync keys new");

    private SigningKey Read(string path)
    {
        byte[] text = _files.Read(path);
        return text.Length <= SigningKeyFile.LengthMax
            ? SigningKeyFile.Parse(text, path)
            : throw KeyJson.Malformed(path, "signing key", $"{text.Length} bytes are more than one has");
    }

    // The lock is a file of its own: the key file itself is replaced, and a lock on it would stay with the old one.
    private IDisposable Lock(string path) => Await(() => _files.TryLock(path + ".lock"), path, path + ".lock");

    private IDisposable Await(Func<IDisposable?> tryLock, string path, string lockPath)
    {
        for (int attempt = 0; attempt < LockAttemptsMax; attempt++)
        {
            if (tryLock() is { } held)
            {
                return held;
            }

            if (attempt == 0)
            {
                _notice?.Invoke($"{path} is in use by another process; waiting for up to {LockAttemptsMax * LockPause.TotalSeconds:F0} seconds");
            }

            _pause(LockPause);
        }

        throw new UserErrorException(ExitCode.KeyProblem, $"{path} is in use by another process (it holds {lockPath}); try again when that has ended");
    }
}
