// Parameter 19, the encryption info: the one form that is accepted, which recipient is found, and a refusal for every way to leave
// it. All envelopes here are signed correctly, so that it is the parser that refuses. The rest of the sequence: InstallReaderTests.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.Fota;

public sealed class EncryptionReaderTests
{
    private const FotaError Malformed = FotaError.ManifestMalformed;
    private const FotaError Unsupported = FotaError.ManifestUnsupported;

    private static readonly byte[] Lower = [.. Enumerable.Repeat((byte)0x33, 15), 0x32];
    private static readonly byte[] Higher = [0x34, .. new byte[15]];

    private readonly VerifierBench _bench = new();

    [Fact]
    public void The_first_counter_block_and_the_key_for_this_device_are_found()
    {
        byte[] other = new byte[40];
        byte[] ours = EnvelopeForge.Recipient(EnvelopeForge.DeviceId);
        foreach (byte[][] recipients in new byte[][][]
        {
            [ours],
            [ours, EnvelopeForge.Recipient(Higher, other)],
            [EnvelopeForge.Recipient(Lower, other), ours],
            [EnvelopeForge.Recipient(Lower, other), ours, EnvelopeForge.Recipient(Higher, other)],
        })
        {
            byte[] envelope = Encrypted(EnvelopeForge.Encryption(recipients)).Build();
            Assert.True(_bench.Run(envelope) == StdReturn.Ok, $"{_bench.Verifier.Error} at {_bench.Verifier.ErrorDetail}");
            Manifest manifest = _bench.Verifier.Manifest;
            Assert.Equal(EnvelopeForge.Iv, manifest.Iv);
            Assert.Equal(EnvelopeForge.WrappedKey, envelope[(int)manifest.WrappedKeyPosition..][..40]);
            Assert.True(manifest.IsEncrypted);
        }
    }

    [Fact]
    public void Every_encryption_goes_with_every_compression()
    {
        _bench.Accepts(forge => forge.Encoded(0x01, 5000));
        _bench.Accepts(forge => forge.Encoded(0x11, 5000));
        _bench.Accepts(forge => forge.Encoded(0x21, 5000, new byte[32]));
    }

    [Fact]
    public void Without_a_key_for_this_device_there_is_none_but_another_vendor_is_said_first()
    {
        byte[] others = EnvelopeForge.Encryption(EnvelopeForge.Recipient(Lower), EnvelopeForge.Recipient(Higher));
        _bench.Refuses(FotaError.NoContentKey, Encrypted(others));
        Assert.Equal(0u, _bench.Verifier.ErrorDetail);

        EnvelopeForge wrongDevice = Encrypted(others);
        wrongDevice.Device = new byte[16];
        _bench.Refuses(FotaError.WrongDevice, wrongDevice);
        _bench.Refuses(FotaError.TransferTableInvalid, Encrypted(others, forge => forge.SetInstall(-264, Cbor.Uint(0))));
    }

    [Fact]
    public void One_verifier_forgets_the_key_of_the_envelope_before()
    {
        _bench.Accepts(forge => forge.Encoded(0x11, 5000));
        Assert.NotEqual(0u, _bench.Verifier.Manifest.WrappedKeyPosition);
        _bench.Refuses(FotaError.NoContentKey, Encrypted(EnvelopeForge.Encryption(EnvelopeForge.Recipient(Lower))));
        _bench.Accepts(VerifierBench.Good());
        Assert.Equal(0u, _bench.Verifier.Manifest.WrappedKeyPosition);
        Assert.Equal(new byte[16], _bench.Verifier.Manifest.Iv);
        Assert.False(_bench.Verifier.Manifest.IsEncrypted);
    }

    [Fact]
    public void It_is_there_exactly_when_the_encoding_is_an_encrypted_one()
    {
        _bench.Refuses(Malformed, forge => forge.Encoded(0x11, 5000).InstallParameters.RemoveAt(0));
        foreach (byte encoding in new byte[] { 0x10, 0x12, 0x13 })
        {
            _bench.Refuses(Malformed, forge => forge.Encoded(encoding, 5000).InstallParameters.Insert(0, (19, Good())));
        }

        _bench.Refuses(Malformed, forge => forge.InstallParameters.Insert(0, (19, Good())));
        _bench.Refuses(Malformed, forge => forge.Encoded(0x11, 5000).InstallParameters.Insert(0, (19, Good())));
        _bench.Refuses(Malformed, forge => forge.Encoded(0x11, 5000).InstallParameters.Reverse(0, 2));
    }

    [Fact]
    public void An_ECU_that_takes_no_encryption_does_not_know_the_parameter()
    {
        VerifierBench bench = VerifierBench.Taking(0);
        bench.Refuses(Unsupported, VerifierBench.Good().Encoded(0x11, 5000));
        bench.Refuses(Malformed, Changed(forge => forge.InstallParameters.RemoveAt(0)));
        bench.Accepts(VerifierBench.Good());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(VerifierBench.RecipientCountMax)]
    public void Recipients_are_one_to_the_bound(byte bound)
    {
        // 32 of them are far longer than the stretch that one call reads.
        byte[][] recipients = [EnvelopeForge.Recipient(EnvelopeForge.DeviceId), .. Enumerable.Range(0x40, 40).Select(i => EnvelopeForge.Recipient([(byte)i, .. new byte[15]]))];
        VerifierBench bench = VerifierBench.Taking(bound);
        bench.Refuses(Malformed, Encrypted(EnvelopeForge.Encryption()));
        bench.Accepts(Encrypted(EnvelopeForge.Encryption(recipients[..bound])));
        bench.Refuses(Unsupported, Encrypted(EnvelopeForge.Encryption(recipients[..(bound + 1)])));
        Assert.NotEqual(0u, bench.Verifier.ErrorDetail);
    }

    [Fact]
    public void No_recipient_stands_twice_nor_out_of_order()
    {
        byte[] ours = EnvelopeForge.Recipient(EnvelopeForge.DeviceId), lower = EnvelopeForge.Recipient(Lower), higher = EnvelopeForge.Recipient(Higher);
        _bench.Refuses(Malformed, Encrypted(EnvelopeForge.Encryption(ours, ours)));
        _bench.Refuses(Malformed, Encrypted(EnvelopeForge.Encryption(ours, higher, higher)));
        _bench.Refuses(Malformed, Encrypted(EnvelopeForge.Encryption(ours, lower)));
        _bench.Refuses(Malformed, Encrypted(EnvelopeForge.Encryption(lower, higher, ours)));
        Assert.Equal(0x50, Encrypted(EnvelopeForge.Encryption(lower, higher, ours)).Build()[_bench.Verifier.ErrorDetail]);
    }

    [Fact]
    public void The_structure_has_its_tag_its_items_and_nothing_behind_them()
    {
        byte[] protectedHeader = Cbor.Bytes(), headers = Headers(), recipients = Cbor.Array(EnvelopeForge.Recipient(EnvelopeForge.DeviceId));
        byte[] good = Cbor.Tag(96, Cbor.Array(protectedHeader, headers, Cbor.Null, recipients));
        _bench.Accepts(Encrypted(Cbor.Bytes(good)));
        RefusesInfo(Cbor.Tag(97, good[2..]));
        RefusesInfo(good[2..]);
        RefusesInfo([.. good, 0]);
        RefusesInfo(good[..^1]);
        RefusesInfo([]);
        RefusesInfo(Cbor.Tag(96, Cbor.Array(headers, Cbor.Null, recipients)));
        RefusesInfo(Cbor.Tag(96, Cbor.Array(protectedHeader, headers, recipients)));
        RefusesInfo(Cbor.Tag(96, Cbor.Array(protectedHeader, headers, Cbor.Bytes(), recipients)));
        RefusesInfo(Cbor.Tag(96, Cbor.Array(protectedHeader, headers, Cbor.Null, recipients, Cbor.Null)));
        RefusesInfo(Cbor.Tag(96, Cbor.Array(protectedHeader, headers, Cbor.Null, EnvelopeForge.Recipient(EnvelopeForge.DeviceId))));
        RefusesInfo(Cbor.Tag(96, Cbor.Array(Cbor.Bytes(Cbor.Map((1, Cbor.Int(-65532)))), headers, Cbor.Null, recipients)));
        RefusesInfo(Cbor.Tag(96, Cbor.Array(Cbor.Bytes(0xA0), headers, Cbor.Null, recipients)));
        _bench.Refuses(Malformed, Encrypted(good));
    }

    [Fact]
    public void The_content_is_AES_256_CTR_with_a_counter_block_of_16_bytes()
    {
        foreach (int algorithm in new[] { -65534, -65533, -65531, -65529, 3, -5 })
        {
            RefusesInfo(Info(Cbor.Map((1, Cbor.Int(algorithm)), (5, Cbor.Bytes(EnvelopeForge.Iv)))));
        }

        RefusesInfo(Info(Cbor.Map((1, Cbor.Int(-65532)), (5, Cbor.Bytes(EnvelopeForge.Iv[1..])))));
        RefusesInfo(Info(Cbor.Map((1, Cbor.Int(-65532)), (5, Cbor.Bytes([.. EnvelopeForge.Iv, 0])))));
        RefusesInfo(Info(Cbor.Map((1, Cbor.Int(-65532)), (5, Cbor.Text("0123456789abcdef")))));
        RefusesInfo(Info(Cbor.Map((5, Cbor.Bytes(EnvelopeForge.Iv)), (1, Cbor.Int(-65532)))));
        RefusesInfo(Info(Cbor.Map((1, Cbor.Int(-65532)))));
        RefusesInfo(Info(Cbor.Map((1, Cbor.Int(-65532)), (6, Cbor.Bytes(EnvelopeForge.Iv)))));
        RefusesInfo(Info(Cbor.Map((1, Cbor.Int(-65532)), (5, Cbor.Bytes(EnvelopeForge.Iv)), (6, Cbor.Null))));
    }

    [Fact]
    public void A_recipient_is_A256KW_with_16_and_40_bytes()
    {
        byte[] kid = Cbor.Bytes(EnvelopeForge.DeviceId), key = Cbor.Bytes(EnvelopeForge.WrappedKey);
        byte[] headers = Cbor.Map((1, Cbor.Int(-5)), (4, kid));
        RefusesRecipient(Cbor.Bytes(0xA0), headers, key);
        RefusesRecipient(Cbor.Bytes(Cbor.Map((1, Cbor.Int(-5)))), headers, key);
        RefusesRecipient(Cbor.Bytes(), headers, key, Cbor.Array());
        RefusesRecipient(headers, key);
        foreach (int algorithm in new[] { -3, -4, -6, 5 })
        {
            RefusesRecipient(Cbor.Bytes(), Cbor.Map((1, Cbor.Int(algorithm)), (4, kid)), key);
        }

        RefusesRecipient(Cbor.Bytes(), Cbor.Map((1, Cbor.Int(-5)), (4, Cbor.Bytes(EnvelopeForge.DeviceId[1..]))), key);
        RefusesRecipient(Cbor.Bytes(), Cbor.Map((1, Cbor.Int(-5)), (4, Cbor.Bytes([.. EnvelopeForge.DeviceId, 0]))), key);
        RefusesRecipient(Cbor.Bytes(), Cbor.Map((4, kid), (1, Cbor.Int(-5))), key);
        RefusesRecipient(Cbor.Bytes(), Cbor.Map((1, Cbor.Int(-5))), key);
        RefusesRecipient(Cbor.Bytes(), Cbor.Map((1, Cbor.Int(-5)), (4, kid), (5, Cbor.Null)), key);
        foreach (int length in new[] { 0, 24, 39, 41, 48, 1000 })
        {
            RefusesRecipient(Cbor.Bytes(), headers, Cbor.Bytes(new byte[length]));
        }

        RefusesRecipient(Cbor.Bytes(), headers, [0x59, 0, 40, .. EnvelopeForge.WrappedKey]);
        RefusesRecipient(Cbor.Bytes(), headers, Cbor.Text(new string('k', 40)));
        RefusesRecipient(Cbor.Bytes(), headers, Cbor.Null);
    }

    [Fact]
    public void A_key_that_reaches_beyond_the_parameter_is_malformed()
    {
        byte[] info = EnvelopeForge.Encryption(EnvelopeForge.Recipient(EnvelopeForge.DeviceId));
        for (int cut = 1; cut < 45; cut += 11)
        {
            // The byte string ends early; what follows is the rest of it.
            byte[] early = [.. info];
            early[1] -= (byte)cut;
            _bench.Refuses(Malformed, Encrypted(early));
        }
    }

    private static byte[] Good() => EnvelopeForge.Encryption(EnvelopeForge.Recipient(EnvelopeForge.DeviceId));

    private static byte[] Headers() => Cbor.Map((1, Cbor.Int(-65532)), (5, Cbor.Bytes(EnvelopeForge.Iv)));

    private static byte[] Info(byte[] headers) => Cbor.Tag(96, Cbor.Array(Cbor.Bytes(), headers, Cbor.Null, Cbor.Array(EnvelopeForge.Recipient(EnvelopeForge.DeviceId))));

    private static EnvelopeForge Encrypted(byte[] parameter, Action<EnvelopeForge>? change = null) => Changed(forge =>
    {
        forge.SetInstall(19, parameter);
        change?.Invoke(forge);
    });

    private static EnvelopeForge Changed(Action<EnvelopeForge> change)
    {
        EnvelopeForge forge = VerifierBench.Good().Encoded(0x11, 5000);
        change(forge);
        return forge;
    }

    private void RefusesInfo(byte[] info) => _bench.Refuses(Malformed, Encrypted(Cbor.Bytes(info)));

    private void RefusesRecipient(params byte[][] items) => _bench.Refuses(Malformed, Encrypted(EnvelopeForge.Encryption(Cbor.Array(items))));
}
