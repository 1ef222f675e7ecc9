// What the vehicle's client must not forget to judge vehicle manifests: the number of the last one that it took, and of each ECU the version
// report that it sent to a server last. A part of the journal, changed in one step with what it belongs to.
// Invariants: the number only grows; of each ECU only the newest report counts; the memory is bounded.
// Tests: tests/host-sim/Vehicle/FleetPolicyTests.cs, VehicleJournalTests.cs.
using System.Text.Json.Serialization;
using EsyncAgent;
using EsyncSim.Client;
using EsyncSim.Packages;

namespace EsyncSim.Vehicle;

/// <summary>An ECU's version report, as far as vehicle manifests rest on it.</summary>
/// <param name="Ecu">Name of the ECU.</param>
/// <param name="Nonce">The client's nonce in it, hexadecimal.</param>
/// <param name="Version">Application version that runs.</param>
/// <param name="IsConfirmed">True when that version is confirmed, and the report authentic.</param>
public sealed record ReportedEcu(
    [property: JsonPropertyName("ecu")] string Ecu,
    [property: JsonPropertyName("nonce")] string Nonce,
    [property: JsonPropertyName("version")] string Version,
    [property: JsonPropertyName("confirmed")] bool IsConfirmed)
{
    /// <summary>SHA-256 of the image that this client has put on trial in it last, hexadecimal; null when it has not, by a vehicle manifest.</summary>
    [JsonPropertyName("image")]
    public string? Image { get; init; }

    /// <summary>What of a report is remembered.</summary>
    public static ReportedEcu Of(string ecu, VersionReport report) => new(
        ecu,
        Convert.ToHexStringLower(report.Bytes.AsSpan(VersionReport.NonceOffset, VehicleManifest.NonceLength)),
        report.ApplicationVersion,
        report.IsAuthentic && report.RunningBank < report.States.Count && report.States[report.RunningBank] == BankState.Confirmed);

    /// <summary>True when the nonce is this one.</summary>
    public bool Has(byte[] nonce) => Nonce == Convert.ToHexStringLower(nonce);
}

/// <summary>What is known of manifests and reports.</summary>
public sealed record FleetMemory
{
    /// <summary>ECUs whose report is remembered; the one that reported longest ago is forgotten first.</summary>
    public const int ReportCountMax = VehicleManifest.EntryCountMax;

    /// <summary>Number of the last vehicle manifest that was taken; 0 before the first.</summary>
    [JsonPropertyName("sequence")]
    public long Sequence { get; init; }

    /// <summary>The last report of each ECU, the oldest first.</summary>
    [JsonPropertyName("reports")]
    public IReadOnlyList<ReportedEcu> Reports { get; init; } = [];

    /// <summary>The last report of an ECU; null when there is none.</summary>
    public ReportedEcu? Find(string ecu) => Reports.FirstOrDefault(report => report.Ecu == ecu);

    /// <summary>The same with one report more; what is on trial stays known.</summary>
    public FleetMemory With(ReportedEcu report)
    {
        ReportedEcu[] reports = [.. Reports.Where(known => known.Ecu != report.Ecu), report with { Image = report.Image ?? Find(report.Ecu)?.Image }];
        return this with { Reports = reports[^Math.Min(reports.Length, ReportCountMax)..] };
    }

    /// <summary>The same when an ECU that has reported tries an image.</summary>
    public FleetMemory WithImage(string ecu, byte[] imageDigest)
    {
        string image = Convert.ToHexStringLower(imageDigest);
        return Find(ecu) is { } report && report.Image != image ? With(report with { Image = image }) : this;
    }

    /// <summary>The same after a manifest was taken.</summary>
    public FleetMemory WithTaken(long sequence) => this with { Sequence = Math.Max(Sequence, sequence) };
}
