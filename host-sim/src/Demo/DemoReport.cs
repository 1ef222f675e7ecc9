// What a demo or an update has shown, as data: steps with what was expected and observed, transfers with their rates.
// The JSON form is the one of --json (host-sim/README.md, "esync demo").
// Tests: tests/host-sim/Demo.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EsyncSim.Demo;

/// <summary>One step.</summary>
/// <param name="Name">What was done, and to which ECU.</param>
/// <param name="Expected">What should be seen.</param>
/// <param name="Observed">What was read from the ECU over UDS after the step.</param>
/// <param name="Pass">True when both are the same.</param>
public sealed record DemoStep(string Name, string Expected, string Observed, bool Pass);

/// <summary>One transfer of an image, or the part of one that ended before or began after an interruption.</summary>
/// <param name="Ecu">Name of the ECU.</param>
/// <param name="Board">Its board.</param>
/// <param name="Encoding">Form in which the image was transferred.</param>
/// <param name="ImageBytes">Length of the installed image.</param>
/// <param name="TransferBytes">Length of that form; the image's own when it is sent in full.</param>
/// <param name="Bytes">Bytes of it transferred.</param>
/// <param name="PercentOfImage">Share of the installed image's length that was transferred.</param>
/// <param name="BusSeconds">From the request for the download to the answer to its end, in virtual time.</param>
/// <param name="FullImageSeconds">
/// What the whole image took, or would have taken at the rate of this ECU's last transfer of one; null when there was none.
/// </param>
/// <param name="KBps">Rate in 1,000 bytes per second.</param>
/// <param name="LimitKBps">Rate of a bus that carries nothing but these consecutive frames: 7 bytes in the mean duration of one, with the interframe space.</param>
/// <param name="PercentOfLimit">Share of the limit that was reached.</param>
public sealed record TransferResult(
    string Ecu,
    string Board,
    string Encoding,
    int ImageBytes,
    int TransferBytes,
    int Bytes,
    double PercentOfImage,
    double BusSeconds,
    double? FullImageSeconds,
    double KBps,
    double LimitKBps,
    double PercentOfLimit)
{
    /// <summary>True when the form is shorter than the image.</summary>
    [JsonIgnore]
    public bool IsSmall => TransferBytes < ImageBytes;

    /// <summary>Version of the image, as the package names it; for people.</summary>
    [JsonIgnore]
    public string Version { get; init; } = string.Empty;
}

/// <summary>What became of the reports of all ECUs.</summary>
/// <param name="Made">Records that the ECUs have numbered.</param>
/// <param name="Delivered">Records of them that are at the server.</param>
/// <param name="Lost">Records that are not.</param>
/// <param name="Duplicated">Records that are there twice.</param>
/// <param name="SlowDownPercent">By how much a download takes longer while data is gathered and collected.</param>
/// <param name="LatestSampleMs">Milliseconds by which the latest periodic sample of that download was late; null when there was none.</param>
public sealed record DemoDataReport(long Made, long Delivered, long Lost, long Duplicated, double SlowDownPercent, double? LatestSampleMs);

/// <summary>Everything; <paramref name="Data"/> is null in what is no demo.</summary>
public sealed record DemoReport(IReadOnlyList<DemoStep> Steps, IReadOnlyList<TransferResult> Transfers, DemoDataReport? Data = null)
{
    /// <summary>Virtual time that it took, in seconds; for people.</summary>
    [JsonIgnore]
    public double VirtualSeconds { get; init; }

    /// <summary>"pass" when every step is as expected, else "fail".</summary>
    public string Outcome => IsPassed ? "pass" : "fail";

    /// <summary>True when every step is as expected.</summary>
    [JsonIgnore]
    public bool IsPassed => Steps.Count > 0 && Steps.All(step => step.Pass);

    /// <summary>The report as JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, DemoJsonContext.Default.DemoReport);
}

/// <summary>Serialisation code made by the compiler.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DemoReport))]
internal sealed partial class DemoJsonContext : JsonSerializerContext;
