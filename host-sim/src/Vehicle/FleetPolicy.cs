// Whether a vehicle manifest lets the client do what a server asks of it: freeze and mix-and-match protection for the whole vehicle. A server,
// or whoever speaks in its place, can then neither bring back an old set of versions nor put versions together that do not belong together.
// A function of the request, the manifest, what the journal knows and the time; it talks to nobody and keeps nothing.
// Invariants: whatever is not said by a manifest that a known fleet key has signed is refused; a manifest counts for one vehicle, one
// campaign, until its time is over, and for the version reports that it rests on; a later one shuts out all before it.
// Clause: host-sim/README.md, "Vehicle manifest".
// Tests: tests/host-sim/Vehicle/FleetPolicyTests.cs.
using EsyncSim.Client;
using EsyncSim.Data;
using EsyncSim.Packages;
using EsyncSim.Server;
using EsyncSim.Signing;

namespace EsyncSim.Vehicle;

/// <summary>What became of a check.</summary>
/// <param name="Error">None when it passed.</param>
/// <param name="Text">A sentence for people; empty when it passed.</param>
/// <param name="Manifest">What the request rests on; null when that could not be read.</param>
public sealed record FleetVerdict(FleetError Error, string Text, VehicleManifest? Manifest)
{
    /// <summary>True when the request may be followed.</summary>
    public bool IsPassed => Error == FleetError.None;
}

/// <summary>Judges requests by vehicle manifests.</summary>
/// <param name="vehicle">Vehicle identification number.</param>
/// <param name="anchors">Public keys; those of the role fleet count.</param>
/// <param name="nowMs">The time, in milliseconds since 1970 UTC.</param>
public sealed class FleetPolicy(string vehicle, IReadOnlyList<TrustAnchor> anchors, Func<long> nowMs)
{
    private static readonly (FleetError Error, string Why) Fine = (FleetError.None, string.Empty);

    /// <summary>Judges a request, all but the packages' bytes: see <see cref="CheckImages"/>.</summary>
    /// <param name="request">About one ECU's application, or about a group that is to be kept.</param>
    /// <param name="known">What the journal knows.</param>
    /// <param name="isCommitted">True for a group whose commit is in the journal: there is only forward, so age counts no more, and content does.</param>
    public FleetVerdict Check(EsyncBody request, FleetMemory known, bool isCommitted = false)
    {
        if (request.VehicleManifest is not { } text)
        {
            return new FleetVerdict(FleetError.Missing, "the server sends no vehicle manifest, and this client demands one (--fleet-anchor); start the server with --fleet-key", null);
        }

        SignedVehicleManifest signed;
        try
        {
            signed = SignedVehicleManifest.Decode(Convert.FromBase64String(text));
        }
        catch (Exception exception) when (exception is SuitException or FormatException)
        {
            return new FleetVerdict(FleetError.Malformed, $"the vehicle manifest is none: {exception.Message}", null);
        }

        try
        {
            signed.Verify(anchors);
        }
        catch (SuitException exception)
        {
            return new FleetVerdict(FleetError.NotSigned, $"the vehicle manifest does not count: {exception.Message}", null);
        }

        VehicleManifest manifest = signed.Manifest;
        (FleetError Error, string Why)[] checks =
        [
            CheckHead(manifest, request),
            isCommitted ? Fine : CheckAge(manifest, known),
            CheckNames(manifest, request),
            isCommitted ? Fine : CheckReports(manifest, request, known),
        ];
        (FleetError error, string why) = checks.FirstOrDefault(check => check.Error != FleetError.None, Fine);
        return new FleetVerdict(error, why, manifest);
    }

    /// <summary>Judges the forms of an image by the manifest that their request has passed with.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="ecu">Name of the ECU that they are for, which the manifest names.</param>
    /// <param name="images">The forms as they came.</param>
    public static FleetVerdict CheckImages(VehicleManifest manifest, string ecu, UpdateImages images)
    {
        VehicleManifestEntry entry = manifest.Find(ecu) ?? throw new ArgumentException($"the manifest does not name {ecu}", nameof(ecu));
        foreach (UpdateImage image in images.All)
        {
            if (image.Version != entry.Version || image.ImageDigest?.AsSpan().SequenceEqual(entry.ImageDigest) != true)
            {
                return new FleetVerdict(
                    FleetError.WrongImage,
                    $"the package for {ecu} holds image {Short(image.ImageDigest ?? [])} of version {image.Version}, and the vehicle manifest names {Short(entry.ImageDigest)} of version {entry.Version}",
                    manifest);
            }
        }

        return new FleetVerdict(FleetError.None, string.Empty, manifest);
    }

    private (FleetError Error, string Why) CheckHead(VehicleManifest manifest, EsyncBody request) =>
        manifest.Vehicle != vehicle ? (FleetError.WrongVehicle, $"the vehicle manifest is for {manifest.Vehicle}, and this is {vehicle}")
        : manifest.Campaign != request.Campaign?.Id ? (FleetError.WrongCampaign, $"the vehicle manifest is of campaign {manifest.Campaign}, the request of {request.Campaign?.Id ?? "none"}")
        : Fine;

    private (FleetError Error, string Why) CheckAge(VehicleManifest manifest, FleetMemory known) =>
        nowMs() > manifest.NotAfterMs ? (FleetError.Expired, $"the vehicle manifest counts until {UtcText.Of(Math.Min(manifest.NotAfterMs, UtcText.MsMax))}, and that is over by this vehicle's clock")
        : manifest.Sequence < known.Sequence ? (FleetError.SequenceTooLow, $"the vehicle manifest has number {manifest.Sequence}, and this vehicle has followed {known.Sequence}")
        : Fine;

    private static (FleetError Error, string Why) CheckNames(VehicleManifest manifest, EsyncBody request)
    {
        HashSet<string> named = [];
        foreach (EsyncPackage package in request.Group ?? [request.Package])
        {
            string ecu = EsyncTarget.EcuOf(package.Type);
            if (manifest.Find(ecu) is not { } entry)
            {
                return (FleetError.NotNamed, $"the vehicle manifest does not name {ecu}");
            }

            if (package.Version != entry.Version)
            {
                return (FleetError.WrongVersion, $"{ecu} is to be brought to {package.Version}, and the vehicle manifest names {entry.Version}");
            }

            if (!named.Add(ecu))
            {
                return (FleetError.WrongGroup, $"the group names {ecu} twice");
            }
        }

        return Fine;
    }

    // Whoever is asked for must have reported what the manifest rests on; of a group that is to be kept all others as well, and run what it names.
    private static (FleetError Error, string Why) CheckReports(VehicleManifest manifest, EsyncBody request, FleetMemory known)
    {
        HashSet<string> asked = [.. (request.Group ?? [request.Package]).Select(package => EsyncTarget.EcuOf(package.Type))];
        foreach (VehicleManifestEntry entry in manifest.Entries.Where(entry => request.Group is not null || asked.Contains(entry.Ecu)))
        {
            if (known.Find(entry.Ecu) is not { } report || !report.Has(entry.Nonce))
            {
                return (FleetError.Stale, $"the vehicle manifest rests on another version report than the last one of {entry.Ecu}");
            }

            if (!asked.Contains(entry.Ecu) && (report.Version != entry.Version || !report.IsConfirmed))
            {
                return (FleetError.WrongGroup, $"{entry.Ecu} runs {report.Version}{(report.IsConfirmed ? string.Empty : " on trial")}, the vehicle manifest names {entry.Version}, and it is not in the group that is to be kept");
            }

            if (request.Group is not null && asked.Contains(entry.Ecu) && report.Image is { } image && image != Convert.ToHexStringLower(entry.ImageDigest))
            {
                return (FleetError.WrongImage, $"{entry.Ecu} was put on trial with image {image[..8]}, and the vehicle manifest names {Short(entry.ImageDigest)}");
            }
        }

        return Fine;
    }

    private static string Short(byte[] digest) => Convert.ToHexStringLower(digest.AsSpan(0, Math.Min(digest.Length, 4)));
}
