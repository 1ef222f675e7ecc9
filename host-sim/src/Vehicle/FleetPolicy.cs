// Whether a vehicle manifest lets the client do what a server asks of it: freeze and mix-and-match protection for the whole vehicle. A server,
// or whoever speaks in its place, can then neither bring back an old set of versions nor put versions together that do not belong together.
// A function of the request, the manifest, what the journal knows and the time; it talks to nobody and keeps nothing.
// Invariants: whatever is not said by a manifest that a known fleet key has signed is refused; a manifest counts for one vehicle, one
// campaign, until its time is over, and for the version reports that it rests on; a later one shuts out all before it.
// Clause: host-sim/README.md, "Vehicle manifest".
// Tests: tests/host-sim/Vehicle/FleetPolicyTests.cs.
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
    /// <summary>Judges a request, all but the packages' bytes: see <see cref="CheckImage"/>.</summary>
    /// <param name="request">About one ECU's application, or about a group that is to be kept.</param>
    /// <param name="known">What the journal knows.</param>
    public FleetVerdict Check(EsyncBody request, FleetMemory known)
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
        (FleetError error, string why) = CheckHead(manifest, request, known);
        if (error == FleetError.None)
        {
            (error, why) = CheckPackages(manifest, request, known);
        }

        return new FleetVerdict(error, why, manifest);
    }

    /// <summary>Judges a package by the manifest that its request has passed with.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="ecu">Name of the ECU that it is for.</param>
    /// <param name="package">The package as it came.</param>
    /// <exception cref="UserErrorException">An envelope of the package is malformed.</exception>
    public static FleetVerdict CheckImage(VehicleManifest manifest, string ecu, Package package)
    {
        VehicleManifestEntry entry = manifest.Find(ecu) ?? throw new ArgumentException($"the manifest does not name {ecu}", nameof(ecu));
        foreach (SuitManifest image in PackageImages.ManifestsOf(package))
        {
            if (image.Version != entry.Version || !image.ImageDigest.AsSpan().SequenceEqual(entry.ImageDigest))
            {
                return new FleetVerdict(
                    FleetError.WrongImage,
                    $"the package for {ecu} holds image {Short(image.ImageDigest)} of version {image.Version}, and the vehicle manifest names {Short(entry.ImageDigest)} of version {entry.Version}",
                    manifest);
            }
        }

        return new FleetVerdict(FleetError.None, string.Empty, manifest);
    }

    private (FleetError Error, string Text) CheckHead(VehicleManifest manifest, EsyncBody request, FleetMemory known)
    {
        if (manifest.Vehicle != vehicle)
        {
            return (FleetError.WrongVehicle, $"the vehicle manifest is for {manifest.Vehicle}, and this is {vehicle}");
        }

        if (manifest.Campaign != request.Campaign?.Id)
        {
            return (FleetError.WrongCampaign, $"the vehicle manifest is of campaign {manifest.Campaign}, the request of {request.Campaign?.Id ?? "none"}");
        }

        if (nowMs() > manifest.NotAfterMs)
        {
            return (FleetError.Expired, $"the vehicle manifest counts until {UtcText.Of(Math.Min(manifest.NotAfterMs, UtcText.MsMax))}, and that is over by this vehicle's clock");
        }

        return manifest.Sequence < known.Sequence
            ? (FleetError.SequenceTooLow, $"the vehicle manifest has number {manifest.Sequence}, and this vehicle has taken {known.Sequence}")
            : (FleetError.None, string.Empty);
    }

    private static (FleetError Error, string Text) CheckPackages(VehicleManifest manifest, EsyncBody request, FleetMemory known)
    {
        IReadOnlyList<EsyncPackage> packages = request.Group ?? [request.Package];
        foreach (EsyncPackage package in packages)
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

            if (known.Find(ecu)?.Has(entry.Nonce) != true)
            {
                return Stale(ecu);
            }
        }

        return request.Group is null ? (FleetError.None, string.Empty) : CheckRest(manifest, [.. packages.Select(package => EsyncTarget.EcuOf(package.Type))], known);
    }

    // Whoever is not in the group must run already what the manifest names: a set is kept whole or not at all.
    private static (FleetError Error, string Text) CheckRest(VehicleManifest manifest, IReadOnlyList<string> group, FleetMemory known)
    {
        if (group.Distinct().Count() < group.Count)
        {
            return (FleetError.WrongGroup, "the group names an ECU twice");
        }

        foreach (VehicleManifestEntry entry in manifest.Entries.Where(entry => !group.Contains(entry.Ecu)))
        {
            ReportedEcu? report = known.Find(entry.Ecu);
            if (report?.Has(entry.Nonce) != true)
            {
                return Stale(entry.Ecu);
            }

            if (report.Version != entry.Version || !report.IsConfirmed)
            {
                return (FleetError.WrongGroup, $"{entry.Ecu} runs {report.Version}{(report.IsConfirmed ? string.Empty : " on trial")}, the vehicle manifest names {entry.Version}, and it is not in the group that is to be kept");
            }
        }

        return (FleetError.None, string.Empty);
    }

    private static (FleetError Error, string Text) Stale(string ecu) => (FleetError.Stale, $"the vehicle manifest rests on another version report than the last one of {ecu}");

    private static string Short(byte[] digest) => Convert.ToHexStringLower(digest.AsSpan(0, 4));
}
