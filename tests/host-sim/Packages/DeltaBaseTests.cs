// Older packages as bases: their digests, what speaks against one, and what is no base at all.
using EsyncSim;
using EsyncSim.Packages;
using Xunit;

namespace EsyncTests.HostSim.Packages;

public sealed class DeltaBaseTests
{
    private static readonly PackageRequest OldRequest = TestPackages.Request() with { Sequence = 3, Image = TestPackages.ImageOf("1.0.0", new byte[9000]) };
    private static readonly Package Old = TestPackages.Build(OldRequest, new EncodingRequest { IsCompressed = true });

    [Fact]
    public void A_base_has_the_digest_of_each_of_its_entries()
    {
        DeltaBase item = DeltaBase.Of(Old, "old.esp");

        Assert.Equal(2, item.Digests.Count);
        Assert.Equal(Old.Entries.Select(entry => SuitEnvelope.Decode(entry.Envelope).Digest), item.Digests);
        Assert.Equal(Old.Full!.Payload, item.Image);
        Assert.Equal("motor 1.0.0", item.Title);
        Assert.Equal(4u, item.Sequence);
    }

    [Fact]
    public void Packages_of_one_image_are_one_base()
    {
        Package again = TestPackages.Build(OldRequest with { Sequence = 9 });
        Package other = TestPackages.Build(TestPackages.Request());
        IReadOnlyList<DeltaBase> merged = DeltaBase.Merge(new[] { Old, again, other, Old }.Select(package => DeltaBase.Of(package, "p.esp")));

        Assert.Equal([3, 1], merged.Select(item => item.Digests.Count));
        Assert.Contains(SuitEnvelope.Decode(again.Full!.Envelope).Digest, merged[0].Digests);
    }

    [Fact]
    public void What_an_ECU_that_has_it_could_not_take_speaks_against_it()
    {
        DeltaBase item = DeltaBase.Of(Old, "old.esp");
        DeltaBase forOne = DeltaBase.Of(TestPackages.Build(OldRequest with { DeviceId = new byte[16] }), "one.esp");
        PackageRequest next = TestPackages.Request();

        Assert.Null(item.ReasonAgainst(next));
        Assert.Null(item.ReasonAgainst(next with { Sequence = 5, DeviceId = new byte[16] }));
        Assert.Null(forOne.ReasonAgainst(next));
        Assert.Null(forOne.ReasonAgainst(next with { DeviceId = new byte[16] }));
        Assert.Contains("another vendor", item.ReasonAgainst(next with { VendorId = new byte[16] }));
        Assert.Contains("another class", item.ReasonAgainst(next with { ClassId = new byte[16] }));
        Assert.Contains("another single device", forOne.ReasonAgainst(next with { DeviceId = [.. new byte[15], 1] }));
        Assert.Contains("security version 3", item.ReasonAgainst(next with { SecurityVersion = 2 }));
        Assert.Contains("--sequence 5 or more", item.ReasonAgainst(next with { Sequence = 4 }));
    }

    [Fact]
    public void What_holds_no_whole_image_is_refused()
    {
        PackageEntry full = Old.Full!;
        Refuses("no full image", Old with { Entries = [Old.Entries[1]] });
        Refuses("is damaged: its image", PackageTampering.FlipImageBit(Old, 77));
        Refuses("is damaged: its image", Old with { Entries = [full with { Payload = full.Payload[..^1] }] });
        Refuses("is damaged: its image", Old with { Entries = [full, TestPackages.Build().Full!] });
        Refuses("is damaged: a manifest", PackageTampering.FlipManifestBit(Old, 77));
        Refuses("is damaged", Old with { Entries = [full, full with { Envelope = [1, 2, 3] }] });

        static void Refuses(string why, Package package)
        {
            UserErrorException error = Assert.Throws<UserErrorException>(() => DeltaBase.Of(package, "old.esp"));
            Assert.Equal(ExitCode.BadFile, error.ExitCode);
            Assert.StartsWith("old.esp ", error.Message);
            Assert.Contains(why, error.Message);
        }
    }
}
