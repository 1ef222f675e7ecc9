// What calls of the drivers in boards/drivers cost an interpreter, as plain numbers.
// Tests: tests/boards/drivers/DriverCostTests.cs.
using EsyncAgent.Drivers;

namespace EsyncTests.IlCounting;

/// <summary>Entry points inside a <see cref="CountingContext"/>; only types of the base library go in and out.</summary>
public static class DriverMeasurement
{
    /// <summary>All figures by name.</summary>
    public static Dictionary<string, long> Figures(long[] counts)
    {
        IlMeter meter = new(counts);
        return new Dictionary<string, long>(Crypto(meter).Concat(CanDriverMeasurement.Figures(meter)));
    }

    private static IEnumerable<KeyValuePair<string, long>> Crypto(IlMeter meter)
    {
        ManagedCrypto crypto = new();
        byte[] key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
        byte[] mac = new byte[32], chunk = new byte[4096], result = new byte[4096], block = new byte[16];
        crypto.HmacSha256(key, block, mac);
        crypto.AesEcbEncrypt(key, block, block);
        long ofChunk = meter.Of(() => crypto.HmacSha256(key, chunk, mac));
        long ofNothing = meter.Of(() => crypto.HmacSha256(key, [], mac));
        long encrypt = meter.Of(() => crypto.AesEcbEncrypt(key, chunk, result));
        long encryptOne = meter.Of(() => crypto.AesEcbEncrypt(key, block, block));
        yield return new("ManagedCrypto, its tables", meter.Of(() => new ManagedCrypto()));
        yield return new("HMAC, empty message", ofNothing);
        yield return new("HMAC, 4 KiB chunk", ofChunk);
        yield return new("HMAC, thousand bytes more", (ofChunk - ofNothing) * 1000 / chunk.Length);
        yield return new("AES-256, encrypt, one block more", (encrypt - encryptOne) / ((chunk.Length / 16) - 1));
        yield return new("AES-256, encrypt, one block, known key", encryptOne);
        yield return new("AES-256, decrypt, one block, known key", meter.Of(() => crypto.AesEcbDecrypt(key, block, block)));
        key[0]++;
        yield return new("AES-256, encrypt, one block, new key", meter.Of(() => crypto.AesEcbEncrypt(key, block, block)));
    }
}
