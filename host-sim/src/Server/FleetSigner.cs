// Makes the vehicle manifests of a server: which versions the ECUs of one vehicle are brought to together, signed with a key of the role fleet.
// That key is no image key: with it alone nothing can be installed that author and oem have not signed.
// Invariants: a manifest is made anew when what it would say has changed or its time is over, and never for a repetition, since each signature
// uses up an index; the numbers of a vehicle's manifests only grow, also in a server that has lost its database, as far as its clock does.
// Clause: host-sim/README.md, "Vehicle manifest".
// Tests: tests/host-sim/Server/FleetSignerTests.cs.
using EsyncSim.Packages;
using EsyncSim.Signing;

namespace EsyncSim.Server;

/// <summary>Signs vehicle manifests; one for all vehicles of a server.</summary>
public sealed class FleetSigner
{
    /// <summary>How long a manifest counts when nothing else is said, in milliseconds: a day.</summary>
    public const long DefaultValidMs = 24 * 3_600_000;

    private readonly ISigner _signer;
    private readonly Func<long> _nowMs;
    private readonly long _validMs;

    /// <summary>Takes a key.</summary>
    /// <param name="signer">Of the role fleet.</param>
    /// <param name="nowMs">The time, in milliseconds since 1970 UTC.</param>
    /// <param name="validMs">How long a manifest counts, in milliseconds.</param>
    /// <exception cref="UserErrorException">The key has another role.</exception>
    public FleetSigner(ISigner signer, Func<long> nowMs, long validMs = DefaultValidMs)
    {
        SignedVehicleManifest.RequireRole(signer.Role);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(validMs);
        _signer = signer;
        _nowMs = nowMs;
        _validMs = validMs;
    }

    /// <summary>True when a request is to carry a vehicle manifest.</summary>
    public static bool IsCarrying(VehicleCampaign state, CampaignAsk ask) => ask.Target < 0
        ? ask.Type == EsyncType.CommitUpdate
        : ask.Type != EsyncType.QueryPackage && state.Targets[ask.Target].Part == TargetPart.Application;

    /// <summary>The state with a manifest that says what it wants now; the same state when it has one.</summary>
    /// <param name="state">The vehicle in its campaign.</param>
    /// <param name="vehicle">Vehicle identification number.</param>
    /// <param name="ledger">Gives the numbers; to be stored with the state.</param>
    /// <param name="imageDigestOf">SHA-256 of the image in a package, by the SHA-256 of its file; null when it is none.</param>
    /// <exception cref="UserErrorException">The key cannot sign, or a name is too long for a manifest.</exception>
    public VehicleCampaign Sealed(VehicleCampaign state, string vehicle, ServerLedger ledger, Func<string, byte[]?> imageDigestOf)
    {
        VehicleManifestEntry[] entries = EntriesOf(state, imageDigestOf);
        long nowMs = _nowMs();
        VehicleManifest? present = state.VehicleManifest is { } text ? SignedVehicleManifest.Decode(Convert.FromBase64String(text)).Manifest : null;
        bool isSame = present is not null && nowMs <= present.NotAfterMs && present.Entries.Count == entries.Length && present.Entries.Zip(entries).All(pair => pair.First.Is(pair.Second));
        if (isSame || entries.Length == 0)
        {
            return state;
        }

        VehicleManifest manifest = new() { Sequence = ledger.NextManifest(nowMs), Vehicle = vehicle, Campaign = state.Id, NotAfterMs = nowMs + _validMs, Entries = entries };
        try
        {
            return state with { VehicleManifest = Convert.ToBase64String(SignedVehicleManifest.Sign(manifest, _signer).Document) };
        }
        catch (SuitException exception)
        {
            throw new UserErrorException(ExitCode.BadFile, $"campaign {state.Id} cannot have a vehicle manifest for {vehicle}: {exception.Message}");
        }
    }

    // Those that have said what they run and are to run something that is here, but for those that did not get it.
    private static VehicleManifestEntry[] EntriesOf(VehicleCampaign state, Func<string, byte[]?> imageDigestOf)
    {
        List<VehicleManifestEntry> entries = [];
        foreach (TargetState target in state.Targets.Where(target => target.Part == TargetPart.Application && (target.End is null || target.IsGood)))
        {
            if (target is { Nonce: { } nonce, Offer: { Sha256: { } sha256, Version: { } version } } && imageDigestOf(sha256) is { } digest)
            {
                entries.Add(new VehicleManifestEntry(target.Ecu, version, digest, Convert.FromHexString(nonce)));
            }
        }

        return [.. entries.OrderBy(entry => entry.Ecu, StringComparer.Ordinal)];
    }
}
