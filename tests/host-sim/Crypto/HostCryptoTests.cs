// host-sim's crypto driver: AES-256 by FIPS 197 Appendix C.3; changing keys.
using EsyncSim.Crypto;
using Xunit;

namespace EsyncTests.HostSim.Crypto;

public sealed class HostCryptoTests
{
    [Fact]
    public void Example_of_FIPS_197_both_ways()
    {
        byte[] key = Convert.FromHexString("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
        byte[] plain = Convert.FromHexString("00112233445566778899aabbccddeeff");
        byte[] cipher = new byte[16], back = new byte[16];
        using var crypto = new HostCrypto();
        crypto.AesEcbEncrypt(new byte[32], plain, cipher);
        crypto.AesEcbEncrypt(key, plain, cipher);
        Assert.Equal("8EA2B7CA516745BFEAFC49904B496089", Convert.ToHexString(cipher));
        crypto.AesEcbDecrypt(key, cipher, back);
        Assert.Equal(plain, back);
    }

    [Fact]
    public void A_key_of_another_length_is_refused()
    {
        using var crypto = new HostCrypto();
        Assert.Throws<ArgumentException>(() => crypto.AesEcbEncrypt(new byte[16], new byte[16], new byte[16]));
    }
}
