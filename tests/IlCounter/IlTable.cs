// The subject "il" as a table: each figure beside its goal, and what it predicts for an ESP32.
// Tests: tests/host-sim/Measure/IlFigureTests.cs.
using EsyncSim.Ecu;
using EsyncSim.Measure;

namespace EsyncTests.IlCounting;

/// <summary>Makes the table.</summary>
internal static class IlTable
{
    internal const string Subject = "il";

    private const string Prediction = "prediction from counted instructions, no board has measured it";
    private const string Unit = "IL";

    /// <summary>The table of these figures (<see cref="Counter.MeasureIl"/>).</summary>
    internal static BenchTable Make(IReadOnlyDictionary<string, double> figures)
    {
        return new BenchTable(
            Subject,
            "IL instructions of the compiled agent, counted",
            [.. Transfer(figures), .. Crypto(figures), .. Start(figures), .. Allocations(figures), .. Predictions(figures)]);
    }

    private static IEnumerable<BenchRow> Transfer(IReadOnlyDictionary<string, double> figures)
    {
        yield return Judge("il-consecutive-frame", "one consecutive frame, from RxIndication to its bytes in the buffer", 120);
        yield return Judge(
            "il-download-frame", "everything per frame in a raw download, cyclic functions included", 280, "one turn per frame; mean of all turns in which something happens", "the turn's cyclic functions are the most of it: an idle turn costs il-idle-loop");
        yield return Judge("il-byte-raw", "per installed byte, raw", 40, "an image of 64 KiB", "seven bytes a frame, and the frame is too dear");
        yield return Judge("il-byte-heatshrink", "per installed byte, heatshrink 11/4", 90, "0.55 of the image sent", "literals cost a look-up for each bit group, and the frames come on top");
        yield return Judge("il-byte-delta", "per installed byte, delta from release to release", 110, "nearly all of it is copied from the base");
        yield return BenchRow.Report("il-byte-encrypted", "per installed byte, AES-256-CTR", figures["il-byte-encrypted"], Unit, "without the native cipher");
        yield return Judge("il-idle-loop", "idle loop", 150, "default session, application running", "each module is asked in each turn, and each call of a method costs its prologue");
        yield return BenchRow.Report("il-idle-millisecond", "the first loop of a millisecond, idle", figures["il-idle-millisecond"], Unit);
        yield return BenchRow.Report("il-idle-download", "idle loop during a download", figures["il-idle-download"], Unit);

        BenchRow Judge(string id, string figure, double most, string? note = null, string? reason = null) =>
            BenchRow.Judge(id, figure, figures[id], Unit, BenchGoal.AtMost(most), note, reason);
    }

    private static IEnumerable<BenchRow> Crypto(IReadOnlyDictionary<string, double> figures)
    {
        yield return BenchRow.Judge("il-sha256-block", "SHA-256 per block of 64 bytes", figures["il-sha256-block"], Unit, BenchGoal.AtMost(6500));
        yield return BenchRow.Judge(
            "il-lms-signature", "LMS H10/W4, one signature", figures["il-lms-signature"], Unit, BenchGoal.AtMost(4_000_000), Text($"mean of {SignatureMeasurement.Count}, {figures["lms-compressions"]:F1} compressions each"));
        yield return BenchRow.Report("il-lms-signature-max", "LMS H10/W4, the dearest of these", figures["il-lms-signature-max"], Unit);
    }

    private static IEnumerable<BenchRow> Start(IReadOnlyDictionary<string, double> figures)
    {
        BenchGoal goal = BenchGoal.AtMost(20_000);
        yield return BenchRow.Judge("il-boot-decision-64k", "boot decision by itself, image of 64 KiB", figures["boot-decision-64k"], Unit, goal, "native HMAC, native calls not counted");
        double chunk = (figures["boot-decision-256k"] - figures["boot-decision-64k"]) / 48;
        yield return BenchRow.Judge(
            "il-boot-decision-256k", "boot decision by itself, image of 256 KiB", figures["boot-decision-256k"], Unit, goal, null, Text($"64 chunks are read and checked, {chunk:F0} each; fewer only with larger chunks"));
        foreach (string start in new[] { "confirmed", "trial" })
        {
            double scan = Sum(figures, $"{start}, {BootMeasurement.Scan}: "), choice = Sum(figures, $"{start}, {BootMeasurement.Choice}: ");
            yield return BenchRow.Report($"il-start-{start}", $"whole start, {start} image of 64 KiB", scan + choice, Unit, "from the first turn to the application's start, all modules included; no turn waits for the flash");
            yield return BenchRow.Report($"il-start-{start}-scan", $"  of it the memory scan", scan, Unit, Dearest(figures, $"{start}, {BootMeasurement.Scan}: "));
            yield return BenchRow.Report($"il-start-{start}-decision", $"  of it the boot decision and what else has its turn", choice, Unit, Dearest(figures, $"{start}, {BootMeasurement.Choice}: "));
        }
    }

    private static IEnumerable<BenchRow> Allocations(IReadOnlyDictionary<string, double> figures)
    {
        foreach ((string id, string what) in new[] { ("frame", "frame"), ("block", "block of TransferData"), ("chunk", "chunk of 4 KiB"), ("idle-loop", "1,000 idle loops") })
        {
            string note = id == "idle-loop" ? ".NET's collector counts the same" : "the most of raw, heatshrink, delta and encrypted downloads";
            yield return BenchRow.Judge($"il-allocated-{id}", $"bytes allocated per {what}", figures[$"allocated-{id}"], "bytes", BenchGoal.AtMost(0), note);
        }

        yield return BenchRow.Report("il-allocated-update", "bytes allocated in a whole update", figures["allocated-update"], "bytes", "what requests before and after the download allocate, the ECU's restart not counted");
    }

    private static IEnumerable<BenchRow> Predictions(IReadOnlyDictionary<string, double> figures)
    {
        double perSecond = IlCosts.Committed.IlPerSecond;
        yield return Predict("cpu-download", "ESP32, processor share of a raw download at the line rate of 500 kbit/s", figures["il-download-frame"] * IlFigureMeasurement.FramesPerSecond / perSecond * 100, "%");
        yield return Predict("cpu-idle", "ESP32, processor share at rest, one loop a millisecond", figures["il-idle-millisecond"] * 1000 / perSecond * 100, "%");
        yield return Predict("image-seconds", "ESP32, its work for 256 KiB raw", figures["il-byte-raw"] * 256 * 1024 / perSecond, "s");
        yield return Predict("signature-seconds", "ESP32, one signature", figures["il-lms-signature"] / perSecond, "s");
        yield return Predict("start-seconds", "ESP32, start of a confirmed image of 64 KiB", (Sum(figures, $"confirmed, {BootMeasurement.Scan}: ") + Sum(figures, $"confirmed, {BootMeasurement.Choice}: ")) / perSecond, "s");

        BenchRow Predict(string id, string figure, double value, string unit) =>
            BenchRow.Report($"il-esp32-{id}", figure, value, unit, Text($"{Prediction}; {perSecond / 1e6:F1} million IL a second, native calls not counted"));
    }

    private static double Sum(IReadOnlyDictionary<string, double> figures, string prefix) => figures.Where(figure => figure.Key.StartsWith(prefix, StringComparison.Ordinal)).Sum(figure => figure.Value);

    private static string Dearest(IReadOnlyDictionary<string, double> figures, string prefix) => string.Join(", ", figures
        .Where(figure => figure.Key.StartsWith(prefix, StringComparison.Ordinal))
        .OrderByDescending(figure => figure.Value).ThenBy(figure => figure.Key, StringComparer.Ordinal)
        .Take(5)
        .Select(figure => Text($"{figure.Key[prefix.Length..]} {figure.Value:N0}")));

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
