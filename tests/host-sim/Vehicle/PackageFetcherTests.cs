// Fetching packages from a server that cuts, forgets, changes and misunderstands, in virtual time; and over the message link when nothing else helps.
using System.Security.Cryptography;
using EsyncSim.Bus;
using EsyncSim.Files;
using EsyncSim.Server;
using EsyncSim.Vehicle;
using Xunit;

namespace EsyncTests.HostSim.Vehicle;

public sealed class PackageFetcherTests
{
    private const string Url = "http://server/packages/x";
    private const int Piece = 256 << 10;
    private static readonly Topics Topics = new("V1");
    private static readonly byte[] File = [.. Enumerable.Range(0, (3 * Piece) + 1000).Select(i => (byte)(i * 31 >> 3))];
    private readonly VirtualTime _time = new();
    private readonly VirtualMessageNetwork _network;
    private readonly MemoryFileSystem _files = new();
    private readonly List<EsyncMessage> _told = [];
    private readonly IMessageLink _server;
    private PackageFetcher? _fetcher;

    public PackageFetcherTests()
    {
        _network = new VirtualMessageNetwork(_time, 1);
        _server = _network.Join("server");
    }

    [Fact]
    public void A_package_comes_piece_by_piece_once_and_is_here_then()
    {
        ScriptedSource source = new(_time);
        Assert.Equal(File, Fetch(source).File);
        Assert.Equal([0, Piece, 2 * Piece, 3 * Piece], source.Ranges.Select(range => range.Offset));
        Assert.Equal([null, "\"1\"", "\"1\"", "\"1\""], source.Ranges.Select(range => range.Tag));

        Assert.Equal(File, Fetch(source).File);
        Assert.Equal(4, source.Ranges.Count);
        Assert.DoesNotContain(_told, message => message.Type == EsyncType.StartDownload);
        Assert.Equal([33, 66, 99, 100], _told.Select(message => message.Body.Progress!.Value));
    }

    [Fact]
    public void What_is_cut_goes_on_where_it_ended()
    {
        ScriptedSource source = new(_time) { CutAfter = { 70_000, 0, 5 } };
        Assert.Equal(File, Fetch(source).File);
        Assert.Equal([0, 70_000, 70_000, 70_005], source.Ranges.Take(4).Select(range => range.Offset));
        Assert.Equal(File.Length, source.Sent);
    }

    [Fact]
    public void A_client_that_was_killed_goes_on_where_it_ended()
    {
        ScriptedSource first = new(_time) { CutAfter = { Piece, 100, -1 } };
        Task<PackageArrival> dying = Task.FromResult(new PackageArrival(null, string.Empty));
        _time.Run(async () =>
        {
            dying = Start(first);
            await _time.Delay(5 * VirtualTime.NsPerSecond);
            _fetcher!.Stop();
        });
        ScriptedSource second = new(_time);
        Assert.Equal(File, Fetch(second).File);
        Assert.Equal(Piece + 100, second.Ranges[0].Offset);
        Assert.Null(_time.Run(() => dying).File);
    }

    [Fact]
    public void A_server_that_ignores_ranges_is_read_from_the_beginning()
    {
        ScriptedSource source = new(_time) { IgnoresRanges = true, CutAfter = { 5000 } };
        Assert.Equal(File, Fetch(source).File);
        Assert.Equal([0, 5000], source.Ranges.Select(range => range.Offset));
    }

    [Fact]
    public void A_file_that_has_changed_meanwhile_is_begun_anew()
    {
        // What it was before is not the announced file; only its beginning came.
        ScriptedSource source = new(_time) { Changed = (1, [.. File.Reverse()]) };
        Assert.Equal(File, Fetch(source).File);
        Assert.Equal(0, source.Offsets[1]);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void A_file_of_another_length_is_not_kept(int more)
    {
        ScriptedSource source = new(_time) { File = more > 0 ? [.. File, 0] : File[..^1] };
        PackageArrival arrival = Fetch(source);
        Assert.Null(arrival.File);
        Assert.Contains("were announced", arrival.Why, StringComparison.Ordinal);
        Assert.Equal(0, PackageDisk.Open(_files, "p").Bytes);
    }

    [Fact]
    public void A_wrong_file_is_not_the_package_and_is_given_up_in_bounded_time()
    {
        ScriptedSource source = new(_time) { File = [.. File[1..], 0] };
        PackageArrival arrival = Fetch(source);
        Assert.Contains("is not the announced package", arrival.Why, StringComparison.Ordinal);
        Assert.InRange(_time.NowNs, 60 * VirtualTime.NsPerSecond, 600 * VirtualTime.NsPerSecond);
    }

    [Fact]
    public void A_server_that_begins_again_and_again_is_given_up()
    {
        ScriptedSource source = new(_time) { IgnoresRanges = true, CutAfter = { -2 } };
        Assert.Null(Fetch(source).File);
        Assert.InRange(_time.NowNs, 60 * VirtualTime.NsPerSecond, 600 * VirtualTime.NsPerSecond);
    }

    [Fact]
    public void When_the_server_does_not_answer_the_package_comes_over_the_link()
    {
        _server.Subscribe(Topics.FromVehicle, (_, payload) =>
        {
            if (EsyncJson.TryDecode(payload)!.Type == EsyncType.StartDownload)
            {
                _server.Publish(Topics.Package("x"), File);
            }
        });
        ScriptedSource source = new(_time) { CutAfter = { -1 } };
        Assert.Equal(File, Fetch(source).File);
        Assert.Equal(2, source.Ranges.Count);
    }

    [Fact]
    public void What_two_ask_for_is_read_once()
    {
        ScriptedSource source = new(_time);
        PackageArrival[] both = _time.Run(async () =>
        {
            Task<PackageArrival> first = Start(source);
            return await Task.WhenAll(first, _fetcher!.FetchAsync(Offer, Offer.VersionList!["1"].Downloadables![0]));
        });
        Assert.All(both, arrival => Assert.Equal(File, arrival.File));
        Assert.Equal(4, source.Ranges.Count);
    }

    [Fact]
    public void A_package_that_does_not_fit_is_told()
    {
        PackageDisk disk = PackageDisk.Open(_files, "p", 1000);
        _fetcher = new PackageFetcher(_time, _network.Join("vehicle"), Topics, disk, [new ScriptedSource(_time)], _told.Add);
        PackageArrival arrival = _time.Run(() => _fetcher.FetchAsync(Offer, Offer.VersionList!["1"].Downloadables![0]));
        Assert.Contains("keeps 1000 of packages", arrival.Why, StringComparison.Ordinal);
    }

    private static EsyncPackage Offer
    {
        get
        {
            string sha256 = Convert.ToHexStringLower(SHA256.HashData(File));
            EsyncDownloadable file = new() { Url = Url, Length = File.Length, Sha256 = sha256 };
            return new EsyncPackage { Type = "/ECU/motor", Name = "motor", Version = "1", VersionList = new Dictionary<string, EsyncVersion> { ["1"] = new() { Sha256 = sha256, Downloadables = [file] } } };
        }
    }

    private PackageArrival Fetch(ScriptedSource source) => _time.Run(() => Start(source));

    private Task<PackageArrival> Start(ScriptedSource source)
    {
        IMessageLink link = _network.Join("vehicle");
        _fetcher = new PackageFetcher(_time, link, Topics, PackageDisk.Open(_files, "p"), [source], message =>
        {
            _told.Add(message);
            link.Publish(Topics.FromVehicle, EsyncJson.Encode(message));
        });
        return _fetcher.FetchAsync(Offer, Offer.VersionList!["1"].Downloadables![0]);
    }

    /// <summary>A server in virtual time that does what the test says.</summary>
    private sealed class ScriptedSource(VirtualTime time) : IPackageSource
    {
        private int _version = 1;

        public byte[] File { get; set; } = PackageFetcherTests.File;

        /// <summary>Of each read in turn how many bytes come; none is nothing, −1: nothing from now on, −2: ten from now on. Afterwards all come.</summary>
        public List<int> CutAfter { get; } = [];

        public bool IgnoresRanges { get; init; }

        /// <summary>Before so many reads it is another file.</summary>
        public (int Reads, byte[] Former)? Changed { get; init; }

        public List<PackageRange> Ranges { get; } = [];

        public List<int> Offsets { get; } = [];

        public int Sent { get; private set; }

        public bool Takes(string url) => url == Url;

        public async Task<PackagePiece> ReadAsync(PackageRange range)
        {
            int read = Ranges.Count;
            Ranges.Add(range);
            await time.DelayMs(50);
            bool isFormer = Changed is { } changed && read < changed.Reads;
            byte[] file = isFormer ? Changed!.Value.Former : File;
            _version = isFormer ? 1 : Changed is null ? 1 : 2;
            string tag = $"\"{_version}\"";
            int offset = IgnoresRanges || (range.Tag is { } known && known != tag) ? 0 : range.Offset;
            int left = Math.Min(offset == range.Offset ? IgnoresRanges ? range.Length : range.Count : range.Length, Math.Max(file.Length - offset, 0));
            int cut = CutAfter.Count == 0 ? int.MaxValue : CutAfter[Math.Min(read, CutAfter.Count - 1)];
            int count = cut == -2 ? 10 : cut == -1 ? 0 : read < CutAfter.Count ? Math.Min(cut, left) : left;
            Offsets.Add(offset);
            Sent += count;
            return count > 0 ? new PackagePiece(offset, file.AsMemory(offset, count), file.Length, tag) : throw new PackageSourceException("the connection is lost");
        }
    }
}
