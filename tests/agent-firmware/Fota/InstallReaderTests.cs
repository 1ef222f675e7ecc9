// The manifest's install sequence: its commands, its parameters with their tables, and a refusal for every way to leave the device
// profile of PROTOCOL.md "Manifest". All envelopes here are signed correctly, so that it is the parser that refuses.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.Fota;

public sealed class InstallReaderTests
{
    private const FotaError Malformed = FotaError.ManifestMalformed;
    private const FotaError Unsupported = FotaError.ManifestUnsupported;

    private readonly VerifierBench _bench = new();

    [Fact]
    public void Install_is_override_fetch_and_image_match()
    {
        _bench.Refuses(Unsupported, forge => forge.Install = Cbor.Sequence(20, Cbor.Map([.. forge.InstallParameters]), 22, 2, 3, 15));
        _bench.Refuses(Unsupported, forge => forge.Install = Cbor.Sequence(20, Cbor.Map([.. forge.InstallParameters]), 21, 2));
        _bench.Refuses(Unsupported, forge => forge.Install = Cbor.Sequence(20, Cbor.Map([.. forge.InstallParameters]), 3, 15, 21, 2));
        _bench.Refuses(Unsupported, forge => forge.Install = Cbor.Sequence(18, Cbor.Map([.. forge.InstallParameters]), 21, 2, 3, 15));
        _bench.Refuses(Unsupported, forge => forge.Install = Cbor.Sequence(20, Cbor.Map([.. forge.InstallParameters]), 21, 2, 3, 15, 23, 2));
    }

    [Theory]
    [InlineData(21)]
    [InlineData(-257)]
    [InlineData(-258)]
    [InlineData(-259)]
    [InlineData(-260)]
    [InlineData(-261)]
    [InlineData(-262)]
    public void Every_install_parameter_must_be_there(int key)
    {
        _bench.Refuses(Malformed, forge => forge.InstallParameters.RemoveAll(pair => pair.Key == key));
        _bench.Refuses(Malformed, forge => forge.Encoded(0x10, 5000).InstallParameters.RemoveAll(pair => pair.Key == key));
    }

    [Theory]
    [InlineData(14)]
    [InlineData(18)]
    [InlineData(20)]
    [InlineData(22)]
    [InlineData(-1)]
    [InlineData(-256)]
    [InlineData(-267)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    public void Another_install_parameter_is_unsupported(int key)
    {
        _bench.Refuses(Unsupported, forge =>
        {
            forge.InstallParameters.Add((key, Cbor.Uint(0)));
            forge.InstallParameters.Sort(EnvelopeForge.InOrder);
        });
        Assert.True(_bench.Verifier.ErrorDetail > 0);
    }

    [Fact]
    public void Install_parameters_out_of_order_or_twice_are_malformed()
    {
        _bench.Refuses(Malformed, forge => forge.InstallParameters.Reverse());
        _bench.Refuses(Malformed, forge => forge.InstallParameters.Reverse(2, 2));
        _bench.Refuses(Malformed, forge => forge.InstallParameters.Insert(1, (-257, Cbor.Bytes(forge.Salt))));
        _bench.Refuses(Malformed, forge => forge.InstallParameters.Insert(0, (0, Cbor.Null)));
    }

    [Fact]
    public void Install_parameters_have_their_types_and_ranges()
    {
        _bench.Accepts(forge => forge.SetInstall(21, Cbor.Text(new string('u', 128))));
        _bench.Refuses(Malformed, forge => forge.SetInstall(21, Cbor.Text(new string('u', 129))));
        _bench.Refuses(Malformed, forge => forge.SetInstall(21, Cbor.Text("é")));
        _bench.Refuses(Malformed, forge => forge.SetInstall(21, Cbor.Bytes(1)));
        _bench.Refuses(Malformed, forge => forge.SetInstall(-257, Cbor.Bytes(new byte[31])));
        _bench.Refuses(Malformed, forge => forge.SetInstall(-257, Cbor.Bytes(new byte[33])));
        _bench.Refuses(Malformed, forge => forge.SetInstall(-258, Cbor.Text("table")));
        _bench.Accepts(forge => forge.SetInstall(-259, Cbor.Uint(uint.MaxValue)));
        _bench.Refuses(Malformed, forge => forge.SetInstall(-259, Cbor.Uint(0x100000000)));
        _bench.Refuses(Malformed, forge => forge.SetInstall(-259, Cbor.Int(-1)));
        _bench.Accepts(forge => forge.SetInstall(-260, Cbor.Text(new string('9', 24))));
        _bench.Refuses(Malformed, forge => forge.SetInstall(-260, Cbor.Text(new string('9', 25))));
        _bench.Refuses(Malformed, forge => forge.SetInstall(-260, Cbor.Text("")));
        _bench.Refuses(Malformed, forge => forge.SetInstall(-260, Cbor.Text("2\n0")));
        _bench.Accepts(forge => forge.SetInstall(-261, Cbor.Uint(255)));
        _bench.Refuses(Malformed, forge => forge.SetInstall(-261, Cbor.Uint(256)));
        _bench.Accepts(forge => forge.SetInstall(-262, Cbor.Uint(65535)));
        _bench.Refuses(Malformed, forge => forge.SetInstall(-262, Cbor.Uint(65536)));
        _bench.Refuses(Malformed, forge => forge.SetInstall(-262, [0x18, 0x01]));
    }

    [Theory]
    [InlineData(1u, 1)]
    [InlineData(4096u, 1)]
    [InlineData(4097u, 2)]
    [InlineData(8192u, 2)]
    public void The_chunk_table_has_one_tag_for_every_4096_bytes(uint imageLength, int chunks)
    {
        _bench.Accepts(forge =>
        {
            forge.ImageLength = imageLength;
            forge.SetInstall(-258, Cbor.Bytes(new byte[32 * chunks]));
        });
        Assert.Equal((uint)chunks, _bench.Verifier.Manifest.ChunkCount);
        foreach (int wrong in new[] { 0, 32 * chunks - 1, 32 * chunks + 1, 32 * chunks + 32 })
        {
            _bench.Refuses(FotaError.ChunkTableInvalid, forge =>
            {
                forge.ImageLength = imageLength;
                forge.SetInstall(-258, Cbor.Bytes(new byte[wrong]));
            });
        }
    }

    [Fact]
    public void An_empty_image_and_one_of_4_GiB_do_not_fit_any_table()
    {
        _bench.Refuses(FotaError.ChunkTableInvalid, forge =>
        {
            forge.ImageLength = 0;
            forge.SetInstall(-258, Cbor.Bytes());
        });
        _bench.Refuses(FotaError.ChunkTableInvalid, forge => forge.ImageLength = uint.MaxValue);
    }

    [Fact]
    public void An_encoding_brings_its_transfer_size_and_table()
    {
        EnvelopeForge forge = VerifierBench.Good().Encoded(0x11, 8193);
        byte[] envelope = forge.Build();
        Assert.Equal(StdReturn.Ok, _bench.Run(envelope));
        Manifest manifest = _bench.Verifier.Manifest;
        Assert.Equal((0x11, 8193u, 3u), (manifest.Encoding, manifest.TransferLength, manifest.TransferPieceCount));
        Assert.Equal(new byte[96], envelope[(int)manifest.TransferTablePosition..][..96]);
        Assert.Equal([0x58, 96], envelope[((int)manifest.TransferTablePosition - 2)..][..2]);

        _bench.Refuses(FotaError.TransferTableInvalid, wrong => wrong.Encoded(0x10, 5000).SetInstall(-264, Cbor.Uint(8193)));
        _bench.Refuses(FotaError.TransferTableInvalid, wrong => wrong.Encoded(0x10, 5000).SetInstall(-264, Cbor.Uint(0)));
        _bench.Refuses(Malformed, wrong => wrong.Encoded(0x10, 5000).InstallParameters.RemoveAll(pair => pair.Key == -264));
        _bench.Refuses(Malformed, wrong => wrong.Encoded(0x10, 5000).InstallParameters.RemoveAll(pair => pair.Key == -265));
        _bench.Refuses(Malformed, wrong => wrong.Encoded(0x10, 5000).SetInstall(-263, Cbor.Uint(256)));
    }

    [Fact]
    public void Without_an_encoding_its_parameters_are_refused_and_00_is_not_said()
    {
        _bench.Refuses(Malformed, forge => forge.InstallParameters.Add((-263, Cbor.Uint(0))));
        _bench.Refuses(Malformed, forge => forge.InstallParameters.Add((-264, Cbor.Uint(5000))));
        _bench.Refuses(Malformed, forge => forge.InstallParameters.Add((-265, Cbor.Bytes(new byte[64]))));
        _bench.Refuses(Malformed, forge => forge.InstallParameters.Add((-266, Cbor.Bytes(new byte[32]))));
        _bench.Refuses(Malformed, forge => forge.Encoded(0x00, 5000));
    }

    [Fact]
    public void A_delta_names_its_base_and_nothing_else_does()
    {
        byte[] baseDigest = [.. Enumerable.Repeat((byte)0x99, 32)];
        _bench.Accepts(forge => forge.Encoded(0x21, 5000, baseDigest));
        Assert.Equal(baseDigest, _bench.Verifier.Manifest.BaseDigest);
        _bench.Refuses(Malformed, forge => forge.Encoded(0x21, 5000));
        _bench.Refuses(Malformed, forge => forge.Encoded(0x11, 5000, baseDigest));
        _bench.Refuses(Malformed, forge => forge.Encoded(0x21, 5000, baseDigest[1..]));
    }

    [Fact]
    public void The_detail_is_the_position_of_what_is_wrong()
    {
        EnvelopeForge forge = VerifierBench.Good();
        forge.SetInstall(-260, Cbor.Text("2\u0007marker"));
        byte[] envelope = forge.Build();
        _bench.Refuses(Malformed, envelope);
        Assert.Equal(0x68, envelope[_bench.Verifier.ErrorDetail]);
        Assert.Equal("2\u0007marker", System.Text.Encoding.ASCII.GetString(envelope, (int)_bench.Verifier.ErrorDetail + 1, 8));

        forge = VerifierBench.Good();
        forge.Slots = Cbor.Array(EnvelopeForge.Slot(17));
        envelope = forge.Build();
        _bench.Refuses(Unsupported, envelope);
        Assert.Equal([17, 5, 15], envelope[(int)_bench.Verifier.ErrorDetail..][..3]);
    }

    [Fact]
    public void Tables_may_be_longer_than_the_window()
    {
        _bench.Accepts(forge =>
        {
            forge.ImageLength = 100 * 4096;
            forge.SetInstall(-258, Cbor.Bytes([.. Enumerable.Range(0, 3200).Select(i => (byte)i)]));
        });
        Assert.Equal(100u, _bench.Verifier.Manifest.ChunkCount);
    }
}
