// Brings packages into the vehicle: from an address, range by range, going on where a connection, a process or a power supply ended; or
// over the message link, asked for by esync.start-download. What is on the disk is not asked for.
// Invariants: a file counts by its SHA-256 only, whoever sent it; each is fetched once, however many wait for it; a file that is another one
// now is begun anew; fetching ends after a bounded time without a byte, and what is here by then is gone on with later.
// Tests: tests/host-sim/Vehicle/PackageFetcherTests.cs, tests/Vehicle.
using System.Security.Cryptography;
using EsyncSim.Bus;
using EsyncSim.Server;

namespace EsyncSim.Vehicle;

/// <summary>What became of a package that was to be fetched.</summary>
/// <param name="File">Its bytes; null when they are not here.</param>
/// <param name="Why">Why they are not, as a sentence for people.</param>
public sealed record PackageArrival(byte[]? File, string Why);

/// <summary>Fetches packages.</summary>
internal sealed class PackageFetcher
{
    /// <summary>Pause after nothing came, in nanoseconds.</summary>
    public const long RepeatNs = 10 * VirtualTime.NsPerSecond;

    private const long ResumeNs = VirtualTime.NsPerSecond;
    private const int LinkAttemptsMax = 6;
    private const int SourceAttemptsMax = 30;
    private const int PieceBytes = 256 << 10;

    // A server that does not answer may still reach the vehicle by the broker.
    private const int SourceFailuresUntilLink = 2;

    private readonly VirtualTime _time;
    private readonly PackageDisk _disk;
    private readonly IReadOnlyList<IPackageSource> _sources;
    private readonly Action<EsyncMessage> _tell;
    private readonly Dictionary<string, Task<PackageArrival>> _underWay = [];
    private readonly Dictionary<string, SimSignal> _awaited = [];
    private bool _isStopped;

    /// <summary>Listens for packages.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="link">Where they come.</param>
    /// <param name="topics">On which topics.</param>
    /// <param name="disk">Where they are kept.</param>
    /// <param name="sources">Where else they come from.</param>
    /// <param name="tell">Says something to the server that may be lost.</param>
    public PackageFetcher(VirtualTime time, IMessageLink link, Topics topics, PackageDisk disk, IReadOnlyList<IPackageSource> sources, Action<EsyncMessage> tell)
    {
        _time = time;
        _disk = disk;
        _sources = sources;
        _tell = tell;
        link.Subscribe(topics.Packages, Receive);
    }

    /// <summary>The files that the wanted version may be had by, the preferred one first; none when the offer names none.</summary>
    public static IReadOnlyList<EsyncDownloadable> FilesOf(EsyncPackage package) =>
        package.VersionList?.GetValueOrDefault(package.Version ?? string.Empty) is not { } version ? []
        : version.Downloadables is { Count: > 0 } files ? files
        : version.Sha256 is { } sha256 ? [new EsyncDownloadable { Url = string.Empty, Length = 0, Sha256 = sha256 }]
        : [];

    /// <summary>Brings one of the files that the wanted version may be had by.</summary>
    public async Task<PackageArrival> FetchAsync(EsyncPackage package, EsyncDownloadable file)
    {
        if (_disk.Find(file.Sha256) is { } here)
        {
            return new PackageArrival(here, string.Empty);
        }

        if (_underWay.TryGetValue(file.Sha256, out Task<PackageArrival>? other))
        {
            return await other;
        }

        Task<PackageArrival> fetching = BringAsync(package, file);
        if (!fetching.IsCompleted)
        {
            _underWay[file.Sha256] = fetching;
        }

        return await fetching;
    }

    /// <summary>Touches the disk no more.</summary>
    public void Stop() => _isStopped = true;

    private async Task<PackageArrival> BringAsync(EsyncPackage package, EsyncDownloadable file)
    {
        using IDisposable hold = _disk.Hold(file.Sha256);
        SimSignal arrived = _awaited[file.Sha256] = new SimSignal(_time);
        try
        {
            return await BringAsync(package, file, arrived);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new PackageArrival(null, $"the vehicle's disk does not take the package: {exception.Message}");
        }
        finally
        {
            _awaited.Remove(file.Sha256);
            _underWay.Remove(file.Sha256);
        }
    }

    private async Task<PackageArrival> BringAsync(EsyncPackage package, EsyncDownloadable file, SimSignal arrived)
    {
        if (!_disk.MakeRoom(file.Sha256, file.Length))
        {
            return new PackageArrival(null, $"the package has {file.Length} bytes, and the vehicle keeps {_disk.BytesMax} of packages, with others in use");
        }

        IPackageSource? source = file.Length > 0 ? _sources.FirstOrDefault(source => source.Takes(file.Url)) : null;
        EsyncPackage wanted = package with { VersionList = new Dictionary<string, EsyncVersion> { [package.Version ?? string.Empty] = new() { Sha256 = file.Sha256, Downloadables = [file] } } };
        string why = "the package did not arrive, or is not the announced one";
        for (int failures = 0, most = _disk.PartOf(file.Sha256).Have; failures < (source is null ? LinkAttemptsMax : SourceAttemptsMax);)
        {
            bool hasMore = false;
            if (source is not null)
            {
                (int have, why) = await ReadAsync(source, package, file);
                hasMore = have > most;
                most = Math.Max(most, have);
            }

            // Only what was never here before counts, or a server that begins again and again would never be given up.
            failures = hasMore ? 0 : failures + 1;
            if (_isStopped || _disk.Find(file.Sha256) is { })
            {
                break;
            }

            if (source is null || failures >= SourceFailuresUntilLink)
            {
                _tell(new EsyncMessage { Type = EsyncType.StartDownload, Body = new EsyncBody { Package = wanted } });
            }

            await arrived.Wait(hasMore ? ResumeNs : RepeatNs);
            if (_isStopped || _disk.Find(file.Sha256) is { })
            {
                break;
            }
        }

        return _isStopped || _disk.Find(file.Sha256) is not { } whole ? new PackageArrival(null, why) : new PackageArrival(whole, string.Empty);
    }

    // Reads as long as more comes; how far that was, and why it ended.
    private async Task<(int Have, string Why)> ReadAsync(IPackageSource source, EsyncPackage package, EsyncDownloadable file)
    {
        PackagePart part = _disk.PartOf(file.Sha256);
        try
        {
            while (part.Have < file.Length)
            {
                PackagePiece piece = await source.ReadAsync(new PackageRange(file.Url, part.Have, Math.Min(file.Length - part.Have, PieceBytes), file.Length, part.Have > 0 ? part.Tag : null));
                if (_isStopped || _disk.Find(file.Sha256) is { })
                {
                    return (part.Have, string.Empty);
                }

                if (Fault(piece, part, file) is { } fault)
                {
                    _disk.Forget(file.Sha256);
                    return (0, fault);
                }

                _disk.Add(file.Sha256, piece.Offset, piece.Bytes, piece.Tag);
                int before = part.Have;
                part = _disk.PartOf(file.Sha256);
                if (part.Have <= before)
                {
                    return (part.Have, $"{file.Url} cannot go on in the middle, and ends before its end");
                }

                Tell(package, before, part.Have, file.Length);
            }

            return _disk.Complete(file.Sha256) ? (file.Length, string.Empty) : (0, $"what {file.Url} gives is not the announced package");
        }
        catch (PackageSourceException exception)
        {
            return (part.Have, exception.Message);
        }
    }

    // Every tenth part, so that the server sees a sign of life.
    private void Tell(EsyncPackage package, int before, int have, int length)
    {
        if (have * 10L / length > before * 10L / length)
        {
            _tell(VehicleAnswers.Downloaded(package, have, length));
        }
    }

    private static string? Fault(PackagePiece piece, PackagePart part, EsyncDownloadable file) =>
        piece.Length is { } length && length != file.Length ? $"{file.Url} has {length} bytes, {file.Length} were announced"
        : piece.Offset != 0 && piece.Offset != part.Have ? $"{file.Url} gives another part than it was asked for"
        : piece.Bytes.Length == 0 || piece.Offset + piece.Bytes.Length > file.Length ? $"{file.Url} gives {piece.Bytes.Length} bytes at {piece.Offset} of {file.Length}"
        : null;

    private void Receive(string topic, ReadOnlyMemory<byte> payload)
    {
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(payload.Span));
        if (!_isStopped && _awaited.TryGetValue(sha256, out SimSignal? arrived))
        {
            if (_disk.MakeRoom(sha256, payload.Length))
            {
                _disk.Put(sha256, payload.ToArray());
            }

            arrived.Set();
        }
    }
}
