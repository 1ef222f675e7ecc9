// Manifests as the agent authenticates and parses them: an envelope of the emulator in the staging slot, whole and spoiled.
// A spoiled byte behind the signatures is found by the digest, before any signature costs time.
using EsyncAgent.Drivers;
using EsyncAgent.Emulator;
using nanoFramework.TestFramework;

namespace EsyncAgent.DeviceTests;

/// <summary>SUIT envelope and manifest.</summary>
[TestClass]
public class ManifestTests
{
    [TestMethod]
    public static void A_good_envelope_is_authentic_and_says_what_was_signed()
    {
        byte[] envelope = new PackageShelf().Take(PackageShelf.Second).Envelope;
        ManifestBench bench = new ManifestBench(EmulatorConfig.Create().Fota, envelope, true);
        Assert.AreEqual((int)FotaError.None, (int)bench.Verify(envelope.Length));
        Manifest manifest = bench.Manifest;
        EmulatorImage image = PackageShelf.ImageOf(PackageShelf.Second);
        Assert.AreEqual(PackageShelf.Second, Text.Field(manifest.Version, 0, manifest.Version.Length));
        Assert.AreEqual(4u, manifest.SequenceNumber);
        Assert.AreEqual(1u, manifest.SecurityVersion);
        Assert.AreEqual((uint)image.Length, manifest.ImageLength);
        Assert.AreEqual(5u, manifest.ChunkCount);
        Assert.AreEqual((int)EmulatorImage.Runtime, (int)manifest.Runtime);
        Assert.AreEqual(3, (int)manifest.SlotMask);

        // The first chunk's tag is the HMAC of the chunk under the manifest's salt.
        byte[] chunk = new byte[4096];
        byte[] tag = new byte[32];
        image.Read(chunk, 0, chunk.Length);
        new ManagedCrypto().HmacSha256(manifest.Salt, chunk, tag);
        Assert.IsTrue(Bytes.AreEqual(tag, 0, envelope, (int)manifest.ChunkTablePosition, 32), "the chunk's tag is not in the table");
    }

    // The tag of the envelope, the first map, a byte of the manifest, a byte of the first signature.
    [DataRow(0, (int)FotaError.EnvelopeMalformed)]
    [DataRow(2, (int)FotaError.EnvelopeMalformed)]
    [DataRow(5000, (int)FotaError.DigestMismatch)]
    [DataRow(500, (int)FotaError.SignatureInvalid)]
    public static void A_spoiled_byte_is_refused_with_its_reason(int offset, int reason)
    {
        byte[] envelope = new PackageShelf().Take(PackageShelf.Second).Envelope;
        envelope[offset] ^= 0x01;
        Assert.AreEqual(reason, (int)new ManifestBench(EmulatorConfig.Create().Fota, envelope, true).Verify(envelope.Length));
    }

    [TestMethod]
    public static void An_envelope_that_ends_early_is_refused()
    {
        byte[] envelope = new PackageShelf().Take(PackageShelf.Second).Envelope;
        ManifestBench bench = new ManifestBench(EmulatorConfig.Create().Fota, envelope, true);
        Assert.AreEqual((int)FotaError.EnvelopeMalformed, (int)bench.Verify(envelope.Length - 1));
    }

    [TestMethod]
    public static void A_manifest_for_another_device_class_is_refused()
    {
        byte[] envelope = new PackageShelf().Take(PackageShelf.First).Envelope;
        FotaConfig config = EmulatorConfig.Create().Fota;
        config.ClassId[15] ^= 0x01;
        Assert.AreEqual((int)FotaError.WrongClass, (int)new ManifestBench(config, envelope, true).Verify(envelope.Length));
    }

    [TestMethod]
    public static void Without_trust_anchors_nothing_is_authentic()
    {
        byte[] envelope = new PackageShelf().Take(PackageShelf.First).Envelope;
        Assert.AreEqual((int)FotaError.NotProvisioned, (int)new ManifestBench(EmulatorConfig.Create().Fota, envelope, false).Verify(envelope.Length));
    }
}
