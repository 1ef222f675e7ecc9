// esync demo --web: the bench that stays, with its page, until Ctrl-C.
// Invariant: what the demo makes without being told where (keys, database) lies in a temporary folder and is gone afterwards.
// Tests: tests/host-sim/Web/BenchTests.cs. tests/host-sim/Cli.
using EsyncSim.Web;

namespace EsyncSim.Cli;

/// <summary>Runs a bench with a page.</summary>
internal static class DemoWeb
{
    /// <summary>Runs until it is stopped; returns the exit code.</summary>
    /// <param name="output">Where it says the address.</param>
    /// <param name="web">Where the page is, and who may see it.</param>
    /// <param name="options">The bench.</param>
    /// <param name="opened">Called with the server when the page is there; null for nobody.</param>
    /// <exception cref="UserErrorException">Configuration, database or address are not usable.</exception>
    public static int Run(TextWriter output, (WebAddress Address, WebGuard Guard) web, BenchOptions options, Action<WebHost>? opened = null)
    {
        string? folder = options.DatabasePath is null ? Directory.CreateTempSubdirectory("esync-bench-").FullName : null;
        WebHost? host = null;
        try
        {
            using VehicleOnBench bench = new(options with { DatabasePath = options.DatabasePath ?? Path.Combine(folder!, "cloud.db") });
            bench.Run(() =>
            {
                BenchRoutes routes = new(bench);
                CloudApi api = new(bench.Time, routes.Server, options.Stop);
                host = bench.Time.Hold(WebHost.StartAsync(web.Address, web.Guard, CloudApi.AddServices, application =>
                {
                    PageRoutes.Map(application, "bench");
                    routes.Map(application);
                    api.Map(application);
                }));
                output.WriteLine($"bench with {string.Join(", ", bench.Head.Ecus)} at {host.Url}{(web.Guard.Token is { } token ? $"?token={token}" : string.Empty)}; Ctrl-C ends");
                output.Flush();
                opened?.Invoke(host);
            });
        }
        catch (OperationCanceledException) when (options.Stop.IsCancellationRequested)
        {
            output.WriteLine("stopped");
        }
        finally
        {
            host?.DisposeAsync().AsTask().GetAwaiter().GetResult();
            if (folder is not null)
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        return ExitCode.Ok;
    }
}
