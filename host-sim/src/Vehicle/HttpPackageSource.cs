// Packages over HTTP: one range for each request, under the condition that the file is still the one whose beginning is here.
// Invariants: no more is read than was announced; a connection that says nothing for a while is given up; what came before it was lost is
// given. To this source real time passes: the clock must be paced.
// Clause: RFC 9110 §13.1.5 (If-Range), §14.2 (Range), §15.3.7 (206).
// Tests: tests/host-sim/Vehicle/HttpPackageSourceTests.cs.
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace EsyncSim.Vehicle;

/// <summary>Reads packages from web servers.</summary>
public sealed class HttpPackageSource : IPackageSource, IDisposable
{
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(10);

    private readonly HttpClient _client;
    private readonly TimeSpan _silenceMax;

    /// <summary>Makes it; nothing is connected before something is read.</summary>
    /// <param name="silenceMax">Longest time without a byte; null is half a minute.</param>
    public HttpPackageSource(TimeSpan? silenceMax = null)
    {
        _silenceMax = silenceMax ?? TimeSpan.FromSeconds(30);
        _client = new HttpClient(new SocketsHttpHandler { ConnectTimeout = ConnectPatience, AutomaticDecompression = DecompressionMethods.None }) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <inheritdoc/>
    public bool Takes(string url) => Uri.TryCreate(url, UriKind.Absolute, out Uri? address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps);

    /// <inheritdoc/>
    public async Task<PackagePiece> ReadAsync(PackageRange range)
    {
        using CancellationTokenSource silence = new();
        using HttpRequestMessage request = new(HttpMethod.Get, range.Url);
        request.Headers.Range = new RangeHeaderValue(range.Offset, range.Offset + range.Count - 1);
        if (range.Tag is { } tag && EntityTagHeaderValue.TryParse(tag, out EntityTagHeaderValue? parsed) && !parsed.IsWeak)
        {
            request.Headers.IfRange = new RangeConditionHeaderValue(parsed);
        }

        try
        {
            silence.CancelAfter(_silenceMax);
            using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence.Token).ConfigureAwait(false);
            return await ReadAsync(range, response, silence).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsOfConnection(exception))
        {
            throw new PackageSourceException($"{range.Url} does not answer: {(exception is OperationCanceledException ? "nothing came for a while" : exception.Message)}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static bool IsOfConnection(Exception exception) => exception is HttpRequestException or IOException or SocketException or OperationCanceledException or ObjectDisposedException;

    private async Task<PackagePiece> ReadAsync(PackageRange range, HttpResponseMessage response, CancellationTokenSource silence)
    {
        string? tag = response.Headers.ETag is { IsWeak: false } named ? named.ToString() : null;
        ContentRangeHeaderValue? part = response.Content.Headers.ContentRange;
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            // It is shorter now; what it is shows when it is read from the beginning.
            return new PackagePiece(0, ReadOnlyMemory<byte>.Empty, (int)Math.Min(part?.Length ?? 0, int.MaxValue), tag);
        }

        bool isPart = response.StatusCode == HttpStatusCode.PartialContent && part?.From is not null;
        if (!isPart && response.StatusCode != HttpStatusCode.OK)
        {
            throw new PackageSourceException($"{range.Url} answers {(int)response.StatusCode} {response.ReasonPhrase}");
        }

        int offset = isPart ? (int)Math.Min(part!.From!.Value, int.MaxValue) : 0;
        long? length = isPart ? part!.Length : response.Content.Headers.ContentLength;
        byte[] bytes = new byte[Math.Max(isPart ? range.Count : range.Length, 0)];
        int count = 0;
        try
        {
            using Stream stream = await response.Content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false);
            for (int read = -1; read != 0 && count < bytes.Length; count += read)
            {
                silence.CancelAfter(_silenceMax);
                read = await stream.ReadAsync(bytes.AsMemory(count), silence.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (IsOfConnection(exception) && count > 0)
        {
            // What came is good; whoever reads on finds the end of it or what is wrong.
        }

        return count > 0 ? new PackagePiece(offset, bytes.AsMemory(0, count), length is { } all ? (int)Math.Min(all, int.MaxValue) : null, tag)
            : throw new PackageSourceException($"{range.Url} answers and sends nothing");
    }
}
