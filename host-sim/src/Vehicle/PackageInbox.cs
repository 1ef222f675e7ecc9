// Package files that the server hands out on request: asked for by esync.start-download, and again until they are here.
// Invariants: a file counts by its SHA-256 only, whoever sent it; the few newest are kept.
// Tests: tests/Vehicle, tests/host-sim/Vehicle.
using System.Security.Cryptography;
using EsyncSim.Bus;
using EsyncSim.Server;

namespace EsyncSim.Vehicle;

/// <summary>Where packages arrive.</summary>
internal sealed class PackageInbox
{
    private const long RepeatNs = 10 * VirtualTime.NsPerSecond;
    private const int AttemptsMax = 6;
    private const int CountMax = 16;

    private readonly Action<EsyncMessage> _tell;
    private readonly VirtualTime _time;
    private readonly List<SimSignal> _waiting = [];
    private readonly OrderedDictionary<string, byte[]> _files = [];

    /// <summary>Listens for packages.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="link">Where they come.</param>
    /// <param name="topics">On which topics.</param>
    /// <param name="tell">Says something to the server that may be lost.</param>
    public PackageInbox(VirtualTime time, IMessageLink link, Topics topics, Action<EsyncMessage> tell)
    {
        _tell = tell;
        _time = time;
        link.Subscribe(topics.Packages, Receive);
    }

    /// <summary>The bytes of one of the files that the wanted version may be had by; null when they do not come.</summary>
    public async Task<byte[]?> FetchAsync(EsyncPackage package, EsyncDownloadable file)
    {
        EsyncPackage wanted = package with { VersionList = new Dictionary<string, EsyncVersion> { [package.Version ?? string.Empty] = new() { Sha256 = file.Sha256, Downloadables = [file] } } };
        SimSignal arrived = new(_time);
        _waiting.Add(arrived);
        for (int attempt = 0; attempt < AttemptsMax && !_files.ContainsKey(file.Sha256); attempt++)
        {
            _tell(new EsyncMessage { Type = EsyncType.StartDownload, Body = new EsyncBody { Package = wanted } });
            for (long endNs = _time.NowNs + RepeatNs; !_files.ContainsKey(file.Sha256) && _time.NowNs < endNs;)
            {
                await arrived.Wait(endNs - _time.NowNs);
            }
        }

        _waiting.Remove(arrived);
        return _files.GetValueOrDefault(file.Sha256);
    }

    /// <summary>The files that the wanted version may be had by, the preferred one first; none when the offer names none.</summary>
    public static IReadOnlyList<EsyncDownloadable> FilesOf(EsyncPackage package) =>
        package.VersionList?.GetValueOrDefault(package.Version ?? string.Empty) is not { } version ? []
        : version.Downloadables is { Count: > 0 } files ? files
        : version.Sha256 is { } sha256 ? [new EsyncDownloadable { Url = string.Empty, Length = 0, Sha256 = sha256 }]
        : [];

    private void Receive(string topic, ReadOnlyMemory<byte> payload)
    {
        _files[Convert.ToHexStringLower(SHA256.HashData(payload.Span))] = payload.ToArray();
        if (_files.Count > CountMax)
        {
            _files.RemoveAt(0);
        }

        _waiting.ForEach(waiting => waiting.Set());
    }
}
