// The manifest, byte for byte as PROTOCOL.md says, put together here by hand; and the envelope around it.
using System.Security.Cryptography;
using EsyncSim.Packages;
using EsyncSim.Signing;
using EsyncTests.HostSim.Signing;
using Xunit;

namespace EsyncTests.HostSim.Packages;

public sealed class ManifestEncoderTests
{
    private static readonly string Vendor = Repeat("A1", 16), Class = Repeat("B2", 16), Device = Repeat("C3", 16);
    private static readonly string Digest = Repeat("D4", 32), Salt = Repeat("E5", 32), Tags = Repeat("F6", 64), Base = Repeat("07", 32);

    [Fact]
    public void The_plain_manifest_is_as_written_by_hand()
    {
        // 20 {1: vendor, 2: class, 3: bstr [-16, digest], 14: 4097}, 15 [...], 1, 15, 2, 15
        string shared = "88" + "14" + "A4" + "0150" + Vendor + "0250" + Class + "035824" + "822F5820" + Digest + "0E191001"
            + "0F82" + "47" + "8414A10500050F" + "47" + "8414A10501050F" + "010F" + "020F";
        string common = "A2" + "02818143617070" + "0458" + Length(shared) + shared;
        string install = "86" + "14" + "A7" + "156A" + Text("motor/full") + "3901005820" + Salt + "3901015840" + Tags
            + "39010203" + "39010365" + Text("2.0.0") + "39010401" + "39010501" + "1502" + "030F";
        string expected = "A6" + "0101" + "0207" + "0358" + Length(common) + common + "0743" + "82030F" + "0943" + "821702" + "1458" + Length(install) + install;

        Assert.Equal(expected, Convert.ToHexString(ManifestEncoder.Encode(Plain())));
    }

    [Fact]
    public void One_device_and_one_slot_are_two_more_pairs_and_one_branch()
    {
        SuitManifest manifest = Plain() with { DeviceId = Convert.FromHexString(Device), SlotMask = 2, Sequence = uint.MaxValue };
        string shared = "8A" + "14" + "A5" + "0150" + Vendor + "0250" + Class + "035824" + "822F5820" + Digest + "0E191001" + "181850" + Device
            + "0F81" + "47" + "8414A10501050F" + "010F" + "020F" + "18180F";

        string encoded = Convert.ToHexString(ManifestEncoder.Encode(manifest));
        Assert.Contains(shared, encoded);
        Assert.StartsWith("A6" + "0101" + "021AFFFFFFFF", encoded);
    }

    [Fact]
    public void An_encoding_adds_its_four_parameters_in_order()
    {
        SuitManifest manifest = Plain() with { Encoding = 0x20, TransferLength = 300, TransferTable = Convert.FromHexString(Salt), BaseDigest = Convert.FromHexString(Base) };
        string encoded = Convert.ToHexString(ManifestEncoder.Encode(manifest));

        Assert.Contains("39010501" + "3901061820" + "39010719012C" + "3901085820" + Salt + "3901095820" + Base + "1502" + "030F", encoded);
    }

    [Fact]
    public void An_encryption_stands_before_the_uri()
    {
        string lower = Repeat("33", 16), higher = Repeat("44", 16), key = Repeat("55", 40), otherKey = Repeat("66", 40);
        EncryptionInfo info = new(Convert.FromHexString(Device), [new(Convert.FromHexString(lower), Convert.FromHexString(key)), new(Convert.FromHexString(higher), Convert.FromHexString(otherKey))]);
        SuitManifest manifest = Plain() with { Encoding = 0x11, TransferLength = 300, TransferTable = Convert.FromHexString(Salt), EncryptionInfo = info };

        // 96([h'', {1: -65532, 5: IV}, nil, [[h'', {1: -5, 4: kid}, wrapped key], ...]])
        string structure = "D860" + "84" + "40" + "A20139FFFB0550" + Device + "F6" + "82"
            + "83" + "40" + "A201240450" + lower + "5828" + key + "83" + "40" + "A201240450" + higher + "5828" + otherKey;
        Assert.Contains("86" + "14" + "AB" + "1358" + Length(structure) + structure + "156A" + Text("motor/full"), Convert.ToHexString(ManifestEncoder.Encode(manifest)));
    }

    [Fact]
    public void Every_field_comes_back()
    {
        SuitManifest[] manifests =
        [
            Plain(),
            Plain() with { DeviceId = Convert.FromHexString(Device), SlotMask = 1, Runtime = BundleRuntime.NanoFramework, ContractVersion = 500 },
            Plain() with { Encoding = 0x20, TransferLength = 4097, TransferTable = Convert.FromHexString(Tags), BaseDigest = Convert.FromHexString(Base) },
            Plain() with
            {
                Encoding = 0x01,
                TransferLength = 4097,
                TransferTable = Convert.FromHexString(Tags),
                EncryptionInfo = new(Convert.FromHexString(Device), [.. Enumerable.Range(0, 32).Select(i => new WrappedKey([(byte)i, .. new byte[15]], Convert.FromHexString(Salt + Tags[..16])))]),
            },
        ];
        foreach (SuitManifest manifest in manifests)
        {
            SuitManifest decoded = ManifestDecoder.Decode(ManifestEncoder.Encode(manifest));
            Assert.Equal(ManifestEncoder.Encode(manifest), ManifestEncoder.Encode(decoded));
            Assert.Equivalent(manifest, decoded, strict: true);
        }
    }

    [Fact]
    public void The_envelope_is_digest_signatures_and_manifest()
    {
        byte[] manifest = ManifestEncoder.Encode(Plain());
        MemorySigner author = new(TestKeys.Author());
        byte[] envelope = SuitEnvelope.Sign(manifest, [author]).Encode();

        // The digest is over the byte string with its header; the manifest is longer than 255 bytes.
        byte[] wrapped = [0x59, (byte)(manifest.Length >> 8), (byte)manifest.Length, .. manifest];
        string digest = "822F5820" + Convert.ToHexString(SHA256.HashData(wrapped));
        byte[] toBeSigned = Convert.FromHexString("84" + "6A" + Text("Signature1") + "44" + "A101382D" + "40" + "5824" + digest);
        byte[] signature = new MemorySigner(TestKeys.Author()).Sign(toBeSigned);
        string block = "D284" + "44" + "A101382D" + "A10450" + Convert.ToHexString(TestKeys.Author().KeyId) + "F6" + "59" + signature.Length.ToString("X4") + Convert.ToHexString(signature);
        string authentication = "82" + "5824" + digest + "59" + (block.Length / 2).ToString("X4") + block;
        string expected = "D86B" + "A2" + "0259" + (authentication.Length / 2).ToString("X4") + authentication + "03" + Convert.ToHexString(wrapped);

        Assert.Equal(56, toBeSigned.Length);
        Assert.Equal(expected, Convert.ToHexString(envelope));
    }

    private static SuitManifest Plain() => new()
    {
        Sequence = 7,
        VendorId = Convert.FromHexString(Vendor),
        ClassId = Convert.FromHexString(Class),
        ImageDigest = Convert.FromHexString(Digest),
        ImageLength = 4097,
        Uri = "motor/full",
        Salt = Convert.FromHexString(Salt),
        ChunkTable = Convert.FromHexString(Tags),
        SecurityVersion = 3,
        Version = "2.0.0",
        Runtime = BundleRuntime.Net10,
        ContractVersion = 1,
    };

    private static string Repeat(string value, int count) => string.Concat(Enumerable.Repeat(value, count));

    private static string Length(string hex) => (hex.Length / 2).ToString("X2");

    private static string Text(string text) => Convert.ToHexString(System.Text.Encoding.ASCII.GetBytes(text));
}
