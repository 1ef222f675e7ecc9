// The options of commands that have a web page: --web and --token.
// Tests: tests/host-sim/Web/WebAddressTests.cs, tests/host-sim/Cli.
using System.CommandLine;
using EsyncSim.Web;

namespace EsyncSim.Cli;

/// <summary>The options --web and --token.</summary>
internal sealed class WebOption
{
    private readonly Option<string?> _web = new("--web")
    {
        Description = $"Serve a page at IP:PORT, or {WebAddress.Default} if none is named. At any other address than this machine's own it wants a token",
        HelpName = "IP:PORT",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _token = new("--token")
    {
        Description = "File with the token that the page and the interface ask for; without it one is made and printed where others reach them",
        HelpName = "FILE",
    };

    /// <summary>Adds both to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_web);
        command.Add(_token);
    }

    /// <summary>Where a page is wanted, and its guard; null when none is.</summary>
    /// <exception cref="UserErrorException">The address or the token file is not usable, or there is a token and no page.</exception>
    public (WebAddress Address, WebGuard Guard)? Of(ParseResult parsed, params string[] openPaths)
    {
        string? tokenPath = parsed.GetValue(_token);
        if (parsed.GetResult(_web) is null)
        {
            return tokenPath is null ? null : throw new UserErrorException(ExitCode.BadUsage, "--token is for a page, and there is none; add --web");
        }

        WebAddress address = parsed.GetValue(_web) is { } text ? WebAddress.Parse(text) : WebAddress.Default;
        return (address, new WebGuard(address, WebGuard.TokenFor(address, tokenPath), openPaths));
    }
}
