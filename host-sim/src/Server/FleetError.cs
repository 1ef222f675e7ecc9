// Why a vehicle's client refuses what a vehicle manifest stands behind, or does not: the words on the wire (ecu.reason of a status).
// Invariant: those that come of age, of a message that was overtaken or of an ECU that had not reported are renewed, once, by asking the ECUs
// anew; the others are not.
// Clause: host-sim/README.md, "Vehicle manifest".
// Tests: tests/host-sim/Vehicle/FleetPolicyTests.cs.
namespace EsyncSim.Server;

/// <summary>Reasons of a refusal.</summary>
public enum FleetError
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>The request has no vehicle manifest, and the client demands one.</summary>
    Missing,

    /// <summary>It is no vehicle manifest.</summary>
    Malformed,

    /// <summary>No known key of the role fleet has signed it.</summary>
    NotSigned,

    /// <summary>It is for another vehicle.</summary>
    WrongVehicle,

    /// <summary>It is of another campaign than the request.</summary>
    WrongCampaign,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>The client has taken a later one.</summary>
    SequenceTooLow,

    /// <summary>It rests on another version report than the ECU's last one.</summary>
    Stale,

    /// <summary>It does not name the ECU.</summary>
    NotNamed,

    /// <summary>It names another version than the request.</summary>
    WrongVersion,

    /// <summary>The package holds another image than it names.</summary>
    WrongImage,

    /// <summary>The group is not the set that it names.</summary>
    WrongGroup,
}

/// <summary>The reasons as words.</summary>
public static class FleetErrors
{
    private const string Prefix = "VehicleManifest";

    private static readonly FleetError[] Renewable = [FleetError.Missing, FleetError.Expired, FleetError.SequenceTooLow, FleetError.Stale, FleetError.NotNamed];

    /// <summary>The word on the wire: VehicleManifestExpired.</summary>
    public static string Reason(this FleetError error) => Prefix + error;

    /// <summary>True when the word is one of these reasons.</summary>
    public static bool IsOne(string? reason) => reason?.StartsWith(Prefix, StringComparison.Ordinal) == true;

    /// <summary>True when asking the ECUs anew, and a new signature, may mend it.</summary>
    public static bool IsRenewable(string? reason) =>
        Renewable.Any(error => error.Reason() == reason);
}
