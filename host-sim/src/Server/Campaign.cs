// What a campaign wants of a vehicle, and what became of it.
// Tests: tests/host-sim/Server.
using System.Security.Cryptography;

namespace EsyncSim.Server;

/// <summary>A campaign for one vehicle: targets in the order in which they are updated.</summary>
public sealed record Campaign(string Id, IReadOnlyList<CampaignTarget> Targets)
{
    /// <summary>How the targets belong together.</summary>
    public CampaignMode Mode { get; init; }

    /// <summary>Times that a version is tried again after a failure that may pass.</summary>
    public int RetriesMax { get; init; }

    /// <summary>True when a person must consent for each vehicle before anything is sent to an ECU.</summary>
    public bool IsConsentRequired { get; init; }

    /// <summary>Package files of older versions that targets may return to, by version and ECU.</summary>
    public IReadOnlyList<CampaignTarget> Rollbacks { get; init; } = [];

    /// <summary>All package files.</summary>
    public IEnumerable<byte[]> Files => Targets.Concat(Rollbacks).Select(target => target.File);

    /// <summary>SHA-256 of a package file, hexadecimal.</summary>
    public static string Sha256Of(byte[] file) => Convert.ToHexStringLower(SHA256.HashData(file));

    /// <summary>The state before anything was asked.</summary>
    /// <exception cref="UserErrorException">All or nothing is asked of what cannot be taken back.</exception>
    public VehicleCampaign Begin()
    {
        if (Mode == CampaignMode.AllOrNothing && Targets.FirstOrDefault(target => target.Part != TargetPart.Application) is { } lasting)
        {
            throw new UserErrorException(
                ExitCode.BadUsage, $"campaign {Id} is all or nothing, and {EsyncTarget.Of(lasting.Ecu, lasting.Part)} has no trial to come back from; give keys and rules a campaign of their own");
        }

        return new VehicleCampaign
        {
            Id = Id,
            Mode = Mode,
            RetriesMax = RetriesMax,
            Consent = IsConsentRequired ? ConsentState.Awaited : ConsentState.NotRequired,
            Targets = [.. Targets.Select(target => new TargetState
            {
                Ecu = target.Ecu,
                Part = target.Part,
                After = target.After,
                Versions = [target.Offer, .. target.RollbackVersions.Select(version => RollbackOf(target, version))],
            })],
        };
    }

    private OfferedVersion RollbackOf(CampaignTarget target, string version) =>
        Rollbacks.FirstOrDefault(older => older.Ecu == target.Ecu && older.Part == target.Part && older.Version == version)?.Offer
        ?? new OfferedVersion(version, target.PackageName, null, 0);
}

/// <summary>One package for one ECU.</summary>
public sealed record CampaignTarget
{
    /// <summary>Name of the ECU in nf.config.</summary>
    public required string Ecu { get; init; }

    /// <summary>Name of the package.</summary>
    public required string PackageName { get; init; }

    /// <summary>What of the ECU it is for.</summary>
    public TargetPart Part { get; init; }

    /// <summary>Version that the ECU shall run; a trust manifest's is its sequence number, that of rules begins with it.</summary>
    public required string Version { get; init; }

    /// <summary>The package file.</summary>
    public required byte[] File { get; init; }

    /// <summary>Versions to return to, in order.</summary>
    public IReadOnlyList<string> RollbackVersions { get; init; } = [];

    /// <summary>ECUs that must have got theirs before this one begins.</summary>
    public IReadOnlyList<string> After { get; init; } = [];

    /// <summary>What is offered to the vehicle.</summary>
    internal OfferedVersion Offer => new(Version, PackageName, Campaign.Sha256Of(File), File.Length);
}

/// <summary>How a target ended.</summary>
public enum TargetEnd
{
    /// <summary>The ECU ran the version already.</summary>
    UpToDate,

    /// <summary>Installed and confirmed.</summary>
    Completed,

    /// <summary>The vehicle or the driver did not consent.</summary>
    Denied,

    /// <summary>Refused or failed; what ran before still runs.</summary>
    Failed,

    /// <summary>The trial failed; the ECU went back by itself.</summary>
    RolledBack,

    /// <summary>The vehicle did not answer.</summary>
    NoAnswer,

    /// <summary>Not begun, or taken back before its trial: another ECU that it depends on did not get its version.</summary>
    Withheld,
}

/// <summary>A form of the image that an ECU refused.</summary>
/// <param name="Encoding">Its name: heatshrink, delta, with +aes when encrypted.</param>
/// <param name="Reason">Name of the FotaError.</param>
public sealed record IncrementalFailure(string Encoding, string Reason);

/// <summary>End of one target, with the reason as the ECU gave it.</summary>
public sealed record TargetResult(CampaignTarget Target, TargetEnd End, string Reason, string Message)
{
    /// <summary>Forms of the image that the ECU refused before it got the whole one, in order.</summary>
    public IReadOnlyList<IncrementalFailure> IncrementalFailures { get; init; } = [];

    /// <summary>The end of a target as its state has it.</summary>
    internal static TargetResult Of(CampaignTarget target, TargetState state) =>
        new(target, state.End ?? throw new InvalidOperationException("it has not ended"), state.Reason, state.Message) { IncrementalFailures = state.IncrementalFailures };

    /// <summary>True when the ECU runs what the campaign wanted.</summary>
    public bool IsGood => End is TargetEnd.UpToDate or TargetEnd.Completed;
}
