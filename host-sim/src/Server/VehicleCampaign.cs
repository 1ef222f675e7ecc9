// Where one vehicle is in one campaign, as data: what a server that is killed must find again. It only ever changes in
// CampaignMachine, one step with each answer, so that storing it as a whole is storing all.
// Invariant: package bytes are not in here, only what names them.
// Tests: tests/host-sim/Server/CampaignMachineTests.cs.
using System.Text.Json.Serialization;

namespace EsyncSim.Server;

/// <summary>How the ECUs of a campaign belong together.</summary>
public enum CampaignMode
{
    /// <summary>Side by side; one that fails does not stop the others.</summary>
    Independent,

    /// <summary>All run and keep what the campaign wants, or all run what they ran before.</summary>
    AllOrNothing,
}

/// <summary>What a target waits to be asked for next.</summary>
public enum TargetStep
{
    /// <summary>What it runs.</summary>
    Query,

    /// <summary>Whether an update may begin.</summary>
    Consent,

    /// <summary>The image to be brought into the ECU.</summary>
    Prepare,

    /// <summary>The image to be tried.</summary>
    Ready,

    /// <summary>The image, on trial now, to be kept.</summary>
    Confirm,

    /// <summary>Nothing: it has ended.</summary>
    Ended,
}

/// <summary>A version that a target may be brought to.</summary>
/// <param name="Version">Its name.</param>
/// <param name="PackageName">Name of its package.</param>
/// <param name="Sha256">SHA-256 of its package file, hexadecimal; null when the server has none, so that it can only run already.</param>
/// <param name="Length">Length of that file in bytes.</param>
public sealed record OfferedVersion(string Version, string PackageName, string? Sha256, int Length);

/// <summary>A file that is offered to a vehicle.</summary>
/// <param name="Sha256">SHA-256 of it, hexadecimal.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Encoding">Name of the form that is in it.</param>
public sealed record OfferedFile(string Sha256, int Length, string Encoding);

/// <summary>How it stands with people's consent.</summary>
public enum ConsentState
{
    /// <summary>Nobody is asked.</summary>
    NotRequired,

    /// <summary>Nothing is sent to an ECU before it is given.</summary>
    Awaited,

    /// <summary>It was given.</summary>
    Given,

    /// <summary>It was refused.</summary>
    Refused,
}

/// <summary>One ECU of a vehicle in a campaign.</summary>
public sealed record TargetState
{
    /// <summary>Name of the ECU.</summary>
    public required string Ecu { get; init; }

    /// <summary>What of it.</summary>
    public TargetPart Part { get; init; }

    /// <summary>The wanted version, then those to return to, in order.</summary>
    public required IReadOnlyList<OfferedVersion> Versions { get; init; }

    /// <summary>Index of the version that it is being brought to; above 0 it is on its way back.</summary>
    public int At { get; init; }

    /// <summary>ECUs that must have ended well before this one begins.</summary>
    public IReadOnlyList<string> After { get; init; } = [];

    /// <summary>Which form of the image the ECU gets; null before it was asked what it runs, and where there is no choice.</summary>
    public FormChoice? Choice { get; init; }

    /// <summary>Nonce of the ECU's last version report, hexadecimal: what a vehicle manifest rests on; null before there was one.</summary>
    public string? Nonce { get; init; }

    /// <summary>True when the ECU is to be asked anew what it runs before its step, since the vehicle found its manifest too old.</summary>
    public bool IsRenewing { get; init; }

    /// <summary>How far its manifest was renewed in this step; 2: it is not again.</summary>
    public int Renewals { get; init; }

    /// <summary>What comes next.</summary>
    public TargetStep Step { get; init; }

    /// <summary>Times that the version was tried again.</summary>
    public int Retries { get; init; }

    /// <summary>Times that the vehicle has postponed.</summary>
    public int Postponements { get; init; }

    /// <summary>It is not asked again before this time, in nanoseconds of the server's clock.</summary>
    public long NotBeforeNs { get; init; }

    /// <summary>True from the request on that may start a trial: it may have to be taken back.</summary>
    public bool MayBeOnTrial { get; init; }

    /// <summary>How it ended; null as long as it has not.</summary>
    public TargetEnd? End { get; init; }

    /// <summary>Name of the FotaError that ended it, or empty.</summary>
    public string Reason { get; init; } = string.Empty;

    /// <summary>A sentence for people.</summary>
    public string Message { get; init; } = string.Empty;

    /// <summary>Forms of the image that the ECU refused, in order.</summary>
    public IReadOnlyList<IncrementalFailure> IncrementalFailures { get; init; } = [];

    /// <summary>The version that it is being brought to.</summary>
    [JsonIgnore]
    public OfferedVersion Offer => Versions[At];

    /// <summary>The value of package.type.</summary>
    [JsonIgnore]
    public string Type => EsyncTarget.Of(Ecu, Part);

    /// <summary>True when the ECU has what the campaign wanted.</summary>
    [JsonIgnore]
    public bool IsGood => End is TargetEnd.UpToDate or TargetEnd.Completed;
}

/// <summary>A request to the vehicle.</summary>
/// <param name="Target">Index of its target; -1 for one to the whole group.</param>
/// <param name="Type">One of <see cref="EsyncType"/>.</param>
/// <param name="Number">Its number, which its answer repeats; 0 before it is given.</param>
public sealed record CampaignAsk(int Target, string Type, int Number = 0);

/// <summary>One vehicle in one campaign.</summary>
public sealed record VehicleCampaign
{
    /// <summary>Name of the campaign.</summary>
    public required string Id { get; init; }

    /// <summary>How its targets belong together.</summary>
    public CampaignMode Mode { get; init; }

    /// <summary>Times that a version is tried again after a failure that may pass; 0 or more.</summary>
    public int RetriesMax { get; init; }

    /// <summary>Targets in their order.</summary>
    public required IReadOnlyList<TargetState> Targets { get; init; }

    /// <summary>How it stands with people's consent.</summary>
    public ConsentState Consent { get; init; }

    /// <summary>True when nothing can be done before somebody has consented.</summary>
    [JsonIgnore]
    public bool IsWaitingForConsent => Consent == ConsentState.Awaited && Targets.Any(target => target is { End: null, Step: TargetStep.Consent });

    /// <summary>What the server's fleet key has signed of the versions that belong together, base64; null before that, and in a server without one.</summary>
    public string? VehicleManifest { get; init; }

    /// <summary>How far the manifest of the commit was renewed; 2: it is not again.</summary>
    public int Renewals { get; init; }

    /// <summary>True when the group is on its way back: one of it has failed, or the campaign was cancelled.</summary>
    public bool IsReverting { get; init; }

    /// <summary>True from the moment on at which the order to keep the group may have reached the vehicle: it alone knows the end.</summary>
    public bool IsCommitOrdered { get; init; }

    /// <summary>Requests whose answers are awaited, in the order of their numbers: one for each target at the most.</summary>
    public IReadOnlyList<CampaignAsk> Asks { get; init; } = [];

    /// <summary>True when nothing is left to be done.</summary>
    [JsonIgnore]
    public bool HasEnded => Targets.All(target => target.End is not null);

    /// <summary>The same with another state of one target.</summary>
    internal VehicleCampaign With(int index, TargetState target) => this with { Targets = [.. Targets.Select((old, i) => i == index ? target : old)] };

    /// <summary>The same with each target that has not ended changed.</summary>
    internal VehicleCampaign WithOpen(Func<TargetState, TargetState> change) => this with { Targets = [.. Targets.Select(target => target.End is null ? change(target) : target)] };
}
