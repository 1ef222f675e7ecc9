// The manifest's members and its shared sequence: the device profile of PROTOCOL.md "Manifest", and a refusal for every way to
// leave it. All envelopes here are signed correctly, so that it is the parser that refuses. The install sequence: InstallReaderTests.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.Fota;

public sealed class ManifestReaderTests
{
    private const FotaError Malformed = FotaError.ManifestMalformed;
    private const FotaError Unsupported = FotaError.ManifestUnsupported;

    private readonly VerifierBench _bench = new();

    [Fact]
    public void A_version_other_than_1_is_unknown_whatever_else_is_new_about_it()
    {
        _bench.Refuses(FotaError.ManifestVersionUnknown, forge => forge.Manifest = Cbor.Map((1, Cbor.Uint(2)), (2, Cbor.Null)));
        _bench.Refuses(FotaError.ManifestVersionUnknown, forge => forge.Manifest = Cbor.Map([(1, Cbor.Uint(0)), .. forge.Members[1..]]));
        Assert.NotEqual(0u, _bench.Verifier.ErrorDetail);
    }

    [Fact]
    public void Sequence_numbers_have_32_bits()
    {
        _bench.Accepts(forge => forge.Sequence = uint.MaxValue);
        Assert.Equal(uint.MaxValue, _bench.Verifier.Manifest.SequenceNumber);
        _bench.Refuses(Malformed, forge => forge.Manifest = Cbor.Map([forge.Members[0], (2, Cbor.Uint(0x100000000)), .. forge.Members[2..]]));
        _bench.Refuses(Malformed, forge => forge.Manifest = Cbor.Map([forge.Members[0], (2, Cbor.Int(-1)), .. forge.Members[2..]]));
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
        _bench.Refuses(Malformed, forge => forge.Manifest = Cbor.Map([.. forge.Members.Where((_, i) => i != missing)]));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(23)]
    [InlineData(-257)]
    public void A_member_that_is_not_of_the_profile_is_unsupported(int key)
    {
        _bench.Refuses(Unsupported, forge =>
        {
            List<(long, byte[])> members = [.. forge.Members, (key, Cbor.Bytes())];
            members.Sort(EnvelopeForge.InOrder);
            forge.Manifest = Cbor.Map([.. members]);
        });
    }

    [Fact]
    public void A_member_of_another_number_in_place_of_a_known_one_is_refused()
    {
        _bench.Refuses(Unsupported, forge => forge.Manifest = Cbor.Map([.. forge.Members[..3], (4, Cbor.Bytes(forge.Validate)), .. forge.Members[4..]]));
        _bench.Refuses(Malformed, forge => forge.Manifest = Cbor.Map([.. forge.Members[..5], (23, Cbor.Bytes(forge.Install))]));
    }

    [Fact]
    public void Members_out_of_order_or_twice_are_malformed()
    {
        _bench.Refuses(Malformed, forge => forge.Manifest = Cbor.Map([forge.Members[1], forge.Members[0], .. forge.Members[2..]]));
        _bench.Refuses(Malformed, forge => forge.Manifest = Cbor.Map([.. forge.Members[..3], forge.Members[4], forge.Members[3], forge.Members[5]]));
        _bench.Refuses(Malformed, forge => forge.Manifest = Cbor.Map([forge.Members[0], forge.Members[1], forge.Members[1], .. forge.Members[3..]]));
    }

    [Fact]
    public void Bytes_after_the_manifest_are_malformed()
    {
        _bench.Refuses(Malformed, forge => forge.Manifest = [.. forge.Manifest, 0]);
        _bench.Refuses(Malformed, forge => forge.Install = [.. forge.Install, 0]);
        _bench.Refuses(Malformed, forge => forge.Common = [.. forge.Common, 0]);
        _bench.Refuses(Malformed, forge => forge.Shared = [.. forge.Shared, 0]);
        _bench.Refuses(Malformed, forge => forge.Validate = [.. forge.Validate, 0]);
        _bench.Refuses(Malformed, forge => forge.Invoke = [.. forge.Invoke, 0]);
        _bench.Refuses(Malformed, forge => forge.Slots = Cbor.Array(Cbor.Bytes([.. EnvelopeForge.Slot(0)[1..], 0])));
    }

    [Fact]
    public void Another_component_is_unsupported()
    {
        byte[] Common(EnvelopeForge forge, byte[] components) => Cbor.Map((2, components), (4, Cbor.Bytes(forge.Shared)));
        byte[] app = Cbor.Bytes(0x61, 0x70, 0x70);
        _bench.Refuses(Unsupported, forge => forge.Common = Common(forge, Cbor.Array(Cbor.Array(Cbor.Bytes(0x61, 0x70, 0x71)))));
        _bench.Refuses(Unsupported, forge => forge.Common = Common(forge, Cbor.Array(Cbor.Array(Cbor.Bytes(0x61, 0x70)))));
        _bench.Refuses(Unsupported, forge => forge.Common = Common(forge, Cbor.Array(Cbor.Array(app), Cbor.Array(app))));
        _bench.Refuses(Unsupported, forge => forge.Common = Common(forge, Cbor.Array(Cbor.Array(app, app))));
        _bench.Refuses(Malformed, forge => forge.Common = Common(forge, Cbor.Array(Cbor.Array(Cbor.Text("app")))));
        _bench.Refuses(Malformed, forge => forge.Common = Common(forge, Cbor.Array()));
        _bench.Refuses(Malformed, forge => forge.Common = Common(forge, app));
    }

    [Fact]
    public void Common_holds_components_and_the_shared_sequence_only()
    {
        _bench.Refuses(Malformed, forge => forge.Common = Cbor.Map((4, Cbor.Bytes(forge.Shared))));
        _bench.Refuses(Malformed, forge => forge.Common = Cbor.Map((2, Cbor.Array(Cbor.Array(Cbor.Bytes(0x61, 0x70, 0x70)))), (3, Cbor.Null), (4, Cbor.Bytes(forge.Shared))));
        _bench.Refuses(Unsupported, forge => forge.Common = Cbor.Map((2, Cbor.Array(Cbor.Array(Cbor.Bytes(0x61, 0x70, 0x70)))), (3, Cbor.Bytes(forge.Shared))));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(14)]
    public void Every_shared_parameter_must_be_there(int key)
    {
        _bench.Refuses(Malformed, forge => forge.SharedParameters.RemoveAll(pair => pair.Key == key));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(12)]
    [InlineData(18)]
    public void Another_shared_parameter_is_unsupported(int key)
    {
        _bench.Refuses(Unsupported, forge =>
        {
            int index = forge.SharedParameters.FindIndex(pair => pair.Key > key);
            forge.SharedParameters.Insert(index < 0 ? forge.SharedParameters.Count : index, (key, Cbor.Uint(0)));
        });
    }

    [Fact]
    public void Private_parameters_in_the_shared_sequence_are_refused()
    {
        _bench.Refuses(Malformed, forge => forge.SharedParameters.Add((-257, Cbor.Bytes(forge.Salt))));
    }

    [Fact]
    public void Shared_parameters_have_their_types_and_lengths()
    {
        _bench.Refuses(Malformed, forge => forge.SetShared(1, Cbor.Bytes(new byte[15])));
        _bench.Refuses(Malformed, forge => forge.SetShared(2, Cbor.Bytes(new byte[17])));
        _bench.Refuses(Malformed, forge => forge.SetShared(3, EnvelopeForge.Digest(forge.ImageDigest)));
        _bench.Refuses(Malformed, forge => forge.SetShared(3, Cbor.Bytes(Cbor.Array(Cbor.Int(-44), Cbor.Bytes(new byte[32])))));
        _bench.Refuses(Malformed, forge => forge.SetShared(14, Cbor.Uint(0x100000000)));
        _bench.Refuses(Malformed, forge => forge.SetShared(14, [0x19, 0x00, 0x10]));
    }

    [Fact]
    public void The_device_parameter_and_its_condition_come_together()
    {
        _bench.Refuses(Malformed, forge => forge.SharedParameters.Add((24, Cbor.Bytes(EnvelopeForge.DeviceId))));
        _bench.Refuses(Malformed, forge =>
        {
            forge.Device = EnvelopeForge.DeviceId;
            forge.SharedParameters.RemoveAt(4);
        });
        _bench.Refuses(Malformed, forge => forge.Device = EnvelopeForge.DeviceId[1..]);
    }

    [Theory]
    [InlineData(12, 0)]
    [InlineData(32, 0)]
    [InlineData(14, 15)]
    public void Another_command_in_the_shared_sequence_is_unsupported(int command, int argument)
    {
        _bench.Refuses(Unsupported, forge => forge.Shared = Cbor.Sequence(command, argument, 20, Cbor.Map([.. forge.SharedParameters]), 15, forge.Slots, 1, 15, 2, 15));
        _bench.Refuses(Unsupported, forge => forge.Shared = Cbor.Sequence(20, Cbor.Map([.. forge.SharedParameters]), 15, forge.Slots, 1, 15, command, argument));
    }

    [Fact]
    public void A_condition_left_out_or_in_another_order_is_unsupported()
    {
        _bench.Refuses(Unsupported, forge => forge.Shared = Cbor.Sequence(20, Cbor.Map([.. forge.SharedParameters]), 15, forge.Slots, 1, 15));
        _bench.Refuses(Unsupported, forge => forge.Shared = Cbor.Sequence(20, Cbor.Map([.. forge.SharedParameters]), 15, forge.Slots, 2, 15, 1, 15));
        _bench.Refuses(Unsupported, forge => forge.Shared = Cbor.Sequence(15, forge.Slots, 20, Cbor.Map([.. forge.SharedParameters]), 1, 15, 2, 15));
    }

    [Fact]
    public void The_slots_are_one_or_two_each_once()
    {
        _bench.Accepts(forge => forge.Slots = Cbor.Array(EnvelopeForge.Slot(0)));
        Assert.Equal(1, _bench.Verifier.Manifest.SlotMask);
        _bench.Accepts(forge => forge.Slots = Cbor.Array(EnvelopeForge.Slot(1)));
        Assert.Equal(2, _bench.Verifier.Manifest.SlotMask);
        _bench.Refuses(Unsupported, forge => forge.Slots = Cbor.Array(EnvelopeForge.Slot(2)));
        _bench.Refuses(Malformed, forge => forge.Slots = Cbor.Array(EnvelopeForge.Slot(1), EnvelopeForge.Slot(1)));
        _bench.Refuses(Unsupported, forge => forge.Slots = Cbor.Array());
        _bench.Refuses(Unsupported, forge => forge.Slots = Cbor.Array(EnvelopeForge.Slot(0), EnvelopeForge.Slot(1), Cbor.Null));
        _bench.Refuses(Malformed, forge => forge.Slots = Cbor.Array(EnvelopeForge.Slot(0), Cbor.Null));
        _bench.Refuses(Unsupported, forge => forge.Slots = Cbor.Array(Cbor.Bytes(Cbor.Sequence(20, Cbor.Map((3, Cbor.Uint(0))), 5, 15))));
        _bench.Refuses(Unsupported, forge => forge.Slots = Cbor.Array(Cbor.Bytes(Cbor.Sequence(20, Cbor.Map((5, Cbor.Uint(0))), 3, 15))));
        _bench.Refuses(Unsupported, forge => forge.Slots = Cbor.Array(Cbor.Bytes(Cbor.Sequence(20, Cbor.Map((5, Cbor.Uint(0))), 5, 15, 14, 15))));
        _bench.Refuses(Malformed, forge => forge.Slots = Cbor.Array(Cbor.Bytes(Cbor.Sequence(20, Cbor.Map((5, Cbor.Uint(0)), (14, Cbor.Uint(1))), 5, 15))));
    }

    [Fact]
    public void Reporting_policies_are_four_bits()
    {
        _bench.Accepts(forge => forge.Validate = Cbor.Sequence(3, 0));
        _bench.Accepts(forge => forge.Invoke = Cbor.Sequence(23, 15));
        _bench.Refuses(Unsupported, forge => forge.Validate = Cbor.Sequence(3, 16));
        _bench.Refuses(Malformed, forge => forge.Validate = Cbor.Sequence(3, -1));
        _bench.Refuses(Malformed, forge => forge.Invoke = Cbor.Sequence(23, Cbor.Null));
    }

    [Fact]
    public void Validate_and_invoke_hold_their_one_command()
    {
        _bench.Refuses(Unsupported, forge => forge.Validate = Cbor.Sequence(6, 15));
        _bench.Refuses(Unsupported, forge => forge.Validate = Cbor.Sequence(3, 15, 3, 15));
        _bench.Refuses(Unsupported, forge => forge.Validate = Cbor.Sequence());
        _bench.Refuses(Unsupported, forge => forge.Invoke = Cbor.Sequence(3, 15));
        _bench.Refuses(Malformed, forge => forge.Invoke = Cbor.Map((23, Cbor.Uint(2))));
    }
}
