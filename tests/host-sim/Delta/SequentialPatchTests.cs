// Patches: what is made can be applied, what detools made can be applied, what is none is refused, and sizes against detools'.
using EsyncSim;
using EsyncSim.Delta;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EsyncTests.HostSim.Delta;

public class SequentialPatchTests
{
    private const int WindowBitsMax = 11;

    public static TheoryData<string> Pairs => ["programmer", "synthesizer", "pybv11-dirty"];

    public static TheoryData<string, string> ForeignPatches => new(
        from pair in new[] { "programmer", "synthesizer", "pybv11-dirty" }
        from file in new[] { "detools-heatshrink.patch", "detools-heatshrink-w11.patch" }
        select (pair, file));

    [Fact]
    public void A_patch_brings_every_base_to_every_image()
    {
        Properties.Hold(Properties.Bytes(400).SelectMany(from => Edits(from).Select(to => (Base: from, Image: to))), pair =>
        {
            DeltaPatch patch = DeltaMaker.Make(pair.Base, pair.Image, WindowBitsMax);
            Assert.Equal(pair.Image, SequentialPatch.Apply(pair.Base, patch.Bytes));
        }, 60);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(5000, 5000)]
    public void Images_of_no_and_of_one_byte_and_the_same_image_are_no_trouble(int baseLength, int length)
    {
        byte[] from = new byte[baseLength];
        byte[] to = new byte[length];
        new Random(1).NextBytes(from);
        from.AsSpan(0, Math.Min(baseLength, length)).CopyTo(to);

        DeltaPatch patch = DeltaMaker.Make(from, to, WindowBitsMax);

        Assert.Equal(to, SequentialPatch.Apply(from, patch.Bytes));
        Assert.True(patch.Bytes.Length < 32, $"{patch.Bytes.Length} bytes");
    }

    [Fact]
    public void The_same_images_give_the_same_patch()
    {
        byte[] from = new byte[3000];
        new Random(2).NextBytes(from);
        byte[] to = [.. from.AsSpan(700, 2000), .. from.AsSpan(0, 900)];

        Assert.Equal(DeltaMaker.Make(from, to, WindowBitsMax).Bytes, DeltaMaker.Make(from, to, WindowBitsMax).Bytes);
    }

    [Theory]
    [MemberData(nameof(ForeignPatches))]
    public void Patches_of_detools_are_applied(string pair, string file)
    {
        byte[] image = SequentialPatch.Apply(Reference($"delta-pairs/{pair}/old.bin"), Reference($"delta-pairs/{pair}/{file}"));

        Assert.Equal(Reference($"delta-pairs/{pair}/new.bin"), image);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void No_patch_is_larger_than_the_best_of_detools(string pair)
    {
        byte[] from = Reference($"delta-pairs/{pair}/old.bin");
        byte[] to = Reference($"delta-pairs/{pair}/new.bin");
        int theirs = new[] { "detools-heatshrink.patch", "detools-heatshrink-w11.patch" }.Min(file => Reference($"delta-pairs/{pair}/{file}").Length);

        DeltaPatch ours = DeltaMaker.Make(from, to, WindowBitsMax);

        Assert.Equal(to, SequentialPatch.Apply(from, ours.Bytes));
        Assert.True(ours.Bytes.Length <= theirs, $"{ours.Bytes.Length} bytes with {ours.Parameters}, detools has {theirs}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("04")]
    [InlineData("0005")]
    [InlineData("0485FFFFFFFFFF7F")]
    [InlineData("040547")]
    public void What_is_no_patch_is_refused(string hex)
    {
        UserErrorException error = Assert.Throws<UserErrorException>(() => SequentialPatch.Apply(new byte[10], Convert.FromHexString(hex)));

        Assert.Equal(ExitCode.BadFile, error.ExitCode);
    }

    // Insertions, deletions, moves and changes, as a compiler makes them.
    private static Gen<byte[]> Edits(byte[] from) => Gen.Choose(0, int.MaxValue).Select(seed =>
    {
        Random random = new(seed);
        List<byte> to = [.. from];
        for (int edit = random.Next(6); edit > 0; edit--)
        {
            int at = random.Next(to.Count + 1);
            int count = Math.Min(random.Next(40), to.Count - at);
            byte[] part = [.. to.GetRange(at, count)];
            switch (random.Next(4))
            {
                case 0:
                    random.NextBytes(part);
                    to.InsertRange(at, part);
                    break;
                case 1:
                    to.RemoveRange(at, count);
                    break;
                case 2:
                    to.RemoveRange(at, count);
                    to.InsertRange(random.Next(to.Count + 1), part);
                    break;
                default:
                    for (int i = 0; i < count; i++)
                    {
                        to[at + i] += 4;
                    }

                    break;
            }
        }

        return to.ToArray();
    });

    private static byte[] Reference(string relative) => File.ReadAllBytes(ReferenceData.Require(relative));
}
