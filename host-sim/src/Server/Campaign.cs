// What a campaign wants of a vehicle, and what became of it.
// Tests: tests/host-sim/Server.
using System.Security.Cryptography;

namespace EsyncSim.Server;

/// <summary>A campaign for one vehicle: targets in the order in which they are updated.</summary>
public sealed record Campaign(string Id, IReadOnlyList<CampaignTarget> Targets);

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

    /// <summary>SHA-256 of the package file, hexadecimal.</summary>
    public string Sha256 => Convert.ToHexStringLower(SHA256.HashData(File));
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

    /// <summary>True when the ECU runs what the campaign wanted.</summary>
    public bool IsGood => End is TargetEnd.UpToDate or TargetEnd.Completed;
}
