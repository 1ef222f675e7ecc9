// The sizes that the flash map is checked against, by published figures and by the layouts of PROTOCOL.md.
using System.Formats.Cbor;
using EsyncAgent;
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

    [Theory]
    [InlineData(1, 1 + 2 + 94)]
    [InlineData(3, 1 + 2 + 224)]
    [InlineData(4, 1 + 3 + 289)]
    [InlineData(8, 1 + 3 + 549)]
    [InlineData(23, 1 + 3 + 1524)]
    [InlineData(24, 1 + 3 + 1590)]
    [InlineData(32, 1 + 3 + 2110)]
    public void The_encryption_info_is_counted_to_the_byte(uint recipients, uint length)
    {
        Assert.Equal(length, SlotSizes.EncryptionLength(recipients));
        Assert.Equal((uint)EncryptionInfo((int)recipients).Length, length);
    }

    [Fact]
    public void Recipients_lengthen_the_envelope_by_the_encryption_info_alone()
    {
        var plain = new SlotSizes(2, SlotSizes.HssSignatureLength(2, 10, 4));
        Assert.Equal(0u, SlotSizes.EncryptionLength(0));
        Assert.Equal(plain.EnvelopeLength(256 * 1024) + 553, (plain with { Recipients = 8 }).EnvelopeLength(256 * 1024));
    }

    [Fact]
    public void A_checkpoint_area_opens_with_a_record()
    {
        Assert.Equal(65u * 32, new SlotSizes(2, 0).CheckpointLength(256 * 1024));
        Assert.Equal((127u, 14u), (SlotSizes.ChunksPerList(4096, hasPatches: false), SlotSizes.ChunksPerList(4096, hasPatches: true)));
    }

    [Fact]
    public void And_has_room_for_two_states_of_a_patch_where_deltas_are_taken()
    {
        SlotSizes patched = new(2, 0, HasPatches: true);
        Assert.Equal((544u, 65u * 32), (patched.CheckpointLength(16 * 1024), patched.CheckpointLength(256 * 1024)));
        Assert.Equal(1u, SlotSizes.ChunksPerList(544, hasPatches: true));
    }

    // Parameter 19 with its key (draft-ietf-suit-firmware-encryption, RFC 9052 §5.1: COSE_Encrypt, tag 96).
    private static byte[] EncryptionInfo(int recipients)
    {
        var info = new CborWriter(CborConformanceMode.Canonical);
        info.WriteTag((CborTag)96);
        info.WriteStartArray(4);
        Headers(info, -65532, 5);
        info.WriteNull();
        info.WriteStartArray(recipients);
        for (int i = 0; i < recipients; i++)
        {
            info.WriteStartArray(3);
            Headers(info, -5, 4);
            info.WriteByteString(new byte[40]);
            info.WriteEndArray();
        }

        info.WriteEndArray();
        info.WriteEndArray();
        var parameter = new CborWriter(CborConformanceMode.Canonical, allowMultipleRootLevelValues: true);
        parameter.WriteInt32(19);
        parameter.WriteByteString(info.Encode());
        return parameter.Encode();
    }

    // An empty protected header, then the algorithm and a value of 16 bytes.
    private static void Headers(CborWriter info, int algorithm, int label)
    {
        info.WriteByteString([]);
        info.WriteStartMap(2);
        info.WriteInt32(1);
        info.WriteInt32(algorithm);
        info.WriteInt32(label);
        info.WriteByteString(new byte[16]);
        info.WriteEndMap();
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
