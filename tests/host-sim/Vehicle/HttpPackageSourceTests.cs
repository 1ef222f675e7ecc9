// Packages over HTTP from a server on the loopback that the test plays: ranges, a file that is another one now, lost connections, refusals.
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using EsyncSim.Vehicle;
using Xunit;

namespace EsyncTests.HostSim.Vehicle;

public sealed class HttpPackageSourceTests : IDisposable
{
    private static readonly byte[] File = [.. Enumerable.Range(0, 5000).Select(i => (byte)(i * 31 >> 3))];
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly HttpPackageSource _source = new(TimeSpan.FromSeconds(20));
    private readonly List<string> _requests = [];

    public HttpPackageSourceTests() => _listener.Start();

    private string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/packages/x");

    public void Dispose()
    {
        _source.Dispose();
        _listener.Dispose();
    }

    [Fact]
    public async Task A_range_is_asked_for_under_its_condition_and_comes()
    {
        PackagePiece piece = await ReadAsync(1000, 200, "\"t\"", $"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 1000-1199/5000\r\nContent-Length: 200\r\nETag: \"t\"\r\n\r\n", File[1000..1200]);

        Assert.Equal((1000, 5000, "\"t\""), (piece.Offset, piece.Length, piece.Tag));
        Assert.Equal(File[1000..1200], piece.Bytes.ToArray());
        Assert.Contains("Range: bytes=1000-1199\r\n", _requests[0], StringComparison.Ordinal);
        Assert.Contains("If-Range: \"t\"\r\n", _requests[0], StringComparison.Ordinal);
        Assert.DoesNotContain("Accept-Encoding", _requests[0], StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_file_that_is_another_one_now_comes_from_its_beginning()
    {
        PackagePiece piece = await ReadAsync(1000, 200, "\"t\"", "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\nETag: \"u\"\r\n\r\n", File);
        Assert.Equal((0, 5000, "\"u\""), (piece.Offset, piece.Length, piece.Tag));
        Assert.Equal(File, piece.Bytes.ToArray());
    }

    [Fact]
    public async Task What_came_before_the_connection_was_lost_is_given()
    {
        PackagePiece piece = await ReadAsync(0, 5000, null, "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-4999/5000\r\nContent-Length: 5000\r\n\r\n", File[..1234]);
        Assert.Equal(File[..1234], piece.Bytes.ToArray());
        Assert.Null(piece.Tag);
        Assert.DoesNotContain("If-Range", _requests[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_more_is_read_than_was_announced()
    {
        PackagePiece piece = await ReadAsync(0, 100, null, "HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n", [.. File, .. File[..4000]]);
        Assert.Equal((0, 5000, 9000), (piece.Offset, piece.Bytes.Length, piece.Length));
    }

    [Fact]
    public async Task A_file_that_is_shorter_now_says_its_length()
    {
        PackagePiece piece = await ReadAsync(4000, 1000, null, "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */3000\r\nContent-Length: 0\r\n\r\n", []);
        Assert.Equal((0, 3000), (piece.Bytes.Length, piece.Length));
    }

    [Theory]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "404")]
    [InlineData("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-99/5000\r\nContent-Length: 100\r\n\r\n", "does not answer")]
    [InlineData("no HTTP at all\r\n\r\n", "does not answer")]
    public async Task What_is_no_piece_is_told(string head, string why) =>
        Assert.Contains(why, (await Assert.ThrowsAsync<PackageSourceException>(() => ReadAsync(0, 100, null, head, []))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_server_that_is_not_there_is_told()
    {
        _listener.Stop();
        string message = (await Assert.ThrowsAsync<PackageSourceException>(() => _source.ReadAsync(new PackageRange("http://127.0.0.1:1/packages/x", 0, 100, 100, null)))).Message;
        Assert.Contains("http://127.0.0.1:1/packages/x does not answer", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://a/b", true)]
    [InlineData("https://a/b", true)]
    [InlineData("esync/v1/V1/package/x", false)]
    [InlineData("file:///etc/passwd", false)]
    public void Only_addresses_of_the_web_are_its_matter(string url, bool isTaken) => Assert.Equal(isTaken, _source.Takes(url));

    // One exchange: the request is kept, the answer is sent as it is, and the connection ends.
    private async Task<PackagePiece> ReadAsync(int offset, int count, string? tag, string head, byte[] body)
    {
        Task serving = ServeAsync(head, body);
        try
        {
            return await _source.ReadAsync(new PackageRange(Url, offset, count, File.Length, tag));
        }
        finally
        {
            await serving;
        }
    }

    private async Task ServeAsync(string head, byte[] body)
    {
        using TcpClient client = await _listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        NetworkStream stream = client.GetStream();
        StringBuilder request = new();
        byte[] buffer = new byte[1];
        while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(buffer, TestContext.Current.CancellationToken) > 0)
        {
            request.Append((char)buffer[0]);
        }

        _requests.Add(request.ToString());
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), TestContext.Current.CancellationToken);
        await stream.WriteAsync(body, TestContext.Current.CancellationToken);
    }
}
