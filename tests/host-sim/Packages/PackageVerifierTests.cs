// A good package passes; each kind of tampering is refused with the reason that an ECU gives for it.
using EsyncAgent;
using EsyncSim;
using EsyncSim.Packages;
using EsyncSim.Signing;
using EsyncTests.HostSim.Signing;
using Xunit;

namespace EsyncTests.HostSim.Packages;

public sealed class PackageVerifierTests
{
    [Fact]
    public void A_good_package_passes_every_check()
    {
        VerificationResult result = TestPackages.Verify(TestPackages.Build());

        Assert.True(result.IsPassed, result.Message);
        Assert.Equal(["envelope", "digest", "signature", "signature", "manifest", "chunk table", "image digest", "bundle"], result.Steps.Select(step => step.Name));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(4096 * 8, 1)]
    [InlineData(-1, 2)]
    public void A_flipped_bit_of_the_image_is_named_by_its_chunk(int bit, int chunk)
    {
        Package good = TestPackages.Build();
        Package bad = PackageTampering.FlipImageBit(good, bit < 0 ? (good.Full!.Payload.Length * 8) + bit : bit);

        Expect(FotaError.ChunkMismatch, bad, $"chunk {chunk} ");
    }

    [Fact]
    public void A_flipped_bit_of_the_manifest_is_a_wrong_digest() =>
        Expect(FotaError.DigestMismatch, PackageTampering.FlipManifestBit(TestPackages.Build(), 100));

    [Theory]
    [InlineData(0, 300, "author")]
    [InlineData(1, 9000, "oem")]
    public void A_flipped_bit_of_a_signature_is_named_by_its_key(int signature, int bit, string role) =>
        Expect(FotaError.SignatureInvalid, PackageTampering.FlipSignatureBit(TestPackages.Build(), signature, bit), role);

    [Theory]
    [InlineData(SigningRole.Author, "oem")]
    [InlineData(SigningRole.Oem, "author")]
    public void One_role_alone_is_not_enough(SigningRole kept, string missing) =>
        Expect(FotaError.RoleMissing, PackageTampering.KeepOneRole(TestPackages.Build(), TestPackages.Anchors, kept), missing);

    [Fact]
    public void Two_keys_of_one_role_do_not_make_two_roles()
    {
        SigningKey second = SigningKey.FromSeedText(SigningRole.Author, TestKeys.Small, "second");
        Package package = PackageBuilder.Build(TestPackages.Request(), [new MemorySigner(TestKeys.Author()), new MemorySigner(second)]);
        VerificationResult result = PackageVerifier.Verify(package.Full!, [.. TestPackages.Anchors, second.Anchor], PackageVerifier.DefaultRoles);

        Assert.Equal(FotaError.RoleMissing, result.Error);
    }

    [Fact]
    public void An_unknown_key_is_passed_over()
    {
        SigningKey stranger = SigningKey.FromSeedText(SigningRole.Fleet, TestKeys.Small, "stranger");
        Package package = PackageBuilder.Build(TestPackages.Request(), [new MemorySigner(stranger), .. TestPackages.Signers()]);
        VerificationResult result = TestPackages.Verify(package);

        Assert.True(result.IsPassed, result.Message);
        Assert.Contains(result.Steps, step => step.Detail.Contains("passed over"));
    }

    [Fact]
    public void A_signature_of_one_manifest_does_not_serve_another()
    {
        SuitEnvelope one = SuitEnvelope.Decode(TestPackages.Build().Full!.Envelope);
        SuitEnvelope other = SuitEnvelope.Decode(TestPackages.Build(TestPackages.Request() with { Sequence = 8 }).Full!.Envelope);
        Package good = TestPackages.Build();
        Package Mixed(SuitEnvelope envelope) => good with { Entries = [good.Full! with { Envelope = envelope.Encode() }] };

        Expect(FotaError.DigestMismatch, Mixed(one with { ManifestBytes = other.ManifestBytes }));
        Expect(FotaError.SignatureInvalid, Mixed(other with { Signatures = one.Signatures }));
    }

    [Fact]
    public void A_payload_of_another_length_is_refused()
    {
        Package good = TestPackages.Build();
        byte[] payload = good.Full!.Payload;

        Expect(FotaError.TransferIncomplete, good with { Entries = [good.Full! with { Payload = payload[..^1] }] });
        Expect(FotaError.TransferIncomplete, good with { Entries = [good.Full! with { Payload = [.. payload, 0] }] });
    }

    [Fact]
    public void A_signed_manifest_that_contradicts_its_image_is_refused_for_the_contradiction()
    {
        SuitManifest good = PackageBuilder.ToManifest(TestPackages.Request());
        Expect(FotaError.ImageDigestMismatch, Signed(good with { ImageDigest = new byte[32] }));
        Expect(FotaError.ChunkTableInvalid, Signed(good with { ChunkTable = good.ChunkTable[..^32] }));
        Expect(FotaError.ChunkTableInvalid, Signed(good with { ChunkTable = good.ChunkTable[..^1] }));
        Expect(FotaError.ChunkMismatch, Signed(good with { Salt = new byte[32] }));
        Expect(FotaError.EncodingUnsupported, Signed(good with { Encoding = 0x10, TransferLength = 1, TransferTable = new byte[32] }));
        Expect(FotaError.ManifestMalformed, Signed(good with { Encoding = 0x10 }));
        Expect(FotaError.ManifestMalformed, Signed(good with { TransferLength = 5 }));
        Expect(FotaError.ManifestMalformed, Signed(good with { BaseDigest = new byte[32] }));
        Expect(FotaError.ManifestMalformed, Signed(good with { Uri = new string('u', 129) }));
        Expect(FotaError.WrongRuntime, Signed(good with { Runtime = BundleRuntime.NanoFramework }));
        Expect(FotaError.WrongContract, Signed(good with { ContractVersion = 2 }));
        Expect(FotaError.LoadFailed, Signed(good with { Version = "2.0.1" }));
    }

    [Fact]
    public void Packages_that_only_an_ECU_can_refuse_are_good_and_say_what_they_were_asked_to()
    {
        byte[] device = Enumerable.Repeat((byte)9, 16).ToArray();
        PackageRequest request = TestPackages.Request();
        (PackageRequest Request, Predicate<SuitManifest> Says)[] faults =
        [
            (PackageTampering.ForOtherClass(request), manifest => !manifest.ClassId.SequenceEqual(TestPackages.ClassId)),
            (PackageTampering.ForOtherDevice(request, device), manifest => manifest.DeviceId is not null && !manifest.DeviceId.SequenceEqual(device)),
            (PackageTampering.WithSequence(request, 6), manifest => manifest.Sequence == 6),
            (PackageTampering.WithSecurityVersion(request, 9, 2), manifest => manifest is { Sequence: 9, SecurityVersion: 2 }),
        ];
        foreach ((PackageRequest fault, Predicate<SuitManifest> says) in faults)
        {
            Package package = TestPackages.Build(fault);
            Assert.True(TestPackages.Verify(package).IsPassed);
            Assert.True(says(ManifestDecoder.Decode(SuitEnvelope.Decode(package.Full!.Envelope).ManifestBytes)));
        }
    }

    [Fact]
    public void The_same_request_gives_the_same_manifest()
    {
        Assert.Equal(TestPackages.Build().Encode(), TestPackages.Build().Encode());
        Assert.NotEqual(
            PackageBuilder.ToManifest(TestPackages.Request()).Salt,
            PackageBuilder.ToManifest(TestPackages.Request() with { Sequence = 8 }).Salt);
    }

    [Fact]
    public void A_build_that_is_refused_spends_no_signature()
    {
        SigningKey key = TestKeys.Author();
        MemorySigner signer = new(key);

        Assert.Throws<UserErrorException>(() => PackageBuilder.Build(TestPackages.Request() with { Image = [1, 2, 3] }, [signer]));
        Assert.Throws<UserErrorException>(() => PackageBuilder.Build(TestPackages.Request() with { Name = string.Empty }, [signer]));
        Assert.Throws<UserErrorException>(() => PackageBuilder.Build(TestPackages.Request(), [signer, signer]));
        Assert.Throws<UserErrorException>(() => PackageBuilder.Build(TestPackages.Request(), []));
        Assert.Equal(0, key.NextIndex);
    }

    private static Package Signed(SuitManifest manifest) => new()
    {
        Name = "motor",
        Hardware = "motor",
        Entries =
        [
            new PackageEntry
            {
                Encoding = 0,
                Envelope = SuitEnvelope.Sign(ManifestEncoder.Encode(manifest), TestPackages.Signers()).Encode(),
                Payload = TestPackages.Image(),
            },
        ],
    };

    private static void Expect(FotaError expected, Package package, string inMessage = "")
    {
        VerificationResult result = TestPackages.Verify(package);
        Assert.Equal(expected, result.Error);
        Assert.Contains(inMessage, result.Message);
    }
}
