// AES-256 by the examples of FIPS 197 and SP 800-38A, and against the platform's own over seeded inputs.
using System.Security.Cryptography;
using EsyncAgent.Drivers;
using Xunit;

namespace EsyncTests.Boards.Drivers;

public sealed class Aes256Tests
{
    // SP 800-38A F.1.5.
    private const string ExampleKey = "603DEB1015CA71BE2B73AEF0857D77811F352C073B6108D72D9810A30914DFF4";

    [Theory]

    // FIPS 197 Appendix C.3.
    [InlineData("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F", "00112233445566778899AABBCCDDEEFF", "8EA2B7CA516745BFEAFC49904B496089")]

    // SP 800-38A F.1.5 and F.1.6, the four blocks.
    [InlineData(ExampleKey, "6BC1BEE22E409F96E93D7E117393172A", "F3EED1BDB5D2A03C064B5A7E3DB181F8")]
    [InlineData(ExampleKey, "AE2D8A571E03AC9C9EB76FAC45AF8E51", "591CCB10D410ED26DC5BA74A31362870")]
    [InlineData(ExampleKey, "30C81C46A35CE411E5FBC1191A0A52EF", "B6ED21B99CA6F4F9F153E7B1BEAFED1D")]
    [InlineData(ExampleKey, "F69F2445DF4F9B17AD2B417BE66C3710", "23304B7A39F9F3FF067D8D8F9E24ECC7")]
    public void Examples_of_FIPS_197_and_SP_800_38A_both_ways(string key, string plain, string cipher)
    {
        Aes256 aes = new();
        aes.UseKey(Convert.FromHexString(key));
        byte[] from = Convert.FromHexString(plain), into = new byte[16], back = new byte[16];
        aes.Encrypt(from, into, 0);
        Assert.Equal(cipher, Convert.ToHexString(into));
        aes.Decrypt(into, back, 0);
        Assert.Equal(plain, Convert.ToHexString(back));
    }

    [Fact]
    public void A_thousand_blocks_under_changing_keys_are_what_the_platform_makes_of_them()
    {
        Random random = new(1);
        Aes256 aes = new();
        byte[] key = new byte[32], block = new byte[16], into = new byte[16];
        using Aes platform = Aes.Create();
        for (int i = 0; i < 1000; i++)
        {
            random.NextBytes(block);
            if (i % 7 == 0)
            {
                random.NextBytes(key);
                platform.Key = key;
                aes.UseKey(key);
            }

            aes.Encrypt(block, into, 0);
            Assert.Equal(platform.EncryptEcb(block, PaddingMode.None), into);
            aes.Decrypt(block, into, 0);
            Assert.Equal(platform.DecryptEcb(block, PaddingMode.None), into);
        }
    }

    [Fact]
    public void Without_a_key_it_has_the_key_of_zeros()
    {
        using Aes platform = Aes.Create();
        platform.Key = new byte[32];
        byte[] into = new byte[16];
        new Aes256().Encrypt(new byte[16], into, 0);
        Assert.Equal(platform.EncryptEcb(new byte[16], PaddingMode.None), into);
    }

    [Fact]
    public void A_block_may_lie_anywhere_and_be_its_own_result()
    {
        byte[] bytes = [.. Enumerable.Range(0, 48).Select(i => (byte)i)];
        byte[] other = new byte[48];
        Aes256 aes = new();
        aes.Encrypt(bytes, other, 16);
        aes.Encrypt(bytes, bytes, 16);
        Assert.Equal(other[16..32], bytes[16..32]);
        Assert.Equal(Enumerable.Range(0, 16).Concat(Enumerable.Range(32, 16)).Select(i => (byte)i), [.. bytes[..16], .. bytes[32..]]);
        aes.Decrypt(bytes, bytes, 16);
        Assert.Equal(Enumerable.Range(0, 48).Select(i => (byte)i), bytes);
    }
}
