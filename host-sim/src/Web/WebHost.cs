// The web server of this program: Kestrel at one address, with what others map onto it. It guards all of it: who asks from outside has
// the token, and no page of another origin gets at a server of this machine.
// Invariants: handlers run on threads of their own and reach what the simulation owns by OnPump only; nothing is read from the
// environment or from files beside the program. What lies below an open path is for everybody.
// It must not know what is served.
// Tests: tests/host-sim/Web/WebHostTests.cs.
using System.Net;
using System.Net.Sockets;
using EsyncSim.Bus;
using EsyncSim.Packages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace EsyncSim.Web;

/// <summary>A web server.</summary>
public sealed class WebHost : IAsyncDisposable
{
    /// <summary>Longest request body in bytes: that of a package.</summary>
    public const int BodyLengthMax = Package.LengthMax;

    private readonly WebApplication _application;

    private WebHost(WebApplication application, WebAddress address)
    {
        _application = application;
        Address = address;
    }

    /// <summary>Where it listens, with the port that it got.</summary>
    public WebAddress Address { get; }

    /// <summary>Address of its first page.</summary>
    public Uri Url => new($"http://{Address}/");

    /// <summary>Starts a web server.</summary>
    /// <param name="address">Where it listens.</param>
    /// <param name="guard">Who may ask for what.</param>
    /// <param name="addServices">Adds what the routes need; null for nothing.</param>
    /// <param name="map">Maps the routes.</param>
    /// <exception cref="UserErrorException">The address cannot be listened at.</exception>
    public static async Task<WebHost> StartAsync(WebAddress address, WebGuard guard, Action<IServiceCollection>? addServices, Action<WebApplication> map)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = BodyLengthMax;
            kestrel.Listen(address.Address, address.Port);
        });
        builder.Services.AddRouting();
        addServices?.Invoke(builder.Services);
        WebApplication application = builder.Build();
        application.Use(guard.InvokeAsync);
        map(application);
        try
        {
            await application.StartAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw new UserErrorException(ExitCode.BadUsage, $"no web server can listen at {address}: {exception.Message}. Is one there already? Name another port with --web IP:PORT");
        }

        string bound = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new WebHost(application, address with { Port = new Uri(bound).Port });
    }

    /// <summary>
    /// Does something on the pump's thread, between two events, and hands its result back: the one way from a handler to what the
    /// simulation owns.
    /// </summary>
    /// <exception cref="OperationCanceledException">The pump did not come to it before the request was given up.</exception>
    public static async Task<T> OnPump<T>(VirtualTime time, Func<T> action, CancellationToken stop)
    {
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        time.Post(() =>
        {
            if (stop.IsCancellationRequested)
            {
                return;
            }

            try
            {
                done.TrySetResult(action());
            }
            catch (Exception exception)
            {
                // It is the handler's: the pump goes on.
                done.TrySetException(exception);
            }
        });
        return await done.Task.WaitAsync(stop).ConfigureAwait(false);
    }

    /// <summary>Stops: open streams end, requests under way get a short while.</summary>
    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(2));
        await _application.StopAsync(patience.Token).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
    }
}
