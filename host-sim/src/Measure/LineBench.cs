// The subject `line` of `esync bench`: how near to the bus's own limit a download comes, and where the rest goes.
// Every run is in virtual time and follows from the seed: its figures are the same on every machine, and tests/host-sim/Measure holds them.
// Tests: tests/host-sim/Measure.
using System.Globalization;
using EsyncSim.Bus;
using EsyncSim.Signing;

namespace EsyncSim.Measure;

/// <summary>Measures the line.</summary>
public sealed class LineBench
{
    /// <summary>Name of the subject.</summary>
    public const string Subject = "line";

    private const int ShortImageLength = 64 * 1024;

    // With 300 µs between frames its two buffers last for a millisecond, and no turn of a download is longer: blocks of 8 lose nothing here. The
    // board asks for 2 all the same: reports, littlefs and a garbage collection take longer than that, and a loss costs a second.
    private const byte McpBlockSize = 8;

    private const byte SeparationTime300Us = 0xF3;
    private const int LongestRequest = 4095;
    private const string McpBoard = "esp32-mcp2515";
    private const string Stm32Board = "stm32f769i-discovery";
    private static readonly string[] Stm32Boards = [Stm32Board, "stm32f429i-discovery", "nucleo-f767zi"];
    private static readonly (string Id, double Share)[] Losses = [("10000th", 0.0001), ("1000th", 0.001), ("200th", 0.005)];
    private readonly string _configPath;
    private readonly bool _isQuick;
    private readonly Action<string> _progress;
    private readonly CancellationToken _stop;
    private readonly IReadOnlyList<SigningKey> _keys = LineRun.MakeKeys();
    private readonly List<BenchRow> _rows = [];

    private LineBench(string configPath, bool isQuick, Action<string> progress, CancellationToken stop)
    {
        _configPath = configPath;
        _isQuick = isQuick;
        _progress = progress;
        _stop = stop;
    }

    /// <summary>Measures everything.</summary>
    /// <param name="configPath">nf.config, whose ECU `motor` is measured.</param>
    /// <param name="isQuick">True: an image of 64 KiB in place of 256 KiB, for a first look.</param>
    /// <param name="progress">Called with what is being measured.</param>
    /// <param name="stop">Ends it before its end.</param>
    public static BenchTable Measure(string configPath, bool isQuick, Action<string> progress, CancellationToken stop)
    {
        LineBench bench = new(configPath, isQuick, progress, stop);
        LineResult undisturbed = bench.MeasureRate("500k", new LineSetup(), BenchGoal.AtLeast(98));
        bench.MeasureWhole(undisturbed);
        bench.MeasureRate("1m", new LineSetup { BitRate = 1_000_000 }, BenchGoal.AtLeast(97));
        bench.MeasureBoards();
        bench.MeasureTesters();
        bench.MeasureFaults(undisturbed);
        string length = isQuick ? "64 KiB" : "256 KiB";
        return new BenchTable(
            Subject,
            $"Line rate: an image of {length} over a virtual bus, 11-bit identifiers; board virtual (64-frame receive ring, BS 0, STmin 0, W25Q flash times) at 500 kbit/s where a row says nothing else; virtual time, seed 1",
            bench._rows);
    }

    private LineResult MeasureRate(string id, LineSetup setup, BenchGoal goal)
    {
        string speed = setup.BitRate == 1_000_000 ? "1 Mbit/s" : "500 kbit/s";
        LineResult result = Run($"payload phase at {speed}", setup);
        Report($"{id}-rate", $"payload phase at {speed}", result.KBps, "kB/s");
        Report($"{id}-limit", "  its limit", result.LimitKBps, "kB/s", "7 bytes over the mean duration of the consecutive frames really sent, interframe space included");
        Judge($"{id}-share", "  share of the limit", result.PercentOfLimit, goal, null, LineReason.OfRate(result, goal.Bound / 100));
        foreach (LinePart part in Enum.GetValues<LinePart>())
        {
            Report($"{id}-part-{LineReason.IdOf(part)}", $"  time: {LineReason.NameOf(part)}", result.Parts[(int)part] * 100.0 / result.PayloadNs, "%");
        }

        Report($"{id}-cpu-il", "  processor: IL instructions", result.IlPercent, "%", "charged to the processor in the time of the payload phase, beside the bus and in no sum; at 2.4 million instructions a second");
        Report($"{id}-cpu", "  processor: native calls and SPI too", result.ProcessorPercent, "%");
        return result;
    }

    private void MeasureWhole(LineResult result)
    {
        string leftOut = string.Create(
            CultureInfo.InvariantCulture,
            $"left out: {result.SignatureSeconds:F2} s for {result.Compressions:N0} compressions of SHA-256 (two signatures H5/W4 and the digests of the manifest; H10 costs ten more), as many as the price list charges; everything else is in, the reboot of 500 ms too, and the trial is confirmed at once");
        Report("500k-whole", "whole update at 500 kbit/s", result.WholeSeconds(true), "s", "from 10 03 to the positive response to the confirmation; the stages below are all of it");
        Report("500k-whole-share", "  share of the limit", result.WholePercentOfLimit(true), "%");
        foreach ((Client.UpdateStage stage, long ns) in result.Stages)
        {
            Report($"500k-stage-{LineReason.IdOf(stage)}", $"  stage: {LineReason.NameOf(stage)}", ns / (double)VirtualTime.NsPerSecond, "s");
        }

        Report("500k-whole-unsigned", "  without the time for signatures", result.WholeSeconds(false), "s", leftOut);
        Judge("500k-whole-unsigned-share", "  share of the limit", result.WholePercentOfLimit(false), BenchGoal.AtLeast(90), null, LineReason.OfWhole(result, 0.90));
    }

    private void MeasureBoards()
    {
        foreach (string board in Stm32Boards)
        {
            MeasureBoard(board, "BS 8, STmin 0", new LineSetup { Board = board, BlockSize = 8, SeparationTimeMin = 0 }, board, BenchGoal.AtLeast(60));
        }

        MeasureBoard(McpBoard, "as its driver asks", new LineSetup { Board = McpBoard }, McpBoard, BenchGoal.AtLeast(35));
        MeasureBoard($"{McpBoard}-300us", "BS 8, STmin 300 µs", new LineSetup { Board = McpBoard, BlockSize = McpBlockSize, SeparationTimeMin = SeparationTime300Us }, McpBoard, BenchGoal.AtLeast(35));
    }

    private void MeasureTesters()
    {
        LineSetup mcp = new() { Board = McpBoard, BlockSize = McpBlockSize, SeparationTimeMin = SeparationTime300Us, Tester = LineTester.WholeMilliseconds };
        MeasureBoard($"{McpBoard}-300us-ms", "gaps of whole ms", mcp, McpBoard, null, "BS 8; a tester that cannot send with gaps of 300 µs makes 1 ms of them");
        const string Adapter = "assumed: USB polled each millisecond, scheduler 50 to 250 µs, 32 frames in the adapter";
        LineSetup waiting = new() { Tester = LineTester.Usb, ImageLength = ShortImageLength };
        MeasureBoard("usb", "tester on USB, each frame confirmed", waiting, "virtual", null, $"{Adapter}; the tester waits for each confirmation");
        MeasureBoard("usb-ahead", "tester on USB, frames handed ahead", new LineSetup { Tester = LineTester.UsbAhead }, "virtual", null, Adapter);
        LineSetup stm32 = new() { Board = Stm32Board, BlockSize = 8, SeparationTimeMin = 0, Tester = LineTester.UsbAhead };
        MeasureBoard($"{Stm32Board}-usb-ahead", "BS 8, USB, handed ahead", stm32, Stm32Board, null, Adapter);
    }

    private void MeasureFaults(LineResult undisturbed)
    {
        LineResult corrupted = Run("1 % of frames corrupted", new LineSetup { Fault = BusFaultKind.Corrupt, FaultShare = 0.01 });
        Judge("corrupted-share", "1 % of frames corrupted: share of the rate", corrupted.KBps / undisturbed.KBps * 100, BenchGoal.AtLeast(97), Struck(corrupted), $"needed: less than {LineReason.PartsOf(corrupted)}");
        foreach ((string id, double share) in Losses)
        {
            string words = string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.##} % of frames lost");
            LineSetup lost = new() { Fault = BusFaultKind.Drop, FaultShare = share };
            MeasureLoss($"lost-{id}-longest-share", $"{words}, longest requests", lost with { BlockLength = LongestRequest }, undisturbed);
            MeasureLoss($"lost-{id}-share", $"{words}, shorter where it pays", lost, undisturbed);
        }
    }

    // Each with keys of its own: an update takes two signatures, and a tree has 32.
    private void MeasureLoss(string id, string words, LineSetup setup, LineResult undisturbed)
    {
        try
        {
            LineResult result = Run(words, setup, LineRun.MakeKeys());
            string length = result.BlockLength is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"; requests of {bytes:N0} bytes at the end") : string.Empty;
            Report(id, $"{words}: share of the rate", result.KBps / undisturbed.KBps * 100, "%", $"{Struck(result)}{length}; {LineReason.PartsOf(result)}");
        }
        catch (UserErrorException)
        {
            Report(id, $"{words}: share of the rate", 0, "%", $"given up after {LineRun.AttemptsMax} attempts");
        }
    }

    private void MeasureBoard(string id, string words, LineSetup setup, string board, BenchGoal? goal, string? note = null)
    {
        LineResult result = Run($"{board}, {words}", setup);
        string detail = string.Create(CultureInfo.InvariantCulture, $"{result.KBps:F1} kB/s, image of {result.Bytes / 1024} KiB{(result.Overrun > 0 ? $", {result.Overrun} frames overrun" : string.Empty)}");
        string notes = note is null ? detail : $"{detail}; {note}";
        string figure = board == "virtual" ? words : $"{board}: {words}";
        if (goal is null)
        {
            Report($"{id}-share", figure, result.PercentOfLimit, "%", notes);
        }
        else
        {
            Judge($"{id}-share", figure, result.PercentOfLimit, goal, notes, LineReason.OfRate(result, goal.Bound / 100));
        }
    }

    private static string Struck(LineResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"{result.KBps:F1} kB/s, of the undisturbed one; {result.Struck} frames struck{(result.LostAttempts > 0 ? $", {result.LostAttempts} attempts gone on with" : string.Empty)}");

    private LineResult Run(string what, LineSetup setup, IReadOnlyList<SigningKey>? keys = null)
    {
        _stop.ThrowIfCancellationRequested();
        _progress(what);
        return LineRun.Measure(_isQuick ? setup with { ImageLength = ShortImageLength } : setup, _configPath, keys ?? _keys);
    }

    private void Report(string id, string figure, double value, string unit, string? note = null) =>
        _rows.Add(BenchRow.Report($"{Subject}-{id}", figure, value, unit, note));

    private void Judge(string id, string figure, double value, BenchGoal goal, string? note, string reasonIfMissed) =>
        _rows.Add(BenchRow.Judge($"{Subject}-{id}", figure, value, "%", goal, note, reasonIfMissed));
}
