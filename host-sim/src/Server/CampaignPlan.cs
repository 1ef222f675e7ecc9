// A campaign as its file has it: what each vehicle gets, which vehicles, how many at once, when, and when to stop.
// Invariant: plain data that was checked; what a vehicle goes through is Campaign, where it is VehicleCampaign.
// Tests: tests/host-sim/Server/CampaignFileTests.cs.
using System.Security.Cryptography;
using System.Text;

namespace EsyncSim.Server;

/// <summary>A campaign over many vehicles.</summary>
public sealed record CampaignPlan
{
    /// <summary>What each vehicle gets.</summary>
    public required Campaign Campaign { get; init; }

    /// <summary>Vehicle identification numbers, in the order in which they begin; those that <see cref="Select"/> finds when the campaign begins come behind.</summary>
    public required IReadOnlyList<string> Vehicles { get; init; }

    /// <summary>What finds further vehicles in the inventory; null when nothing does.</summary>
    public VehicleFilter? Select { get; init; }

    /// <summary>Vehicles that are under way at the same time; 1 or more.</summary>
    public int ParallelMax { get; init; } = 1;

    /// <summary>When vehicles may begin; null is at any time.</summary>
    public CampaignWindow? Window { get; init; }

    /// <summary>When no further vehicle begins because too many failed; null is never.</summary>
    public AbortRule? Abort { get; init; }

    /// <summary>The file's text as it was given.</summary>
    public required string Text { get; init; }

    /// <summary>SHA-256 over the package files in their order, hexadecimal: a text that names a changed file is another campaign.</summary>
    public string FilesDigest => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join('\n', Campaign.Files.Select(Campaign.Sha256Of)))));

    /// <summary>The campaign before it begins.</summary>
    internal StoredCampaign Draft() => new(Campaign.Id, Text, FilesDigest, CampaignState.Draft, string.Empty);
}

/// <summary>Vehicles by what one of their ECUs is and runs, as far as the server knows; null is any.</summary>
/// <param name="ClassId">Hardware class, a UUID.</param>
/// <param name="Ecu">Name of the ECU.</param>
/// <param name="Version">Version of the application that it runs.</param>
public sealed record VehicleFilter(string? ClassId, string? Ecu, string? Version);

/// <summary>A span of time, in milliseconds since 1970, UTC.</summary>
/// <param name="FromMs">Its first moment; 0 is the beginning of time.</param>
/// <param name="ToMs">The moment at which it is over.</param>
public sealed record CampaignWindow(long FromMs, long ToMs);

/// <summary>Failures that stop a campaign.</summary>
/// <param name="FailureRate">Percentage of the vehicles that have ended, 0 to 99: more failures stop it.</param>
/// <param name="AtLeast">Vehicles that must have ended before the rate counts; 1 or more.</param>
public sealed record AbortRule(int FailureRate, int AtLeast)
{
    /// <summary>True when too many have failed.</summary>
    public bool IsExceeded(int failed, int ended) => ended >= AtLeast && failed * 100L > (long)FailureRate * ended;
}
