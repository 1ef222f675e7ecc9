// From the entries of a package to the forms of an image.
using EsyncSim;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Packages;
using EsyncSim.Vehicle;
using EsyncTests.Vehicle;
using Xunit;

namespace EsyncTests.HostSim.Vehicle;

public sealed class PackageImagesTests
{
    private static readonly EcuDefinition Motor = NfConfig.Load(Repository.PathOf("nf.config")).Ecu("motor");
    private static readonly byte[] OldImage = EncodedPackages.Image("1.0.0", 8_000);
    private static readonly byte[] NewImage = EncodedPackages.Image("2.0.0", 9_000);
    private static readonly Package Old = EncodedPackages.Full(Motor, 1, OldImage);
    private static readonly Package New = EncodedPackages.Encoded(Motor, 2, NewImage, Old);

    [Fact]
    public void Each_entry_is_a_form_with_what_its_manifest_says()
    {
        UpdateImages images = PackageImages.Of(New);

        Assert.Equal(["full", "heatshrink", "delta"], images.All.Select(image => EncodingText.Of(image.Encoding)));
        Assert.All(images.All, image => Assert.Equal(("2.0.0", NewImage.Length), (image.Version, image.ImageLength)));
        Assert.Equal(0, images.All[0].WindowBits);
        Assert.All(images.All.Skip(1), image => Assert.InRange(image.WindowBits, 4, EncodedPackages.WindowBitsMax));
        Assert.Equal([3u, 2u, 2u], images.All.Select(image => image.Sequence));
        Assert.Equal(EncodedPackages.DigestOf(Old.Entries[0]), images.All[2].BaseDigest);
        Assert.All(New.Entries, entry => Assert.True(images.Has(EncodedPackages.DigestOf(entry))));
        Assert.False(images.Has(EncodedPackages.DigestOf(Old.Entries[0])));
        Assert.Equal(New.Entries[0].Payload, images.Whole!.Payload.ToArray());
    }

    [Fact]
    public void An_encrypted_entry_names_its_recipients_and_does_not_tell_its_window()
    {
        byte[] other = [.. Enumerable.Repeat((byte)7, 16)];
        PackageEntry encrypted = EncodedPackages.Encrypted(Motor, 2, NewImage, New.Entries[1], TestImage.DeviceId, other);
        UpdateImage image = PackageImages.Of(New with { Entries = [New.Entries[0], encrypted] }).All[1];

        Assert.Equal(("heatshrink+aes", 0), (EncodingText.Of(image.Encoding), image.WindowBits));
        Assert.Equal([other, TestImage.DeviceId], image.Recipients);
        Assert.All(PackageImages.Of(New).All, plain => Assert.Null(plain.Recipients));
    }

    [Fact]
    public void A_package_without_the_whole_image_or_with_a_malformed_entry_is_refused_with_the_entry_at_fault()
    {
        Package small = New with { Entries = [.. New.Entries.Skip(1)] };
        UserErrorException none = Assert.Throws<UserErrorException>(() => PackageImages.Of(small));
        Assert.Equal(ExitCode.BadFile, none.ExitCode);
        Assert.Contains("whole image", none.Message);

        Package bad = New with { Entries = [New.Entries[0], New.Entries[1] with { Envelope = [0xFF] }] };
        Assert.Contains("heatshrink", Assert.Throws<UserErrorException>(() => PackageImages.Of(bad)).Message);
    }
}
