// The web server's guard, by real requests on the loopback interface.
using System.Net;
using System.Net.Http.Headers;
using EsyncSim;
using EsyncSim.Bus;
using EsyncSim.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace EsyncTests.HostSim.Web;

public sealed class WebHostTests
{
    private const string Token = "0123456789abcdef";
    private static readonly WebAddress Free = WebAddress.Parse("127.0.0.1:0");

    [Fact]
    public async Task Without_a_token_this_machine_gets_what_is_there()
    {
        await using WebHost host = await StartAsync(token: null);
        using HttpClient client = new() { BaseAddress = host.Url };
        Assert.Equal("hello", await client.GetStringAsync("/hello"));
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/other")).StatusCode);
        Assert.Equal("posted", await (await client.PostAsync("/hello", null)).Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("evil.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("192.168.0.7", HttpStatusCode.MisdirectedRequest)]
    [InlineData("localhost:4711", HttpStatusCode.OK)]
    [InlineData("[::1]", HttpStatusCode.OK)]
    public async Task A_name_that_only_leads_here_is_refused(string name, HttpStatusCode expected)
    {
        await using WebHost host = await StartAsync(token: null);
        using HttpClient client = new() { BaseAddress = host.Url };
        using HttpRequestMessage request = new(HttpMethod.Get, "/hello");
        request.Headers.Host = name;
        Assert.Equal(expected, (await client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task A_page_of_another_origin_changes_nothing()
    {
        await using WebHost host = await StartAsync(token: null);
        using HttpClient client = new() { BaseAddress = host.Url };
        Assert.Equal(HttpStatusCode.OK, await PostAsync($"http://{host.Address}"));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync("http://evil.example"));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync("null"));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync($"https://{host.Address}"));

        async Task<HttpStatusCode> PostAsync(string origin)
        {
            using HttpRequestMessage request = new(HttpMethod.Post, "/hello");
            request.Headers.Add("Origin", origin);
            return (await client.SendAsync(request)).StatusCode;
        }
    }

    [Fact]
    public async Task With_a_token_only_who_says_it_gets_in()
    {
        await using WebHost host = await StartAsync(Token);
        using HttpClient client = new() { BaseAddress = host.Url };
        HttpResponseMessage refused = await client.GetAsync("/hello");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        Assert.Contains("?token=", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("open", await client.GetStringAsync("/packages/1"));

        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token + "x");
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/hello")).StatusCode);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        Assert.Equal("hello", await client.GetStringAsync("/hello"));
    }

    [Fact]
    public async Task A_first_visit_with_the_token_leaves_a_cookie_and_no_token_in_the_address()
    {
        await using WebHost host = await StartAsync(Token);
        using HttpClientHandler handler = new() { AllowAutoRedirect = false };
        using HttpClient client = new(handler) { BaseAddress = host.Url };
        HttpResponseMessage first = await client.GetAsync($"/hello?token={Token}");
        Assert.Equal(HttpStatusCode.Found, first.StatusCode);
        Assert.Equal("/hello", first.Headers.Location?.ToString());
        string cookie = Assert.Single(first.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("hello", await client.GetStringAsync("/hello"));

        using HttpClient stranger = new() { BaseAddress = host.Url };
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync($"/hello?token={Token}y")).StatusCode);
    }

    [Fact]
    public async Task Every_answer_forbids_what_a_page_of_ours_does_not_need()
    {
        await using WebHost host = await StartAsync(token: null);
        using HttpClient client = new() { BaseAddress = host.Url };
        HttpResponseHeaders headers = (await client.GetAsync("/hello")).Headers;
        Assert.StartsWith("default-src 'self'", Assert.Single(headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(headers.GetValues("Referrer-Policy")));
        Assert.False(headers.Contains("Server"));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_in_words()
    {
        await using WebHost host = await StartAsync(token: null);
        UserErrorException error = await Assert.ThrowsAsync<UserErrorException>(() => WebHost.StartAsync(host.Address, new WebGuard(host.Address, null), null, _ => { }));
        Assert.Contains($"can listen at {host.Address}", error.Message, StringComparison.Ordinal);
        Assert.Contains("--web", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_reaches_the_simulation_on_its_own_thread()
    {
        VirtualTime time = new();
        int pump = Environment.CurrentManagedThreadId;
        Task<(int, long)>? answer = null;
        time.After(5, () => answer = Task.Run(() => WebHost.OnPump(time, () => (Environment.CurrentManagedThreadId, time.NowNs), CancellationToken.None)));
        time.After(6, () => time.Hold(answer!));
        time.Run(async () => await time.Delay(10));
        (int thread, long nowNs) = await answer!;
        Assert.Equal(pump, thread);
        Assert.InRange(nowNs, 5, 6);
    }

    [Fact]
    public async Task An_error_of_what_a_handler_asked_for_is_the_handlers()
    {
        VirtualTime time = new();
        Task<int> answer = WebHost.OnPump<int>(time, () => throw new UserErrorException(ExitCode.BadFile, "no such campaign"), CancellationToken.None);
        time.Run(async () => await time.Delay(1));
        Assert.Equal("no such campaign", (await Assert.ThrowsAsync<UserErrorException>(() => answer)).Message);
    }

    [Fact]
    public void A_server_that_others_reach_always_has_a_token()
    {
        WebAddress open = WebAddress.Parse("0.0.0.0:0");
        string? made = WebGuard.TokenFor(open, path: null);
        Assert.True(made?.Length >= WebGuard.TokenLengthMin);
        Assert.NotEqual(made, WebGuard.TokenFor(open, path: null));
        Assert.Null(WebGuard.TokenFor(Free, path: null));
        Assert.Throws<ArgumentException>(() => new WebGuard(open, token: null));
    }

    [Theory]
    [InlineData("0123456789abcdef\n", true)]
    [InlineData("short", false)]
    [InlineData("0123456789 abcdef", false)]
    [InlineData("0123456789;abcdef", false)]
    public void A_token_file_holds_a_token(string content, bool isGood)
    {
        using Folder folder = new();
        string path = folder["token"];
        File.WriteAllText(path, content);
        if (isGood)
        {
            Assert.Equal(content.Trim(), WebGuard.TokenFor(Free, path));
        }
        else
        {
            Assert.Equal(ExitCode.BadFile, Assert.Throws<UserErrorException>(() => WebGuard.TokenFor(Free, path)).ExitCode);
        }
    }

    private static Task<WebHost> StartAsync(string? token) => WebHost.StartAsync(Free, new WebGuard(Free, token, "/packages"), null, application =>
    {
        application.MapGet("/hello", () => Results.Text("hello"));
        application.MapPost("/hello", () => Results.Text("posted"));
        application.MapGet("/packages/{name}", (string name) => Results.Text("open"));
    });
}
