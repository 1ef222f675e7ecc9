// Images that differ from their base in every way, compressed and as deltas, encrypted or not, in blocks of any length, with a reset
// at any place: the bank holds the image, and no more than a chunk, or a sector where that is larger, was decoded twice.
using EsyncAgent;
using EsyncSim.Delta;
using EsyncSim.Flash;
using EsyncTests.HostSim.Packages;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EsyncTests.AgentFirmware.Fota;

public sealed class DecoderPairTests
{
    private const int WindowBitsMax = 12;
    private const int SegmentsCrowded = 12;
    private static readonly HeatshrinkParameters[] AllParameters = [.. HeatshrinkParameters.UpTo(WindowBitsMax)];
    private static readonly Gen<int> Seeds = Gen.Choose(0, int.MaxValue - 1);

    public static TheoryData<string, int> Kinds => new(
        from kind in new[] { "insert", "delete", "move", "change", "random", "identical", "to one byte", "from one byte", "from one byte to another", "grow", "shrink" }
        from windowBits in new[] { 4, 8, 12 }
        select (kind, windowBits));

    public static TheoryData<string, int, int> LargeSectors => new()
    {
        { "generic-16k-page-32", 16, 50_000 },
        { "generic-16k-unit-8", 16, 49_152 },
        { "generic-64k-unit-32", 64, 150_000 },
        { "w25q-64k-blocks", 64, 131_073 },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_pair_of_each_kind_goes_through_both_encodings(string kind, int windowBits)
    {
        (byte[] from, byte[] to) = Pair(kind);
        DecoderBench bench = new(from);
        byte[] patch = DeltaMaker.Make(from, to, windowBits).Bytes;
        RequireInstalledOverAReset(bench, bench.Sign(to, DecoderBench.Delta, patch), new Random(windowBits), 1 + PatchDensity.CrowdedChunks(patch));
        byte[] stream = DecoderStreams.Compress(to, new HeatshrinkParameters(windowBits, windowBits - 1));
        RequireInstalledOverAReset(bench, bench.Sign(to, DecoderBench.Compressed, stream), new Random(windowBits), 1);
    }

    [Fact]
    public void Every_pair_goes_through_a_delta_of_ours() => Properties.Hold(
        ImagePairs.Any.Where(pair => pair.Old.Length > 0 && pair.New.Length > 0),
        pair =>
        {
            DecoderBench bench = new(pair.Old);
            byte[] patch = DeltaMaker.Make(pair.Old, pair.New, WindowBitsMax).Bytes;
            RequireInstalledOverAReset(bench, bench.Sign(pair.New, DecoderBench.Delta, patch), new Random(pair.New.Length), 1 + PatchDensity.CrowdedChunks(patch));
        },
        15);

    [Fact]
    public void Every_patch_in_every_window_makes_its_image() => Properties.Hold(
        Seeds,
        seed =>
        {
            Random random = new(seed);
            byte[] from = DecoderStreams.Text(seed, random.Next(1, 12_000));
            int segmentLengthMax = random.Next(3) switch { 0 => SegmentsCrowded, 1 => 400, _ => 4000 };
            (byte[] to, DeltaSegment[] segments) = DecoderStreams.RandomSegments(random, from, random.Next(1, 14_000), segmentLengthMax);
            byte[] patch = DecoderStreams.PatchOf(from, to, segments, Any(random));
            Assert.Equal(to, SequentialPatch.Apply(from, patch));
            DecoderBench bench = new(from);
            RequireInstalledOverAReset(bench, Sign(bench, random, to, DecoderBench.Delta, patch), random, 1 + PatchDensity.CrowdedChunks(patch));
        },
        60);

    [Fact]
    public void Every_image_in_every_window_comes_out_of_its_stream() => Properties.Hold(
        Seeds,
        seed =>
        {
            Random random = new(seed);
            byte[] image = [.. DecoderStreams.Text(seed, random.Next(1, 9_000)), .. new byte[random.Next(3_000)], .. DecoderStreams.Noise(seed, random.Next(3_000))];
            byte[] stream = DecoderStreams.Compress(image, Any(random));
            DecoderBench bench = new([(byte)seed]);
            RequireInstalledOverAReset(bench, Sign(bench, random, image, DecoderBench.Compressed, stream), random, 1);
        },
        60);

    [Theory]
    [MemberData(nameof(LargeSectors))]
    public void On_large_sectors_one_sector_at_most_is_decoded_twice(string geometry, int sectorKib, int length)
    {
        int sectorChunks = sectorKib * 1024 / ChunkBuffers.Length;
        byte[] from = DecoderStreams.Text(1, length - 500);
        (byte[] to, DeltaSegment[] segments) = DecoderStreams.RandomSegments(new Random(sectorKib), from, length, 6000);
        byte[] patch = DecoderStreams.PatchOf(from, to, segments, new HeatshrinkParameters(11, 5));
        Assert.Equal(0, PatchDensity.CrowdedChunks(patch));
        DecoderBench bench = new(from, FlashGeometries.ByName(geometry), bankLength: (uint)length);
        byte[] stream = DecoderStreams.Compress(to, new HeatshrinkParameters(10, 5));
        for (int seed = 0; seed < 3; seed++)
        {
            RequireInstalledOverAReset(bench, bench.Sign(to, DecoderBench.Delta, patch), new Random(seed), sectorChunks);
            RequireInstalledOverAReset(bench, bench.Sign(to, DecoderBench.Compressed, stream), new Random(seed), sectorChunks);
        }
    }

    [Fact]
    public void Where_numbers_are_too_many_for_a_checkpoint_a_transfer_goes_on_at_the_one_before()
    {
        const int length = 24_000;
        byte[] from = DecoderStreams.Text(2, 9_000);
        (byte[] calm, DeltaSegment[] calmSegments) = DecoderStreams.RandomSegments(new Random(1), from, length / 4, 2_000);
        (byte[] crowded, DeltaSegment[] crowdedSegments) = DecoderStreams.RandomSegments(new Random(2), from, 3 * length / 4, SegmentsCrowded);
        byte[] to = [.. calm, .. crowded];
        byte[] patch = DecoderStreams.PatchOf(from, to, [.. calmSegments, .. crowdedSegments], new HeatshrinkParameters(12, 5));
        int without = PatchDensity.CrowdedChunks(patch);
        Assert.InRange(without, 2, 5);
        DecoderBench bench = new(from);
        TestImage image = bench.Sign(to, DecoderBench.Delta, patch);
        Dictionary<int, int> programs = bench.CountPrograms();
        Assert.Equal(FotaError.None, bench.Bind(image));
        Assert.Equal(FotaError.None, bench.Transfer(image, null, (patch.Length - 1) / ChunkBuffers.Length * ChunkBuffers.Length));
        bench.Rig.Settle();
        int made = programs.Count;
        bench.Rig.PowerOn();
        int recorded = bench.Rig.ChunksInBank();
        Assert.InRange(recorded, 1, made - 1);
        RequireFinished(bench, image, new Random(3));
        Assert.Equal(made - recorded, programs.Values.Sum(count => count - 1));
        Assert.InRange(made - recorded, 1, without + 1);
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(DecoderBench.Compressed, "10")]
    [InlineData(DecoderBench.Delta, "0400")]
    public void An_image_of_no_bytes_is_refused_before_anything_is_transferred(byte encoding, string transfer)
    {
        DecoderBench bench = new(DecoderStreams.Text(1, 5000));
        TestImage image = bench.Sign([], encoding, encoding == 0 ? null : Convert.FromHexString(transfer));
        Assert.Equal(FotaError.ChunkTableInvalid, bench.Send(image));
        bench.RequireGoodAfterwards();
    }

    // Broken off anywhere, half of the time while flash and decoders are at work; then to the end.
    private static void RequireInstalledOverAReset(DecoderBench bench, TestImage image, Random random, int twiceMax)
    {
        Dictionary<int, int> programs = bench.CountPrograms();
        Assert.Equal(FotaError.None, bench.Bind(image));
        Assert.Equal(FotaError.None, bench.Transfer(image, random, random.Next(image.Transfer.Length)));
        if (random.Next(2) == 0)
        {
            bench.Rig.Settle();
        }

        bench.Rig.PowerOn();
        RequireFinished(bench, image, random);
        int twice = programs.Values.Sum(count => count - 1);
        Assert.True(twice <= twiceMax, $"{twice} chunks were programmed twice, not {twiceMax} at most");
    }

    private static void RequireFinished(DecoderBench bench, TestImage image, Random random)
    {
        if (bench.Rig.ChunksInBank() == 0)
        {
            Assert.Equal(FotaError.None, bench.Rig.Routine(0xFF00));
        }

        Assert.Equal(FotaError.None, bench.Transfer(image, random));
        Assert.Equal(FotaError.None, bench.Rig.Routine(0xFF01));
        Assert.Equal(image.Payload, bench.Secondary(image.Payload.Length));
    }

    private static TestImage Sign(DecoderBench bench, Random random, byte[] image, byte encoding, byte[] transfer) => random.Next(3) == 0
        ? bench.SignEncrypted(image, (byte)(encoding + DecoderBench.Encrypted), transfer)
        : bench.Sign(image, encoding, transfer);

    private static HeatshrinkParameters Any(Random random) => AllParameters[random.Next(AllParameters.Length)];

    private static (byte[] From, byte[] To) Pair(string kind)
    {
        byte[] from = DecoderStreams.Text(5, 9_000);
        byte[] part = from[3000..4500];
        return kind switch
        {
            "insert" => (from, [.. from[..2000], .. DecoderStreams.Noise(1, 1500), .. from[2000..]]),
            "delete" => (from, [.. from[..3000], .. from[4500..]]),
            "move" => (from, [.. part, .. from[..3000], .. from[4500..]]),
            "change" => (from, [.. from.Select((value, i) => (byte)(i % 67 == 0 ? value + 4 : value))]),
            "random" => (from, DecoderStreams.Noise(2, 9_000)),
            "identical" => (from, from),
            "to one byte" => (from, [0x5A]),
            "from one byte" => ([0x5A], from),
            "from one byte to another" => ([0x5A], [0xA5]),
            "grow" => (from[..100], from),
            _ => (from, from[4000..8100]),
        };
    }
}
