// What the decoders cost, measured on whole updates: an image and the next release of it, sent in each form.
// Tests: tests/host-sim/Ecu/DecoderCostTests.cs.
using EsyncAgent;
using EsyncSim.Client;
using EsyncSim.Delta;
using EsyncSim.Ecu;
using EsyncSim.Flash;

namespace EsyncTests.IlCounting;

/// <summary>Entry points inside a <see cref="CountingContext"/>; only types of the base library go in and out.</summary>
public static class DecoderMeasurement
{
    internal const string Compressed = "heatshrink 11/4";
    internal const string Patched = "delta";
    internal const string Encrypted = "AES-CTR";

    // Classes by what they do, to tell in the methods' counts who cost what.
    private static readonly (string Part, string[] Classes)[] Parts =
    [
        ("bits and window", [nameof(PieceBits), nameof(HeatshrinkReader)]),
        ("patch", [nameof(PatchReader), nameof(PatchNumber), nameof(PatchHistory), nameof(BaseImage)]),
        ("cipher", [nameof(AesCtr)]),
        ("all that is there for decoding", [
            nameof(PieceBits), nameof(HeatshrinkReader), nameof(PatchReader), nameof(PatchNumber), nameof(PatchHistory), nameof(BaseImage), nameof(AesCtr),
            nameof(TransferDecoder), nameof(PieceReceiver), nameof(TransferStart)]),
    ];

    /// <summary>Figures by form: decoding by output kilobyte (1,000 bytes), and the turns of the download.</summary>
    public static Dictionary<string, long> Figures(long[] counts, string[] methods)
    {
        IlMeter meter = new(counts);
        Dictionary<string, long> figures = new() { ["tag check of one piece"] = TagCheck(meter) };
        foreach ((string form, ScenarioImage image) in Forms())
        {
            TurnRecorder recorder = Flat(meter, form);
            Turn[] download = [.. recorder.Turns.Where(turn => turn.Stage == UpdateStage.Download)];
            foreach ((string part, string[] classes) in Parts)
            {
                figures[$"{form}: {part}, per 1,000 bytes"] = Enumerable.Range(0, methods.Length)
                    .Where(i => classes.Contains(methods[i].Split('.')[0])).Sum(i => recorder.InDownload[i]) * 1000 / image.Bundle.Length;
            }

            figures[$"{form}: transferred bytes of {image.Bundle.Length}"] = image.Compressed.Length;
            figures[$"{form}: turns in which something happened, per 1,000 bytes"] = download.Where(turn => !turn.IsQuiet).Sum(turn => turn.Il) * 1000 / image.Bundle.Length;
            figures[$"{form}: longest turn of the download"] = download.Max(turn => turn.Il);
            figures[$"{form}: a turn that decoded, median"] = Median(download.Where(Decodes));
            figures[$"{form}: most frequent quiet turn"] = download.Where(turn => turn.IsQuiet).GroupBy(turn => turn.Il).MaxBy(group => group.Count())!.Key;
        }

        return figures;
    }

    /// <summary>Instructions that each form charges at the prices of a table, and those that it executes: in the turns that decode, and in the whole download.</summary>
    public static Dictionary<string, long> Totals(long[] counts, string table)
    {
        Dictionary<string, long> totals = [];
        foreach ((string form, ScenarioImage image) in Forms())
        {
            TurnRecorder recorder = Run(new IlMeter(counts), IlCosts.Parse(table), image);
            IlCosts costs = IlCosts.Parse(table);
            Turn[] decoding = [.. recorder.Turns.Where(turn => turn.Stage == UpdateStage.Download && Decodes(turn))];
            totals[$"{form}, decoding: charged"] = decoding.Sum(turn => IlCosts.Operations.Sum(operation => (long)costs[operation] * turn[operation]));
            totals[$"{form}, decoding: executed"] = decoding.Sum(turn => turn.Il);
            totals[$"{form}, whole download: charged"] = recorder.ChargedInDownload;
            totals[$"{form}, whole download: executed"] = recorder.Turns.Where(turn => turn.Stage == UpdateStage.Download).Sum(turn => turn.Il);
        }

        return totals;
    }

    /// <summary>
    /// Prices of decoding, from two forms of one image that differ in how many bits they take for as many bytes: what their turns
    /// executed beyond the known prices is bits times one price and bytes times the other.
    /// </summary>
    internal static Dictionary<IlOperation, long> Prices(IlMeter meter, IReadOnlyDictionary<IlOperation, long> known)
    {
        (long il, long bits, long bytes) dense = Sum(Compressed), sparse = Sum(Patched);
        double determinant = ((double)dense.bits * sparse.bytes) - ((double)sparse.bits * dense.bytes);
        List<Turn> decrypting = [.. Download(Encrypted).Where(Decodes)];
        return new Dictionary<IlOperation, long>
        {
            [IlOperation.TakenBit] = Round((((double)dense.il * sparse.bytes) - ((double)sparse.il * dense.bytes)) / determinant),
            [IlOperation.MadeByte] = Round((((double)dense.bits * sparse.il) - ((double)sparse.bits * dense.il)) / determinant),
            [IlOperation.CipherByte] = Round((double)decrypting.Sum(Beyond) / decrypting.Sum(turn => (long)turn[IlOperation.CipherByte])),
        };

        (long Il, long Bits, long Bytes) Sum(string form)
        {
            List<Turn> turns = [.. Download(form).Where(Decodes)];
            return (turns.Sum(Beyond), turns.Sum(turn => (long)turn[IlOperation.TakenBit]), turns.Sum(turn => (long)turn[IlOperation.MadeByte]));
        }

        IEnumerable<Turn> Download(string form) => Flat(meter, form).Turns.Where(turn => turn.Stage == UpdateStage.Download);

        long Beyond(Turn turn) => turn.Il - known.Sum(price => price.Value * turn[price.Key]);
    }

    private static IEnumerable<(string Form, ScenarioImage Image)> Forms()
    {
        byte[] next = ScenarioImage.NextRelease(Old);
        yield return ("plain", ScenarioImage.Plain(next));
        yield return ("heatshrink 8/4", ScenarioImage.Heatshrink(next, new HeatshrinkParameters(8, 4)));
        yield return (Compressed, ScenarioImage.Heatshrink(next, new HeatshrinkParameters(11, 4)));
        yield return ("matches", ScenarioImage.Heatshrink(ScenarioImage.Words(next.Length), new HeatshrinkParameters(11, 4)));
        yield return (Patched, ScenarioImage.Delta(Old, next, 11));
        yield return (Encrypted, ScenarioImage.Plain(next) with { IsEncrypted = true });
    }

    private static Dictionary<string, TurnRecorder> FlatRuns { get; } = [];

    private static byte[] Old { get; } = ScenarioImage.Code(UpdateScenario.ImageLength - 256);

    private static bool Decodes(Turn turn) => turn[IlOperation.TakenBit] > 0 || turn[IlOperation.MadeByte] > 0 || turn[IlOperation.CipherByte] > 0;

    /// <summary>The download of a form with a turn for each frame. The same run each time, so it is made once.</summary>
    internal static TurnRecorder Flat(IlMeter meter, string form)
    {
        if (!FlatRuns.TryGetValue(form, out TurnRecorder? recorder))
        {
            recorder = Run(meter, IlCosts.Flat(Measurement.FlatLoopIl), Forms().Single(item => item.Form == form).Image);
            FlatRuns.Add(form, recorder);
        }

        return recorder;
    }

    private static TurnRecorder Run(IlMeter meter, IlCosts costs, ScenarioImage image) =>
        Measurement.RunUpdate(meter, costs, [ScenarioImage.Plain(Old), image]);

    private static long Round(double value) => (long)Math.Round(value);

    private static long Median(IEnumerable<Turn> turns)
    {
        long[] il = [.. turns.Select(turn => turn.Il).Order()];
        return il.Length == 0 ? 0 : il[il.Length / 2];
    }

    // One tag is read and compared; the HMAC is native. The flash answers at once.
    private static long TagCheck(IlMeter meter)
    {
        Fls fls = new(new FlsConfig(), new FlashModel(FlashGeometries.W25Q32));
        ChunkTags tags = new(fls, new Csm(new EsyncSim.Crypto.HostCrypto()), ChunkTags.WindowAnyOrder);
        tags.Open(new FlsArea { Start = 0, Length = 4096 }, new byte[32], 0);
        byte[] piece = new byte[ChunkBuffers.Length];
        Check(0);
        return meter.Of(() => Check(1));

        void Check(uint index)
        {
            for (uint ms = 0; tags.Check(index, piece) == StdReturn.Pending; ms++)
            {
                fls.MainFunction(ms);
            }
        }
    }
}
