// Who may ask a web server for what. A server that only this machine reaches needs no token, but is guarded against pages of other
// origins that the same browser has open: against names that lead to 127.0.0.1 (DNS rebinding) by the Host header, and against
// requests across origins by Origin. One that others reach wants its token with each request, as a bearer or as the cookie that
// a first visit with ?token= sets.
// Invariant: the token is compared in constant time, and stands in no page, log or address that the browser keeps.
// Clauses: RFC 6750 (bearer), RFC 6265 (cookies), RFC 9457 (problem details).
// Tests: tests/host-sim/Web/WebHostTests.cs.
using System.Net;
using System.Security.Cryptography;
using System.Text;
using EsyncSim.Files;
using Microsoft.AspNetCore.Http;

namespace EsyncSim.Web;

/// <summary>The guard of a web server.</summary>
public sealed class WebGuard
{
    /// <summary>Fewest characters of a token.</summary>
    public const int TokenLengthMin = 16;

    private const string CookieName = "esync-token";
    private const string Parameter = "token";
    private const int TokenFileLengthMax = 4096;
    private readonly bool _isLoopback;
    private readonly string[] _openPaths;

    /// <summary>Makes the guard of a server.</summary>
    /// <param name="address">Where the server listens.</param>
    /// <param name="token">What everybody must say; null asks for nothing, which only a server that nobody else reaches may do.</param>
    /// <param name="openPaths">Beginnings of paths that need no token.</param>
    public WebGuard(WebAddress address, string? token, params string[] openPaths)
    {
        if (token is null && !address.IsLoopback)
        {
            throw new ArgumentException("a server that others reach needs a token", nameof(token));
        }

        _isLoopback = address.IsLoopback;
        Token = token;
        _openPaths = openPaths;
    }

    /// <summary>The token; null when none is asked for.</summary>
    public string? Token { get; }

    /// <summary>The token that a server at this address asks for: that of the file, a new one where others reach it, else none.</summary>
    /// <exception cref="UserErrorException">The file is missing, or what it holds is too short.</exception>
    public static string? TokenFor(WebAddress address, string? path)
    {
        if (path is null)
        {
            return address.IsLoopback ? null : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenLengthMin));
        }

        string token = Encoding.UTF8.GetString(AtomicFile.ReadInput(path, "token file", TokenFileLengthMax)).Trim();
        return token.Length >= TokenLengthMin && token.All(c => c is > ' ' and < '\x7F' and not ';' and not ',' and not '"' and not '\\')
            ? token
            : throw new UserErrorException(ExitCode.BadFile, $"{path} holds no token: that is one line of {TokenLengthMin} printable characters or more, without blanks, quotes, commas and semicolons");
    }

    /// <summary>Lets a request through, or answers it.</summary>
    internal async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        SetHeaders(context.Response.Headers);
        HttpRequest request = context.Request;
        if (_isLoopback && !IsOfThisMachine(request.Host))
        {
            await RefuseAsync(context, HttpStatusCode.MisdirectedRequest, $"this server answers to localhost and 127.0.0.1, not to {request.Host}").ConfigureAwait(false);
        }
        else if (!IsSafe(request) && !IsOfThisOrigin(request))
        {
            await RefuseAsync(context, HttpStatusCode.Forbidden, $"a page of {request.Headers.Origin} may change nothing here").ConfigureAwait(false);
        }
        else if (Token is null || Array.Exists(_openPaths, path => request.Path.StartsWithSegments(path)))
        {
            await next(context).ConfigureAwait(false);
        }
        else if (IsToken(request.Query[Parameter]) && HttpMethods.IsGet(request.Method))
        {
            // The address with the token shall not stay in the browser's history and in Referer headers.
            context.Response.Cookies.Append(CookieName, Token, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/" });
            context.Response.Redirect(request.Path);
        }
        else if (IsToken(request.Cookies[CookieName]) || IsToken(Bearer(request)))
        {
            await next(context).ConfigureAwait(false);
        }
        else
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await RefuseAsync(context, HttpStatusCode.Unauthorized, "this server wants its token: `Authorization: Bearer …`, or open the page once with ?token=… ").ConfigureAwait(false);
        }
    }

    private static void SetHeaders(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
    }

    private static bool IsOfThisMachine(HostString host) =>
        host.Host == "localhost" || (IPAddress.TryParse(host.Host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));

    private static bool IsSafe(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method);

    // A program sends no Origin; a browser does with whatever may change something.
    private static bool IsOfThisOrigin(HttpRequest request) => request.Headers.Origin is not [{ } origin] || origin == $"{request.Scheme}://{request.Host}";

    private static string? Bearer(HttpRequest request) =>
        request.Headers.Authorization is [{ } value] && value.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? value["Bearer ".Length..].Trim() : null;

    private static async Task RefuseAsync(HttpContext context, HttpStatusCode status, string detail)
    {
        context.Response.StatusCode = (int)status;
        await Results.Problem(detail.Trim(), statusCode: (int)status).ExecuteAsync(context).ConfigureAwait(false);
    }

    private bool IsToken(string? said) => said is not null && Token is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(said), Encoding.UTF8.GetBytes(Token));
}
