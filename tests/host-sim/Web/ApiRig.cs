// A server with its interface on the loopback interface: vehicles that the test plays in virtual time, whose pump runs at a fast pace and
// answers the requests.
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using EsyncSim.Bus;
using EsyncSim.Server;
using EsyncSim.Web;
using EsyncTests.HostSim.Server;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace EsyncTests.HostSim.Web;

internal sealed class ApiRig : IAsyncDisposable
{
    internal const string Token = "0123456789abcdef";

    private readonly CancellationTokenSource _stop = new();
    private readonly VirtualTime _time = new();
    private readonly CloudStore _store;
    private readonly Task _pump;

    private ApiRig(WebHost host, EndpointDataSource routes, CloudServer cloud, CloudStore store, VirtualTime time, CancellationTokenSource stop, ScriptedVehicle[] vehicles)
    {
        Host = host;
        Routes = routes;
        _store = store;
        _time = time;
        _stop = stop;
        Http = new HttpClient { BaseAddress = host.Url };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        _pump = Task.Run(() => time.Run(
            () =>
            {
                cloud.Start();
                Array.ForEach(vehicles, vehicle => vehicle.Announce("can0", "motor"));
                return cloud.RunAsync();
            },
            long.MaxValue / 3));
    }

    internal WebHost Host { get; }

    internal EndpointDataSource Routes { get; }

    internal HttpClient Http { get; }

    /// <summary>A server that knows its two vehicles, V1 and V2, when this returns.</summary>
    internal static async Task<ApiRig> StartAsync()
    {
        CancellationTokenSource stop = new();
        VirtualTime time = new() { Pace = new WallPace(new FastClock(), 0) { Stop = stop.Token } };
        VirtualMessageNetwork network = new(time, 1);
        CloudStore store = CloudStore.Open(null, () => time.NowNs / VirtualTime.NsPerMs, () => Guid.NewGuid().ToString("N"));
        ScriptedVehicle[] vehicles = [.. Enumerable.Range(1, 2).Select(i => new ScriptedVehicle(time, network, $"V{i}"))];
        CloudServer cloud = new(time, network.Join("server"), store, "server");
        CloudApi api = new(time, cloud, stop.Token);
        EndpointDataSource? routes = null;
        WebAddress address = WebAddress.Parse("127.0.0.1:0");
        WebHost host = await WebHost.StartAsync(address, new WebGuard(address, Token, CloudApi.PackagesPath), CloudApi.AddServices, app =>
        {
            api.Map(app);
            routes = app.Services.GetRequiredService<EndpointDataSource>();
        });
        ApiRig rig = new(host, routes!, cloud, store, time, stop, vehicles);
        await rig.UntilAsync("V1 has announced itself");
        await rig.UntilAsync("V2 has announced itself");
        return rig;
    }

    /// <summary>Reads the stream of events from their beginning until something was said.</summary>
    internal async Task UntilAsync(string text)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromMinutes(2));
        using HttpRequestMessage request = new(HttpMethod.Get, "api/v1/events");
        request.Headers.Accept.ParseAdd("text/event-stream");
        using HttpResponseMessage response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        using StreamReader stream = new(await response.Content.ReadAsStreamAsync(patience.Token));
        while (await stream.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal) && JsonDocument.Parse(line["data: ".Length..]).RootElement.GetProperty("text").GetString()!.Contains(text, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"the stream ended before it said: {text}");
    }

    internal async Task<JsonElement> GetAsync(string path)
    {
        using HttpResponseMessage response = await Http.GetAsync(path);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _pump);
        Http.Dispose();
        await Host.DisposeAsync();
        _store.Dispose();
        _stop.Dispose();
    }

    private sealed class FastClock : TimeProvider
    {
        private const int Factor = 50;

        public override long GetTimestamp() => base.GetTimestamp() * Factor;
    }
}
