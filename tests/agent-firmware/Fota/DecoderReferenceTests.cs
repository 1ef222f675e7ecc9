// Patches and streams that others made of real firmware, detools and heatshrink, and our own patches of the same images, through
// the whole agent: what is in the bank afterwards is the new image, byte for byte.
using EsyncSim.Delta;
using Xunit;

namespace EsyncTests.AgentFirmware.Fota;

public sealed class DecoderReferenceTests
{
    private static readonly string[] Pairs = ["programmer", "synthesizer", "pybv11-dirty"];

    public static TheoryData<string, string> Patches => new(
        from pair in Pairs
        from file in new[] { "detools-heatshrink.patch", "detools-heatshrink-w11.patch" }
        select (pair, file));

    public static TheoryData<string, int> Streams => new(
        from pair in Pairs
        from windowBits in new[] { 8, 11 }
        select (pair, windowBits));

    public static TheoryData<string> Own => [.. Pairs];

    [Theory]
    [MemberData(nameof(Patches))]
    public void A_patch_that_detools_made_installs(string pair, string file)
    {
        DecoderBench bench = Bench(pair);
        bench.Install(bench.Sign(Reference(pair, "new.bin"), DecoderBench.Delta, Reference(pair, file)));
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void A_stream_that_heatshrink_made_installs(string pair, int windowBits)
    {
        byte[] stream = Reference(pair, $"new.heatshrink-w{windowBits}-l4");
        DecoderBench bench = Bench(pair);
        bench.Install(bench.Sign(Reference(pair, "new.bin"), DecoderBench.Compressed, [new HeatshrinkParameters(windowBits, 4).Header, .. stream]));
    }

    [Theory]
    [MemberData(nameof(Own))]
    public void A_patch_of_ours_installs_and_so_it_does_encrypted(string pair)
    {
        byte[] image = Reference(pair, "new.bin");
        byte[] patch = DeltaMaker.Make(Reference(pair, "old.bin"), image, 11).Bytes;
        DecoderBench bench = Bench(pair);
        bench.Install(bench.Sign(image, DecoderBench.Delta, patch));
        bench.Install(bench.SignEncrypted(image, DecoderBench.Delta + DecoderBench.Encrypted, patch));
    }

    private static DecoderBench Bench(string pair) => new(Reference(pair, "old.bin"), windowBitsMax: 11, bankLength: DecoderBench.LargeBank);

    private static byte[] Reference(string pair, string file) => File.ReadAllBytes(ReferenceData.Require($"delta-pairs/{pair}/{file}"));
}
