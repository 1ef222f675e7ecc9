// HMAC-SHA256: the test cases of RFC 4231 §4, by the managed code and by host-sim's driver alike.
using EsyncAgent;
using EsyncSim.Crypto;
using Xunit;

namespace EsyncTests.AgentFirmware.Csm;

public sealed class HmacSha256Tests
{
    public static TheoryData<int, string, string, string> Cases => new()
    {
        { 1, Repeat(0x0b, 20), Ascii("Hi There"), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
        { 2, Ascii("Jefe"), Ascii("what do ya want for nothing?"), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
        { 3, Repeat(0xaa, 20), Repeat(0xdd, 50), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" },
        { 4, "0102030405060708090a0b0c0d0e0f10111213141516171819", Repeat(0xcd, 50), "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b" },
        { 6, Repeat(0xaa, 131), Ascii("Test Using Larger Than Block-Size Key - Hash Key First"), "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
        { 7, Repeat(0xaa, 131), Ascii("This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm."), "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Test_cases_of_RFC_4231(int number, string key, string data, string expected)
    {
        Assert.InRange(number, 1, 7);
        byte[] mac = new byte[32];
        new HmacSha256(new Sha256(new Sha256Compression())).Compute(Convert.FromHexString(key), Convert.FromHexString(data), mac);
        Assert.Equal(expected, Convert.ToHexString(mac).ToLowerInvariant());

        using var driver = new HostCrypto();
        driver.HmacSha256(Convert.FromHexString(key), Convert.FromHexString(data), mac);
        Assert.Equal(expected, Convert.ToHexString(mac).ToLowerInvariant());
    }

    private static string Repeat(byte value, int count) => Convert.ToHexString(Enumerable.Repeat(value, count).ToArray());

    private static string Ascii(string text) => Convert.ToHexString(System.Text.Encoding.ASCII.GetBytes(text));
}
