// What is known of the signatures that keys have made, kept apart from the key files: a key file that comes back from a
// backup, or a second copy of one, is found to be old. One small file for each key, named by its identifier.
// Invariants: what is known of a key only grows; an entry is replaced as a whole; whoever compares and then signs holds the
// entry's lock meanwhile, so that two copies of one key cannot both pass. The key file advances first: a crash between the two
// leaves the register behind and never ahead, so that it accuses nobody falsely.
// It holds nothing secret and must not know what a key signs.
// Tests: tests/host-sim/Signing.
using EsyncSim.Files;

namespace EsyncSim.Signing;

/// <summary>What is known of one key.</summary>
/// <param name="NextIndex">All indices below are used or given up.</param>
/// <param name="Source">Who said so: a key file or something that the key signed.</param>
public sealed record KeyKnowledge(long NextIndex, string Source);

/// <summary>The register of used signatures, a directory.</summary>
public sealed class KeyRegister
{
    /// <summary>First value of an entry, with its version.</summary>
    public const string Format = "esync-key-register/1";

    private const string What = "entry of the register of used signatures";

    private readonly IFileSystem _files;
    private readonly string? _directory;

    /// <summary>A register in a directory, which is made with the first entry.</summary>
    /// <param name="files">File system.</param>
    /// <param name="directory">The directory; null when nobody said where, which is an error as soon as it is used.</param>
    public KeyRegister(IFileSystem files, string? directory)
    {
        _files = files;
        _directory = directory;
    }

    /// <summary>The user's own: below $XDG_STATE_HOME, or ~/.local/state, or the local application data of Windows; null when there is none of them.</summary>
    public static string? DefaultDirectory
    {
        get
        {
            string? state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
            if (state is null || !Path.IsPathRooted(state))
            {
                string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
                state = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
                    : home.Length > 0 ? Path.Combine(home, ".local", "state") : string.Empty;
            }

            return state.Length > 0 ? Path.Combine(state, "esync", "keys") : null;
        }
    }

    /// <summary>File of a key's entry.</summary>
    /// <exception cref="UserErrorException">Nobody said where the register is.</exception>
    public string EntryOf(byte[] keyId) => Path.Combine(
        _directory ?? throw new UserErrorException(ExitCode.BadFile, "there is no place for the register of used signatures: neither XDG_STATE_HOME nor HOME is set. Name one with --register DIR"),
        Convert.ToHexStringLower(keyId));

    /// <summary>Takes the lock of a key's entry; null while another process holds it.</summary>
    /// <exception cref="UserErrorException">The register cannot be written.</exception>
    public IDisposable? TryLock(byte[] keyId) => Guard(() =>
    {
        string entry = EntryOf(keyId);
        _files.CreateDirectory(_directory!);
        return _files.TryLock(entry + ".lock");
    });

    /// <summary>What is known of a key; null when nothing is.</summary>
    /// <exception cref="UserErrorException">The entry is damaged, or cannot be read.</exception>
    public KeyKnowledge? Read(byte[] keyId) => Guard(() =>
    {
        string entry = EntryOf(keyId);
        if (!_files.Exists(entry))
        {
            return null;
        }

        EntryForm form = KeyJson.Parse<EntryForm>(_files.Read(entry), entry, What, Format, form => form.Format);
        return KeyJson.IsIntact(form) && form.KeyId == Convert.ToHexStringLower(keyId) && form.NextIndex >= 0
            ? new KeyKnowledge(form.NextIndex, form.Source)
            : throw KeyJson.Malformed(entry, What, "its checksum is wrong, so it was damaged or edited. Remove it to go on without what it knew; an old copy of this key is not found then");
    });

    /// <summary>Notes that all indices below one are used or given up, on the medium when this returns; less than what is known changes nothing.</summary>
    /// <returns>True when it was news.</returns>
    /// <exception cref="UserErrorException">The register cannot be written.</exception>
    public bool Raise(byte[] keyId, long nextIndex, string source)
    {
        if (Read(keyId)?.NextIndex >= nextIndex)
        {
            return false;
        }

        EntryForm form = new() { Format = Format, KeyId = Convert.ToHexStringLower(keyId), NextIndex = nextIndex, Source = source };
        return Guard(() =>
        {
            _files.CreateDirectory(_directory!);
            AtomicFile.Write(_files, EntryOf(keyId), KeyJson.WriteChecked(form));
            return true;
        });
    }

    private T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(
                ExitCode.BadFile,
                $"the register of used signatures in {_directory} cannot be used: {error.Message}. It is what finds an old copy of a key; name another place with --register DIR");
        }
    }

    private sealed class EntryForm : ICheckedForm
    {
        public required string Format { get; init; }

        public required string KeyId { get; init; }

        public required long NextIndex { get; init; }

        public required string Source { get; init; }

        public string Checksum { get; set; } = string.Empty;
    }
}
