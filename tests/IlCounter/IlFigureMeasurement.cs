// The figures of the subject "il" as plain numbers: what frames, bytes, blocks, signatures, idle turns and starts cost, what is
// allocated meanwhile, and the frames a second that a full bus brings.
// A download's cost is that of all turns in which something happens, cyclic functions included, one turn for each frame;
// turns that only pass the time until the next frame or ask a busy flash are idle ones.
// Runs inside a CountingContext. Tests: tests/host-sim/Measure/IlFigureTests.cs.
using EsyncSim.Client;
using EsyncSim.Ecu;
using EsyncSim.Flash;

namespace EsyncTests.IlCounting;

/// <summary>Entry point inside a <see cref="CountingContext"/>; only types of the base library go in and out.</summary>
public static class IlFigureMeasurement
{
    /// <summary>Consecutive frames that a bus of 500 kbit/s brings in a second at the most: 29.9 kB/s, 7 bytes each.</summary>
    internal const double FramesPerSecond = 29_900 / 7.0;

    // A loop as long as a frame, so that there is a turn for each and the millisecond's part is in them.
    private const int LoopOfFrameIl = 562;
    private const int ChunkLength = 4096;

    // The longest image that the measured ECU takes, 64 chunks.
    private const int LongImage = 256 * 1024;

    /// <summary>Figures by name, the rows' identifiers where there is one.</summary>
    public static Dictionary<string, double> Figures(long[] counts, string[] methods)
    {
        IlMeter meter = new(counts);
        Turn[] active = [.. ActiveOf(Measurement.RunUpdate(meter, IlCosts.Flat(LoopOfFrameIl)))];
        long frames = active.Sum(turn => (long)turn[IlOperation.ReceiveConsecutive]);
        (long[] signatures, long compressions) = SignatureMeasurement.Verify(meter);
        Dictionary<string, double> figures = new()
        {
            ["il-consecutive-frame"] = Measurement.ConsecutiveFrame(meter),
            ["il-download-frame"] = (double)active.Sum(turn => turn.Il) / frames,
            ["il-byte-raw"] = (double)active.Sum(turn => turn.Il) / UpdateScenario.ImageLength,
            ["il-byte-heatshrink"] = PerByte(meter, DecoderMeasurement.Compressed),
            ["il-byte-delta"] = PerByte(meter, DecoderMeasurement.Patched),
            ["il-byte-encrypted"] = PerByte(meter, DecoderMeasurement.Encrypted),
            ["il-sha256-block"] = SignatureMeasurement.Block(meter),
            ["il-lms-signature"] = signatures.Average(),
            ["il-lms-signature-max"] = signatures.Max(),
            ["lms-compressions"] = (double)compressions / SignatureMeasurement.Count,
            ["il-idle-download"] = Measurement.Common(DownloadOf(Measurement.FlatUpdate(meter)).Where(turn => turn.IsQuiet)),
        };
        AddAllocations(figures, meter);
        (VirtualEcu ecu, FlashSnapshot trial) = BootMeasurement.Install(UpdateScenario.ImageLength);
        foreach ((string name, double value) in IdleMeasurement.Figures(meter, new BootMeasurement.Start(ecu, ecu.Flash.Memory.Snapshot())))
        {
            figures[name] = value;
        }

        BootMeasurement.AddStarts(figures, ecu, trial, meter, methods);
        figures["boot-decision-64k"] = BootMeasurement.Decision(ecu, meter);
        figures["boot-decision-256k"] = BootMeasurement.Decision(BootMeasurement.Install(LongImage).Ecu, meter);
        return figures;
    }

    // Rounded up: a single byte in a whole download must not vanish.
    private static void AddAllocations(Dictionary<string, double> figures, IlMeter meter)
    {
        TurnRecorder plain = Measurement.FlatUpdate(meter);
        Turn[][] downloads =
        [
            DownloadOf(plain), .. new[] { DecoderMeasurement.Compressed, DecoderMeasurement.Patched, DecoderMeasurement.Encrypted }.Select(form => DownloadOf(DecoderMeasurement.Flat(meter, form))),
        ];
        figures["allocated-frame"] = downloads.Max(turns => Mean(turns, turns.Sum(turn => turn[IlOperation.ReceiveConsecutive])));
        figures["allocated-block"] = downloads.Max(turns => Mean(turns, turns.Sum(turn => turn[IlOperation.ReceiveFirst])));
        figures["allocated-chunk"] = downloads.Max(turns => Mean(turns, UpdateScenario.ImageLength / ChunkLength));
        figures["allocated-update"] = plain.Turns.Where(turn => turn.Stage != null).Sum(turn => turn.Allocated);

        static double Mean(Turn[] turns, int count) => Math.Ceiling((double)turns.Sum(turn => turn.Allocated) / count);
    }

    private static double PerByte(IlMeter meter, string form) => (double)ActiveOf(DecoderMeasurement.Flat(meter, form)).Sum(turn => turn.Il) / UpdateScenario.ImageLength;

    private static IEnumerable<Turn> ActiveOf(TurnRecorder recorder) => DownloadOf(recorder).Where(turn => !turn.IsQuiet);

    private static Turn[] DownloadOf(TurnRecorder recorder) => [.. recorder.Turns.Where(turn => turn.Stage == UpdateStage.Download)];
}
