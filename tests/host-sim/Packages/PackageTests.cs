// The package file: comes back as it was, with one entry or several; what is no package says so.
using EsyncSim;
using EsyncSim.Packages;
using Xunit;

namespace EsyncTests.HostSim.Packages;

public sealed class PackageTests
{
    [Fact]
    public void A_package_comes_back_with_all_its_entries()
    {
        Package package = TestPackages.Build();
        package = package with
        {
            Entries = [.. package.Entries, new PackageEntry { Encoding = 0x20, Envelope = [1], Payload = [2, 3], BaseDigest = new byte[32] }],
        };
        Package loaded = Package.Decode(package.Encode(), "p.esp");

        Assert.Equivalent(package, loaded, strict: true);
        Assert.Equal(package.Encode(), loaded.Encode());
        Assert.Equal(0, loaded.Full!.Encoding);
    }

    [Fact]
    public void The_first_bytes_are_always_the_same() =>
        Assert.Equal("A5006D" + Convert.ToHexString("esync-package"u8) + "0101", Convert.ToHexString(TestPackages.Build().Encode()[..18]));

    [Fact]
    public void A_package_cut_anywhere_is_refused()
    {
        byte[] file = TestPackages.Build().Encode();
        for (int length = 0; length < file.Length; length += length < 40 ? 1 : 97)
        {
            byte[] cut = file[..length];
            UserErrorException error = Assert.Throws<UserErrorException>(() => Package.Decode(cut, "p.esp"));
            Assert.Equal(ExitCode.BadFile, error.ExitCode);
            Assert.Contains(length < 18 ? "is no package" : "is truncated or damaged", error.Message);
        }

        Assert.Contains("behind its end", Assert.Throws<UserErrorException>(() => Package.Decode([.. file, 0], "p.esp")).Message);
    }

    [Fact]
    public void Another_format_is_named()
    {
        byte[] file = TestPackages.Build().Encode();
        file[17] = 2;
        Assert.Contains("package format 2", Assert.Throws<UserErrorException>(() => Package.Decode(file, "p.esp")).Message);
    }

    [Fact]
    public void A_package_without_entries_or_with_a_strange_name_is_refused()
    {
        Package good = TestPackages.Build();
        Assert.Throws<UserErrorException>(() => Package.Decode((good with { Entries = [] }).Encode(), "p.esp"));
        Assert.Throws<UserErrorException>(() => Package.Decode((good with { Name = "a\nb" }).Encode(), "p.esp"));
        Assert.Throws<UserErrorException>(() => Package.Decode((good with { Hardware = new string('x', 65) }).Encode(), "p.esp"));
        Assert.Throws<UserErrorException>(() => Package.Decode((good with { Entries = [.. Enumerable.Repeat(good.Full!, 65)] }).Encode(), "p.esp"));
    }

    [Fact]
    public void The_inspection_shows_every_field()
    {
        string all = string.Join('\n', PackageInspector.Inspect(TestPackages.Build()).SelectMany(section => section.Lines).Select(line => $"{line.Field}={line.Value}"));
        foreach (string expected in new[]
        {
            "name=motor", "hardware=ES-MTR-HW-A", "sequence=7", "security version=3", "application version=2.0.0", "vendor=a1a1a1a1-a1a1-a1a1-a1a1-a1a1a1a1a1a1",
            "class=b2b2b2b2-b2b2-b2b2-b2b2-b2b2b2b2b2b2", "device=any", "component slots=A or B", "runtime=net10.0", "contract version=1", "image=9228 bytes",
            "chunk table=3 tags, 96 bytes", "encoding=00", "entry class=Motor.Application", "assembly 1=5000 bytes",
            $"signed by=kid {Convert.ToHexStringLower(TestPackages.Anchors[0].KeyId)}, 2352 bytes",
        })
        {
            Assert.Contains(expected, all);
        }
    }

    [Fact]
    public void The_inspection_shows_what_it_can_of_a_broken_package()
    {
        Package good = TestPackages.Build();
        Package bad = good with { Entries = [good.Full! with { Envelope = [0xFF], Payload = [1] }] };
        string all = string.Join('\n', PackageInspector.Inspect(bad).SelectMany(section => section.Lines).Select(line => $"{line.Field}={line.Value}"));

        Assert.Contains("EnvelopeMalformed", all);
        Assert.Contains("does not start with an ESAB header", all);
    }
}
