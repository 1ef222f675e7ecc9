// The options of a server that signs vehicle manifests, and of a client that demands them.
// Invariant: a key that cannot sign, or is of another role, is refused before anything connects.
// Tests: tests/host-sim/Cli/FleetKeyOptionsTests.cs.
using System.CommandLine;
using EsyncSim.Files;
using EsyncSim.Packages;
using EsyncSim.Server;
using EsyncSim.Signing;

namespace EsyncSim.Cli;

/// <summary>--fleet-key and what belongs to it.</summary>
internal sealed class FleetKeyOptions
{
    private const int DefaultHours = 24;
    private const int HoursMax = 24 * 366;
    private const long MsPerHour = 3_600_000;

    private readonly Option<string?> _key = new("--fleet-key") { HelpName = "FILE", Description = "Private key of the role fleet: signs for each vehicle which versions belong together (vehicle manifests). It installs nothing by itself" };
    private readonly Option<int> _hours = new("--fleet-hours") { HelpName = "N", Description = "Hours for which a vehicle manifest counts", DefaultValueFactory = _ => DefaultHours };
    private readonly KeyStoreOption _store;

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="files">Where the key is.</param>
    public FleetKeyOptions(Command command, IFileSystem files)
    {
        command.Add(_key);
        command.Add(_hours);
        _store = new KeyStoreOption(command, files);
        NumberOption.RequireFrom(1, _hours);
    }

    /// <summary>The signer; null when no key is named.</summary>
    /// <exception cref="UserErrorException">The key cannot be used, has another role, or the hours are too many.</exception>
    public FleetSigner? Read(ParseResult parsed, TimeProvider clock)
    {
        int hours = parsed.GetValue(_hours);
        if (hours > HoursMax)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"--fleet-hours takes 1 to {HoursMax}: a vehicle manifest that counts for longer holds nothing up");
        }

        if (parsed.GetValue(_key) is not { } path)
        {
            return null;
        }

        SigningKeyStore store = _store.Open(parsed);
        FileSigner signer = FileSigner.Open(store, path);
        SignedVehicleManifest.RequireRole(signer.Role);
        store.RequireUsable(path);
        return new FleetSigner(signer, () => clock.GetUtcNow().ToUnixTimeMilliseconds(), hours * MsPerHour);
    }
}

/// <summary>--fleet-anchor.</summary>
internal sealed class FleetAnchorOption
{
    private readonly Option<string[]> _anchors = new("--fleet-anchor") { HelpName = "FILE", Description = "Public key of the role fleet: updates are followed only with a vehicle manifest that it has signed. Several are allowed; one must have signed" };

    /// <summary>Adds the option to a command.</summary>
    public FleetAnchorOption(Command command) => command.Add(_anchors);

    /// <summary>The keys; none when none is named.</summary>
    /// <exception cref="UserErrorException">A file is no public key of the role fleet.</exception>
    public IReadOnlyList<TrustAnchor> Read(ParseResult parsed) => [.. (parsed.GetValue(_anchors) ?? []).Select(Load)];

    private static TrustAnchor Load(string path)
    {
        TrustAnchor anchor = TrustAnchor.Load(path);
        return anchor.Role == SigningRole.Fleet
            ? anchor
            : throw new UserErrorException(ExitCode.KeyProblem, $"{path} is a key of the role {anchor.Role.Name()}, and --fleet-anchor takes one of the role fleet; the server's is beside its --fleet-key");
    }
}
