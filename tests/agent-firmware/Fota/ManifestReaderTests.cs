// The manifest itself: the device profile of PROTOCOL.md "Manifest", and a refusal for every way to leave it. All
// envelopes here are signed correctly, so that it is the parser that refuses.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.Fota;

public sealed class ManifestReaderTests
{
    private const FotaError Malformed = FotaError.ManifestMalformed;
    private const FotaError Unsupported = FotaError.ManifestUnsupported;

    private readonly VerifierBench _bench = new();

    private void Refuses(FotaError error, Action<EnvelopeForge> change)
    {
        EnvelopeForge forge = VerifierBench.Good();
        change(forge);
        _bench.Refuses(error, forge);
    }

    private void Accepts(Action<EnvelopeForge> change)
    {
        EnvelopeForge forge = VerifierBench.Good();
        change(forge);
        _bench.Accepts(forge);
    }

    // RFC 8949 §4.2.1, for integers: not negative first, then by size.
    private static int InOrder((long Key, byte[]) a, (long Key, byte[]) b)
        => (a.Key < 0) != (b.Key < 0) ? b.Key.CompareTo(a.Key) : Math.Abs(a.Key).CompareTo(Math.Abs(b.Key));

    private static void SetShared(EnvelopeForge forge, long key, byte[] value)
    {
        int index = forge.SharedParameters.FindIndex(pair => pair.Key == key);
        forge.SharedParameters[index] = (key, value);
    }

    private static void SetInstall(EnvelopeForge forge, long key, byte[] value)
    {
        int index = forge.InstallParameters.FindIndex(pair => pair.Key == key);
        forge.InstallParameters[index] = (key, value);
    }

    [Fact]
    public void A_version_other_than_1_is_unknown_whatever_else_is_new_about_it()
    {
        Refuses(FotaError.ManifestVersionUnknown, forge => forge.Manifest = Cbor.Map((1, Cbor.Uint(2)), (2, Cbor.Null)));
        Refuses(FotaError.ManifestVersionUnknown, forge => forge.Manifest = Cbor.Map([(1, Cbor.Uint(0)), .. forge.Members[1..]]));
        Assert.NotEqual(0u, _bench.Verifier.ErrorDetail);
    }

    [Fact]
    public void Sequence_numbers_have_32_bits()
    {
        Accepts(forge => forge.Sequence = uint.MaxValue);
        Assert.Equal(uint.MaxValue, _bench.Verifier.Manifest.SequenceNumber);
        Refuses(Malformed, forge => forge.Manifest = Cbor.Map([forge.Members[0], (2, Cbor.Uint(0x100000000)), .. forge.Members[2..]]));
        Refuses(Malformed, forge => forge.Manifest = Cbor.Map([forge.Members[0], (2, Cbor.Int(-1)), .. forge.Members[2..]]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Every_member_must_be_there(int missing)
    {
        Refuses(Malformed, forge => forge.Manifest = Cbor.Map([.. forge.Members.Where((_, i) => i != missing)]));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(23)]
    [InlineData(-257)]
    public void A_member_that_is_not_of_the_profile_is_unsupported(int key)
    {
        Refuses(Unsupported, forge =>
        {
            List<(long, byte[])> members = [.. forge.Members, (key, Cbor.Bytes())];
            members.Sort(InOrder);
            forge.Manifest = Cbor.Map([.. members]);
        });
    }

    [Fact]
    public void A_member_of_another_number_in_place_of_a_known_one_is_refused()
    {
        Refuses(Unsupported, forge => forge.Manifest = Cbor.Map([.. forge.Members[..3], (4, Cbor.Bytes(forge.Validate)), .. forge.Members[4..]]));
        Refuses(Malformed, forge => forge.Manifest = Cbor.Map([.. forge.Members[..5], (23, Cbor.Bytes(forge.Install))]));
    }

    [Fact]
    public void Members_out_of_order_or_twice_are_malformed()
    {
        Refuses(Malformed, forge => forge.Manifest = Cbor.Map([forge.Members[1], forge.Members[0], .. forge.Members[2..]]));
        Refuses(Malformed, forge => forge.Manifest = Cbor.Map([.. forge.Members[..3], forge.Members[4], forge.Members[3], forge.Members[5]]));
        Refuses(Malformed, forge => forge.Manifest = Cbor.Map([forge.Members[0], forge.Members[1], forge.Members[1], .. forge.Members[3..]]));
    }

    [Fact]
    public void Bytes_after_the_manifest_are_malformed()
    {
        Refuses(Malformed, forge => forge.Manifest = [.. forge.Manifest, 0]);
        Refuses(Malformed, forge => forge.Install = [.. forge.Install, 0]);
        Refuses(Malformed, forge => forge.Common = [.. forge.Common, 0]);
        Refuses(Malformed, forge => forge.Shared = [.. forge.Shared, 0]);
        Refuses(Malformed, forge => forge.Validate = [.. forge.Validate, 0]);
        Refuses(Malformed, forge => forge.Invoke = [.. forge.Invoke, 0]);
        Refuses(Malformed, forge => forge.Slots = Cbor.Array(Cbor.Bytes([.. EnvelopeForge.Slot(0)[1..], 0])));
    }

    [Fact]
    public void Another_component_is_unsupported()
    {
        byte[] Common(EnvelopeForge forge, byte[] components) => Cbor.Map((2, components), (4, Cbor.Bytes(forge.Shared)));
        byte[] app = Cbor.Bytes(0x61, 0x70, 0x70);
        Refuses(Unsupported, forge => forge.Common = Common(forge, Cbor.Array(Cbor.Array(Cbor.Bytes(0x61, 0x70, 0x71)))));
        Refuses(Unsupported, forge => forge.Common = Common(forge, Cbor.Array(Cbor.Array(Cbor.Bytes(0x61, 0x70)))));
        Refuses(Unsupported, forge => forge.Common = Common(forge, Cbor.Array(Cbor.Array(app), Cbor.Array(app))));
        Refuses(Unsupported, forge => forge.Common = Common(forge, Cbor.Array(Cbor.Array(app, app))));
        Refuses(Malformed, forge => forge.Common = Common(forge, Cbor.Array(Cbor.Array(Cbor.Text("app")))));
        Refuses(Malformed, forge => forge.Common = Common(forge, Cbor.Array()));
        Refuses(Malformed, forge => forge.Common = Common(forge, app));
    }

    [Fact]
    public void Common_holds_components_and_the_shared_sequence_only()
    {
        Refuses(Malformed, forge => forge.Common = Cbor.Map((4, Cbor.Bytes(forge.Shared))));
        Refuses(Malformed, forge => forge.Common = Cbor.Map((2, Cbor.Array(Cbor.Array(Cbor.Bytes(0x61, 0x70, 0x70)))), (3, Cbor.Null), (4, Cbor.Bytes(forge.Shared))));
        Refuses(Unsupported, forge => forge.Common = Cbor.Map((2, Cbor.Array(Cbor.Array(Cbor.Bytes(0x61, 0x70, 0x70)))), (3, Cbor.Bytes(forge.Shared))));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(14)]
    public void Every_shared_parameter_must_be_there(int key)
    {
        Refuses(Malformed, forge => forge.SharedParameters.RemoveAll(pair => pair.Key == key));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(12)]
    [InlineData(18)]
    public void Another_shared_parameter_is_unsupported(int key)
    {
        Refuses(Unsupported, forge =>
        {
            int index = forge.SharedParameters.FindIndex(pair => pair.Key > key);
            forge.SharedParameters.Insert(index < 0 ? forge.SharedParameters.Count : index, (key, Cbor.Uint(0)));
        });
    }

    [Fact]
    public void Private_parameters_in_the_shared_sequence_are_refused()
    {
        Refuses(Malformed, forge => forge.SharedParameters.Add((-257, Cbor.Bytes(forge.Salt))));
    }

    [Fact]
    public void Shared_parameters_have_their_types_and_lengths()
    {
        Refuses(Malformed, forge => SetShared(forge, 1, Cbor.Bytes(new byte[15])));
        Refuses(Malformed, forge => SetShared(forge, 2, Cbor.Bytes(new byte[17])));
        Refuses(Malformed, forge => SetShared(forge, 3, EnvelopeForge.Digest(forge.ImageDigest)));
        Refuses(Malformed, forge => SetShared(forge, 3, Cbor.Bytes(Cbor.Array(Cbor.Int(-44), Cbor.Bytes(new byte[32])))));
        Refuses(Malformed, forge => SetShared(forge, 14, Cbor.Uint(0x100000000)));
        Refuses(Malformed, forge => SetShared(forge, 14, [0x19, 0x00, 0x10]));
    }

    [Fact]
    public void The_device_parameter_and_its_condition_come_together()
    {
        Refuses(Malformed, forge => forge.SharedParameters.Add((24, Cbor.Bytes(EnvelopeForge.DeviceId))));
        Refuses(Malformed, forge =>
        {
            forge.Device = EnvelopeForge.DeviceId;
            forge.SharedParameters.RemoveAt(4);
        });
        Refuses(Malformed, forge => forge.Device = EnvelopeForge.DeviceId[1..]);
    }

    [Theory]
    [InlineData(12, 0)]
    [InlineData(32, 0)]
    [InlineData(14, 15)]
    public void Another_command_in_the_shared_sequence_is_unsupported(int command, int argument)
    {
        Refuses(Unsupported, forge => forge.Shared = Cbor.Sequence(command, argument, 20, Cbor.Map([.. forge.SharedParameters]), 15, forge.Slots, 1, 15, 2, 15));
        Refuses(Unsupported, forge => forge.Shared = Cbor.Sequence(20, Cbor.Map([.. forge.SharedParameters]), 15, forge.Slots, 1, 15, command, argument));
    }

    [Fact]
    public void A_condition_left_out_or_in_another_order_is_unsupported()
    {
        Refuses(Unsupported, forge => forge.Shared = Cbor.Sequence(20, Cbor.Map([.. forge.SharedParameters]), 15, forge.Slots, 1, 15));
        Refuses(Unsupported, forge => forge.Shared = Cbor.Sequence(20, Cbor.Map([.. forge.SharedParameters]), 15, forge.Slots, 2, 15, 1, 15));
        Refuses(Unsupported, forge => forge.Shared = Cbor.Sequence(15, forge.Slots, 20, Cbor.Map([.. forge.SharedParameters]), 1, 15, 2, 15));
    }

    [Fact]
    public void The_slots_are_one_or_two_each_once()
    {
        Accepts(forge => forge.Slots = Cbor.Array(EnvelopeForge.Slot(0)));
        Assert.Equal(1, _bench.Verifier.Manifest.SlotMask);
        Accepts(forge => forge.Slots = Cbor.Array(EnvelopeForge.Slot(1)));
        Assert.Equal(2, _bench.Verifier.Manifest.SlotMask);
        Refuses(Unsupported, forge => forge.Slots = Cbor.Array(EnvelopeForge.Slot(2)));
        Refuses(Malformed, forge => forge.Slots = Cbor.Array(EnvelopeForge.Slot(1), EnvelopeForge.Slot(1)));
        Refuses(Unsupported, forge => forge.Slots = Cbor.Array());
        Refuses(Unsupported, forge => forge.Slots = Cbor.Array(EnvelopeForge.Slot(0), EnvelopeForge.Slot(1), Cbor.Null));
        Refuses(Malformed, forge => forge.Slots = Cbor.Array(EnvelopeForge.Slot(0), Cbor.Null));
        Refuses(Unsupported, forge => forge.Slots = Cbor.Array(Cbor.Bytes(Cbor.Sequence(20, Cbor.Map((3, Cbor.Uint(0))), 5, 15))));
        Refuses(Unsupported, forge => forge.Slots = Cbor.Array(Cbor.Bytes(Cbor.Sequence(20, Cbor.Map((5, Cbor.Uint(0))), 3, 15))));
        Refuses(Unsupported, forge => forge.Slots = Cbor.Array(Cbor.Bytes(Cbor.Sequence(20, Cbor.Map((5, Cbor.Uint(0))), 5, 15, 14, 15))));
        Refuses(Malformed, forge => forge.Slots = Cbor.Array(Cbor.Bytes(Cbor.Sequence(20, Cbor.Map((5, Cbor.Uint(0)), (14, Cbor.Uint(1))), 5, 15))));
    }

    [Fact]
    public void Reporting_policies_are_four_bits()
    {
        Accepts(forge => forge.Validate = Cbor.Sequence(3, 0));
        Accepts(forge => forge.Invoke = Cbor.Sequence(23, 15));
        Refuses(Unsupported, forge => forge.Validate = Cbor.Sequence(3, 16));
        Refuses(Malformed, forge => forge.Validate = Cbor.Sequence(3, -1));
        Refuses(Malformed, forge => forge.Invoke = Cbor.Sequence(23, Cbor.Null));
    }

    [Fact]
    public void Validate_and_invoke_hold_their_one_command()
    {
        Refuses(Unsupported, forge => forge.Validate = Cbor.Sequence(6, 15));
        Refuses(Unsupported, forge => forge.Validate = Cbor.Sequence(3, 15, 3, 15));
        Refuses(Unsupported, forge => forge.Validate = Cbor.Sequence());
        Refuses(Unsupported, forge => forge.Invoke = Cbor.Sequence(3, 15));
        Refuses(Malformed, forge => forge.Invoke = Cbor.Map((23, Cbor.Uint(2))));
    }

    [Fact]
    public void Install_is_override_fetch_and_image_match()
    {
        Refuses(Unsupported, forge => forge.Install = Cbor.Sequence(20, Cbor.Map([.. forge.InstallParameters]), 22, 2, 3, 15));
        Refuses(Unsupported, forge => forge.Install = Cbor.Sequence(20, Cbor.Map([.. forge.InstallParameters]), 21, 2));
        Refuses(Unsupported, forge => forge.Install = Cbor.Sequence(20, Cbor.Map([.. forge.InstallParameters]), 3, 15, 21, 2));
        Refuses(Unsupported, forge => forge.Install = Cbor.Sequence(18, Cbor.Map([.. forge.InstallParameters]), 21, 2, 3, 15));
        Refuses(Unsupported, forge => forge.Install = Cbor.Sequence(20, Cbor.Map([.. forge.InstallParameters]), 21, 2, 3, 15, 23, 2));
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
        Refuses(Malformed, forge => forge.InstallParameters.RemoveAll(pair => pair.Key == key));
        Refuses(Malformed, forge => forge.Encoded(0x10, 5000).InstallParameters.RemoveAll(pair => pair.Key == key));
    }

    [Theory]
    [InlineData(14)]
    [InlineData(19)]
    [InlineData(22)]
    [InlineData(-1)]
    [InlineData(-256)]
    [InlineData(-267)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    public void Another_install_parameter_is_unsupported(int key)
    {
        Refuses(Unsupported, forge =>
        {
            forge.InstallParameters.Add((key, Cbor.Uint(0)));
            forge.InstallParameters.Sort(InOrder);
        });
        Assert.True(_bench.Verifier.ErrorDetail > 0);
    }

    [Fact]
    public void Install_parameters_out_of_order_or_twice_are_malformed()
    {
        Refuses(Malformed, forge => forge.InstallParameters.Reverse());
        Refuses(Malformed, forge => forge.InstallParameters.Reverse(2, 2));
        Refuses(Malformed, forge => forge.InstallParameters.Insert(1, (-257, Cbor.Bytes(forge.Salt))));
        Refuses(Malformed, forge => forge.InstallParameters.Insert(0, (0, Cbor.Null)));
    }

    [Fact]
    public void Install_parameters_have_their_types_and_ranges()
    {
        Accepts(forge => SetInstall(forge, 21, Cbor.Text(new string('u', 128))));
        Refuses(Malformed, forge => SetInstall(forge, 21, Cbor.Text(new string('u', 129))));
        Refuses(Malformed, forge => SetInstall(forge, 21, Cbor.Text("é")));
        Refuses(Malformed, forge => SetInstall(forge, 21, Cbor.Bytes(1)));
        Refuses(Malformed, forge => SetInstall(forge, -257, Cbor.Bytes(new byte[31])));
        Refuses(Malformed, forge => SetInstall(forge, -257, Cbor.Bytes(new byte[33])));
        Refuses(Malformed, forge => SetInstall(forge, -258, Cbor.Text("table")));
        Accepts(forge => SetInstall(forge, -259, Cbor.Uint(uint.MaxValue)));
        Refuses(Malformed, forge => SetInstall(forge, -259, Cbor.Uint(0x100000000)));
        Refuses(Malformed, forge => SetInstall(forge, -259, Cbor.Int(-1)));
        Accepts(forge => SetInstall(forge, -260, Cbor.Text(new string('9', 24))));
        Refuses(Malformed, forge => SetInstall(forge, -260, Cbor.Text(new string('9', 25))));
        Refuses(Malformed, forge => SetInstall(forge, -260, Cbor.Text("")));
        Refuses(Malformed, forge => SetInstall(forge, -260, Cbor.Text("2\n0")));
        Accepts(forge => SetInstall(forge, -261, Cbor.Uint(255)));
        Refuses(Malformed, forge => SetInstall(forge, -261, Cbor.Uint(256)));
        Accepts(forge => SetInstall(forge, -262, Cbor.Uint(65535)));
        Refuses(Malformed, forge => SetInstall(forge, -262, Cbor.Uint(65536)));
        Refuses(Malformed, forge => SetInstall(forge, -262, [0x18, 0x01]));
    }

    [Theory]
    [InlineData(1u, 1)]
    [InlineData(4096u, 1)]
    [InlineData(4097u, 2)]
    [InlineData(8192u, 2)]
    public void The_chunk_table_has_one_tag_for_every_4096_bytes(uint imageLength, int chunks)
    {
        Accepts(forge =>
        {
            forge.ImageLength = imageLength;
            SetInstall(forge, -258, Cbor.Bytes(new byte[32 * chunks]));
        });
        Assert.Equal((uint)chunks, _bench.Verifier.Manifest.ChunkCount);
        foreach (int wrong in new[] { 0, 32 * chunks - 1, 32 * chunks + 1, 32 * chunks + 32 })
        {
            Refuses(FotaError.ChunkTableInvalid, forge =>
            {
                forge.ImageLength = imageLength;
                SetInstall(forge, -258, Cbor.Bytes(new byte[wrong]));
            });
        }
    }

    [Fact]
    public void An_empty_image_and_one_of_4_GiB_do_not_fit_any_table()
    {
        Refuses(FotaError.ChunkTableInvalid, forge =>
        {
            forge.ImageLength = 0;
            SetInstall(forge, -258, Cbor.Bytes());
        });
        Refuses(FotaError.ChunkTableInvalid, forge => forge.ImageLength = uint.MaxValue);
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

        Refuses(FotaError.TransferTableInvalid, wrong => SetInstall(wrong.Encoded(0x10, 5000), -264, Cbor.Uint(8193)));
        Refuses(FotaError.TransferTableInvalid, wrong => SetInstall(wrong.Encoded(0x10, 5000), -264, Cbor.Uint(0)));
        Refuses(Malformed, wrong => wrong.Encoded(0x10, 5000).InstallParameters.RemoveAll(pair => pair.Key == -264));
        Refuses(Malformed, wrong => wrong.Encoded(0x10, 5000).InstallParameters.RemoveAll(pair => pair.Key == -265));
        Refuses(Malformed, wrong => SetInstall(wrong.Encoded(0x10, 5000), -263, Cbor.Uint(256)));
    }

    [Fact]
    public void Without_an_encoding_its_parameters_are_refused_and_00_is_not_said()
    {
        Refuses(Malformed, forge => forge.InstallParameters.Add((-263, Cbor.Uint(0))));
        Refuses(Malformed, forge => forge.InstallParameters.Add((-264, Cbor.Uint(5000))));
        Refuses(Malformed, forge => forge.InstallParameters.Add((-265, Cbor.Bytes(new byte[64]))));
        Refuses(Malformed, forge => forge.InstallParameters.Add((-266, Cbor.Bytes(new byte[32]))));
        Refuses(Malformed, forge => forge.Encoded(0x00, 5000));
    }

    [Fact]
    public void A_delta_names_its_base_and_nothing_else_does()
    {
        byte[] baseDigest = [.. Enumerable.Repeat((byte)0x99, 32)];
        Accepts(forge => forge.Encoded(0x21, 5000, baseDigest));
        Assert.Equal(baseDigest, _bench.Verifier.Manifest.BaseDigest);
        Refuses(Malformed, forge => forge.Encoded(0x21, 5000));
        Refuses(Malformed, forge => forge.Encoded(0x11, 5000, baseDigest));
        Refuses(Malformed, forge => forge.Encoded(0x21, 5000, baseDigest[1..]));
    }

    [Fact]
    public void The_detail_is_the_position_of_what_is_wrong()
    {
        EnvelopeForge forge = VerifierBench.Good();
        SetInstall(forge, -260, Cbor.Text("2\u0007marker"));
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
        Accepts(forge =>
        {
            forge.ImageLength = 100 * 4096;
            SetInstall(forge, -258, Cbor.Bytes([.. Enumerable.Range(0, 3200).Select(i => (byte)i)]));
        });
        Assert.Equal(100u, _bench.Verifier.Manifest.ChunkCount);
    }
}
