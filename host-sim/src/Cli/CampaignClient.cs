// Speaks with a server's interface over HTTP (CloudApi) for `esync campaign`.
// Invariant: what the server refuses becomes one line, the server's own; a server that is not there says where it was looked for.
// Tests: tests/host-sim/Cli/CampaignClientTests.cs.
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EsyncSim.Server;
using EsyncSim.Web;

namespace EsyncSim.Cli;

/// <summary>A server, asked over HTTP.</summary>
internal sealed class CampaignClient : IDisposable
{
    private readonly HttpClient _http;

    /// <summary>A client of a server.</summary>
    /// <param name="server">Its address.</param>
    /// <param name="token">Its token; null when it asks for none.</param>
    /// <exception cref="UserErrorException">The address is none.</exception>
    public CampaignClient(string server, string? token)
    {
        if (!Uri.TryCreate(server, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https"))
        {
            throw new UserErrorException(ExitCode.BadUsage, $"--server {server} is no address of a server; write http://HOST:PORT");
        }

        _http = new HttpClient { BaseAddress = address };
        _http.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>All campaigns.</summary>
    public IReadOnlyList<CampaignSummary> List() => Get("api/v1/campaigns", ApiJsonContext.Default.IReadOnlyListCampaignSummary);

    /// <summary>All vehicles, without their ECUs.</summary>
    public IReadOnlyList<VehicleView> Vehicles() => Get("api/v1/vehicles", ApiJsonContext.Default.IReadOnlyListVehicleView);

    /// <summary>A vehicle with its ECUs.</summary>
    public VehicleView Vehicle(string vin) => Get($"api/v1/vehicles/{Uri.EscapeDataString(vin)}", ApiJsonContext.Default.VehicleView);

    /// <summary>A campaign.</summary>
    public CampaignView Show(string id) => Get($"api/v1/campaigns/{Uri.EscapeDataString(id)}", ApiJsonContext.Default.CampaignView);

    /// <summary>Stores a package.</summary>
    public StoredPackage Upload(byte[] file, string name)
    {
        using ByteArrayContent content = new(file);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return Send(HttpMethod.Post, $"api/v1/packages?name={Uri.EscapeDataString(name)}", content, ApiJsonContext.Default.StoredPackage);
    }

    /// <summary>Stores a campaign with its packages, as a draft.</summary>
    public CampaignView Draft(CampaignPlan plan)
    {
        foreach (CampaignTarget target in plan.Campaign.Targets.Concat(plan.Campaign.Rollbacks))
        {
            Upload(target.File, target.PackageName);
        }

        using StringContent content = new(CampaignText.Of(plan), Encoding.UTF8, "application/json");
        return Send(HttpMethod.Post, "api/v1/campaigns", content, ApiJsonContext.Default.CampaignView);
    }

    /// <summary>Turns a campaign: start, pause, resume, cancel.</summary>
    public CampaignView Turn(string id, string how, string? why = null)
    {
        using StringContent content = new(JsonSerializer.Serialize(new CampaignOrder(why), ApiJsonContext.Default.CampaignOrder), Encoding.UTF8, "application/json");
        return Send(HttpMethod.Post, $"api/v1/campaigns/{Uri.EscapeDataString(id)}/{how}", content, ApiJsonContext.Default.CampaignView);
    }

    /// <summary>Says whether a vehicle may be updated.</summary>
    public CampaignView Consent(string id, string vin, bool isGiven, string by)
    {
        using StringContent content = new(JsonSerializer.Serialize(new ConsentOrder(isGiven ? "given" : "refused", by), ApiJsonContext.Default.ConsentOrder), Encoding.UTF8, "application/json");
        return Send(HttpMethod.Post, $"api/v1/campaigns/{Uri.EscapeDataString(id)}/vehicles/{Uri.EscapeDataString(vin)}/consent", content, ApiJsonContext.Default.CampaignView);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private T Get<T>(string path, JsonTypeInfo<T> form) => Send(HttpMethod.Get, path, null, form);

    private T Send<T>(HttpMethod method, string path, HttpContent? content, JsonTypeInfo<T> form)
    {
        try
        {
            using HttpRequestMessage request = new(method, path) { Content = content };
            using HttpResponseMessage response = _http.Send(request);
            using Stream body = response.Content.ReadAsStream();
            return response.IsSuccessStatusCode ? JsonSerializer.Deserialize(body, form)! : throw Refused(response.StatusCode, body);
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            throw new UserErrorException(ExitCode.BrokerUnreachable, $"no server answers at {_http.BaseAddress}: {exception.Message.TrimEnd('.')}. Does `esync server --web` run there?");
        }
        catch (JsonException)
        {
            throw new UserErrorException(ExitCode.BadFile, $"what answers at {_http.BaseAddress} is no server of this program");
        }
    }

    private static UserErrorException Refused(HttpStatusCode status, Stream body)
    {
        string text = new StreamReader(body).ReadToEnd();
        string? detail = null;
        try
        {
            using JsonDocument problem = JsonDocument.Parse(text);
            detail = problem.RootElement.TryGetProperty("detail", out JsonElement said) ? said.GetString() : null;
        }
        catch (JsonException)
        {
            // Not the server's own answer: its status says what there is to say.
        }

        string hint = status == HttpStatusCode.Unauthorized ? "; name the file that holds it with --token" : string.Empty;
        return new UserErrorException(status is HttpStatusCode.NotFound or HttpStatusCode.BadRequest ? ExitCode.BadFile : ExitCode.BadUsage, $"{detail ?? $"the server answers {(int)status}"}{hint}");
    }
}
