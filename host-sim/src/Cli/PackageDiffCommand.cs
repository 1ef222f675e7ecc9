// esync package diff: how small an image becomes, compressed and as a patch of an older one; and the patch as a file.
// Tests: tests/host-sim/Delta/PackageDiffTests.cs.
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using EsyncSim.Delta;
using EsyncSim.Files;

namespace EsyncSim.Cli;

/// <summary>The verb `package diff`.</summary>
internal static class PackageDiffCommand
{
    private const long ImageLengthMax = 8 * 1024 * 1024;
    private const int WindowBitsMin = HeatshrinkParameters.WindowBitsMin;
    private const int WindowBitsMax = HeatshrinkParameters.WindowBitsMax;
    private const int WindowBitsOfAgent = 11;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Argument<string> old = new("OLD") { Description = "The image that an ECU has, a file of any content" };
        Argument<string> next = new("NEW") { Description = "The image that it is to have" };
        Option<int> window = new("--window-bits")
        {
            Description = $"Largest window, as a power of two, {WindowBitsMin} to {WindowBitsMax}: so many bytes an ECU keeps to decompress",
            HelpName = "N",
            DefaultValueFactory = _ => WindowBitsOfAgent,
        };
        Option<string?> json = new("--json") { Description = "Write the sizes as JSON", HelpName = "FILE" };
        Option<string?> patch = new("--out") { Description = "Write the patch, in detools' sequential form", HelpName = "FILE" };
        ToolCommand command = new("diff", "Tell how small an image becomes: compressed by heatshrink, and as a patch of an older image. Every window and lookahead is tried; each result is applied again before it is shown.")
        {
            old, next, window, json, patch,
        };
        command
            .WithExample("esync package diff motor-1.bin motor-2.bin", "sizes, and what they are in percent of the image")
            .WithExample("esync package diff motor-1.bin motor-2.bin --out motor.patch", "a patch that `detools apply_patch` takes as well");
        command.SetAction(result =>
        {
            int bits = result.GetValue(window);
            if (bits is < WindowBitsMin or > WindowBitsMax)
            {
                throw new UserErrorException(ExitCode.BadUsage, $"--window-bits {bits}: a window has {WindowBitsMin} to {WindowBitsMax} bits");
            }

            OutputFiles.RequireWritable(result.GetValue(json), result.GetValue(patch));
            byte[] from = AtomicFile.ReadInput(result.GetRequiredValue(old), "image", ImageLengthMax);
            byte[] to = AtomicFile.ReadInput(result.GetRequiredValue(next), "image", ImageLengthMax);
            (ImageSizes sizes, byte[] made) = Measure(from, to, bits);
            OutputFiles.Write(result.GetValue(json), sizes.ToJson());
            OutputFiles.Write(result.GetValue(patch), made);
            Terminal.WriteTable(
                result.InvocationConfiguration.Output,
                ["encoding", "window/lookahead", "bytes", "percent"],
                [
                    Row("full", "", sizes.Full, to.Length),
                    Row("heatshrink", sizes.HeatshrinkParameters, sizes.Heatshrink, to.Length),
                    Row("delta + heatshrink", sizes.DeltaParameters, sizes.Delta, to.Length),
                ]);
            return ExitCode.Ok;
        });
        return command;
    }

    private static (ImageSizes Sizes, byte[] Patch) Measure(byte[] from, byte[] to, int windowBits)
    {
        Stopwatch wall = Stopwatch.StartNew();
        HeatshrinkEncoder encoder = new(to);
        HeatshrinkParameters best = HeatshrinkParameters.UpTo(windowBits).MinBy(encoder.Measure);
        byte[] compressed = encoder.Encode(best);
        DeltaPatch patch = DeltaMaker.Make(from, to, windowBits);
        double seconds = Math.Round(wall.Elapsed.TotalSeconds, 1);
        if (!HeatshrinkDecoder.Decode(compressed, best).AsSpan().SequenceEqual(to) || !SequentialPatch.Apply(from, patch.Bytes).AsSpan().SequenceEqual(to))
        {
            throw new InvalidOperationException("what was made does not give the new image again");
        }

        return (new ImageSizes(to.Length, compressed.Length + 1, best.ToString(), patch.Bytes.Length, patch.Parameters.ToString(), seconds), patch.Bytes);
    }

    private static string[] Row(string encoding, string parameters, int bytes, int full) =>
        [encoding, parameters, bytes.ToString("N0", CultureInfo.InvariantCulture), full == 0 ? "" : (100.0 * bytes / full).ToString("F1", CultureInfo.InvariantCulture)];
}
