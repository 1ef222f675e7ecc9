// Signed images for the rig, made once: small bundles whose content tells the fake loader how to behave.
using System.Collections.Concurrent;
using System.Text;
using EsyncAgent;
using EsyncSim.Packages;
using EsyncSim.Signing;
using EsyncTests.Boards.Drivers;

namespace EsyncTests.AgentFirmware.EcuM;

public sealed record TestImage(string Version, byte[] Envelope, byte[] Payload, byte[] Digest)
{
    public static readonly byte[] VendorId = Convert.FromHexString("00112233445566778899AABBCCDDEEFF");
    public static readonly byte[] ClassId = Convert.FromHexString("0102030405060708090A0B0C0D0E0F10");
    public static readonly byte[] DeviceId = Convert.FromHexString("D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF");
    public static readonly byte[] DeviceSecret = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    private static readonly ConcurrentDictionary<string, TestImage> Made = new();
    private static readonly Lock Gate = new();
    private static readonly SigningKey Author = SigningKey.FromSeedText(SigningRole.Author, new SigningParameters(1, 5, 4), "rig author");
    private static readonly SigningKey Oem = SigningKey.FromSeedText(SigningRole.Oem, new SigningParameters(1, 5, 4), "rig oem");

    /// <summary>Provisioning record with both anchors.</summary>
    public static byte[] Provisioning { get; } = ProvisioningRecord.Build(DeviceId, DeviceSecret, [Author.Anchor, Oem.Anchor]);

    /// <summary>An image of a given length; equal arguments give the same image.</summary>
    public static TestImage Make(string version, uint sequence, int length, string behaviour = "good", uint securityVersion = 1) =>
        Made.GetOrAdd(
            $"{version} {sequence} {length} {behaviour} {securityVersion}",
            _ => Build(VendorId, ClassId, version, sequence, length, behaviour, securityVersion));

    /// <summary>An image for an ECU with other identifiers.</summary>
    public static TestImage MakeFor(byte[] vendorId, byte[] classId, string version, uint sequence, int length, string behaviour) =>
        Made.GetOrAdd(
            $"{Convert.ToHexString(classId)} {version} {sequence} {length} {behaviour}",
            _ => Build(vendorId, classId, version, sequence, length, behaviour, securityVersion: 1));

    /// <summary>An image for a board: its assembly has what a loader looks at before it hands it to the runtime.</summary>
    public static TestImage MakeForBoard(string version, uint sequence, int length) =>
        Made.GetOrAdd(
            $"board {version} {sequence} {length}",
            _ => Build(VendorId, ClassId, version, sequence, length, "good", securityVersion: 1, BundleRuntime.NanoFramework));

    /// <summary>What the fake loader shall do with an image.</summary>
    public static string BehaviourOf(byte[] image)
    {
        string reason = ApplicationBundle.TryParse(image, out ApplicationBundle? bundle) ?? string.Empty;
        return bundle == null ? $"throws ({reason})" : Encoding.ASCII.GetString(bundle.Assemblies[0].AsSpan(0, 16)).Trim();
    }

    private static TestImage Build(byte[] vendorId, byte[] classId, string version, uint sequence, int length, string behaviour, uint securityVersion, BundleRuntime runtime = BundleRuntime.Net10)
    {
        byte[] assembly = new byte[length - 256];
        new Random(version.Length + (int)sequence).NextBytes(assembly);
        if (runtime == BundleRuntime.NanoFramework)
        {
            PeImage.WriteHead(assembly);
        }
        else
        {
            Encoding.ASCII.GetBytes(behaviour.PadRight(16)).CopyTo(assembly, 0);
        }

        byte[] image = new ApplicationBundle
        {
            Runtime = runtime,
            ContractVersion = 1,
            Version = version,
            EntryClass = "Rig.Application",
            Assemblies = [assembly],
        }.Build();
        PackageRequest request = new()
        {
            Name = "rig",
            Hardware = "rig",
            Image = image,
            Sequence = sequence,
            SecurityVersion = securityVersion,
            VendorId = vendorId,
            ClassId = classId,
        };
        lock (Gate)
        {
            PackageEntry entry = PackageBuilder.Build(request, [new MemorySigner(Author), new MemorySigner(Oem)]).Entries[0];
            return new TestImage(version, entry.Envelope, entry.Payload, SuitEnvelope.Decode(entry.Envelope).ManifestDigest);
        }
    }
}
