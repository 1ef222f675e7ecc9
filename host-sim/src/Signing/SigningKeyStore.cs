// Key files in use: the one place where a signature is made from a file.
// Invariant: the advanced index is on the medium before the signature exists. The order is lock, read, advance, write a new
// file, flush it, rename it over the old one, flush the directory, sign, verify, unlock. A crash at any of these steps
// gives up at most one index and never uses one twice. A second process waits for the lock, for a bounded time.
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

    /// <summary>A store over a file system.</summary>
    /// <param name="files">File system.</param>
    /// <param name="pause">Waits while another process holds a key; called at most 200 times for 50 ms each.</param>
    public SigningKeyStore(IFileSystem files, Action<TimeSpan> pause)
    {
        _files = files;
        _pause = pause;
    }

    /// <summary>The store over the real disk.</summary>
    public static SigningKeyStore Disk { get; } = new(DiskFileSystem.Instance, Thread.Sleep);

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

    /// <summary>Signs with the next index of the file.</summary>
    /// <exception cref="UserErrorException">Used up, held by another process for too long, or the file cannot be read or written.</exception>
    public byte[] Sign(string path, byte[] message) => Guard(path, () =>
    {
        string target = TargetOf(path);
        using IDisposable held = Lock(target);
        SigningKey key = Read(target);
        if (key.Remaining == 0)
        {
            throw new UserErrorException(ExitCode.KeyProblem, $"{path} is used up: all {key.Parameters.SignatureCount} signatures were made; make a new key and put its public key into the ECUs");
        }

        long index = key.Reserve();
        AtomicFile.Write(_files, target, SigningKeyFile.Write(key), isSecret: true);

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
            throw new UserErrorException(ExitCode.BadFile, $"signing key {path}: {error.Message}");
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
    private IDisposable Lock(string path)
    {
        for (int attempt = 0; attempt < LockAttemptsMax; attempt++)
        {
            IDisposable? held = _files.TryLock(path + ".lock");
            if (held is not null)
            {
                return held;
            }

            _pause(LockPause);
        }

        throw new UserErrorException(ExitCode.KeyProblem, $"{path} is in use by another process (it holds {path}.lock); try again when that has ended");
    }
}
