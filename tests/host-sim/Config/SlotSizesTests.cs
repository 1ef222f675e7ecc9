// The sizes that the flash map is checked against, by published figures and by the layouts of PROTOCOL.md.
using EsyncSim.Config;
using EsyncSim.Packages;
using Xunit;

namespace EsyncTests.HostSim.Config;

public sealed class SlotSizesTests
{
    [Theory]
    [InlineData(1, 5, 8, 1296)]
    [InlineData(2, 5, 8, 2644)]
    [InlineData(1, 10, 4, 2512)]
    [InlineData(2, 10, 4, 5076)]
    [InlineData(1, 15, 1, 8688 + 320)]
    public void An_HSS_signature_has_the_length_of_RFC_8554(uint levels, uint height, uint winternitz, uint length)
    {
        Assert.Equal(length, SlotSizes.HssSignatureLength(levels, height, winternitz));
    }

    [Fact]
    public void Chunks_are_counted_upwards()
    {
        Assert.Equal((0u, 1u, 1u, 2u, 64u), (SlotSizes.Chunks(0), SlotSizes.Chunks(1), SlotSizes.Chunks(4096), SlotSizes.Chunks(4097), SlotSizes.Chunks(256 * 1024)));
    }

    [Theory]
    [InlineData(64 * 1024)]
    [InlineData(256 * 1024)]
    [InlineData(1024 * 1024)]
    public void The_longest_envelope_that_can_be_built_fits_with_little_to_spare(uint bankLength)
    {
        var sizes = new SlotSizes(2, SlotSizes.HssSignatureLength(2, 10, 4));
        uint computed = sizes.EnvelopeLength(bankLength);
        Assert.InRange((uint)LongestEnvelope(bankLength, sizes).Length, computed - 100, computed);
    }

    [Fact]
    public void A_checkpoint_area_opens_with_a_record()
    {
        Assert.Equal(65u * 32, SlotSizes.CheckpointLength(256 * 1024));
    }

    // Every field at its longest, every optional one there.
    private static byte[] LongestEnvelope(uint bankLength, SlotSizes sizes)
    {
        byte[] table = new byte[SlotSizes.Chunks(bankLength) * SlotSizes.TagLength];
        byte[] manifest = ManifestEncoder.Encode(new SuitManifest
        {
            Sequence = uint.MaxValue,
            VendorId = new byte[16],
            ClassId = new byte[16],
            DeviceId = new byte[16],
            ImageDigest = new byte[32],
            ImageLength = uint.MaxValue,
            Uri = new string('u', 255),
            Salt = new byte[32],
            ChunkTable = table,
            SecurityVersion = uint.MaxValue,
            Version = new string('v', 24),
            Runtime = BundleRuntime.NanoFramework,
            ContractVersion = ushort.MaxValue,
            Encoding = 0x20,
            TransferLength = uint.MaxValue,
            TransferTable = table,
            BaseDigest = new byte[32],
        });
        return new SuitEnvelope
        {
            DigestItem = ManifestEncoder.Digest(new byte[32]),
            ManifestBytes = manifest,
            Signatures = [.. Enumerable.Range(0, sizes.Signatures).Select(_ => new CoseSign1(SuitKeys.HssProtectedHeader, new byte[16], null, new byte[sizes.SignatureLength]))],
        }.Encode();
    }
}
