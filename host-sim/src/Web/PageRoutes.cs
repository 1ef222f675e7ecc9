// The page itself: files that are embedded in this program, at / and below /assets.
// Invariant: nothing is served but what is embedded; nothing in it comes from elsewhere.
// Tests: tests/host-sim/Web/BenchTests.cs.
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EsyncSim.Web;

/// <summary>Serves the page.</summary>
internal static class PageRoutes
{
    private const string Prefix = "web/";
    private const string FirstPage = "index.html";
    private const string KindMark = "{{page}}";

    private static readonly Dictionary<string, string> Types = new()
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
    };

    /// <summary>Maps the page.</summary>
    /// <param name="routes">Where to.</param>
    /// <param name="kind">bench or server: which parts the page shows.</param>
    public static void Map(IEndpointRouteBuilder routes, string kind)
    {
        routes.MapGet("/", context => SendFirstAsync(context, kind));
        routes.MapGet("/assets/{name}", context => SendAsync(context, context.Request.RouteValues["name"] as string ?? string.Empty));
        routes.MapGet("/favicon.ico", context => SendAsync(context, "icon.svg"));
    }

    private static async Task SendFirstAsync(HttpContext context, string kind)
    {
        using Stream file = typeof(PageRoutes).Assembly.GetManifestResourceStream(Prefix + FirstPage)!;
        using StreamReader reader = new(file);
        string page = await reader.ReadToEndAsync(context.RequestAborted).ConfigureAwait(false);
        context.Response.ContentType = Types[".html"];
        await context.Response.WriteAsync(page.Replace(KindMark, kind, StringComparison.Ordinal), context.RequestAborted).ConfigureAwait(false);
    }

    private static async Task SendAsync(HttpContext context, string name)
    {
        using Stream? file = typeof(PageRoutes).Assembly.GetManifestResourceStream(Prefix + name);
        if (file is null || !Types.TryGetValue(Path.GetExtension(name), out string? type))
        {
            await Results.Problem($"there is no {context.Request.Path} here", statusCode: StatusCodes.Status404NotFound).ExecuteAsync(context).ConfigureAwait(false);
            return;
        }

        context.Response.ContentType = type;
        context.Response.ContentLength = file.Length;
        await file.CopyToAsync(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
    }
}
