// Two readings of PROTOCOL.md, written apart, agree: what the host builds the ECU accepts and understands alike, and what
// one refuses the other refuses, for the same reason. The search changes every bit of a manifest in turn and signs the
// result, so that it gets as far as the parsers.
using EsyncAgent;
using EsyncSim.Packages;
using EsyncSim.Signing;
using EsyncTests.AgentFirmware.Fota;
using EsyncTests.HostSim.Signing;
using Xunit;

namespace EsyncTests.HostSim.Packages;

public sealed class AgentAgreementTests
{
    private static readonly byte[] DeviceId = EnvelopeForge.DeviceId;

    private readonly SigningKey _author = TestKeys.Author();
    private readonly SigningKey _oem = SigningKey.FromSeedText(SigningRole.Oem, TestKeys.SmallTwoLevels, "agreement");

    [Fact]
    public void What_the_host_builds_the_ECU_accepts_and_understands_alike()
    {
        VerifierBench bench = Bench(TrustRole.Author, TrustRole.Oem);
        PackageRequest request = Request() with { DeviceId = DeviceId, SlotMask = 2 };
        Package package = PackageBuilder.Build(request, [new MemorySigner(_oem), new MemorySigner(_author)]);
        SuitManifest said = PackageBuilder.ToManifest(request);

        Assert.True(bench.Run(package.Full!.Envelope) == StdReturn.Ok, $"{bench.Verifier.Error} at {bench.Verifier.ErrorDetail}");
        Manifest understood = bench.Verifier.Manifest;
        byte[] envelope = package.Full.Envelope;
        Assert.Equal(said.Sequence, understood.SequenceNumber);
        Assert.Equal(said.SecurityVersion, understood.SecurityVersion);
        Assert.Equal(said.ImageLength, understood.ImageLength);
        Assert.Equal(3u, understood.ChunkCount);
        Assert.Equal(said.ChunkTable, envelope.AsSpan((int)understood.ChunkTablePosition, 96).ToArray());
        Assert.Equal(said.Salt, understood.Salt);
        Assert.Equal(said.ImageDigest, understood.ImageDigest);
        Assert.Equal(SuitEnvelope.Decode(envelope).Digest, understood.Digest);
        Assert.Equal((byte)said.Runtime, understood.Runtime);
        Assert.Equal(said.ContractVersion, understood.ContractVersion);
        Assert.Equal(2, understood.SlotMask);
        Assert.True(understood.HasDeviceId);
    }

    [Fact]
    public void The_provisioning_record_of_the_host_is_taken_by_the_ECU()
    {
        KeyStore keys = new VerifierBench(isProvisioned: false).Keys;
        byte[] record = ProvisioningRecord.Build(DeviceId, new byte[32], [_author.Anchor, _oem.Anchor]);

        Assert.Equal(FotaError.None, keys.Provision(record, 0, record.Length));
        Assert.Equal(DeviceId, keys.DeviceId);
        Assert.Equal([TrustRole.Author, TrustRole.Oem], [keys.AnchorRole(0), keys.AnchorRole(1)]);
        Assert.Equal(1, keys.FindAnchor(_oem.KeyId, 0));
    }

    [Fact]
    public void Tampering_is_refused_by_both_for_the_same_reason()
    {
        VerifierBench bench = Bench(TrustRole.Author, TrustRole.Oem);
        ISigner[] signers = [new MemorySigner(_author), new MemorySigner(_oem)];
        TrustAnchor[] anchors = [_author.Anchor, _oem.Anchor];
        Package good = PackageBuilder.Build(Request(), signers);
        foreach (Package bad in new[]
        {
            PackageTampering.FlipManifestBit(good, 77),
            PackageTampering.FlipSignatureBit(good, 0, 1000),
            PackageTampering.FlipSignatureBit(good, 1, 2000),
            PackageTampering.KeepOneRole(good, anchors, SigningRole.Author),
            PackageTampering.KeepOneRole(good, anchors, SigningRole.Oem),
        })
        {
            FotaError host = PackageVerifier.Verify(bad.Full!, anchors, PackageVerifier.DefaultRoles).Error;
            bench.Refuses(host, bad.Full!.Envelope);
        }

        bench.Refuses(FotaError.WrongClass, PackageBuilder.Build(PackageTampering.ForOtherClass(Request()), signers).Full!.Envelope);
        bench.Refuses(FotaError.WrongDevice, PackageBuilder.Build(PackageTampering.ForOtherDevice(Request(), DeviceId), signers).Full!.Envelope);
    }

    [Fact]
    public void A_bit_changed_anywhere_in_a_manifest_is_judged_alike()
    {
        VerifierBench bench = Bench(TrustRole.Author);
        SuitManifest good = PackageBuilder.ToManifest(Request());
        SuitManifest encoded = good with { Encoding = 0x20, TransferLength = 100, TransferTable = new byte[32], BaseDigest = new byte[32] };
        SuitManifest encrypted = good with
        {
            Encoding = 0x01,
            TransferLength = 100,
            TransferTable = new byte[32],
            EncryptionInfo = new(new byte[16], [new(DeviceId, new byte[40]), new([.. DeviceId.Select(b => (byte)(b + 1))], new byte[40])]),
        };
        List<string> differences = [];
        int accepted = 0, refused = 0;
        foreach (byte[] manifest in new[] { good, good with { DeviceId = DeviceId }, encoded, encrypted }.Select(ManifestEncoder.Encode))
        {
            for (int bit = 0; bit < manifest.Length * 8; bit += 3)
            {
                byte[] changed = [.. manifest];
                changed[bit / 8] ^= (byte)(1 << (bit % 8));
                FotaError host = JudgedByHost(changed);
                FotaError ecu = bench.Run(Sign(changed)) == StdReturn.Ok ? FotaError.None : bench.Verifier.Error;
                if (Kind(host) != Kind(ecu))
                {
                    differences.Add($"byte {bit / 8} bit {bit % 8}: host {host}, ECU {ecu}");
                }

                _ = host == FotaError.None ? accepted++ : refused++;
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
        Assert.True(accepted > 500 && refused > 500, $"{accepted} accepted, {refused} refused");
    }

    // Whether a form is unknown or wrong depends on where a reader looks first; vendor, class, device and its key are the ECU's alone.
    private static FotaError Kind(FotaError reason) => reason switch
    {
        FotaError.ManifestUnsupported or FotaError.ManifestVersionUnknown => FotaError.ManifestMalformed,
        FotaError.WrongVendor or FotaError.WrongClass or FotaError.WrongDevice or FotaError.NoContentKey => FotaError.None,
        _ => reason,
    };

    private static FotaError JudgedByHost(byte[] manifest)
    {
        try
        {
            SuitManifest decoded = ManifestDecoder.Decode(manifest);
            int tags = (int)((decoded.ImageLength + ChunkTable.ChunkLength - 1L) / ChunkTable.ChunkLength);
            return decoded.ChunkTable.Length == tags * ChunkTable.TagLength ? FotaError.None : FotaError.ChunkTableInvalid;
        }
        catch (SuitException refusal)
        {
            return refusal.Reason;
        }
    }

    // Always with the same index: what nobody may do outside of a test.
    private byte[] Sign(byte[] manifest) => SuitEnvelope.Sign(manifest, [new OneIndexSigner(_author)]).Encode();

    private static PackageRequest Request() => TestPackages.Request() with { VendorId = EnvelopeForge.VendorId, ClassId = EnvelopeForge.ClassId };

    private VerifierBench Bench(params byte[] roles) =>
        new([(TrustRole.Author, _author.PublicKey), (TrustRole.Oem, _oem.PublicKey)], roles);

    private sealed class OneIndexSigner(SigningKey key) : ISigner
    {
        public SigningRole Role => key.Role;

        public byte[] PublicKey => key.PublicKey;

        public byte[] Sign(byte[] message) => key.Sign(0, message);
    }
}
