// Crypto services: one key per purpose, constant-time compare.
using System.Security.Cryptography;
using System.Text;
using EsyncAgent;
using EsyncSim.Crypto;
using Xunit;

namespace EsyncTests.AgentFirmware.Csm;

public sealed class CsmTests
{
    [Theory]
    [InlineData(KeyPurpose.Authentication, "esync/v1/key-29")]
    [InlineData(KeyPurpose.SecurityAccess, "esync/v1/key-27")]
    [InlineData(KeyPurpose.VersionReport, "esync/v1/key-report")]
    [InlineData(KeyPurpose.KeyWrap, "esync/v1/key-wrap")]
    public void A_key_is_the_HMAC_over_label_and_device(KeyPurpose purpose, string label)
    {
        byte[] secret = Enumerable.Range(1, 32).Select(i => (byte)i).ToArray();
        byte[] device = Enumerable.Range(0xA0, 16).Select(i => (byte)i).ToArray();
        byte[] key = new byte[32];
        using var crypto = new HostCrypto();
        new EsyncAgent.Csm(crypto).DeriveKey(secret, purpose, device, key);
        byte[] input = [.. Encoding.ASCII.GetBytes(label), .. device];
        Assert.Equal(HMACSHA256.HashData(secret, input), key);
    }

    [Fact]
    public void ConstantTimeEquals_sees_any_single_bit()
    {
        byte[] a = Enumerable.Range(0, 34).Select(i => (byte)i).ToArray();
        byte[] b = a[2..];
        Assert.True(EsyncAgent.Csm.ConstantTimeEquals(a, 2, b, 0, 32));
        for (int bit = 0; bit < 256; bit++)
        {
            b[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(EsyncAgent.Csm.ConstantTimeEquals(a, 2, b, 0, 32));
            b[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void IsMacAt_sees_any_single_bit_and_nothing_beside_its_32_bytes()
    {
        byte[] table = Enumerable.Range(0, 40).Select(i => (byte)i).ToArray();
        byte[] mac = table[5..37];
        Assert.True(EsyncAgent.Csm.IsMacAt(mac, table, 5));
        Assert.False(EsyncAgent.Csm.IsMacAt(mac, table, 4));
        for (int bit = 0; bit < 8 * table.Length; bit++)
        {
            table[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Equal(bit / 8 is < 5 or >= 37, EsyncAgent.Csm.IsMacAt(mac, table, 5));
            table[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }
}
