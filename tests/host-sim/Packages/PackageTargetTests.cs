// What an ECU of nf.config would refuse is refused before anybody signs.
using EsyncSim;
using EsyncSim.Config;
using EsyncSim.Packages;
using EsyncSim.Signing;
using EsyncTests.HostSim.Signing;
using Xunit;

namespace EsyncTests.HostSim.Packages;

public sealed class PackageTargetTests
{
    private static readonly PackageTarget Motor = PackageTarget.Of(NfConfig.Load(NfConfig.FindDefault()).Ecu("motor"));

    [Fact]
    public void A_target_is_what_nf_config_says()
    {
        Assert.Equal("motor", Motor.Name);
        Assert.Equal(BundleRuntime.Net10, Motor.Runtime);
        Assert.Equal([SigningRole.Author, SigningRole.Oem], Motor.RequiredRoles);
        Assert.Equal(16, Motor.VendorId.Length);
        Assert.NotEqual(Motor.VendorId, Motor.ClassId);
        Motor.Require(TestPackages.Request(), TestPackages.Signers());
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_both_figures()
    {
        PackageRequest request = TestPackages.Request();
        ISigner[] signers = TestPackages.Signers();
        int length = SuitEnvelope.LengthOf(ManifestEncoder.Encode(PackageBuilder.ToManifest(request)), signers);

        Expect("9228 bytes", Motor with { ImageLengthMax = 9227 }, signers);
        Expect($"{length} bytes", Motor with { EnvelopeLengthMax = (uint)length - 1 }, signers);
        Expect("nanoframework", Motor with { Runtime = BundleRuntime.NanoFramework }, signers);
        Expect("role oem", Motor, signers[..1]);
        (Motor with { ImageLengthMax = 9228, EnvelopeLengthMax = (uint)length }).Require(request, signers);

        static void Expect(string figure, PackageTarget target, ISigner[] signers)
        {
            UserErrorException error = Assert.Throws<UserErrorException>(() => target.Require(TestPackages.Request(), signers));
            Assert.Equal(ExitCode.BadUsage, error.ExitCode);
            Assert.Contains(figure, error.Message);
        }
    }

    [Fact]
    public void Encodings_and_recipients_that_it_does_not_take_are_refused()
    {
        ISigner[] signers = TestPackages.Signers();
        PackageTarget taking = Motor with { Encodings = 0x0203, RecipientCountMax = 2 };
        EncodingRequest compressed = new() { IsCompressed = true };
        DeviceFile[] devices = TestPackages.Devices(3);

        Require(taking, compressed);
        Require(taking with { Encodings = 0x0301 }, compressed with { Recipients = devices[..2] });
        Refuses("form heatshrink", taking with { Encodings = 1 }, compressed);
        Refuses("form full image, encrypted", taking, compressed with { Recipients = devices[..2] });
        Refuses("encrypted for 3 devices, motor takes 2", taking with { Encodings = 0x0301 }, compressed with { Recipients = devices });

        void Require(PackageTarget target, EncodingRequest encodings) =>
            Assert.All(PackagePlan.Make(TestPackages.Request(), encodings).Entries, entry => target.Require(entry.Manifest, signers));
        void Refuses(string why, PackageTarget target, EncodingRequest encodings)
        {
            PackagePlan plan = PackagePlan.Make(TestPackages.Request(), encodings);
            Assert.Equal(2, plan.Entries.Count);
            UserErrorException error = Assert.Throws<UserErrorException>(() => plan.Entries.ToList().ForEach(entry => target.Require(entry.Manifest, signers)));
            Assert.Contains(why, error.Message);
        }
    }

    [Fact]
    public void The_length_is_known_before_signing()
    {
        ISigner[] signers = [new MemorySigner(TestKeys.Author()), new MemorySigner(SigningKey.FromSeedText(SigningRole.Oem, TestKeys.SmallTwoLevels, "length"))];
        byte[] manifest = ManifestEncoder.Encode(PackageBuilder.ToManifest(TestPackages.Request()));

        Assert.Equal(SuitEnvelope.Sign(manifest, signers).Encode().Length, SuitEnvelope.LengthOf(manifest, signers));
    }

    [Fact]
    public void The_longest_envelope_fits_the_room_that_nf_config_is_checked_for()
    {
        const uint Bank = 256 * 1024;
        SigningKey[] keys = [SigningKey.FromSeedText(SigningRole.Author, TestKeys.SmallTwoLevels, "1"), SigningKey.FromSeedText(SigningRole.Oem, TestKeys.SmallTwoLevels, "2")];
        SuitManifest longest = PackageBuilder.ToManifest(TestPackages.Request()) with
        {
            Sequence = uint.MaxValue,
            DeviceId = new byte[16],
            ImageLength = Bank,
            Uri = new string('u', SuitManifest.UriLengthMax),
            ChunkTable = new byte[64 * 32],
            SecurityVersion = uint.MaxValue,
            Version = new string('9', 24),
            ContractVersion = ushort.MaxValue,
            Encoding = 0x21,
            TransferLength = Bank,
            TransferTable = new byte[64 * 32],
            BaseDigest = new byte[32],
        };
        SlotSizes room = new(2, SlotSizes.HssSignatureLength(2, 5, 4));
        int length = SuitEnvelope.LengthOf(ManifestEncoder.Encode(longest), [.. keys.Select(key => new MemorySigner(key))]);

        Assert.InRange(length, 0, (int)room.EnvelopeLength(Bank));
    }
}
