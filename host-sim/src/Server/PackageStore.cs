// Packages in the server's database: what each is, and its forms. The bytes lie as files beside the database, each named by its SHA-256.
// Invariants: a row says nothing of a file that is not whole on the medium; a file is written once and never changed; the same package
// twice is one. One that a campaign needs which has not ended stays. What a kill leaves without a row is swept away with the next
// deletion. One server at a time writes here: a lock file says so to those that share the database.
// It must not check signatures: the ECUs do that.
// Tests: tests/host-sim/Server/PackageStoreTests.cs (a kill at every file operation and at the transaction).
using EsyncSim.Demo;
using EsyncSim.Files;
using Microsoft.Data.Sqlite;

namespace EsyncSim.Server;

/// <summary>A package in the store.</summary>
/// <param name="Sha256">SHA-256 of the uploaded file, hexadecimal.</param>
/// <param name="Name">Its name.</param>
/// <param name="Part">What of an ECU it is for.</param>
/// <param name="ClassId">Hardware class that it is for, a UUID.</param>
/// <param name="Version">Version that it brings.</param>
/// <param name="Length">Length of the file in bytes.</param>
/// <param name="File">Name that the file had.</param>
/// <param name="AddedMs">When it came, UTC in milliseconds since 1970.</param>
/// <param name="Forms">Its forms in the file's order.</param>
public sealed record StoredPackage(string Sha256, string Name, TargetPart Part, string ClassId, string Version, int Length, string File, long AddedMs, IReadOnlyList<StoredForm> Forms);

/// <summary>A form of a package in the store.</summary>
/// <param name="Sha256">SHA-256 of its file, hexadecimal.</param>
/// <param name="Encoding">Name of its encoding; null for what has none.</param>
/// <param name="Length">Length of its file in bytes.</param>
/// <param name="TransferLength">Bytes that go to the ECU.</param>
/// <param name="ImageLength">Bytes of the installed image.</param>
/// <param name="BaseDigest">Manifest digest of a patch's base, hexadecimal; null where there is none.</param>
public sealed record StoredForm(string Sha256, string? Encoding, int Length, int TransferLength, int ImageLength, string? BaseDigest);

/// <summary>Somebody else is changing the store.</summary>
public sealed class StoreBusyException() : Exception("another server is storing or deleting a package in this database; try again in a second");

/// <summary>The packages of a database.</summary>
public sealed class PackageStore
{
    private const string Columns = "sha256, name, part, class, version, length, file, added";

    private readonly CloudStore _store;
    private readonly IFileSystem _files;
    private readonly string _folder;

    internal PackageStore(CloudStore store, IFileSystem files, string folder)
    {
        _store = store;
        _files = files;
        _folder = folder;
    }

    /// <summary>All packages, by name and version.</summary>
    public IReadOnlyList<StoredPackage> All => Read($"SELECT {Columns} FROM package ORDER BY name, version, added");

    /// <summary>Takes a package in, with its forms; one that is here already stays as it is.</summary>
    /// <param name="file">The uploaded bytes.</param>
    /// <param name="name">Name of the file, for people.</param>
    /// <exception cref="UserErrorException">It is no package, trust file or rules file, or the disk does not take it.</exception>
    /// <exception cref="StoreBusyException">Another server of this database is at it.</exception>
    public StoredPackage Add(byte[] file, string name)
    {
        UpdateFile content = UpdateFile.Of(file, name);
        PackageForms forms = PackageForms.Of(file);
        if (Find(forms.Sha256) is { } there)
        {
            return there;
        }

        using IDisposable held = Lock();
        Write(forms.Sha256, file);
        foreach (PackageForm form in forms.All)
        {
            Write(form.Sha256, form.File);
        }

        _store.Transact(transaction =>
        {
            _store.Do(
                transaction,
                $"INSERT INTO package ({Columns}) VALUES ($a, $b, $c, $d, $e, $f, $g, $h) ON CONFLICT DO NOTHING",
                forms.Sha256, content.Name, content.Part.ToString(), new Guid(content.ClassId, bigEndian: true).ToString(), content.Version, file.Length, Path.GetFileName(name), _store.NowMs);
            for (int i = 0; i < forms.All.Count; i++)
            {
                PackageForm form = forms.All[i];
                _store.Do(
                    transaction,
                    "INSERT INTO form (package, number, sha256, encoding, length, transfer, image, base) VALUES ($a, $b, $c, $d, $e, $f, $g, $h) ON CONFLICT DO NOTHING",
                    forms.Sha256, i, form.Sha256, form.Encoding, form.File.Length, form.TransferLength, form.ImageLength, form.Image?.BaseDigest is { } digest ? Convert.ToHexStringLower(digest) : null);
            }

            _store.Events.Add(transaction, $"package {content.Name} {content.Version} was stored, {Count(forms.All.Count, "form")}");
        });
        return Find(forms.Sha256)!;
    }

    /// <summary>A package by the SHA-256 of its file; null when it is not here.</summary>
    public StoredPackage? Find(string sha256) => Read($"SELECT {Columns} FROM package WHERE sha256 = $a", sha256).FirstOrDefault();

    /// <summary>Packages of a name and a version; several where a release was built twice.</summary>
    public IReadOnlyList<StoredPackage> Find(string name, string version) => Read($"SELECT {Columns} FROM package WHERE name = $a AND version = $b ORDER BY added", name, version);

    /// <summary>The bytes of a package or of a form; null when no row names them.</summary>
    public byte[]? BytesOf(string sha256) =>
        _store.Ask("SELECT 1 FROM package WHERE sha256 = $a UNION SELECT 1 FROM form WHERE sha256 = $a", sha256) is null ? null : _files.Read(PathOf(sha256));

    /// <summary>Campaigns that have not ended and need a package.</summary>
    public IReadOnlyList<string> NeededBy(string sha256) => _store.All(
        row => row.GetString(0),
        "SELECT campaign FROM need JOIN campaign ON campaign.id = need.campaign WHERE package = $a AND (state IN ('Draft', 'Running', 'Paused') OR EXISTS (SELECT 1 FROM run WHERE run.campaign = campaign.id AND ended = 0))",
        sha256);

    /// <summary>Deletes a package and its files.</summary>
    /// <exception cref="UserErrorException">A campaign needs it.</exception>
    /// <exception cref="StoreBusyException">Another server of this database is at it.</exception>
    public void Delete(string sha256)
    {
        if (NeededBy(sha256) is { Count: > 0 } needing)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"package {sha256} is needed by {string.Join(", ", needing)}; let it end, or cancel it");
        }

        using IDisposable held = Lock();
        _store.Transact(transaction =>
        {
            _store.Do(transaction, "DELETE FROM need WHERE package = $a", sha256);
            _store.Do(transaction, "DELETE FROM form WHERE package = $a", sha256);
            if (_store.Do(transaction, "DELETE FROM package WHERE sha256 = $a", sha256) > 0)
            {
                _store.Events.Add(transaction, $"package {sha256} was deleted");
            }
        });
        Sweep();
    }

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";

    private string PathOf(string sha256) => Path.Combine(_folder, sha256);

    private IDisposable Lock()
    {
        _files.CreateDirectory(_folder);
        return _files.TryLock(Path.Combine(_folder, ".lock")) ?? throw new StoreBusyException();
    }

    private void Write(string sha256, byte[] file)
    {
        if (!_files.Exists(PathOf(sha256)))
        {
            AtomicFile.WriteOutput(_files, PathOf(sha256), file);
        }
    }

    private void Sweep()
    {
        HashSet<string> known = [.. _store.All(row => row.GetString(0), "SELECT sha256 FROM package UNION SELECT sha256 FROM form")];
        foreach (string path in _files.List(_folder).Where(path => !Path.GetFileName(path).StartsWith('.') && !known.Contains(Path.GetFileName(path))))
        {
            _files.Delete(path);
        }
    }

    private IReadOnlyList<StoredPackage> Read(string question, params object?[] values) =>
    [
        .. _store.All(
            row => new StoredPackage(row.GetString(0), row.GetString(1), Enum.Parse<TargetPart>(row.GetString(2)), row.GetString(3), row.GetString(4), row.GetInt32(5), row.GetString(6), row.GetInt64(7), []),
            question, values).Select(package => package with { Forms = FormsOf(package.Sha256) }),
    ];

    private IReadOnlyList<StoredForm> FormsOf(string sha256) => _store.All(
        (SqliteDataReader row) => new StoredForm(row.GetString(0), row.IsDBNull(1) ? null : row.GetString(1), row.GetInt32(2), row.GetInt32(3), row.GetInt32(4), row.IsDBNull(5) ? null : row.GetString(5)),
        "SELECT sha256, encoding, length, transfer, image, base FROM form WHERE package = $a ORDER BY number",
        sha256);
}
