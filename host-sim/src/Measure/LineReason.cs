// Names of the parts and stages of a measured run, and in words why a rate is not higher: the largest parts, and what would be needed.
// Tests: tests/host-sim/Measure.
using System.Globalization;
using System.Text.Json;
using EsyncSim.Bus;
using EsyncSim.Client;

namespace EsyncSim.Measure;

/// <summary>Reasons.</summary>
internal static class LineReason
{
    private const int Shown = 3;

    /// <summary>A part in an identifier.</summary>
    public static string IdOf<T>(T name)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(name.ToString());

    /// <summary>A part in words.</summary>
    public static string NameOf(LinePart part) => part switch
    {
        LinePart.ConsecutiveFrames => "consecutive frames",
        LinePart.OtherFrames => "FF, FC and single frames",
        LinePart.ForeignFrames => "other and failed frames",
        LinePart.TesterTurnaround => "tester: turnaround and gaps",
        LinePart.Processor => "ECU: processor",
        LinePart.Erase => "ECU: erase",
        LinePart.Program => "ECU: program",
        LinePart.Verify => "ECU: tags and read-back",
        LinePart.ResponsePending => "response pending",
        _ => "ECU: idle turnaround",
    };

    /// <summary>A stage in words.</summary>
    public static string NameOf(UpdateStage stage) => stage switch
    {
        UpdateStage.Prepare => "prepare, access",
        UpdateStage.Manifest => "manifest, signatures",
        UpdateStage.Erase => "erase memory (FF00)",
        UpdateStage.Download => "download",
        UpdateStage.Check => "check (FF01)",
        UpdateStage.Activate => "activate, restart",
        UpdateStage.Trial => "trial, access",
        UpdateStage.Confirm => "confirm",
        _ => "leave",
    };

    /// <summary>The largest parts of a payload phase besides consecutive frames.</summary>
    public static string PartsOf(LineResult result) => string.Join(", ", result.Parts.Select((ns, part) => (Ns: ns, Part: (LinePart)part))
        .Where(part => part.Part != LinePart.ConsecutiveFrames)
        .OrderByDescending(part => part.Ns)
        .Take(Shown)
        .Select(part => string.Create(CultureInfo.InvariantCulture, $"{NameOf(part.Part)} {part.Ns * 100.0 / result.PayloadNs:F1} %")));

    /// <summary>Why a payload phase is longer than <paramref name="share"/> of the limit asks for.</summary>
    public static string OfRate(LineResult result, double share)
    {
        double tooMuch = result.PayloadNs * (1 - (result.PercentOfLimit / 100 / share)) / VirtualTime.NsPerSecond;
        return string.Create(CultureInfo.InvariantCulture, $"{PartsOf(result)}; needed: {tooMuch:F2} s less of {Seconds(result.PayloadNs):F2} s");
    }

    /// <summary>The same for a whole update without the time for signatures.</summary>
    public static string OfWhole(LineResult result, double share)
    {
        IEnumerable<string> stages = result.Stages.Where(stage => stage.Key != UpdateStage.Download)
            .OrderByDescending(stage => stage.Value)
            .Take(Shown)
            .Select(stage => string.Create(CultureInfo.InvariantCulture, $"{NameOf(stage.Key)} {Seconds(stage.Value):F2} s"));
        double seconds = result.WholeSeconds(withSignatures: false);
        double tooMuch = seconds * (1 - (result.WholePercentOfLimit(withSignatures: false) / 100 / share));
        return string.Create(CultureInfo.InvariantCulture, $"besides the download: {string.Join(", ", stages)}; needed: {tooMuch:F2} s less of {seconds:F2} s");
    }

    private static double Seconds(long ns) => ns / (double)VirtualTime.NsPerSecond;
}
