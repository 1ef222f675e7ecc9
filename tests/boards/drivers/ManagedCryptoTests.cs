// ICrypto in managed code: right by published vectors and by comparison, whole arrays only, nothing allocated.
using System.Security.Cryptography;
using EsyncAgent.Drivers;
using EsyncSim.Crypto;
using EsyncTests.AgentFirmware.Csm;
using Xunit;

namespace EsyncTests.Boards.Drivers;

public sealed class ManagedCryptoTests
{
    private readonly ManagedCrypto _crypto = new();

    [Theory]
    [MemberData(nameof(HmacSha256Tests.Cases), MemberType = typeof(HmacSha256Tests))]
    public void Test_cases_of_RFC_4231(int number, string key, string data, string expected)
    {
        Assert.InRange(number, 1, 7);
        byte[] mac = new byte[32];
        _crypto.HmacSha256(Convert.FromHexString(key), Convert.FromHexString(data), mac);
        Assert.Equal(expected, Convert.ToHexString(mac).ToLowerInvariant());
    }

    [Fact]
    public void Messages_and_keys_of_many_lengths_are_what_the_platform_makes_of_them()
    {
        Random random = new(2);
        using HostCrypto host = new();
        for (int i = 0; i < 200; i++)
        {
            byte[] key = new byte[random.Next(0, 140)], data = new byte[random.Next(0, 300)], mac = new byte[32];
            random.NextBytes(key);
            random.NextBytes(data);
            _crypto.HmacSha256(key, data, mac);
            Assert.Equal(HMACSHA256.HashData(key, data), mac);

            byte[] aesKey = new byte[32], blocks = new byte[16 * random.Next(0, 20)];
            random.NextBytes(aesKey);
            random.NextBytes(blocks);
            byte[] one = new byte[blocks.Length], two = new byte[blocks.Length];
            _crypto.AesEcbEncrypt(aesKey, blocks, one);
            host.AesEcbEncrypt(aesKey, blocks, two);
            Assert.Equal(two, one);
            _crypto.AesEcbDecrypt(aesKey, blocks, one);
            host.AesEcbDecrypt(aesKey, blocks, two);
            Assert.Equal(two, one);
        }
    }

    [Fact]
    public void The_array_of_a_key_may_change_between_calls()
    {
        byte[] key = new byte[32], one = new byte[16], two = new byte[16];
        _crypto.AesEcbEncrypt(key, new byte[16], one);
        key[31] = 1;
        _crypto.AesEcbEncrypt(key, new byte[16], two);
        Assert.NotEqual(one, two);
        key[31] = 0;
        _crypto.AesEcbEncrypt(key, new byte[16], two);
        Assert.Equal(one, two);
    }

    [Theory]
    [InlineData(16, 16, 16)]
    [InlineData(32, 15, 15)]
    [InlineData(32, 16, 32)]
    [InlineData(32, 32, 16)]
    public void Wrong_lengths_for_AES_are_refused_before_anything_is_written(int key, int data, int result)
    {
        byte[] into = [.. Enumerable.Repeat((byte)0xEE, result)];
        Assert.Throws<ArgumentException>(() => _crypto.AesEcbEncrypt(new byte[key], new byte[data], into));
        Assert.Throws<ArgumentException>(() => _crypto.AesEcbDecrypt(new byte[key], new byte[data], into));
        Assert.All(into, b => Assert.Equal(0xEE, b));
    }

    [Theory]
    [InlineData(31)]
    [InlineData(33)]
    public void An_array_that_a_MAC_does_not_fill_is_refused(int length)
        => Assert.Throws<ArgumentException>(() => _crypto.HmacSha256(new byte[32], new byte[1], new byte[length]));

    [Fact]
    public void Compressions_are_counted()
    {
        uint before = _crypto.CompressionCount;
        _crypto.HmacSha256(new byte[32], new byte[4096], new byte[32]);
        Assert.Equal(before + 1 + 64 + 1 + 2, _crypto.CompressionCount);
    }

    [Fact]
    public void Nothing_is_allocated_not_even_for_a_new_key()
    {
        byte[] key = new byte[32], data = new byte[64], mac = new byte[32];
        long before = 0;
        for (int i = 0; i < 3; i++)
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            key[0]++;
            _crypto.HmacSha256(key, data, mac);
            _crypto.AesEcbEncrypt(key, data, data);
            _crypto.AesEcbDecrypt(key, data, data);
            before = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, before);
    }
}
