// Provisioning: which records are taken, that it happens once, and what the store then answers.
using System.Security.Cryptography;
using EsyncAgent;
using EsyncTests.AgentFirmware.Csm;
using Xunit;

namespace EsyncTests.AgentFirmware.Fota;

public sealed class KeyStoreTests
{
    private static readonly byte[] Device = EnvelopeForge.DeviceId;

    private static byte[] Key(int seed) => LmsForge.OneLevel(new LmsForge(seed, 5, 4, 0), []).Key;

    [Fact]
    public void Before_provisioning_there_is_nothing()
    {
        KeyStore keys = new VerifierBench(isProvisioned: false).Keys;
        Assert.False(keys.IsProvisioned);
        Assert.Equal(0, keys.AnchorCount);
        Assert.False(keys.DeriveKey(KeyPurpose.VersionReport, new byte[32]));
        Assert.Equal(-1, keys.FindAnchor(new byte[16], 0));
    }

    [Fact]
    public void A_record_is_taken_at_any_offset_and_read_back()
    {
        KeyStore keys = new VerifierBench(isProvisioned: false).Keys;
        byte[] author = Key(1), oem = Key(2);
        byte[] record = VerifierBench.Record(Device, (TrustRole.Author, author), (TrustRole.Oem, oem));
        Assert.Equal(FotaError.None, keys.Provision([9, 9, 9, .. record, 9], 3, record.Length));
        Assert.True(keys.IsProvisioned);
        Assert.Equal(Device, keys.DeviceId);
        Assert.Equal(2, keys.AnchorCount);
        Assert.Equal(TrustRole.Oem, keys.AnchorRole(1));
        Assert.Equal(oem, keys.AnchorData[keys.AnchorKeyOffset(1)..][..60]);
        Assert.Equal(1, keys.FindAnchor([7, .. oem[12..28]], 1));
        Assert.Equal(-1, keys.FindAnchor(new byte[16], 0));

        byte[] key = new byte[32];
        Assert.True(keys.DeriveKey(KeyPurpose.SecurityAccess, key));
        byte[] input = [.. "esync/v1/key-27"u8, .. Device];
        Assert.Equal(HMACSHA256.HashData(record[16..48], input), key);
    }

    [Fact]
    public void It_happens_once()
    {
        KeyStore keys = new VerifierBench().Keys;
        byte[] record = VerifierBench.Record(Device, (TrustRole.Author, Key(1)));
        Assert.Equal(FotaError.AlreadyProvisioned, keys.Provision(record, 0, record.Length));
        Assert.Equal(FotaError.AlreadyProvisioned, keys.Provision([1], 0, 1));
        Assert.Equal(4, keys.AnchorCount);
    }

    [Fact]
    public void One_to_eight_anchors_are_taken()
    {
        for (int count = 0; count <= 9; count++)
        {
            KeyStore keys = new VerifierBench(isProvisioned: false).Keys;
            byte[] record = VerifierBench.Record(Device, [.. Enumerable.Range(0, count).Select(i => (TrustRole.Author, Key(i)))]);
            Assert.Equal(count is 0 or 9 ? FotaError.ProvisioningMalformed : FotaError.None, keys.Provision(record, 0, record.Length));
            Assert.Equal(count is not (0 or 9), keys.IsProvisioned);
        }
    }

    [Fact]
    public void Malformed_records_are_refused_and_leave_nothing()
    {
        KeyStore keys = new VerifierBench(isProvisioned: false).Keys;
        byte[] good = VerifierBench.Record(Device, (TrustRole.Author, Key(1)), (TrustRole.Oem, Key(2)));
        void Refused(byte[] record) => Assert.Equal(FotaError.ProvisioningMalformed, keys.Provision(record, 0, record.Length));
        byte[] With(int index, byte value)
        {
            byte[] record = (byte[])good.Clone();
            record[index] = value;
            return record;
        }

        for (int length = 0; length < good.Length; length++)
        {
            Refused(good[..length]);
        }

        Refused([.. good, 0]);
        Refused(With(48, 1));
        Refused(With(48, 3));
        Refused(With(49, 0));
        Refused(With(49, 5));
        Refused(With(49 + 4, 3));
        Refused(With(49 + 8, 4));
        Refused(With(49 + 12, 9));

        // The same key twice, and the same name of a key twice.
        Refused(VerifierBench.Record(Device, (TrustRole.Author, Key(1)), (TrustRole.Oem, Key(1))));
        byte[] sameName = Key(1);
        sameName[59] ^= 1;
        Refused(VerifierBench.Record(Device, (TrustRole.Author, Key(1)), (TrustRole.Oem, sameName)));
        Assert.False(keys.IsProvisioned);
        Assert.Equal(FotaError.None, keys.Provision(good, 0, good.Length));
    }

    [Fact]
    public void Until_NvM_has_read_its_areas_the_answer_is_busy()
    {
        var shelf = new FlashShelf();
        var keys = new KeyStore(new EsyncAgent.Csm(new EsyncSim.Crypto.HostCrypto()), new NvM(new NvMConfig(), shelf.Fls));
        byte[] record = VerifierBench.Record(Device, (TrustRole.Author, Key(1)));
        Assert.Equal(FotaError.Busy, keys.Provision(record, 0, record.Length));
        Assert.False(keys.IsProvisioned);
    }
}
