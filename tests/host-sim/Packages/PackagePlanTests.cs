// Packages with several entries: which there are, what each says, which number it has, and what is left out.
using EsyncSim;
using EsyncSim.Packages;
using EsyncSim.Signing;
using EsyncTests.HostSim.Signing;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EsyncTests.HostSim.Packages;

public sealed class PackagePlanTests
{
    private static readonly byte[] OldCode = [.. TestPackages.Code(9000), .. new byte[6000]];
    private static readonly byte[] NewCode = [.. OldCode.AsSpan(0, 4000), .. TestPackages.Code(300, 2), .. OldCode.AsSpan(4000)];

    [Fact]
    public void There_is_an_entry_for_each_form_and_each_digest_of_an_older_version()
    {
        Package old = TestPackages.Build(Request("1.0.0", OldCode, 3), new EncodingRequest { IsCompressed = true });
        DeltaBase older = DeltaBase.Of(old, "old.esp");
        Package package = TestPackages.Build(Request("2.0.0", NewCode, 7), new EncodingRequest { IsCompressed = true, Bases = [older] });
        SuitManifest[] manifests = [.. package.Entries.Select(ManifestOf)];

        Assert.Equal([0x00, 0x10, 0x20, 0x20], package.Entries.Select(entry => entry.Encoding));
        Assert.Equal([8u, 7u, 7u, 7u], manifests.Select(manifest => manifest.Sequence));
        Assert.Equal(old.Entries.Select(entry => SuitEnvelope.Decode(entry.Envelope).Digest), package.Entries.Skip(2).Select(entry => entry.BaseDigest!));
        Assert.Same(package.Entries[2].Payload, package.Entries[3].Payload);
        Assert.Equal(4, manifests.Select(manifest => manifest.Uri).Distinct().Count());
        Assert.Single(manifests.Select(manifest => Convert.ToHexString(manifest.ImageDigest)).Distinct());
        Assert.All(package.Entries.Zip(manifests), pair =>
        {
            Assert.Equal(pair.First.Encoding, pair.Second.Encoding);
            Assert.Equal(pair.First.BaseDigest, pair.Second.BaseDigest);
            Assert.Equal(-1, ChunkTable.FirstMismatch(pair.Second.Salt, pair.Second.ChunkTable, package.Full!.Payload));
        });
        Assert.All(package.Entries.Zip(manifests).Skip(1), pair =>
        {
            Assert.Equal((uint)pair.First.Payload.Length, pair.Second.TransferLength);
            Assert.Equal(-1, ChunkTable.FirstMismatch(pair.Second.Salt, pair.Second.TransferTable!, pair.First.Payload));
            byte[] image = PayloadDecoder.Decode(PayloadEncoding.CompressionOf(pair.First.Encoding), pair.First.Payload, older.Image, pair.Second.ImageLength);
            Assert.Equal(package.Full!.Payload, image);
        });
        Assert.True(package.Entries[2].Payload.Length < 600, $"{package.Entries[2].Payload.Length} bytes");
        Assert.Equal(package.Encode(), Package.Decode(package.Encode(), "p.esp").Encode());
    }

    [Fact]
    public void Alone_the_full_image_has_the_number_that_was_asked_for()
    {
        PackageRequest request = Request("2.0.0", NewCode, 7);
        Package planned = TestPackages.Build(request, new EncodingRequest());

        Assert.Equal(TestPackages.Build(request).Encode(), planned.Encode());
        Assert.Equal(7u, ManifestOf(planned.Entries[0]).Sequence);
        Assert.Equal(uint.MaxValue, ManifestOf(TestPackages.Build(request with { Sequence = uint.MaxValue }, new EncodingRequest()).Entries[0]).Sequence);
    }

    [Fact]
    public void What_is_not_smaller_is_left_out_and_named()
    {
        DeltaBase unrelated = Base("1.0.0", TestPackages.Code(20_000, 5));
        PackagePlan random = PackagePlan.Make(Request("2.0.0", TestPackages.Code(20_000, 6), 7), new EncodingRequest { IsCompressed = true, Bases = [unrelated] });
        PackagePlan zeros = PackagePlan.Make(Request("2.0.0", new byte[20_000], 7), new EncodingRequest { IsCompressed = true, Bases = [unrelated] });

        Assert.Equal([7u], random.Entries.Select(entry => entry.Manifest.Sequence));
        Assert.Equal([(PayloadEncoding.Heatshrink, true), (PayloadEncoding.Delta, true)], random.LeftOut.Select(left => (left.Compression, left.Reason.Contains("full image"))));
        Assert.Equal([0x00, 0x10], zeros.Entries.Select(entry => (int)entry.Manifest.Encoding));
        LeftOut patch = Assert.Single(zeros.LeftOut);
        Assert.Contains("compressed image", patch.Reason);
        Assert.Same(unrelated, patch.Base);
    }

    [Fact]
    public void What_the_ECU_does_not_take_is_not_made()
    {
        EncodingRequest all = new() { IsCompressed = true, Bases = [Base("1.0.0", OldCode)] };

        Assert.Equal([0x00, 0x10], Encodings(all with { Encodings = 0b011 }));
        Assert.Equal([0x00, 0x20], Encodings(all with { Encodings = 0b101 }));
        Assert.Equal([0x00], Encodings(all with { Encodings = 0b001 }));
        Assert.Equal([0x00, 0x10, 0x20], Encodings(all with { Encodings = 0b111 }));

        static int[] Encodings(EncodingRequest encodings)
        {
            PackagePlan plan = PackagePlan.Make(Request("2.0.0", NewCode, 7), encodings);
            Assert.Equal(3, plan.Entries.Count + plan.LeftOut.Count);
            return [.. plan.Entries.Select(entry => (int)entry.Manifest.Encoding)];
        }
    }

    [Fact]
    public void No_window_is_larger_than_the_ECU_has_room_for()
    {
        DeltaBase older = Base("1.0.0", OldCode);
        for (int bits = 4; bits <= 12; bits += 4)
        {
            PackagePlan plan = PackagePlan.Make(Request("2.0.0", NewCode, 7), new EncodingRequest { IsCompressed = true, Bases = [older], WindowBitsMax = bits });
            Assert.Equal(3, plan.Entries.Count);
            Assert.All(plan.Entries.Skip(1), entry => Assert.InRange(entry.Source.Parameters!.Value.WindowBits, 4, bits));
        }
    }

    [Fact]
    public void The_same_request_gives_the_same_manifests_and_each_key_signs_once_for_each_entry()
    {
        SigningKey author = TestKeys.Author();
        EncodingRequest encodings = new() { IsCompressed = true, Bases = [Base("1.0.0", OldCode)] };
        List<string> told = [];
        PackagePlan one = PackagePlan.Make(Request("2.0.0", NewCode, 7), encodings, told.Add);
        PackagePlan other = PackagePlan.Make(Request("2.0.0", NewCode, 7), encodings);

        Assert.Equal(one.Entries.Select(entry => entry.ManifestBytes), other.Entries.Select(entry => entry.ManifestBytes));
        Assert.Equal(2, told.Count);
        Package package = one.Sign([new MemorySigner(author), new MemorySigner(TestKeys.Oem())]);
        Assert.Equal(3, author.NextIndex);
        Assert.All(package.Entries, entry =>
        {
            SuitEnvelope envelope = SuitEnvelope.Decode(entry.Envelope);
            Assert.All(envelope.Signatures.Zip(TestPackages.Anchors), pair => Assert.True(HssSignatures.Verify(pair.Second.PublicKey, envelope.ToBeSigned, pair.First.Signature)));
        });
    }

    [Fact]
    public void Too_much_is_refused_before_anything_is_made()
    {
        PackageRequest request = Request("2.0.0", NewCode, 7);
        DeltaBase older = Base("1.0.0", OldCode);
        DeltaBase[] many = [.. Enumerable.Range(0, 63).Select(i => older with { Digests = [[.. new byte[31], (byte)i]] })];

        Refuses("is the last there is", request with { Sequence = uint.MaxValue }, new EncodingRequest { IsCompressed = true });
        Refuses("65 entries", request, new EncodingRequest { Bases = many });
        Refuses("no application bundle", request with { Image = [1, 2, 3] }, new EncodingRequest { IsCompressed = true });

        static void Refuses(string why, PackageRequest request, EncodingRequest encodings)
        {
            List<string> told = [];
            UserErrorException error = Assert.Throws<UserErrorException>(() => PackagePlan.Make(request, encodings, told.Add));
            Assert.Contains(why, error.Message);
            Assert.Empty(told);
        }
    }

    [Fact]
    public void Whatever_the_pair_each_entry_gives_the_image_and_costs_less_than_the_full_one()
    {
        Gen<(byte[] Old, byte[] New)> pairs = ImagePairs.Any;
        Properties.Hold(pairs, pair =>
        {
            DeltaBase older = Base("1.0.0", pair.Old);
            PackageRequest request = Request("2.0.0", pair.New, 7);
            PackagePlan plan = PackagePlan.Make(request, new EncodingRequest { IsCompressed = true, Bases = [older] });

            Assert.Equal(3, plan.Entries.Count + plan.LeftOut.Count);
            Assert.All(plan.Entries, entry => Assert.Equal(request.Image, PayloadDecoder.Decode(PayloadEncoding.CompressionOf(entry.Manifest.Encoding), entry.Payload, older.Image, (uint)request.Image.Length)));
            Assert.All(plan.Entries.Skip(1), entry => Assert.True(entry.Cost < plan.Entries[0].Cost));
            Assert.Equal(plan.Entries.Count > 1 ? 8u : 7u, plan.Entries[0].Manifest.Sequence);
        }, 60);
    }

    private static PackageRequest Request(string version, byte[] code, uint sequence) =>
        TestPackages.Request() with { Image = TestPackages.ImageOf(version, code), Sequence = sequence };

    private static DeltaBase Base(string version, byte[] code) => DeltaBase.Of(TestPackages.Build(Request(version, code, 3)), "old.esp");

    private static SuitManifest ManifestOf(PackageEntry entry) => ManifestDecoder.Decode(SuitEnvelope.Decode(entry.Envelope).ManifestBytes);
}
