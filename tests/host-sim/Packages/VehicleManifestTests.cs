// Vehicle manifests as bytes: their layout, that they are read as they were written, what is refused and why, and whose signature counts.
using System.Formats.Cbor;
using EsyncAgent;
using EsyncSim;
using EsyncSim.Packages;
using EsyncSim.Signing;
using EsyncTests.AgentFirmware.EcuM;
using EsyncTests.HostSim.Signing;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EsyncTests.HostSim.Packages;

public sealed class VehicleManifestTests
{
    private static readonly Gen<VehicleManifest> AnyManifest =
        from numbers in Properties.Numbers.ArrayOf(2)
        from factor in Gen.Choose(1, int.MaxValue)
        from names in Properties.Printable(VehicleManifest.NameLengthMax).ArrayOf(2)
        from count in Gen.Choose(1, VehicleManifest.EntryCountMax)
        from ecus in Properties.Printable(VehicleManifest.NameLengthMax).ArrayOf(count)
        from versions in Properties.Printable(ApplicationBundle.VersionLengthMax).ArrayOf(count)
        from digest in Properties.Bytes(32, 32)
        from nonce in Properties.Bytes(16, 16)
        select new VehicleManifest
        {
            Sequence = 1 + ((long)numbers[0] * factor),
            Vehicle = names[0],
            Campaign = names[1],
            NotAfterMs = (long)numbers[1] * factor,
            Entries = [.. ecus.Distinct().Order(StringComparer.Ordinal).Zip(versions, (ecu, version) => new VehicleManifestEntry(ecu, version, digest, nonce))],
        };

    private static readonly Dictionary<string, VehicleManifest> Spoiled = new()
    {
        { "sequence 0", TestFleet.Manifest() with { Sequence = 0 } },
        { "a sequence below 0", TestFleet.Manifest() with { Sequence = -1 } },
        { "a time before 1970", TestFleet.Manifest() with { NotAfterMs = -1 } },
        { "no vehicle", TestFleet.Manifest() with { Vehicle = string.Empty } },
        { "a vehicle that is too long", TestFleet.Manifest() with { Vehicle = new string('V', 65) } },
        { "a campaign that is not ASCII", TestFleet.Manifest() with { Campaign = "Frühling" } },
        { "a campaign with a line feed", TestFleet.Manifest() with { Campaign = "a\nb" } },
        { "no ECU", TestFleet.Manifest() with { Entries = [] } },
        { "65 ECUs", TestFleet.Manifest([.. Enumerable.Range(0, 65).Select(i => TestFleet.Entry($"ecu{i:D2}"))]) },
        { "an ECU twice", TestFleet.Manifest(TestFleet.Entry("motor"), TestFleet.Entry("motor")) },
        { "ECUs that do not ascend", TestFleet.Manifest(TestFleet.Entry("motor"), TestFleet.Entry("battery")) },
        { "ECUs in the order of a language", TestFleet.Manifest(TestFleet.Entry("a"), TestFleet.Entry("B")) },
        { "an ECU without name", TestFleet.Manifest(TestFleet.Entry(string.Empty)) },
        { "no version", TestFleet.Manifest(TestFleet.Entry("motor", version: string.Empty)) },
        { "a version that is too long", TestFleet.Manifest(TestFleet.Entry("motor", version: new string('9', 25))) },
        { "a short digest", TestFleet.Manifest(TestFleet.Entry("motor") with { ImageDigest = new byte[31] }) },
        { "a long nonce", TestFleet.Manifest(TestFleet.Entry("motor") with { Nonce = new byte[17] }) },
    };

    public static TheoryData<string> OutOfBounds => [.. Spoiled.Keys];

    [Fact]
    public void The_content_has_these_bytes()
    {
        byte[] expected =
        [
            0xA6, 0x01, 0x01, 0x02, 0x07, 0x03, 0x62, .. "V1"u8, 0x04, 0x62, .. "c1"u8, 0x05, 0x1A, 0x00, 0x0F, 0x42, 0x40, 0x06, 0x82,
            0x84, 0x67, .. "battery"u8, 0x65, .. "2.0.0"u8, 0x58, 0x20, .. TestFleet.Of(0xD1, 32), 0x50, .. TestFleet.Of(0x01, 16),
            0x84, 0x65, .. "motor"u8, 0x65, .. "2.0.0"u8, 0x58, 0x20, .. TestFleet.Of(0xD1, 32), 0x50, .. TestFleet.Of(0x01, 16),
        ];
        Assert.Equal(expected, TestFleet.Manifest().Encode());
    }

    [Fact]
    public void What_is_signed_has_a_tag_and_a_label_of_its_own()
    {
        SignedVehicleManifest signed = TestFleet.Sign(TestFleet.Manifest());
        byte[] expected =
        [
            0x84, 0x6A, .. "Signature1"u8, 0x44, 0xA1, 0x01, 0x38, 0x2D, 0x58, 0x19, .. "esync/v1/vehicle-manifest"u8, 0x58, 0x24, 0x82, 0x2F, 0x58, 0x20, .. signed.Envelope.ManifestDigest,
        ];
        Assert.Equal(expected, signed.Envelope.ToBeSigned);
        Assert.Equal([0xDA, .. "ESVU"u8, 0xA2, 0x02], signed.Document[..7]);
    }

    [Fact]
    public void A_manifest_is_read_as_it_was_written()
    {
        Properties.Hold(AnyManifest, manifest =>
        {
            byte[] encoded = manifest.Encode();
            VehicleManifest read = VehicleManifest.Decode(encoded);
            Assert.Equivalent(manifest, read, strict: true);
            Assert.Equal(encoded, read.Encode());
            Assert.Throws<SuitException>(() => VehicleManifest.Decode(encoded[..^1]));
            Assert.Throws<SuitException>(() => VehicleManifest.Decode([.. encoded, 0]));
        });
    }

    [Fact]
    public void A_flipped_bit_is_refused_or_counts_for_nothing()
    {
        byte[] document = TestFleet.Sign(TestFleet.Manifest()).Document;
        for (int bit = 0; bit < document.Length * 8; bit += bit < 4000 ? 1 : 97)
        {
            byte[] flipped = [.. document];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<SuitException>(() => SignedVehicleManifest.Decode(flipped).Verify([TestFleet.Key.Anchor]));
        }
    }

    [Theory]
    [MemberData(nameof(OutOfBounds))]
    public void What_is_out_of_bounds_is_refused_before_an_index_is_used(string what)
    {
        VehicleManifest manifest = Spoiled[what];
        SigningKey key = SigningKey.FromSeedText(SigningRole.Fleet, TestKeys.Small, what);
        Assert.Equal(FotaError.ManifestMalformed, Assert.Throws<SuitException>(() => VehicleManifest.Decode(manifest.Encode())).Reason);
        Assert.Throws<SuitException>(() => SignedVehicleManifest.Sign(manifest, new MemorySigner(key)));
        Assert.Equal(0, key.NextIndex);
    }

    [Theory]
    [InlineData("A0", FotaError.ManifestMalformed)]
    [InlineData("80", FotaError.ManifestMalformed)]
    [InlineData("A10101", FotaError.ManifestMalformed)]
    [InlineData("A10102", FotaError.ManifestVersionUnknown)]
    [InlineData("A20101071901", FotaError.ManifestUnsupported)]
    [InlineData("A2010102F5", FotaError.ManifestMalformed)]
    [InlineData("A20101021BFFFFFFFFFFFFFFFF", FotaError.ManifestMalformed)]
    [InlineData("A201011802", FotaError.ManifestMalformed)]
    [InlineData("A20201", FotaError.ManifestMalformed)]
    [InlineData("BF0101FF", FotaError.ManifestMalformed)]
    [InlineData("A10361FF", FotaError.ManifestMalformed)]
    [InlineData("A1069F", FotaError.ManifestMalformed)]
    [InlineData("A1069BFFFFFFFFFFFFFFFF", FotaError.ManifestMalformed)]
    [InlineData("A106818361616161", FotaError.ManifestMalformed)]
    public void What_has_another_form_is_refused_with_its_reason(string cbor, FotaError reason) =>
        Assert.Equal(reason, Assert.Throws<SuitException>(() => VehicleManifest.Decode(Convert.FromHexString(cbor))).Reason);

    [Fact]
    public void Each_member_must_be_there()
    {
        byte[] good = TestFleet.Manifest().Encode();
        CborReader reader = new(good, CborConformanceMode.Canonical);
        reader.ReadStartMap();
        List<byte[]> members = [];
        for (int i = 0; i < 6; i++)
        {
            members.Add([.. reader.ReadEncodedValue().ToArray(), .. reader.ReadEncodedValue().ToArray()]);
        }

        Assert.Equal(good, [0xA6, .. members.SelectMany(member => member)]);
        Assert.All(members, lacking =>
        {
            byte[] others = [0xA5, .. members.Where(member => member != lacking).SelectMany(member => member)];
            Assert.Equal(FotaError.ManifestMalformed, Assert.Throws<SuitException>(() => VehicleManifest.Decode(others)).Reason);
        });
    }

    [Fact]
    public void A_signature_in_the_role_fleet_counts_and_no_other()
    {
        FotaError Refusal(TestKey signer, params TestKey[] anchors)
        {
            SuitEnvelope envelope = SuitEnvelope.Sign(TestFleet.Manifest().Encode(), [signer.Signer], EnvelopeKind.Vehicle);
            return Assert.Throws<SuitException>(() => SignedVehicleManifest.Decode(envelope.Encode()).Verify(anchors.Select(key => key.Anchor))).Reason;
        }

        SignedVehicleManifest.Decode(TestFleet.Sign(TestFleet.Manifest()).Document).Verify([TestFleet.OtherKey.Anchor, TestFleet.Key.Anchor]);
        TestKey oem = new(SigningRole.Oem, "oem"), posing = new(SigningRole.Fleet, "oem");
        Assert.Equal(FotaError.RoleMissing, Refusal(oem, oem, TestFleet.Key));
        Assert.Equal(FotaError.RoleMissing, Refusal(TestFleet.OtherKey, TestFleet.Key));
        Assert.Equal(FotaError.RoleMissing, Refusal(TestFleet.Key));

        // A key that shares the identifier of a known one and nothing else.
        SuitEnvelope forged = SuitEnvelope.Sign(TestFleet.Manifest().Encode(), [posing.Signer], EnvelopeKind.Vehicle);
        CoseSign1 block = forged.Signatures[0] with { KeyId = TestFleet.Key.Anchor.KeyId };
        SignedVehicleManifest other = SignedVehicleManifest.Decode((forged with { Signatures = [block] }).Encode());
        Assert.Equal(FotaError.SignatureInvalid, Assert.Throws<SuitException>(() => other.Verify([TestFleet.Key.Anchor])).Reason);
    }

    [Fact]
    public void A_key_of_another_role_is_told_before_it_signs()
    {
        string message = Assert.Throws<UserErrorException>(() => TestFleet.Sign(TestFleet.Manifest(), new TestKey(SigningRole.Oem, "oem"))).Message;
        Assert.Contains("role oem", message);
        Assert.Contains("--role fleet", message);
    }

    [Fact]
    public void Another_document_does_not_pass_for_one_even_with_a_fleet_signature()
    {
        byte[] content = TestFleet.Manifest().Encode();
        byte[] trust = SuitEnvelope.Sign(content, [TestFleet.Key.Signer], EnvelopeKind.Trust).Encode();
        SuitException refusal = Assert.Throws<SuitException>(() => SignedVehicleManifest.Decode(trust));
        Assert.Equal(FotaError.WrongDocument, refusal.Reason);
        Assert.Contains("a trust manifest, not a vehicle manifest", refusal.Message);

        // With the tag put right, the signature is over the other label.
        byte[] retagged = [0xDA, .. "ESVU"u8, .. trust[5..]];
        Assert.Equal(FotaError.SignatureInvalid, Assert.Throws<SuitException>(() => SignedVehicleManifest.Decode(retagged).Verify([TestFleet.Key.Anchor])).Reason);
        Assert.Equal(FotaError.WrongDocument, Assert.Throws<SuitException>(() => SuitEnvelope.Decode(TestFleet.Sign(TestFleet.Manifest()).Document)).Reason);
        Assert.Equal(FotaError.EnvelopeTooLong, Assert.Throws<SuitException>(() => SignedVehicleManifest.Decode(new byte[SignedVehicleManifest.LengthMax + 1])).Reason);
    }
}
