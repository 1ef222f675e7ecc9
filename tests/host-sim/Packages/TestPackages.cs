// One good package and its keys, for tests that spoil it.
using EsyncSim.Packages;
using EsyncSim.Signing;
using EsyncTests.HostSim.Signing;

namespace EsyncTests.HostSim.Packages;

public static class TestPackages
{
    public static readonly byte[] VendorId = Enumerable.Repeat((byte)0xA1, 16).ToArray();
    public static readonly byte[] ClassId = Enumerable.Repeat((byte)0xB2, 16).ToArray();

    public static readonly TrustAnchor[] Anchors = [TestKeys.Author().Anchor, TestKeys.Oem().Anchor];

    /// <summary>A bundle of two assemblies over three chunks, the last one short.</summary>
    public static byte[] Image() => new ApplicationBundle
    {
        Runtime = BundleRuntime.Net10,
        ContractVersion = 1,
        Version = "2.0.0",
        EntryClass = "Motor.Application",
        Assemblies = [.. new[] { 4097, 5000 }.Select(length => Enumerable.Range(0, length).Select(i => (byte)(i * 7)).ToArray())],
    }.Build();

    /// <summary>A bundle of one assembly.</summary>
    public static byte[] ImageOf(string version, byte[] assembly) => new ApplicationBundle
    {
        Runtime = BundleRuntime.Net10,
        ContractVersion = 1,
        Version = version,
        EntryClass = "Motor.Application",
        Assemblies = [assembly],
    }.Build();

    /// <summary>Bytes that compress badly, and of which another version is a patch.</summary>
    public static byte[] Code(int length, int seed = 1)
    {
        byte[] code = new byte[length];
        new Random(seed).NextBytes(code);
        return code;
    }

    public static PackageRequest Request() => new()
    {
        Name = "motor",
        Hardware = "ES-MTR-HW-A",
        Image = Image(),
        Sequence = 7,
        SecurityVersion = 3,
        VendorId = VendorId,
        ClassId = ClassId,
    };

    public static ISigner[] Signers() => [new MemorySigner(TestKeys.Author()), new MemorySigner(TestKeys.Oem())];

    /// <summary>Fresh keys each time, so that the same index signs different things in different tests: fine here, deadly outside.</summary>
    public static Package Build(PackageRequest? request = null) => PackageBuilder.Build(request ?? Request(), Signers());

    /// <summary>Devices with secrets of their own.</summary>
    public static DeviceFile[] Devices(int count) =>
        [.. Enumerable.Range(1, count).Select(i => new DeviceFile([.. Enumerable.Repeat((byte)i, 16)], [.. Enumerable.Repeat((byte)(200 - i), 32)]))];

    /// <summary>A package with encoded entries, by fresh keys again.</summary>
    public static Package Build(PackageRequest request, EncodingRequest encodings) => PackagePlan.Make(request, encodings).Sign(Signers());

    public static VerificationResult Verify(Package package) => PackageVerifier.Verify(package.Full!, Anchors, PackageVerifier.DefaultRoles);
}
