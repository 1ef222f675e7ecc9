// The server's interface over HTTP: vehicles, packages, campaigns and events below /api/v1, described by /openapi/v1.json; package files
// below /packages, for vehicles.
// Invariants: what belongs to the server is reached on the pump's thread only; what cannot be done is answered as problem details that
// say what, where and what to do; a package file is named by its SHA-256, so that it may be kept for ever and asked for in pieces.
// Clauses: RFC 9110 §13, §14 (conditions, ranges), RFC 9457 (problem details), WHATWG HTML §9.2 (server-sent events).
// Tests: tests/host-sim/Web/CloudApiTests.cs.
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EsyncSim.Bus;
using EsyncSim.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace EsyncSim.Web;

/// <summary>The routes of a server.</summary>
/// <param name="time">The server's clock, whose pump owns it.</param>
/// <param name="cloud">The server.</param>
/// <param name="stop">Ends open streams.</param>
public sealed class CloudApi(VirtualTime time, CloudServer cloud, CancellationToken stop = default)
{
    /// <summary>Where package files are; this needs no token.</summary>
    public const string PackagesPath = "/packages";

    private const string Json = "application/json";
    private const string Bytes = "application/octet-stream";
    private const string EventStream = "text/event-stream";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    /// <summary>Adds what the routes need.</summary>
    public static void AddServices(IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJsonContext.Default));
        services.AddOpenApi("v1", options => options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "eSync server";
            document.Info.Description = "Vehicles, packages, campaigns and events. Times are UTC in milliseconds since 1970, digests hexadecimal. What cannot be done is answered as problem details (RFC 9457).";
            return Task.CompletedTask;
        }));
    }

    /// <summary>Maps the routes.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi("/openapi/{documentName}.json");
        routes.MapMethods(PackagesPath + "/{sha256}", ["GET", "HEAD"], DownloadAsync).WithTags("packages").WithSummary("A package file or one form of it, whole or in ranges: what vehicles download")
            .Produces(200, null, Bytes).Produces(206, null, Bytes).Produces(304).ProducesProblem(404).Produces(416);
        RouteGroupBuilder api = routes.MapGroup("/api/v1");
        MapVehicles(api);
        MapPackages(api);
        MapCampaigns(api);
        Get(api, "/events", EventsAsync).WithTags("events").WithSummary("What happened, the oldest first; as server-sent events, which go on behind Last-Event-ID, when text/event-stream is accepted")
            .Produces<IReadOnlyList<CloudEvent>>(200, Json, EventStream);
    }

    private void MapVehicles(RouteGroupBuilder api)
    {
        Get(api, "/vehicles", (HttpContext context) => OnPumpAsync(context, () => Ok<IReadOnlyList<VehicleView>>([.. cloud.Store.Inventory.All.Select(vehicle => ApiViews.Of(vehicle, cloud.Store.NowMs))])))
            .WithTags("vehicles").WithSummary("All vehicles that the server knows, without their ECUs").Produces<IReadOnlyList<VehicleView>>();
        Get(api, "/vehicles/{vin}", (HttpContext context, string vin) => OnPumpAsync(context, () => cloud.Store.Inventory.Find(vin) is { } vehicle ? Ok(ApiViews.Of(vehicle, cloud.Store.NowMs)) : NoVehicle(vin)))
            .WithTags("vehicles").WithSummary("A vehicle with its ECUs").Produces<VehicleView>().ProducesProblem(404);
        Get(api, "/vehicles/{vin}/ecus", (HttpContext context, string vin) => OnPumpAsync(context, () => cloud.Store.Inventory.Find(vin) is { } vehicle ? Ok<IReadOnlyList<EcuRecord>>([.. vehicle.Ecus.Select(ApiViews.Of)]) : NoVehicle(vin)))
            .WithTags("vehicles").WithSummary("The ECUs of a vehicle, as they said of themselves last").Produces<IReadOnlyList<EcuRecord>>().ProducesProblem(404);
    }

    private void MapPackages(RouteGroupBuilder api)
    {
        Get(api, "/packages", (HttpContext context) => OnPumpAsync(context, () => Ok(cloud.Store.Packages.All)))
            .WithTags("packages").WithSummary("All packages with their forms").Produces<IReadOnlyList<StoredPackage>>();
        Post(api, "/packages", UploadAsync).Accepts<byte[]>(Bytes)
            .WithTags("packages").WithSummary("Stores a package, trust file or rules file: the body is the file as it is, `?name=` its name; one that is here already stays")
            .Produces<StoredPackage>(201).ProducesProblem(400).ProducesProblem(413).ProducesProblem(503);
        Get(api, "/packages/{sha256}", (HttpContext context, string sha256) => OnPumpAsync(context, () => cloud.Store.Packages.Find(sha256) is { } package ? Ok(package) : NoPackage(sha256)))
            .WithTags("packages").WithSummary("A package with its forms").Produces<StoredPackage>().ProducesProblem(404);
        api.MapDelete("/packages/{sha256}", (HttpContext context, string sha256) => OnPumpAsync(context, () => Delete(sha256)))
            .WithTags("packages").WithSummary("Deletes a package that no open campaign needs").Produces(204).ProducesProblem(404).ProducesProblem(409).ProducesProblem(503);
    }

    private void MapCampaigns(RouteGroupBuilder api)
    {
        Get(api, "/campaigns", (HttpContext context) => OnPumpAsync(context, () => Ok<IReadOnlyList<CampaignSummary>>([.. cloud.Store.Campaigns.All.Select(campaign => ApiViews.SummaryOf(cloud.Store, campaign))])))
            .WithTags("campaigns").WithSummary("All campaigns, the newest first").Produces<IReadOnlyList<CampaignSummary>>();
        Post(api, "/campaigns", DraftAsync).Accepts<string>("application/yaml", Json)
            .WithTags("campaigns").WithSummary("Stores a campaign as a draft: the body is a campaign file, YAML or JSON, whose packages are named by SHA-256 or as name@version")
            .Produces<CampaignView>(201).ProducesProblem(400).ProducesProblem(409).ProducesProblem(413);
        Get(api, "/campaigns/{id}", (HttpContext context, string id) => OnPumpAsync(context, () => View(id)))
            .WithTags("campaigns").WithSummary("A campaign with its vehicles").Produces<CampaignView>().ProducesProblem(404);
        MapTurn(api, "start", "Begins a draft; `select` finds its vehicles now", (id, _) => cloud.Begin(id));
        MapTurn(api, "pause", "Lets no further vehicle begin", cloud.Pause);
        MapTurn(api, "resume", "Lets vehicles begin again after a pause", (id, _) => cloud.Resume(id));
        MapTurn(api, "cancel", "Gives the campaign up: vehicles under way stop where they can", cloud.Cancel);
        Post(api, "/campaigns/{id}/vehicles/{vin}/consent", ConsentAsync).Accepts<ConsentOrder>(Json)
            .WithTags("campaigns").WithSummary("Says whether a vehicle may be updated: {\"answer\": \"given\" or \"refused\", \"by\": who says so}. The first word counts")
            .Produces<CampaignView>().ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);
    }

    private void MapTurn(RouteGroupBuilder api, string name, string summary, Func<string, string, StoredCampaign> turn) => Post(api, $"/campaigns/{{id}}/{name}", async (HttpContext context, string id) =>
        {
            CampaignOrder? order = context.Request.ContentLength is null or 0 ? null : await ReadAsync(context, ApiJsonContext.Default.CampaignOrder).ConfigureAwait(false);
            return await OnPumpAsync(context, () => WithCampaign(id, () => turn(id, order?.Why ?? string.Empty))).ConfigureAwait(false);
        })
        .Accepts<CampaignOrder>(isOptional: true, Json).WithTags("campaigns").WithSummary(summary).Produces<CampaignView>().ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);

    // As delegates, so that what they return is the answer.
    private static RouteHandlerBuilder Get(RouteGroupBuilder api, string path, Delegate handler) => api.MapGet(path, handler);

    private static RouteHandlerBuilder Post(RouteGroupBuilder api, string path, Delegate handler) => api.MapPost(path, handler);

    private async Task<IResult> DownloadAsync(HttpContext context, string sha256)
    {
        byte[]? file = await WebHost.OnPump(time, () => cloud.Store.Packages.BytesOf(sha256), context.RequestAborted).ConfigureAwait(false);
        if (file is null)
        {
            return NoPackage(sha256);
        }

        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Results.File(file, Bytes, enableRangeProcessing: true, entityTag: new EntityTagHeaderValue($"\"{sha256}\""));
    }

    private async Task<IResult> UploadAsync(HttpContext context)
    {
        byte[] file = await BodyAsync(context).ConfigureAwait(false);
        string name = context.Request.Query["name"] is [{ Length: > 0 } given] ? given : "package";
        return await OnPumpAsync(context, () =>
        {
            StoredPackage package = cloud.Store.Packages.Add(file, name);
            return Results.Created($"/api/v1/packages/{package.Sha256}", package);
        }, StatusCodes.Status400BadRequest).ConfigureAwait(false);
    }

    private IResult Delete(string sha256)
    {
        if (cloud.Store.Packages.Find(sha256) is null)
        {
            return NoPackage(sha256);
        }

        cloud.Store.Packages.Delete(sha256);
        return Results.NoContent();
    }

    private async Task<IResult> DraftAsync(HttpContext context)
    {
        string text = Encoding.UTF8.GetString(await BodyAsync(context).ConfigureAwait(false));
        CampaignPlan? plan = null;
        IResult parsed = await OnPumpAsync(context, () =>
        {
            plan = CampaignFile.Parse(text, cloud.Store.Packages);
            return Results.Empty;
        }, StatusCodes.Status400BadRequest).ConfigureAwait(false);
        return plan is null ? parsed : await OnPumpAsync(context, () => Results.Created($"/api/v1/campaigns/{plan.Campaign.Id}", ApiViews.Of(cloud.Store, cloud.Draft(plan)))).ConfigureAwait(false);
    }

    private async Task<IResult> ConsentAsync(HttpContext context, string id, string vin)
    {
        ConsentOrder? order = await ReadAsync(context, ApiJsonContext.Default.ConsentOrder).ConfigureAwait(false);
        return order is { Answer: "given" or "refused", By: { Length: > 0 } by }
            ? await OnPumpAsync(context, () => WithCampaign(id, () => cloud.Consent(id, vin, order.Answer == "given", by))).ConfigureAwait(false)
            : Problem(context, StatusCodes.Status400BadRequest, "the body says no word; write {\"answer\": \"given\" or \"refused\", \"by\": \"who says so\"}");
    }

    private async Task EventsAsync(HttpContext context)
    {
        IQueryCollection query = context.Request.Query;
        string? last = context.Request.Headers["Last-Event-ID"].FirstOrDefault() ?? query["after"].FirstOrDefault();
        bool isStream = context.Request.GetTypedHeaders().Accept?.Any(type => type.MediaType.Equals(EventStream, StringComparison.OrdinalIgnoreCase)) == true;
        string? campaign = query["campaign"].FirstOrDefault(), vin = query["vin"].FirstOrDefault();
        int count = int.TryParse(query["count"].FirstOrDefault(), out int wanted) ? wanted : EventLog.CountMax;
        long after = long.TryParse(last, out long id) ? id : 0;
        if (!isStream)
        {
            await (await OnPumpAsync(context, () => Ok(cloud.Store.Events.After(after, count, campaign, vin))).ConfigureAwait(false)).ExecuteAsync(context).ConfigureAwait(false);
            return;
        }

        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stop);
        context.Response.ContentType = EventStream;
        try
        {
            await StreamAsync(context.Response, after, campaign, vin, end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The reader has gone, or the server ends.
        }
    }

    private async Task StreamAsync(HttpResponse response, long after, string? campaign, string? vin, CancellationToken end)
    {
        await response.WriteAsync("retry: 1000\n\n", end).ConfigureAwait(false);
        while (true)
        {
            foreach (CloudEvent happened in await WebHost.OnPump(time, () => cloud.Store.Events.After(after, EventLog.CountMax, campaign, vin), end).ConfigureAwait(false))
            {
                after = happened.Id;
                await response.WriteAsync($"id: {happened.Id}\ndata: {JsonSerializer.Serialize(happened, ApiJsonContext.Default.CloudEvent)}\n\n", end).ConfigureAwait(false);
            }

            await response.Body.FlushAsync(end).ConfigureAwait(false);
            await Task.Delay(Look, end).ConfigureAwait(false);
        }
    }

    private static async Task<byte[]> BodyAsync(HttpContext context)
    {
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
        return body.ToArray();
    }

    private static async Task<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> form)
        where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, form, context.RequestAborted).ConfigureAwait(false);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private IResult WithCampaign(string id, Action act)
    {
        if (cloud.Store.FindCampaign(id) is null)
        {
            return NoCampaign(id);
        }

        act();
        return View(id);
    }

    private IResult View(string id) => cloud.Store.FindCampaign(id) is { } campaign ? Ok(ApiViews.Of(cloud.Store, campaign)) : NoCampaign(id);

    // What cannot be done is in conflict with how things stand, unless the caller has a better word.
    private async Task<IResult> OnPumpAsync(HttpContext context, Func<IResult> action, int status = StatusCodes.Status409Conflict)
    {
        try
        {
            return await WebHost.OnPump(time, action, context.RequestAborted).ConfigureAwait(false);
        }
        catch (UserErrorException exception)
        {
            return Problem(context, status, exception.Message);
        }
        catch (StoreBusyException exception)
        {
            context.Response.Headers.RetryAfter = "1";
            return Problem(context, StatusCodes.Status503ServiceUnavailable, exception.Message);
        }
    }

    private static IResult Ok<T>(T value) => Results.Ok(value);

    private static IResult NoVehicle(string vin) => NotFound($"the server knows no vehicle {vin}; GET /api/v1/vehicles has those that it knows");

    private static IResult NoPackage(string sha256) => NotFound($"there is no package {sha256}; GET /api/v1/packages has those that there are, POST brings one");

    private static IResult NoCampaign(string id) => NotFound($"there is no campaign {id}; GET /api/v1/campaigns has those that there are, POST brings one");

    private static IResult NotFound(string detail) => Results.Problem(detail, statusCode: StatusCodes.Status404NotFound);

    private static IResult Problem(HttpContext context, int status, string detail) => Results.Problem(detail, context.Request.Path, status);
}
