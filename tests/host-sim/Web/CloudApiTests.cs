// The server's interface by real requests on the loopback interface: packages with ranges, campaigns from draft to end, consent, events as
// they happen, and a document that says all of it. The vehicles are played in virtual time, whose pump answers the requests.
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using EsyncSim.Config;
using EsyncSim.Packages;
using EsyncSim.Server;
using EsyncTests.Vehicle;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Xunit;

namespace EsyncTests.HostSim.Web;

public sealed class CloudApiTests : IAsyncLifetime
{
    private static readonly EcuDefinition Ecu = NfConfig.Load(Repository.PathOf("nf.config")).Ecu("motor");
    private static readonly Package Old = EncodedPackages.Full(Ecu, 1, EncodedPackages.Image("1.0.0", 3_000));
    private static readonly byte[] File = EncodedPackages.Encoded(Ecu, 2, EncodedPackages.Image("2.0.0", 3_000), Old).Encode();
    private static readonly string Sha256 = Campaign.Sha256Of(File);

    private ApiRig? _rig;

    private HttpClient Http => _rig!.Http;

    public async ValueTask InitializeAsync() => _rig = await ApiRig.StartAsync();

    public ValueTask DisposeAsync() => _rig!.DisposeAsync();

    [Fact]
    public async Task A_package_goes_in_once_and_comes_out_whole_or_in_ranges()
    {
        using HttpResponseMessage created = await PostAsync("api/v1/packages?name=motor-2.esp", File);
        Assert.Equal((HttpStatusCode.Created, $"/api/v1/packages/{Sha256}"), (created.StatusCode, created.Headers.Location!.OriginalString));
        JsonElement package = await JsonAsync(created);
        Assert.Equal(("rig", "2.0.0", "Application", 3), (package.GetProperty("name").GetString(), package.GetProperty("version").GetString(), package.GetProperty("part").GetString(), package.GetProperty("forms").GetArrayLength()));
        using HttpResponseMessage again = await PostAsync("api/v1/packages?name=other.esp", File);
        Assert.Equal("motor-2.esp", (await JsonAsync(again)).GetProperty("file").GetString());
        Assert.Equal(1, (await GetAsync("api/v1/packages")).GetArrayLength());

        using HttpClient anybody = new() { BaseAddress = _rig!.Host.Url };
        using HttpResponseMessage whole = await anybody.GetAsync($"packages/{Sha256}");
        Assert.Equal(File, await whole.Content.ReadAsByteArrayAsync());
        Assert.Equal(("bytes", $"\"{Sha256}\""), (whole.Headers.AcceptRanges.Single(), whole.Headers.ETag!.Tag));
        foreach (JsonElement form in package.GetProperty("forms").EnumerateArray())
        {
            string sha256 = form.GetProperty("sha256").GetString()!;
            Assert.Equal(sha256, Campaign.Sha256Of(await anybody.GetByteArrayAsync($"packages/{sha256}")));
        }

        (HttpStatusCode status, byte[] rest) = await RangeAsync(anybody, 1000, $"\"{Sha256}\"");
        Assert.Equal(HttpStatusCode.PartialContent, status);
        Assert.Equal(File[1000..], rest);
        (status, rest) = await RangeAsync(anybody, 1000, "\"another\"");
        Assert.Equal((HttpStatusCode.OK, File.Length), (status, rest.Length));
        (status, _) = await RangeAsync(anybody, File.Length, null);
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, status);
        Assert.Equal(HttpStatusCode.NotFound, (await anybody.GetAsync($"packages/{new string('0', 64)}")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await anybody.GetAsync("api/v1/packages")).StatusCode);
    }

    [Fact]
    public async Task A_campaign_is_drafted_begun_watched_and_done()
    {
        await UploadAsync();
        using HttpResponseMessage created = await PostAsync("api/v1/campaigns", Text("vehicles: [V1]"));
        Assert.Equal((HttpStatusCode.Created, "/api/v1/campaigns/c1"), (created.StatusCode, created.Headers.Location!.OriginalString));
        Assert.Equal("Draft", (await JsonAsync(created)).GetProperty("state").GetString());
        Assert.Equal(("waiting", "V1"), await VehicleAsync(0));

        JsonElement begun = await TurnAsync("start", HttpStatusCode.OK);
        Assert.Equal("Running", begun.GetProperty("state").GetString());
        await UntilAsync("campaign c1: Done");

        JsonElement done = await GetAsync("api/v1/campaigns/c1");
        JsonElement target = done.GetProperty("vehicles")[0].GetProperty("targets")[0];
        Assert.Equal(
            ("Done", "ended", "motor", "2.0.0", "Ended", "Completed", "full"),
            (Text(done, "state"), Text(done.GetProperty("vehicles")[0], "state"), Text(target, "ecu"), Text(target, "wanted"), Text(target, "step"), Text(target, "end"), Text(target, "encoding")));
        Assert.Contains("the vehicle gave no version report", Text(target, "why"), StringComparison.Ordinal);
        JsonElement summary = (await GetAsync("api/v1/campaigns"))[0];
        Assert.Equal((1, 1, 1), (summary.GetProperty("vehicles").GetInt32(), summary.GetProperty("ended").GetInt32(), summary.GetProperty("good").GetInt32()));
        JsonElement ecu = (await GetAsync("api/v1/vehicles/V1")).GetProperty("ecus")[0];
        Assert.Equal(("motor", "can0", "2.0.0"), (Text(ecu, "name"), Text(ecu, "bus"), Text(ecu, "version")));
        Assert.Equal(1, (await GetAsync("api/v1/vehicles/V1/ecus")).GetArrayLength());
        Assert.Equal(2, (await GetAsync("api/v1/vehicles")).GetArrayLength());
    }

    [Fact]
    public async Task Consent_pause_resume_and_cancel_are_a_request_each()
    {
        await UploadAsync();
        (await PostAsync("api/v1/campaigns", Text("vehicles: [V1, V2]\nconsent: required\nparallelMax: 2"))).Dispose();
        await TurnAsync("start", HttpStatusCode.OK);
        await UntilAsync("V1 waits for consent");
        await UntilAsync("V2 waits for consent");
        Assert.Equal(("waits for consent", "V1"), await VehicleAsync(0));
        Assert.Equal("Paused", Text(await TurnAsync("pause", HttpStatusCode.OK, """{"why":"a look"}"""), "state"));
        Assert.Equal("a look", Text(await GetAsync("api/v1/campaigns/c1"), "why"));
        Assert.Equal("Running", Text(await TurnAsync("resume", HttpStatusCode.OK), "state"));

        using HttpResponseMessage given = await PostAsync("api/v1/campaigns/c1/vehicles/V1/consent", Encoding.UTF8.GetBytes("""{"answer":"given","by":"its driver"}"""));
        Assert.Equal("given", Text((await JsonAsync(given)).GetProperty("vehicles")[0], "consent"));
        await UntilAsync("motor ended: Completed");
        await TurnAsync("cancel", HttpStatusCode.OK, """{"why":"enough"}""");
        await UntilAsync("motor ended: Withheld, enough");
        Assert.Equal("Cancelled", Text(await GetAsync("api/v1/campaigns/c1"), "state"));
    }

    [Fact]
    public async Task What_cannot_be_done_is_a_problem_that_says_what_where_and_what_to_do()
    {
        await UploadAsync();
        await ProblemAsync(await PostAsync("api/v1/packages?name=x.esp", [1, 2, 3]), 400, "x.esp is no package");
        await ProblemAsync(await PostAsync("api/v1/campaigns", Text("vehicles: []")), 400, "(2,", "A campaign without vehicles", "Name at least one");
        await ProblemAsync(await PostAsync("api/v1/campaigns", Encoding.UTF8.GetBytes("campaign: c1\nvehicles: [V1]\ntargets: [{ ecu: motor, package: none@1 }]\n")), 400, "the store has no package", "Upload it first");
        (await PostAsync("api/v1/campaigns", Text("vehicles: [V1]"))).Dispose();
        await ProblemAsync(await PostAsync("api/v1/campaigns", Text("vehicles: [V2]")), 409, "another text", "another name");
        await ProblemAsync(await PostAsync("api/v1/campaigns/c1/resume", []), 409, "only a paused one");
        await ProblemAsync(await PostAsync("api/v1/campaigns/c9/start", []), 404, "no campaign c9", "GET /api/v1/campaigns");
        await ProblemAsync(await PostAsync("api/v1/campaigns/c1/vehicles/V1/consent", Encoding.UTF8.GetBytes("{}")), 400, "says no word");
        await ProblemAsync(await PostAsync("api/v1/campaigns/c1/vehicles/V1/consent", Encoding.UTF8.GetBytes("""{"answer":"given","by":"me"}""")), 409, "asks nobody for consent");
        await ProblemAsync(await Http.GetAsync("api/v1/vehicles/none"), 404, "no vehicle none");
        await ProblemAsync(await Http.DeleteAsync($"api/v1/packages/{Sha256}"), 409, "is needed by c1", "cancel it");
        await TurnAsync("cancel", HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.NoContent, (await Http.DeleteAsync($"api/v1/packages/{Sha256}")).StatusCode);
        await ProblemAsync(await Http.DeleteAsync($"api/v1/packages/{Sha256}"), 404, "there is no package");
    }

    [Fact]
    public async Task Events_go_on_behind_the_last_one_that_was_read()
    {
        await UploadAsync();
        JsonElement events = await GetAsync("api/v1/events");
        long last = events[events.GetArrayLength() - 1].GetProperty("id").GetInt64();
        using HttpRequestMessage request = new(HttpMethod.Get, "api/v1/events");
        request.Headers.Accept.ParseAdd("text/event-stream");
        request.Headers.Add("Last-Event-ID", last.ToString(System.Globalization.CultureInfo.InvariantCulture));
        using HttpResponseMessage response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using StreamReader stream = new(await response.Content.ReadAsStreamAsync());
        (await PostAsync("api/v1/campaigns", Text("vehicles: [V1]"))).Dispose();

        string? line;
        do
        {
            line = await stream.ReadLineAsync();
        }
        while (line?.StartsWith("id: ", StringComparison.Ordinal) == false);

        Assert.Equal($"id: {last + 1}", line);
        using JsonDocument happened = JsonDocument.Parse((await stream.ReadLineAsync())!["data: ".Length..]);
        Assert.Equal(("campaign c1: Draft", "c1", last + 1), (Text(happened.RootElement, "text"), Text(happened.RootElement, "campaign"), happened.RootElement.GetProperty("id").GetInt64()));
        Assert.Equal(0, (await GetAsync("api/v1/events?campaign=none")).GetArrayLength());
        Assert.Equal(1, (await GetAsync("api/v1/events?count=1")).GetArrayLength());
    }

    [Fact]
    public async Task The_document_has_every_route_with_a_summary_and_its_answers()
    {
        JsonElement document = await GetAsync("openapi/v1.json");
        Assert.StartsWith("3.", Text(document, "openapi"), StringComparison.Ordinal);
        SortedSet<string> described = [];
        foreach (JsonProperty path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (JsonProperty operation in path.Value.EnumerateObject())
            {
                described.Add($"{operation.Name.ToUpperInvariant()} {path.Name}");
                Assert.False(string.IsNullOrWhiteSpace(Text(operation.Value, "summary")), $"{operation.Name} {path.Name} has no summary");
                JsonElement responses = operation.Value.GetProperty("responses");
                Assert.Contains(responses.EnumerateObject(), response => response.Name.StartsWith('2'));
                bool hasName = path.Name.Contains('{', StringComparison.Ordinal);
                Assert.True(!hasName || responses.TryGetProperty("404", out _), $"{operation.Name} {path.Name} does not say what it answers to a name that is not there");
            }
        }

        SortedSet<string> mapped = [];
        foreach (RouteEndpoint endpoint in _rig!.Routes.Endpoints.OfType<RouteEndpoint>().Where(endpoint => !endpoint.RoutePattern.RawText!.StartsWith("/openapi", StringComparison.Ordinal)))
        {
            foreach (string method in endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods)
            {
                mapped.Add($"{method} {endpoint.RoutePattern.RawText}");
            }
        }

        Assert.Equal(mapped, described);
        Assert.True(mapped.Count >= 17, string.Join(", ", mapped));
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? string.Empty;

    private static byte[] Text(string keys) => Encoding.UTF8.GetBytes($"campaign: c1\n{keys}\ntargets: [{{ ecu: motor, package: rig@2.0.0 }}]\n");

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage response) => await response.Content.ReadFromJsonAsync<JsonElement>();

    private static async Task ProblemAsync(HttpResponseMessage response, int status, params string[] parts)
    {
        using (response)
        {
            JsonElement problem = await JsonAsync(response);
            Assert.Equal((status, "application/problem+json"), ((int)response.StatusCode, response.Content.Headers.ContentType!.MediaType));
            Assert.Equal(status, problem.GetProperty("status").GetInt32());
            Assert.All(parts, part => Assert.Contains(part, Text(problem, "detail"), StringComparison.Ordinal));
        }
    }

    private static async Task<(HttpStatusCode Status, byte[] Body)> RangeAsync(HttpClient client, long from, string? ifRange)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, $"packages/{Sha256}");
        request.Headers.Range = new RangeHeaderValue(from, null);
        request.Headers.IfRange = ifRange is null ? null : new RangeConditionHeaderValue(ifRange);
        using HttpResponseMessage response = await client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsByteArrayAsync());
    }

    private async Task UploadAsync() => (await PostAsync("api/v1/packages?name=motor-2.esp", File)).EnsureSuccessStatusCode().Dispose();

    private Task<HttpResponseMessage> PostAsync(string path, byte[] body) => Http.PostAsync(path, new ByteArrayContent(body));

    private Task<JsonElement> GetAsync(string path) => _rig!.GetAsync(path);

    private Task UntilAsync(string text) => _rig!.UntilAsync(text);

    private async Task<JsonElement> TurnAsync(string how, HttpStatusCode expected, string body = "")
    {
        using HttpResponseMessage response = await PostAsync($"api/v1/campaigns/c1/{how}", Encoding.UTF8.GetBytes(body));
        Assert.True(expected == response.StatusCode, await response.Content.ReadAsStringAsync());
        return await JsonAsync(response);
    }

    private async Task<(string State, string Vin)> VehicleAsync(int index)
    {
        JsonElement vehicle = (await GetAsync("api/v1/campaigns/c1")).GetProperty("vehicles")[index];
        return (Text(vehicle, "state"), Text(vehicle, "vin"));
    }
}
