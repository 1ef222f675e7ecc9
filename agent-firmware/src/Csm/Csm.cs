// Crypto services: the one place that holds the managed SHA-256 and the port to the native functions.
// Invariants: no allocation after construction; comparing and deriving take the same time whatever the secrets are.
// Must not know where secrets are kept (KeyStore) nor what is signed (Fota).
// Clause: PROTOCOL.md "Access"; FIPS 180-4; RFC 2104.
// Tests: tests/agent-firmware/Csm.
namespace EsyncAgent;

/// <summary>Crypto services over the port <see cref="ICrypto"/>.</summary>
public sealed class Csm
{
    /// <summary>Length of a key and of a MAC in bytes.</summary>
    public const int KeyLength = 32;

    /// <summary>Length of a device identifier in bytes.</summary>
    public const int DeviceIdLength = 16;

    private readonly ICrypto _crypto;
    private readonly Sha256Compression _compression;
    private readonly Sha256 _sha256;

    // Label and room for the device identifier, by KeyPurpose: the native HMAC takes whole arrays only.
    private readonly byte[][] _derivations;

    /// <summary>Crypto services on <paramref name="crypto"/>.</summary>
    public Csm(ICrypto crypto)
    {
        _crypto = crypto;
        _compression = new Sha256Compression();
        _sha256 = new Sha256(_compression);
        _derivations = new byte[][]
        {
            NewDerivation("esync/v1/key-29"),
            NewDerivation("esync/v1/key-27"),
            NewDerivation("esync/v1/key-report"),
            NewDerivation("esync/v1/key-wrap"),
        };
    }

    /// <summary>The port, for whole-array HMAC and AES.</summary>
    public ICrypto Crypto
    {
        get { return _crypto; }
    }

    /// <summary>
    /// The hash of whoever authenticates, over several cycles too: the recovery at boot, later a routine of the update target, of
    /// which one is at work at a time. Nobody else may touch it.
    /// </summary>
    public Sha256 Sha256
    {
        get { return _sha256; }
    }

    /// <summary>The compression function that all managed hashing goes through.</summary>
    public Sha256Compression Compression
    {
        get { return _compression; }
    }

    /// <summary>Managed SHA-256 compressions since start; wraps.</summary>
    public uint CompressionCount
    {
        get { return _compression.Count; }
    }

    /// <summary>HMAC-SHA256 of the whole of <paramref name="data"/> into the 32 bytes of <paramref name="mac"/>.</summary>
    public void Hmac(byte[] key, byte[] data, byte[] mac)
    {
        _crypto.HmacSha256(key, data, mac);
    }

    /// <summary>
    /// Derives the 32-byte key of one purpose: HMAC-SHA256(device secret, label ‖ device identifier), PROTOCOL.md "Access".
    /// The secret has 32 bytes, the identifier 16.
    /// </summary>
    public void DeriveKey(byte[] secret, KeyPurpose purpose, byte[] deviceId, byte[] key)
    {
        byte[] data = _derivations[(int)purpose];
        System.Array.Copy(deviceId, 0, data, data.Length - DeviceIdLength, DeviceIdLength);
        _crypto.HmacSha256(secret, data, key);
    }

    /// <summary>True when both ranges hold the same bytes; takes the same time wherever they differ.</summary>
    public static bool ConstantTimeEquals(byte[] a, int aOffset, byte[] b, int bOffset, int count)
    {
        int difference = 0;
        for (int i = 0; i < count; i++)
        {
            difference |= a[aOffset + i] ^ b[bOffset + i];
        }

        return difference == 0;
    }

    /// <summary>True when the 32 bytes of <paramref name="mac"/> stand in a table at <paramref name="offset"/>; takes the same time wherever they differ.</summary>
    public static bool IsMacAt(byte[] mac, byte[] table, int offset)
    {
        // Eight bytes by two native calls, without a loop: this is done for each chunk of an image.
        return ((System.BitConverter.ToInt64(mac, 0) ^ System.BitConverter.ToInt64(table, offset))
            | (System.BitConverter.ToInt64(mac, 8) ^ System.BitConverter.ToInt64(table, offset + 8))
            | (System.BitConverter.ToInt64(mac, 16) ^ System.BitConverter.ToInt64(table, offset + 16))
            | (System.BitConverter.ToInt64(mac, 24) ^ System.BitConverter.ToInt64(table, offset + 24))) == 0;
    }

    /// <summary>The bytes of an ASCII label, followed by <paramref name="extra"/> zero bytes; for constructors.</summary>
    public static byte[] Label(string text, int extra)
    {
        byte[] bytes = new byte[text.Length + extra];
        for (int i = 0; i < text.Length; i++)
        {
            bytes[i] = (byte)text[i];
        }

        return bytes;
    }

    private static byte[] NewDerivation(string label)
    {
        return Label(label, DeviceIdLength);
    }
}
