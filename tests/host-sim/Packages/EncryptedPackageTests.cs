// Encrypted packages: which keys there are, who reads them, what verifies with and without a device's file, and that the ECU
// takes every manifest.
using EsyncAgent;
using EsyncSim;
using EsyncSim.Packages;
using EsyncSim.Signing;
using EsyncTests.AgentFirmware.Fota;
using EsyncTests.HostSim.Signing;
using Xunit;

namespace EsyncTests.HostSim.Packages;

public sealed class EncryptedPackageTests
{
    private static readonly byte[] OldCode = [.. TestPackages.Code(9000), .. new byte[6000]];
    private static readonly byte[] NewCode = [.. OldCode.AsSpan(0, 4000), .. TestPackages.Code(300, 2), .. OldCode.AsSpan(4000)];
    private static readonly DeviceFile[] Devices = TestPackages.Devices(3);
    private static readonly PackageRequest OldRequest = TestPackages.Request() with { Image = TestPackages.ImageOf("1.0.0", OldCode), Sequence = 3 };
    private static readonly PackageRequest NewRequest = OldRequest with { Image = TestPackages.ImageOf("2.0.0", NewCode), Sequence = 7 };
    private static readonly Package OldPackage = TestPackages.Build(OldRequest, new EncodingRequest { IsCompressed = true, Recipients = Devices });
    private static readonly DeltaBase Old = DeltaBase.Of(OldPackage, "old.esp", Devices[1..2]);
    private static readonly EncodingRequest All = new() { IsCompressed = true, Bases = [Old], Recipients = Devices };
    private static readonly Package Good = TestPackages.Build(NewRequest, All);

    [Fact]
    public void Every_entry_is_encrypted_and_each_plaintext_has_a_key_of_its_own()
    {
        SuitManifest[] manifests = [.. Good.Entries.Select(ManifestOf)];

        Assert.Equal([0x01, 0x11, 0x21, 0x21], Good.Entries.Select(entry => (int)entry.Encoding));
        Assert.Equal([8u, 7u, 7u, 7u], manifests.Select(manifest => manifest.Sequence));
        Assert.Null(Good.Full);
        Assert.Equal(3, manifests.Select(manifest => Convert.ToHexString(manifest.EncryptionInfo!.Iv)).Distinct().Count());
        Assert.Equal(9, manifests.SelectMany(manifest => manifest.EncryptionInfo!.Recipients.Select(recipient => Convert.ToHexString(recipient.Key))).Distinct().Count());
        Assert.Equal(Good.Entries[2].Payload, Good.Entries[3].Payload);
        Assert.Equal(NewRequest.Image.Length, Good.Entries[0].Payload.Length);
        Assert.All(Good.Entries.Zip(manifests), pair =>
        {
            Assert.Equal((uint)pair.First.Payload.Length, pair.Second.TransferLength);
            Assert.Equal(-1, ChunkTable.FirstMismatch(pair.Second.Salt, pair.Second.TransferTable!, pair.First.Payload));
            Assert.Equal(-1, ChunkTable.FirstMismatch(pair.Second.Salt, pair.Second.ChunkTable, NewRequest.Image));
        });
        Assert.Equal(Good.Encode(), Package.Decode(Good.Encode(), "p.esp").Encode());
    }

    [Fact]
    public void Alone_the_encrypted_full_image_has_the_number_that_was_asked_for()
    {
        PackageEntry entry = Assert.Single(TestPackages.Build(NewRequest, new EncodingRequest { Recipients = Devices }).Entries);

        Assert.Equal(0x01, entry.Encoding);
        Assert.Equal(7u, ManifestOf(entry).Sequence);
    }

    [Fact]
    public void Whoever_has_a_recipients_file_verifies_down_to_the_image()
    {
        foreach (DeviceFile device in Devices)
        {
            Assert.All(Good.Entries, entry =>
            {
                VerificationResult result = Verify(entry, device);
                Assert.True(result.IsPassed && result.IsImageChecked, result.Message);
            });
        }
    }

    [Fact]
    public void Nobody_else_reads_it_and_the_verifier_says_so()
    {
        DeviceFile stranger = TestPackages.Devices(4)[3];
        Assert.All(Good.Entries, entry =>
        {
            foreach (VerificationResult result in new[] { Verify(entry), Verify(entry, stranger) })
            {
                Assert.True(result.IsPassed && !result.IsImageChecked, result.Message);
                Assert.Contains("the devices that it is for (3)", result.Steps[^1].Detail);
            }

            Assert.Equal(FotaError.NoContentKey, Verify(entry, Devices[0] with { DeviceSecret = Devices[1].DeviceSecret }).Error);
        });
        byte[] flipped = [.. Good.Entries[0].Payload];
        flipped[9] ^= 1;
        Assert.Equal(FotaError.PieceMismatch, Verify(Good.Entries[0] with { Payload = flipped }, Devices[0]).Error);
    }

    [Fact]
    public void An_encrypted_package_is_a_base_for_whoever_can_read_it()
    {
        Assert.Equal(OldRequest.Image, Old.Image);
        Assert.Equal(2, Old.Digests.Count);
        Assert.Contains("encrypted only", Assert.Throws<UserErrorException>(() => DeltaBase.Of(OldPackage, "old.esp")).Message);
        Assert.Contains("old.esp is damaged", Assert.Throws<UserErrorException>(() => DeltaBase.Of(OldPackage, "old.esp", [Devices[0] with { DeviceSecret = new byte[32] }])).Message);
    }

    [Fact]
    public void An_inspection_names_the_recipients()
    {
        InspectionLine[] lines = [.. PackageInspector.Inspect(Good).SelectMany(section => section.Lines)];

        Assert.Equal(4 * 3, lines.Count(line => line.Field == "encrypted for"));
        Assert.Equal(4, lines.Count(line => line.Field == "encrypted for" && line.Value == Convert.ToHexStringLower(Devices[2].DeviceId)));
        Assert.DoesNotContain(lines, line => Devices.Any(device => line.Value.Contains(Convert.ToHexStringLower(device.DeviceSecret), StringComparison.Ordinal)));
    }

    [Fact]
    public void The_ECU_reads_each_entry_as_it_was_meant()
    {
        SigningKey author = TestKeys.Author(), oem = TestKeys.Oem();
        VerifierBench bench = new([(TrustRole.Author, author.PublicKey), (TrustRole.Oem, oem.PublicKey)], TrustRole.Author, TrustRole.Oem);
        DeviceFile device = Devices[0] with { DeviceId = EnvelopeForge.DeviceId };
        PackageRequest request = NewRequest with { VendorId = EnvelopeForge.VendorId, ClassId = EnvelopeForge.ClassId };
        foreach (EncodingRequest encodings in new[] { All with { Recipients = [] }, All with { Recipients = [device, .. Devices] } })
        {
            Package package = PackagePlan.Make(request, encodings).Sign([new MemorySigner(author), new MemorySigner(oem)]);
            Assert.Equal(4, package.Entries.Count);
            foreach (PackageEntry entry in package.Entries)
            {
                SuitManifest said = ManifestOf(entry);
                Assert.True(bench.Run(entry.Envelope) == StdReturn.Ok, $"{bench.Verifier.Error} at {bench.Verifier.ErrorDetail}");
                Manifest understood = bench.Verifier.Manifest;
                Assert.Equal(said.Sequence, understood.SequenceNumber);
                Assert.Equal(said.Encoding, understood.Encoding);
                Assert.Equal(said.EncryptionInfo is not null, understood.IsEncrypted);
                if (said.EncryptionInfo is { } info)
                {
                    Assert.Equal(info.Iv, understood.Iv);
                    Assert.Equal(info.Recipients.Single(recipient => recipient.DeviceId.SequenceEqual(device.DeviceId)).Key, entry.Envelope.AsSpan((int)understood.WrappedKeyPosition, WrappedKey.Length).ToArray());
                }
            }
        }
    }

    private static SuitManifest ManifestOf(PackageEntry entry) => ManifestDecoder.Decode(SuitEnvelope.Decode(entry.Envelope).ManifestBytes);

    private static VerificationResult Verify(PackageEntry entry, params DeviceFile[] devices) =>
        PackageVerifier.Verify(entry, TestPackages.Anchors, PackageVerifier.DefaultRoles, new VerificationMeans { Bases = [Old], Devices = devices });
}
