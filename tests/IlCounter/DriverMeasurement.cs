// What calls of the drivers in boards/drivers cost an interpreter, as plain numbers.
// Tests: tests/boards/drivers/DriverCostTests.cs.
using EsyncAgent.Drivers;
using EsyncSim.Ecu;

namespace EsyncTests.IlCounting;

/// <summary>Entry points inside a <see cref="CountingContext"/>; only types of the base library go in and out.</summary>
public static class DriverMeasurement
{
    private const int SpiNorReadsOfChunk = 16;

    // Inner pad, inner padding; outer pad, outer message (RFC 2104).
    private const int CompressionsOfNothing = 4;

    /// <summary>All figures by name.</summary>
    public static Dictionary<string, long> Figures(long[] counts)
    {
        IlMeter meter = new(counts);
        return new Dictionary<string, long>(Crypto(meter).Concat(CanDriverMeasurement.Figures(meter)).Concat(FlashDriverMeasurement.Figures(meter)));
    }

    /// <summary>Prices of the price list that are the drivers' own; SHA-256 compressions have a row that is not theirs.</summary>
    internal static Dictionary<IlOperation, long> Prices(IlMeter meter, long compression)
    {
        Dictionary<string, long> figures = new(Crypto(meter).Concat(CanDriverMeasurement.Figures(meter)).Concat(FlashDriverMeasurement.Figures(meter)));
        long ofEvent = figures["Stm32Can, an event for nothing"], ofForeign = figures["Stm32Can, an event for a foreign frame"];
        return new Dictionary<IlOperation, long>
        {
            [IlOperation.Mcp2515Idle] = figures["Mcp2515, nothing received"],
            [IlOperation.Mcp2515Receive] = figures["Mcp2515, receive a frame"],
            [IlOperation.Mcp2515Send] = figures["Mcp2515, send three frames"] / 3,
            [IlOperation.Stm32CanIdle] = figures["Stm32Can, nothing received"],
            [IlOperation.Stm32CanEvent] = ofEvent,
            [IlOperation.Stm32CanDrain] = ofForeign - ofEvent,
            [IlOperation.Stm32CanReceive] = figures["Stm32Can, receive a frame, its event"] - ofForeign,
            [IlOperation.Stm32CanSend] = figures["Stm32Can, send a frame"],
            [IlOperation.SpiNorTransaction] = figures["SpiNorFls, read a chunk"] / SpiNorReadsOfChunk,
            [IlOperation.SpiNorPoll] = figures["SpiNorFls, a poll within the millisecond"],
            [IlOperation.FileAccess] = figures["LittleFsFls, program"] / 2,
            [IlOperation.CompareByte] = figures["LittleFsFls, thousand bytes more compared"] / 1000,
            [IlOperation.ManagedHmac] = figures["HMAC, empty message"] - (CompressionsOfNothing * compression),
            [IlOperation.ManagedAesEncrypt] = figures["AES-256, encrypt, one block more"],
            [IlOperation.ManagedAesDecrypt] = figures["AES-256, decrypt, one block, known key"],
        };
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
