// AES key unwrap: the vector of RFC 3394 §4.6, keys that BouncyCastle wrapped, and every bit that could be wrong.
using EsyncAgent;
using EsyncAgent.Drivers;
using EsyncSim.Crypto;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;
using Xunit;

namespace EsyncTests.AgentFirmware.Csm;

public sealed class AesKeyUnwrapTests : IDisposable
{
    private readonly HostCrypto _crypto = new();

    public void Dispose() => _crypto.Dispose();

    [Fact]
    public void The_vector_of_RFC_3394_4_6()
    {
        byte[] wrapKey = Convert.FromHexString("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F");
        byte[] wrapped = Convert.FromHexString("28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21");
        foreach (ICrypto crypto in new ICrypto[] { _crypto, new ManagedCrypto() })
        {
            byte[] key = new byte[32];
            Assert.True(new AesKeyUnwrap(crypto).Unwrap(wrapKey, wrapped, 0, key));
            Assert.Equal("00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F", Convert.ToHexString(key));
        }
    }

    [Fact]
    public void What_BouncyCastle_wrapped_is_unwrapped_wherever_it_stands()
    {
        AesKeyUnwrap unwrap = new(_crypto);
        Random random = new(3);
        for (int i = 0; i < 50; i++)
        {
            byte[] wrapKey = new byte[32], key = new byte[32], found = new byte[32];
            random.NextBytes(wrapKey);
            random.NextBytes(key);
            Rfc3394WrapEngine engine = new(new AesEngine());
            engine.Init(true, new KeyParameter(wrapKey));
            Assert.True(unwrap.Unwrap(wrapKey, [.. new byte[i], .. engine.Wrap(key, 0, 32), 0xFF], i, found));
            Assert.Equal(key, found);
        }
    }

    [Fact]
    public void One_wrong_bit_anywhere_gives_no_key_and_leaves_none()
    {
        byte[] wrapKey = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
        Rfc3394WrapEngine engine = new(new AesEngine());
        engine.Init(true, new KeyParameter(wrapKey));
        byte[] wrapped = engine.Wrap([.. Enumerable.Range(100, 32).Select(i => (byte)i)], 0, 32);
        AesKeyUnwrap unwrap = new(_crypto);
        foreach (byte[] part in new[] { wrapped, wrapKey })
        {
            for (int bit = 0; bit < 8 * part.Length; bit++)
            {
                part[bit / 8] ^= (byte)(1 << (bit % 8));
                byte[] key = [.. Enumerable.Repeat((byte)0x55, 32)];
                Assert.False(unwrap.Unwrap(wrapKey, wrapped, 0, key));
                Assert.Equal(new byte[32], key);
                part[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }

        Assert.True(unwrap.Unwrap(wrapKey, wrapped, 0, new byte[32]));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        AesKeyUnwrap unwrap = new(new ManagedCrypto());
        byte[] wrapKey = new byte[32], wrapped = new byte[40], key = new byte[32];
        unwrap.Unwrap(wrapKey, wrapped, 0, key);
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool isUnwrapped = unwrap.Unwrap(wrapKey, wrapped, 0, key);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.False(isUnwrapped);
    }
}
