// The port ICrypto in managed code: HMAC-SHA256 by RFC 4231, AES-256 by FIPS 197. Boards with native cryptography compare theirs
// with the same figures when their program starts.
using EsyncAgent.Drivers;
using nanoFramework.TestFramework;

namespace EsyncAgent.DeviceTests;

/// <summary>HMAC and AES.</summary>
[TestClass]
public class CryptoTests
{
    // RFC 4231, test cases 1, 2, 3, 4 and 6: short and long keys, short and long data.
    [DataRow("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")]
    [DataRow("4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")]
    [DataRow(
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd",
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe")]
    [DataRow(
        "0102030405060708090a0b0c0d0e0f10111213141516171819",
        "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
        "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b")]
    public static void HMAC_of_RFC_4231(string key, string data, string mac)
    {
        byte[] result = new byte[32];
        new ManagedCrypto().HmacSha256(Hex.Bytes(key), Hex.Bytes(data), result);
        Assert.AreEqual(mac, Hex.Text(result));
    }

    [TestMethod]
    public static void HMAC_with_a_key_longer_than_a_block()
    {
        byte[] key = new byte[131];
        Bytes.Fill(key, 0, key.Length, 0xAA);
        byte[] data = Hex.Bytes("54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374");
        byte[] result = new byte[32];
        new ManagedCrypto().HmacSha256(key, data, result);
        Assert.AreEqual("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54", Hex.Text(result));
    }

    [TestMethod]
    public static void AES_256_of_FIPS_197_there_and_back()
    {
        byte[] key = Hex.Bytes("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
        byte[] plain = Hex.Bytes("00112233445566778899aabbccddeeff");
        byte[] cipher = new byte[16];
        byte[] back = new byte[16];
        ManagedCrypto crypto = new ManagedCrypto();
        crypto.AesEcbEncrypt(key, plain, cipher);
        Assert.AreEqual("8ea2b7ca516745bfeafc49904b496089", Hex.Text(cipher));
        crypto.AesEcbDecrypt(key, cipher, back);
        Assert.AreEqual(Hex.Text(plain), Hex.Text(back));
    }

    [TestMethod]
    public static void The_key_for_service_29_is_that_of_the_protocols_example_and_no_other_purposes()
    {
        Csm csm = new Csm(new ManagedCrypto());
        byte[] secret = Hex.Bytes("0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20");
        byte[] deviceId = Hex.Bytes("d0d1d2d3d4d5d6d7d8d9dadbdcdddedf");
        byte[] key = new byte[Csm.KeyLength];
        csm.DeriveKey(secret, KeyPurpose.Authentication, deviceId, key);
        string first = Hex.Text(key);
        Assert.AreEqual("43559fc9c93637955651999aa8abb6331a1adfa11b27db3bd6b9f8476e839c23", first);
        csm.DeriveKey(secret, KeyPurpose.SecurityAccess, deviceId, key);
        Assert.AreNotEqual(first, Hex.Text(key));
    }
}
