// Encoded transfers that cannot be right, though each stream is one: another base, a damaged base, a bit that tipped over on the way,
// another encoding, a key that is not the device's. Each has its own reason, at its own place; the base runs on, and what is good is
// taken afterwards.
using EsyncAgent;
using EsyncSim.Flash;
using EsyncSim.Signing;
using Xunit;

namespace EsyncTests.AgentFirmware.Fota;

public sealed class DecoderRefusalTests
{
    private const int BaseLength = 10_000;
    private static readonly byte[] Base = DecoderStreams.Text(1, BaseLength);
    private static readonly byte[] Image = [.. Base[..6_000], .. DecoderStreams.Noise(1, 8_000), .. Base[3_000..]];
    private static readonly byte[] Patch = DecoderStreams.PatchOf(Base, Image, [new(0, 6_000, 8_000), new(3_000, 7_000, 0)]);
    private static readonly byte[] Stream = DecoderStreams.Compress(Image, DecoderStreams.Usual);

    public static TheoryData<byte> Encodings => [0x10, 0x20, 0x01, 0x11, 0x21];

    [Fact]
    public void A_delta_from_another_base_is_refused_at_0210_and_changes_nothing()
    {
        DecoderBench bench = new(Base);
        byte[] before = bench.Rig.Flash.Memory.ToBytes();
        FlsArea staging = bench.Rig.Agent.Fls.Map.Staging;
        Assert.Equal(FotaError.WrongBase, bench.Send(bench.Sign(Image, DecoderBench.Delta, Patch, manifest => manifest with { BaseDigest = new byte[32] })));
        byte[] after = bench.Rig.Flash.Memory.ToBytes();
        before.AsSpan((int)staging.Start, (int)staging.Length).Clear();
        after.AsSpan((int)staging.Start, (int)staging.Length).Clear();
        Assert.Equal(before[..(int)bench.Rig.Agent.Fls.Map.NvM0.Start], after[..(int)bench.Rig.Agent.Fls.Map.NvM0.Start]);
        bench.RequireGoodAfterwards();
    }

    [Fact]
    public void A_base_that_is_another_one_since_is_refused_at_34()
    {
        DecoderBench bench = new(Base);
        TestImage delta = bench.Sign(Image, DecoderBench.Delta, Patch);
        Assert.Equal(FotaError.None, bench.Bind(delta));
        uint header = bench.Rig.Banks.SlotArea(bench.Rig.Banks.Record.ActiveBank).Start + 40;
        bench.Rig.Flash.Memory.FlipBit(header, 0);
        Dictionary<int, int> programs = bench.CountPrograms();
        Assert.Equal(FotaError.WrongBase, bench.Transfer(delta));
        Assert.Empty(programs);
        bench.Rig.Flash.Memory.FlipBit(header, 0);
        bench.RequireGoodAfterwards();
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(4_095, 0)]
    [InlineData(4_096, 1)]
    [InlineData(9_999, 2)]
    [InlineData(12_287, 2)]
    public void A_damaged_chunk_of_the_base_ends_the_transfer_where_it_is_read(int place, uint chunk)
    {
        DecoderBench bench = new(Base);
        TestImage delta = bench.Sign(Image, DecoderBench.Delta, Patch);
        Assert.Equal(FotaError.None, bench.Bind(delta));
        uint address = bench.Rig.Banks.ImageArea(bench.Rig.Banks.Record.ActiveBank).Start + (uint)place;
        bench.Rig.Flash.Memory.FlipBit(address, 3);
        Dictionary<int, int> programs = bench.CountPrograms();
        Assert.Equal(FotaError.BaseDamaged, bench.Transfer(delta));
        Assert.Equal(chunk, bench.Detail);
        Assert.True(programs.Count <= (chunk == 0 ? 0 : chunk == 1 ? 1 : 4), $"{programs.Count} chunks were programmed");
        bench.Rig.Flash.Memory.FlipBit(address, 3);
        bench.RequireGoodAfterwards();
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void A_bit_that_tipped_over_on_the_way_keeps_its_whole_piece_from_the_decoders(byte encoding)
    {
        foreach (int place in new[] { 0, 4_095, 4_096, 9_000 })
        {
            DecoderBench bench = new(Base);
            TestImage good = Encoded(bench, encoding);
            byte[] tipped = [.. good.Transfer];
            tipped[place] ^= 0x10;
            Dictionary<int, int> programs = bench.CountPrograms();
            Assert.Equal(FotaError.None, bench.Bind(good));
            Assert.Equal(FotaError.PieceMismatch, bench.Transfer(good with { Transfer = tipped }));
            Assert.Equal((uint)place / ChunkBuffers.Length, bench.Detail);
            bench.Rig.Settle();

            // No piece, no chunk: what is in the bank came out of the pieces before, and is right.
            Assert.True(place >= ChunkBuffers.Length || programs.Count == 0, $"{programs.Count} chunks came out of nothing");
            foreach (int index in programs.Keys)
            {
                int start = index * ChunkBuffers.Length;
                Assert.Equal(Image[start..Math.Min(start + ChunkBuffers.Length, Image.Length)], bench.Secondary(Image.Length)[start..Math.Min(start + ChunkBuffers.Length, Image.Length)]);
            }

            // The same transfer goes on and is whole.
            Assert.Equal(FotaError.None, bench.Rig.SendImage(good));
            Assert.Equal(Image, bench.Secondary(Image.Length));
            bench.RequireGoodAfterwards();
        }
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Another_encoding_than_the_manifests_is_refused_at_34(byte encoding)
    {
        DecoderBench bench = new(Base);
        TestImage image = Encoded(bench, encoding);
        Assert.Equal(FotaError.None, bench.Bind(image));
        foreach (byte other in new byte[] { 0x00, 0x01, 0x10, 0x11, 0x20, 0x21, 0x30, 0x02, 0xFF }.Where(other => other != encoding))
        {
            Assert.Equal(FotaError.EncodingUnsupported, bench.Transfer(image with { Encoding = other }));
            Assert.Equal(other, bench.Detail);
        }

        Assert.Equal(FotaError.None, bench.Transfer(image));
        bench.RequireGoodAfterwards();
    }

    [Theory]
    [InlineData(0x10, 0x0005)]
    [InlineData(0x20, 0x0003)]
    [InlineData(0x01, 0x0007)]
    [InlineData(0x11, 0x0107)]
    [InlineData(0x21, 0x0307)]
    public void What_the_ECU_does_not_take_is_refused_at_0210(byte encoding, ushort taken)
    {
        DecoderBench bench = new(Base, encodings: taken);
        Assert.Equal(FotaError.EncodingUnsupported, bench.Send(Encoded(bench, encoding)));
        Assert.Equal(FotaError.None, bench.Rig.Update(bench.Sign(Image)));
    }

    [Theory]
    [InlineData(0x01)]
    [InlineData(0x11)]
    [InlineData(0x21)]
    public void A_content_key_that_was_wrapped_with_another_secret_does_not_unwrap(byte encoding)
    {
        DecoderBench bench = new(Base);
        DeviceFile liar = new(TestImage.DeviceId, [.. TestImage.DeviceSecret.Select(value => (byte)~value)]);
        TestImage image = bench.SignEncrypted(Image, encoding, Plain(encoding), liar);
        Assert.Equal(FotaError.None, bench.Bind(image));
        Dictionary<int, int> programs = bench.CountPrograms();
        Assert.Equal(FotaError.NoContentKey, bench.Transfer(image));
        Assert.Empty(programs);
        bench.RequireGoodAfterwards();
    }

    [Fact]
    public void A_content_key_for_others_only_is_none()
    {
        DecoderBench bench = new(Base);
        DeviceFile other = new([.. TestImage.DeviceId.Select(value => (byte)(value + 1))], TestImage.DeviceSecret);
        Assert.Equal(FotaError.NoContentKey, bench.Send(bench.SignEncrypted(Image, 0x11, Stream, other)));
        bench.RequireGoodAfterwards();
    }

    [Fact]
    public void An_image_that_is_not_the_one_of_the_chunk_table_reaches_no_flash()
    {
        DecoderBench bench = new(Base);
        byte[] other = [.. Image];
        other[5_000] ^= 1;
        Dictionary<int, int> programs = bench.CountPrograms();
        Assert.Equal(FotaError.ChunkMismatch, bench.Send(bench.Sign(other, DecoderBench.Delta, Patch)));
        Assert.Equal(1u, bench.Detail);
        Assert.Equal([0], programs.Keys);
        bench.RequireGoodAfterwards();
    }

    private static byte[] Plain(byte encoding) => (encoding >> 4) switch { 0 => Image, 1 => Stream, _ => Patch };

    private static TestImage Encoded(DecoderBench bench, byte encoding) => (encoding & DecoderBench.Encrypted) != 0
        ? bench.SignEncrypted(Image, encoding, Plain(encoding))
        : bench.Sign(Image, encoding, Plain(encoding));
}
