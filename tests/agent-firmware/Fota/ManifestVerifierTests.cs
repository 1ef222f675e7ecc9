// Authentication of an envelope: order of the checks, signatures and roles, whom it is for, and that nothing that an
// attacker can put into the staging slot makes the verifier throw, hang or believe.
using EsyncAgent;
using EsyncSim.Flash;
using EsyncTests.AgentFirmware.Csm;
using Xunit;

namespace EsyncTests.AgentFirmware.Fota;

public sealed class ManifestVerifierTests
{
    private readonly VerifierBench _bench = new();

    [Fact]
    public void A_good_envelope_is_accepted_and_its_facts_are_right()
    {
        EnvelopeForge forge = VerifierBench.Good();
        byte[] envelope = forge.Build();
        Assert.Equal(StdReturn.Ok, _bench.Run(envelope));
        Manifest manifest = _bench.Verifier.Manifest;
        Assert.Equal(7u, manifest.SequenceNumber);
        Assert.Equal(3u, manifest.SecurityVersion);
        Assert.Equal(3u * 4096 + 1, manifest.ImageLength);
        Assert.Equal(4u, manifest.ChunkCount);
        Assert.Equal(forge.ChunkTable, envelope[(int)manifest.ChunkTablePosition..][..128]);
        Assert.Equal((3u * 4096 + 1, 0u, 0u), (manifest.TransferLength, manifest.TransferTablePosition, manifest.TransferPieceCount));
        Assert.Equal((0, 1, 1, 3), (manifest.Encoding, manifest.Runtime, manifest.ContractVersion, manifest.SlotMask));
        Assert.Equal(forge.SignedDigest[4..], manifest.Digest);
        Assert.Equal(forge.Salt, manifest.Salt);
        Assert.Equal(forge.ImageDigest, manifest.ImageDigest);
        Assert.Equal("2.1.0", System.Text.Encoding.ASCII.GetString(manifest.Version).TrimEnd('\0'));
        Assert.Equal(EnvelopeForge.VendorId, manifest.VendorId);
        Assert.Equal(EnvelopeForge.ClassId, manifest.ClassId);
        Assert.False(manifest.HasDeviceId);
        Assert.False(manifest.HasBaseDigest);
    }

    [Fact]
    public void One_verifier_serves_one_envelope_after_the_other()
    {
        EnvelopeForge delta = VerifierBench.Good().Encoded(0x20, 4097, new byte[32]);
        delta.Device = EnvelopeForge.DeviceId;
        _bench.Accepts(delta);
        Assert.True(_bench.Verifier.Manifest.HasDeviceId && _bench.Verifier.Manifest.HasBaseDigest);
        _bench.Refuses(FotaError.EnvelopeMalformed, new byte[50]);
        _bench.Accepts(VerifierBench.Good());
        Assert.False(_bench.Verifier.Manifest.HasDeviceId || _bench.Verifier.Manifest.HasBaseDigest);
        Assert.Equal(0, _bench.Verifier.Manifest.Encoding);
    }

    [Fact]
    public void Without_provisioning_nothing_is_accepted()
    {
        new VerifierBench(isProvisioned: false).Refuses(FotaError.NotProvisioned, VerifierBench.Good());
    }

    [Fact]
    public void A_manifest_that_is_not_the_signed_one_is_refused_before_any_signature()
    {
        EnvelopeForge forge = VerifierBench.Good();
        byte[] envelope = forge.Build();
        envelope[^1] ^= 1;
        _bench.Refuses(FotaError.DigestMismatch, envelope);

        // Only the manifest was hashed: some 400 bytes.
        uint before = _bench.CompressionCount;
        _bench.Run(envelope);
        Assert.True(_bench.CompressionCount - before < 10);
    }

    [Fact]
    public void The_digest_covers_the_head_of_the_byte_string()
    {
        EnvelopeForge forge = VerifierBench.Good();
        forge.SignedDigest = EnvelopeForge.Digest(System.Security.Cryptography.SHA256.HashData(forge.Manifest));
        _bench.Refuses(FotaError.DigestMismatch, forge);
    }

    [Fact]
    public void A_manifest_with_every_fault_is_refused_for_its_signature_first()
    {
        EnvelopeForge forge = new() { Manifest = [0xFF, 0xFF] };
        forge.Signers.Add(VerifierBench.Author);
        forge.ExtraSignatures.Add(EnvelopeForge.Sign1(LmsForge.OneLevel(VerifierBench.Oem, new byte[56])));
        _bench.Refuses(FotaError.SignatureInvalid, forge);

        forge.ExtraSignatures.Clear();
        _bench.Refuses(FotaError.RoleMissing, forge);

        forge.Signers.Add(VerifierBench.Oem);
        _bench.Refuses(FotaError.ManifestMalformed, forge);
    }

    [Fact]
    public void A_signature_of_a_missing_role_is_missed()
    {
        EnvelopeForge forge = new();
        forge.Signers.Add(VerifierBench.Author);
        _bench.Refuses(FotaError.RoleMissing, forge);

        forge = new();
        forge.Signers.Add(VerifierBench.Oem);
        _bench.Refuses(FotaError.RoleMissing, forge);
    }

    [Fact]
    public void A_key_counts_once_and_so_do_two_keys_of_one_role()
    {
        EnvelopeForge twice = new();
        twice.Signers.AddRange([VerifierBench.Author, VerifierBench.Author]);
        _bench.Refuses(FotaError.RoleMissing, twice);

        EnvelopeForge oems = new();
        oems.Signers.AddRange([VerifierBench.Oem, VerifierBench.SecondOem]);
        _bench.Refuses(FotaError.RoleMissing, oems);
    }

    [Fact]
    public void Either_key_of_a_role_will_do_and_the_order_does_not_matter()
    {
        EnvelopeForge forge = new();
        forge.Signers.AddRange([VerifierBench.SecondOem, VerifierBench.Author]);
        _bench.Accepts(forge);
    }

    [Fact]
    public void A_role_that_is_not_asked_for_does_not_replace_one_that_is()
    {
        EnvelopeForge forge = new();
        forge.Signers.AddRange([VerifierBench.Author, VerifierBench.Fleet]);
        _bench.Refuses(FotaError.RoleMissing, forge);
    }

    [Fact]
    public void A_configuration_without_roles_still_needs_one_known_signer()
    {
        var bench = new VerifierBench(true, TrustRole.Fleet);
        EnvelopeForge forge = new();
        forge.Signers.Add(VerifierBench.Stranger);
        bench.Refuses(FotaError.RoleMissing, forge);
        forge.Signers.Add(VerifierBench.Fleet);
        bench.Accepts(forge);
    }

    [Fact]
    public void A_strangers_signature_is_passed_over_even_when_it_is_rubbish()
    {
        EnvelopeForge forge = VerifierBench.Good();
        forge.Signers.Insert(0, VerifierBench.Stranger);
        _bench.Accepts(forge);
        forge.ExtraSignatures.Add(EnvelopeForge.Sign1((new byte[60], [1, 2, 3])));
        _bench.Accepts(forge);
    }

    [Fact]
    public void A_wrong_signature_of_a_known_key_refuses_even_when_no_role_needs_it()
    {
        EnvelopeForge forge = VerifierBench.Good();
        forge.ExtraSignatures.Add(EnvelopeForge.Sign1(LmsForge.OneLevel(VerifierBench.Fleet, new byte[56])));
        _bench.Refuses(FotaError.SignatureInvalid, forge);

        forge = VerifierBench.Good();
        (byte[] key, byte[] signature) = LmsForge.OneLevel(VerifierBench.SecondOem, forge.ToBeSigned);
        forge.ExtraSignatures.Add(EnvelopeForge.Sign1((key, signature[..^1])));
        _bench.Refuses(FotaError.SignatureInvalid, forge);
    }

    [Fact]
    public void A_good_signature_under_the_name_of_another_key_is_refused()
    {
        EnvelopeForge forge = VerifierBench.Good();
        forge.Signers.Clear();
        forge.Signers.Add(VerifierBench.Author);
        (_, byte[] signature) = LmsForge.OneLevel(VerifierBench.Stranger, forge.ToBeSigned);
        (byte[] key, _) = LmsForge.OneLevel(VerifierBench.Oem, forge.ToBeSigned);
        forge.ExtraSignatures.Add(EnvelopeForge.Sign1((key, signature)));
        _bench.Refuses(FotaError.SignatureInvalid, forge);
    }

    [Fact]
    public void Vendor_class_and_device_are_compared_in_this_order()
    {
        EnvelopeForge forge = VerifierBench.Good();
        (forge.Vendor, forge.Class, forge.Device) = (new byte[16], new byte[16], new byte[16]);
        _bench.Refuses(FotaError.WrongVendor, forge);
        forge = VerifierBench.Good();
        (forge.Class, forge.Device) = (new byte[16], new byte[16]);
        _bench.Refuses(FotaError.WrongClass, forge);
        forge = VerifierBench.Good();
        forge.Device = new byte[16];
        _bench.Refuses(FotaError.WrongDevice, forge);
        forge = VerifierBench.Good();
        forge.Device = EnvelopeForge.DeviceId;
        _bench.Accepts(forge);
        Assert.Equal(EnvelopeForge.DeviceId, _bench.Verifier.Manifest.DeviceId);
    }

    [Fact]
    public void A_flipped_bit_in_any_byte_of_an_envelope_refuses_it()
    {
        var bench = new VerifierBench(true, TrustRole.Author);
        EnvelopeForge forge = new();
        forge.Signers.Add(VerifierBench.Author);
        byte[] envelope = forge.Build();
        Assert.Equal(StdReturn.Ok, bench.Run(envelope));
        var random = new Random(3);
        for (int i = 0; i < envelope.Length; i++)
        {
            byte good = envelope[i];
            envelope[i] ^= (byte)(1 << random.Next(8));
            Assert.True(bench.Run(envelope) == StdReturn.NotOk, $"byte {i}");
            envelope[i] = good;
        }
    }

    [Fact]
    public void An_envelope_cut_short_anywhere_is_refused()
    {
        byte[] envelope = VerifierBench.Good().Build();
        for (int length = 0; length < envelope.Length; length += length < 100 || length > envelope.Length - 500 ? 1 : 37)
        {
            _bench.Refuses(FotaError.EnvelopeMalformed, envelope[..length]);
        }

        _bench.Refuses(FotaError.EnvelopeMalformed, [.. envelope, 0]);
    }

    [Fact]
    public void Signed_manifests_with_any_byte_changed_never_throw_nor_hang()
    {
        // The parser behind the signatures: every byte of the manifest takes other values, signed anew each time. To keep
        // that cheap the signature is made over the changed manifest by one key only.
        var bench = new VerifierBench(true, TrustRole.Author);
        EnvelopeForge good = new() { Device = EnvelopeForge.DeviceId };
        byte[] manifest = good.Encoded(0x20, 4097, new byte[32]).Manifest;
        var random = new Random(4);
        int accepted = 0, runs = 0;
        for (int i = 0; i < manifest.Length; i++)
        {
            byte[] changed = (byte[])manifest.Clone();
            changed[i] = (byte)random.Next(256);
            EnvelopeForge forge = new() { Manifest = changed };
            forge.Signers.Add(VerifierBench.Author);
            accepted += bench.Run(forge.Build()) == StdReturn.Ok ? 1 : 0;
            runs++;
        }

        // What may change freely: sequence number, tables, salt, digests, URI, version, policies.
        Assert.InRange(accepted, runs / 3, runs * 9 / 10);
    }

    [Fact]
    public void Random_CBOR_is_refused_within_bounded_steps()
    {
        var random = new Random(5);
        for (int i = 0; i < 3000; i++)
        {
            byte[] garbage = i % 3 == 0 ? RandomBytes(random) : RandomItem(random, 0);
            byte[] envelope = i % 2 == 0 ? garbage : Cbor.Tag(107, Cbor.Map((2, Cbor.Bytes(garbage)), (3, Cbor.Bytes(RandomBytes(random)))));
            Assert.Equal(StdReturn.NotOk, _bench.Run(envelope));
            Assert.Equal(FotaError.EnvelopeMalformed, _bench.Verifier.Error);
        }
    }

    [Fact]
    public void Random_CBOR_that_is_signed_is_refused_as_well()
    {
        var bench = new VerifierBench(true, TrustRole.Author);
        var random = new Random(6);
        for (int i = 0; i < 300; i++)
        {
            byte[] garbage = i % 3 == 0 ? RandomBytes(random) : RandomItem(random, 0);
            EnvelopeForge forge = (i % 4) switch
            {
                0 => new() { Manifest = garbage },
                1 => new() { Common = garbage },
                2 => new() { Shared = garbage },
                _ => new() { Install = garbage },
            };
            forge.Signers.Add(VerifierBench.Author);
            Assert.Equal(StdReturn.NotOk, bench.Run(forge.Build()));
            Assert.True(bench.Verifier.Error is FotaError.ManifestMalformed or FotaError.ManifestUnsupported, bench.Verifier.Error.ToString());
        }
    }

    [Fact]
    public void A_flash_that_fails_at_any_read_is_reported_as_such()
    {
        byte[] envelope = VerifierBench.Good().Build();
        Assert.Equal(StdReturn.Ok, _bench.Run(envelope));

        // The last cycles need no flash any more: the manifest's end lies in the window.
        int last = _bench.Cycles - 20;
        for (int cut = 0; cut < last; cut += 3)
        {
            var bench = new VerifierBench();
            bench.Shelf.Put(VerifierBench.Address, envelope);
            bench.Verifier.Begin(VerifierBench.Address, (uint)envelope.Length);
            StdReturn result = StdReturn.Pending;
            for (int cycle = 0; cycle < 3000 && result == StdReturn.Pending; cycle++)
            {
                if (cycle == cut)
                {
                    bench.Shelf.Model.CutNow(CutModel.Before);
                }

                result = bench.Verifier.MainFunction(0);
                bench.Shelf.Fls.MainFunction(0);
            }

            Assert.Equal(StdReturn.NotOk, result);
            Assert.Equal(FotaError.FlashFailed, bench.Verifier.Error);
            Assert.InRange(bench.Verifier.ErrorDetail, VerifierBench.Address, VerifierBench.Address + (uint)envelope.Length);
        }
    }

    [Fact]
    public void A_new_begin_drops_the_work_under_way()
    {
        byte[] envelope = VerifierBench.Good().Build();
        _bench.Shelf.Put(VerifierBench.Address, envelope);
        for (int cycles = 0; cycles < 120; cycles += 7)
        {
            _bench.Verifier.Begin(VerifierBench.Address, (uint)envelope.Length);
            for (int i = 0; i < cycles; i++)
            {
                Assert.Equal(StdReturn.Pending, _bench.Verifier.MainFunction(0));
                if (i != cycles - 1)
                {
                    _bench.Shelf.Fls.MainFunction(0);
                }
            }
        }

        _bench.Accepts(VerifierBench.Good());
    }

    [Fact]
    public void Verifying_allocates_nothing()
    {
        byte[] envelope = VerifierBench.Good().Build();
        Assert.Equal(StdReturn.Ok, _bench.Run(envelope));
        _bench.Verifier.Begin(VerifierBench.Address, (uint)envelope.Length);
        long allocated = 0;
        StdReturn result = StdReturn.Pending;
        while (result == StdReturn.Pending)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            result = _bench.Verifier.MainFunction(0);
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            _bench.Shelf.Fls.MainFunction(0);
        }

        Assert.Equal(StdReturn.Ok, result);
        Assert.Equal(0, allocated);
    }

    private static byte[] RandomBytes(Random random)
    {
        byte[] bytes = new byte[random.Next(1, 80)];
        random.NextBytes(bytes);
        return bytes;
    }

    // Well-formed CBOR of any shape, keys and numbers mostly from what SUIT uses.
    private static byte[] RandomItem(Random random, int depth)
    {
        int kind = depth > 6 ? random.Next(4) : random.Next(8);
        int count = random.Next(5);
        return kind switch
        {
            0 => Cbor.Int(random.Next(-300, 30)),
            1 => Cbor.Uint((ulong)random.NextInt64()),
            2 => Cbor.Bytes(RandomBytes(random)),
            3 => random.Next(2) == 0 ? Cbor.Null : Cbor.Text(new string('a', count)),
            4 => Cbor.Bytes(RandomItem(random, depth + 1)),
            5 => Cbor.Array([.. Enumerable.Range(0, count).Select(_ => RandomItem(random, depth + 1))]),
            6 => Cbor.Tag((ulong)random.Next(200), RandomItem(random, depth + 1)),
            _ => Cbor.Map([.. Enumerable.Range(0, count).Select(_ => ((long)random.Next(-270, 25), RandomItem(random, depth + 1)))]),
        };
    }
}
