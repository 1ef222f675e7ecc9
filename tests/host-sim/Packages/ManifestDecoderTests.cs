// What is not exactly the profile's form is refused, with the reason that an ECU gives.
using System.Formats.Cbor;
using EsyncAgent;
using EsyncSim.Packages;
using Xunit;

namespace EsyncTests.HostSim.Packages;

public sealed class ManifestDecoderTests
{
    private static readonly SuitManifest Plain = PackageBuilder.ToManifest(TestPackages.Request());
    private static readonly string Good = Convert.ToHexString(ManifestEncoder.Encode(Plain));

    private static readonly byte[] Kid = [.. Enumerable.Repeat((byte)0x33, 16)];
    private static readonly byte[] OtherKid = [.. Enumerable.Repeat((byte)0x44, 16)];
    private static readonly SuitManifest Encrypted = Plain with
    {
        Encoding = 0x01,
        TransferLength = 100,
        TransferTable = new byte[32],
        EncryptionInfo = new(new byte[16], [new(Kid, new byte[40]), new(OtherKid, new byte[40])]),
    };

    [Fact]
    public void The_form_that_the_others_start_from_is_good() =>
        Assert.Equal(7u, ManifestDecoder.Decode(Convert.FromHexString(Good)).Sequence);

    // Each: a piece of the good manifest, what stands there instead (of the same length, so that the byte strings around
    // it keep theirs), and the reason.
    [Theory]
    [InlineData("A60101", "A60102", FotaError.ManifestVersionUnknown)]
    [InlineData("A601010207", "A602070101", FotaError.ManifestMalformed)]
    [InlineData("A601010207", "A601011807", FotaError.ManifestMalformed)]
    [InlineData("0943821702", "0A43821702", FotaError.ManifestUnsupported)]
    [InlineData("0281814361", "0281824361", FotaError.ManifestUnsupported)]
    [InlineData("43617070", "43617071", FotaError.ManifestUnsupported)]
    [InlineData("8414A10501050F", "8414A10500050F", FotaError.ManifestMalformed)]
    [InlineData("8414A10501050F", "8414A10502050F", FotaError.ManifestUnsupported)]
    [InlineData("8414A10501050F", "8414A10501060F", FotaError.ManifestUnsupported)]
    [InlineData("8414A10501050F", "8414A106010510", FotaError.ManifestUnsupported)]
    [InlineData("4382030F", "43820310", FotaError.ManifestUnsupported)]
    [InlineData("4382030F", "4382050F", FotaError.ManifestUnsupported)]
    [InlineData("43821702", "43821602", FotaError.ManifestUnsupported)]
    [InlineData("43821702", "439F17FF", FotaError.ManifestMalformed)]
    [InlineData("39010203", "39020003", FotaError.ManifestUnsupported)]
    [InlineData("39010203", "39010103", FotaError.ManifestMalformed)]
    [InlineData("39010203", "39010223", FotaError.ManifestMalformed)]
    [InlineData("39010401", "39010461", FotaError.ManifestMalformed)]
    public void A_change_of_form_is_refused_with_its_reason(string find, string replace, FotaError reason)
    {
        Assert.Contains(find, Good);
        byte[] bad = Convert.FromHexString(Good.Replace(find, replace));
        Assert.Equal(reason, Assert.Throws<SuitException>(() => ManifestDecoder.Decode(bad)).Reason);
    }

    [Theory]
    [InlineData("D86084", "D86184")]
    [InlineData("D86084", "D86085")]
    [InlineData("8440A201", "84A0A201")]
    [InlineData("39FFFB", "39FFFD")]
    [InlineData("39FFFB0550", "39FFFB0650")]
    [InlineData("F68283", "F78283")]
    [InlineData("F68283", "408283")]
    [InlineData("F68283", "F68383")]
    [InlineData("8340A201240450", "8240A201240450")]
    [InlineData("8340A201240450", "83A0A201240450")]
    [InlineData("40A201240450", "40A201220450")]
    [InlineData("40A201240450", "40A201240550")]
    [InlineData("40A201240450", "40A20124044F")]
    [InlineData("5828", "5827")]
    [InlineData("5828", "7828")]
    [InlineData("39010601", "39010610")]
    [InlineData("39010601", "39010602")]
    public void A_change_of_the_encryption_info_is_malformed(string find, string replace)
    {
        string good = Convert.ToHexString(ManifestEncoder.Encode(Encrypted));
        ManifestDecoder.Decode(Convert.FromHexString(good));
        Assert.Contains(find, good);
        string bad = good.Replace(find, replace);
        Assert.Equal(FotaError.ManifestMalformed, Assert.Throws<SuitException>(() => ManifestDecoder.Decode(Convert.FromHexString(bad))).Reason);
    }

    [Fact]
    public void Recipients_are_1_to_32_in_ascending_order()
    {
        WrappedKey[] keys = [.. Enumerable.Range(0, 33).Select(i => new WrappedKey([(byte)i, .. new byte[15]], new byte[40]))];
        SuitManifest With(params WrappedKey[] recipients) => Encrypted with { EncryptionInfo = new(new byte[16], recipients) };
        FotaError Reason(SuitManifest manifest) => Assert.Throws<SuitException>(() => ManifestDecoder.Decode(ManifestEncoder.Encode(manifest))).Reason;
        Assert.Equal(32, ManifestDecoder.Decode(ManifestEncoder.Encode(With(keys[..32]))).EncryptionInfo!.Recipients.Count);
        Assert.Equal(FotaError.ManifestUnsupported, Reason(With(keys)));
        Assert.Equal(FotaError.ManifestMalformed, Reason(With()));
        Assert.Equal(FotaError.ManifestMalformed, Reason(With(keys[3], keys[3])));
        Assert.Equal(FotaError.ManifestMalformed, Reason(With(keys[3], keys[2])));
    }

    [Fact]
    public void Encryption_and_encoding_go_together()
    {
        foreach (SuitManifest manifest in new[]
        {
            Encrypted with { EncryptionInfo = null },
            Encrypted with { Encoding = 0x10 },
            Encrypted with { Encoding = 0x12 },
            Plain with { EncryptionInfo = Encrypted.EncryptionInfo },
        })
        {
            Assert.Equal(FotaError.ManifestMalformed, Assert.Throws<SuitException>(() => ManifestDecoder.Decode(ManifestEncoder.Encode(manifest))).Reason);
        }
    }

    [Fact]
    public void A_missing_member_is_refused()
    {
        foreach (int key in new[] { 1, 2, 3, 7, 9, 20 })
        {
            byte[] without = WithoutMember(Convert.FromHexString(Good), key);
            Assert.Equal(FotaError.ManifestMalformed, Assert.Throws<SuitException>(() => ManifestDecoder.Decode(without)).Reason);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("A0")]
    [InlineData("BF0101FF")]
    [InlineData("818181818181818181818181818181818100")]
    [InlineData("5A7FFFFFFF00")]
    [InlineData("F6")]
    public void What_is_no_manifest_at_all_is_malformed(string hex) =>
        Assert.Equal(FotaError.ManifestMalformed, Assert.Throws<SuitException>(() => ManifestDecoder.Decode(Convert.FromHexString(hex))).Reason);

    [Fact]
    public void A_manifest_cut_anywhere_or_with_bytes_behind_it_is_malformed()
    {
        byte[] good = Convert.FromHexString(Good);
        for (int length = 0; length < good.Length; length++)
        {
            byte[] cut = good[..length];
            Assert.Equal(FotaError.ManifestMalformed, Assert.Throws<SuitException>(() => ManifestDecoder.Decode(cut)).Reason);
        }

        Assert.Equal(FotaError.ManifestMalformed, Assert.Throws<SuitException>(() => ManifestDecoder.Decode([.. good, 0])).Reason);
    }

    [Fact]
    public void No_flipped_bit_ends_in_anything_but_a_manifest_or_a_reason()
    {
        byte[] good = Convert.FromHexString(Good);
        int refused = 0;
        for (int bit = 0; bit < good.Length * 8; bit++)
        {
            byte[] bad = [.. good];
            bad[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                ManifestDecoder.Decode(bad);
            }
            catch (SuitException error)
            {
                Assert.NotEqual(FotaError.None, error.Reason);
                refused++;
            }
        }

        Assert.True(refused > 500, $"{refused} refused");
    }

    private static byte[] WithoutMember(byte[] manifest, int unwanted)
    {
        CborReader reader = new(manifest);
        CborWriter writer = new(CborConformanceMode.Canonical);
        int count = reader.ReadStartMap()!.Value;
        writer.WriteStartMap(count - 1);
        for (int i = 0; i < count; i++)
        {
            int key = reader.ReadInt32();
            ReadOnlyMemory<byte> value = reader.ReadEncodedValue();
            if (key != unwanted)
            {
                writer.WriteInt32(key);
                writer.WriteEncodedValue(value.Span);
            }
        }

        writer.WriteEndMap();
        return writer.Encode();
    }
}
