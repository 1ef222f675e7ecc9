// What a page of a bench asks for, below /api/v1/bench: the live picture as server-sent events, orders to update, faults by hand.
//   GET    stream          snapshot, then deltas; goes on behind Last-Event-ID where that is possible
//   POST   updates         begins a campaign with packages that are signed for it; the campaign itself is at /api/v1/campaigns
//   POST   faults/{kind}   brings a fault about       DELETE faults/{kind}[?ecu=NAME]   takes it back
// Invariants: what the simulation owns is reached on the pump only; the pump waits for no browser.
// Clauses: WHATWG HTML §9.2 (server-sent events), RFC 9457 (problem details).
// Tests: tests/host-sim/Web/BenchTests.cs.
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EsyncSim.Bus;
using EsyncSim.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EsyncSim.Web;

/// <summary>The live part of a bench's interface.</summary>
internal sealed class BenchRoutes
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private readonly VehicleOnBench _bench;
    private readonly BenchView _view;
    private readonly BenchCampaigns _campaigns;
    private readonly EventFeed _feed = new(Guid.NewGuid().ToString("N"));
    private readonly SimEvent _tick;

    /// <summary>Makes the routes of a bench; to be called on the pump's thread.</summary>
    public BenchRoutes(VehicleOnBench bench)
    {
        _bench = bench;
        _view = new BenchView(bench);
        _campaigns = new BenchCampaigns(bench);
        _tick = bench.Time.CreateEvent(Tick);
        _tick.After(bench.TickNs);
    }

    /// <summary>The server on the bench.</summary>
    public CloudServer Server => _campaigns.Server;

    /// <summary>Maps them.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/api/v1/bench");
        group.MapGet("/stream", StreamAsync);
        group.MapPost("/updates", context => OrderAsync(context, BenchJsonContext.Default.UpdateOrder, _campaigns.Begin));
        group.MapPost("/faults/{kind}", context => OrderAsync(context, BenchJsonContext.Default.FaultOrder, order =>
        {
            _bench.FaultPanel.Begin(KindOf(context), order);
            return new OrderDone("done");
        }));
        group.MapDelete("/faults/{kind}", context => AnswerAsync(context, () =>
        {
            _bench.FaultPanel.End(KindOf(context), context.Request.Query["ecu"]);
            return new OrderDone("done");
        }));
    }

    private static string KindOf(HttpContext context) => context.Request.RouteValues["kind"] as string ?? string.Empty;

    private void Tick()
    {
        _tick.After(_bench.TickNs);
        if (_feed.ReaderCount == 0)
        {
            _view.Delta();
            _feed.Skip();
            return;
        }

        BenchUpdate delta = _view.Delta();
        if (!delta.IsEmpty)
        {
            _feed.Publish(JsonSerializer.SerializeToUtf8Bytes(delta, BenchJsonContext.Default.BenchUpdate));
        }
    }

    private async Task OrderAsync<T>(HttpContext context, JsonTypeInfo<T> form, Func<T, OrderDone> take)
    {
        T? order;
        try
        {
            order = await JsonSerializer.DeserializeAsync(context.Request.Body, form, context.RequestAborted).ConfigureAwait(false);
        }
        catch (JsonException exception)
        {
            await ProblemAsync(context, $"the body is not the JSON that is wanted here: {exception.Message}").ConfigureAwait(false);
            return;
        }

        if (order is null)
        {
            await ProblemAsync(context, "the body is empty; send a JSON object").ConfigureAwait(false);
            return;
        }

        await AnswerAsync(context, () => take(order)).ConfigureAwait(false);
    }

    private async Task AnswerAsync(HttpContext context, Func<OrderDone> take)
    {
        try
        {
            OrderDone done = await WebHost.OnPump(_bench.Time, take, context.RequestAborted).ConfigureAwait(false);
            await context.Response.WriteAsJsonAsync(done, BenchJsonContext.Default.OrderDone, cancellationToken: context.RequestAborted).ConfigureAwait(false);
        }
        catch (UserErrorException exception)
        {
            await ProblemAsync(context, exception.Message).ConfigureAwait(false);
        }
    }

    private static async Task ProblemAsync(HttpContext context, string detail) =>
        await Results.Problem(detail, statusCode: StatusCodes.Status400BadRequest).ExecuteAsync(context).ConfigureAwait(false);

    private async Task StreamAsync(HttpContext context)
    {
        // An open stream ends at once when the program does.
        IHostApplicationLifetime life = context.RequestServices.GetRequiredService<IHostApplicationLifetime>();
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, life.ApplicationStopping);
        CancellationToken stop = end.Token;
        context.Response.ContentType = "text/event-stream";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        using FeedReader reader = _feed.Read();
        try
        {
            long sent = await BeginAsync(context, context.Request.Headers["Last-Event-ID"], stop).ConfigureAwait(false);
            while (true)
            {
                if (reader.HasLost)
                {
                    reader.BeginAnew();
                    sent = await BeginAsync(context, null, stop).ConfigureAwait(false);
                }

                FeedEvent? item = await reader.NextAsync(Heartbeat, stop).ConfigureAwait(false);
                if (item is null)
                {
                    await context.Response.WriteAsync(": still here\n\n", stop).ConfigureAwait(false);
                }
                else if (item.Id > sent)
                {
                    sent = item.Id;
                    await WriteAsync(context, "delta", item.Id, item.Data, stop).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The browser has left, or this program ends.
        }
    }

    // Returns the number of the last event that what was written holds.
    private async Task<long> BeginAsync(HttpContext context, string? known, CancellationToken stop)
    {
        if (_feed.Behind(known) is { } behind)
        {
            foreach (FeedEvent item in behind)
            {
                await WriteAsync(context, "delta", item.Id, item.Data, stop).ConfigureAwait(false);
            }

            return behind.Count > 0 ? behind[^1].Id : 0;
        }

        (long id, byte[] data) = await WebHost.OnPump(
            _bench.Time, () => (_feed.LastId, JsonSerializer.SerializeToUtf8Bytes(_view.Snapshot(), BenchJsonContext.Default.BenchUpdate)), stop).ConfigureAwait(false);
        await WriteAsync(context, "snapshot", id, data, stop).ConfigureAwait(false);
        return id;
    }

    private async Task WriteAsync(HttpContext context, string name, long id, byte[] data, CancellationToken stop)
    {
        await context.Response.WriteAsync($"event: {name}\nid: {_feed.TextOf(id)}\ndata: ", stop).ConfigureAwait(false);
        await context.Response.Body.WriteAsync(data, stop).ConfigureAwait(false);
        await context.Response.WriteAsync("\n\n", stop).ConfigureAwait(false);
        await context.Response.Body.FlushAsync(stop).ConfigureAwait(false);
    }
}
