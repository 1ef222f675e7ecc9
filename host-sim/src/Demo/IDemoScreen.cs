// Where a demo or an update shows itself while it runs.
// Tests: tests/host-sim/Demo.
using System.Globalization;
using EsyncSim.Client;

namespace EsyncSim.Demo;

/// <summary>A screen.</summary>
public interface IDemoScreen
{
    /// <summary>A part of the story begins.</summary>
    void Chapter(string title);

    /// <summary>Something worth a line.</summary>
    void Note(string text);

    /// <summary>A step has ended.</summary>
    void Step(DemoStep step);

    /// <summary>A transfer begins, or goes on at <paramref name="offset"/>.</summary>
    void TransferBegins(string ecu, string version, int offset, int total);

    /// <summary>A transfer is so far; rates as in <see cref="TransferResult"/>.</summary>
    void Transferred(int position, double kBps, double percentOfLimit);

    /// <summary>A transfer has ended.</summary>
    void TransferEnds(TransferResult result, TransferEnd end);
}

/// <summary>How a transfer ended.</summary>
public enum TransferEnd
{
    /// <summary>All of the image is in the ECU.</summary>
    Whole,

    /// <summary>It was cut off, and another one goes on with it.</summary>
    Interrupted,

    /// <summary>The ECU ended it.</summary>
    Refused,
}

/// <summary>Words that all screens share.</summary>
internal static class DemoText
{
    /// <summary>One line about a transfer.</summary>
    public static string Of(TransferResult result, TransferEnd end)
    {
        string outcome = end switch { TransferEnd.Whole => InPlaceOf(result), TransferEnd.Interrupted => ", interrupted", _ => ", refused" };
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Ecu} {result.Version}: {Amount(result)} in {result.BusSeconds:F2} s on the bus, {Rate(result.KBps, result.PercentOfLimit)}{outcome}");
    }

    // What was sent, and what the whole image would have been.
    private static string Amount(TransferResult result) => !result.IsSmall
        ? string.Create(CultureInfo.InvariantCulture, $"{result.Bytes:N0} of {result.TransferBytes:N0} bytes{(IsNamed(result) ? $" ({result.Encoding})" : string.Empty)}")
        : string.Create(CultureInfo.InvariantCulture, $"{result.Bytes:N0} of {result.TransferBytes:N0} bytes ({result.Encoding}, {result.PercentOfImage:F1} % of the image)");

    private static bool IsNamed(TransferResult result) => result.Encoding != EncodingText.Of(0);

    private static string InPlaceOf(TransferResult result) => result.IsSmall && result.FullImageSeconds is { } seconds
        ? string.Create(CultureInfo.InvariantCulture, $", in place of {seconds:F2} s")
        : string.Empty;

    /// <summary>A rate and what share of the line rate it is.</summary>
    public static string Rate(double kBps, double percentOfLimit) =>
        string.Create(CultureInfo.InvariantCulture, $"{kBps:F1} kB/s, {percentOfLimit:F1} % of the line rate");
}
