// ICrypto in managed code, for boards whose firmware has no native cryptography (STM32F429I, NUCLEO-F767ZI) and for the
// virtual device. HMAC is agent-firmware's; AES is Aes256, whose header states the limit on side channels.
// Invariants: no allocation after construction; a buffer of a wrong length is an ArgumentException before anything is
// computed, so that nothing stale passes for a result.
// Cost, counted by the tests: HMAC 100 IL instructions a byte and 28,800 more a call; AES 2,250 a block to encrypt, 7,600 to
// decrypt, 600 more a call, 3,900 for a new key.
// Tests: tests/boards/drivers/ManagedCryptoTests, DriverCostTests.
namespace EsyncAgent.Drivers;

/// <summary>HMAC-SHA256 and AES-256-ECB over whole arrays, without native help.</summary>
public sealed class ManagedCrypto : ICrypto
{
    private readonly Sha256Compression _compression = new Sha256Compression();
    private readonly HmacSha256 _hmac;
    private readonly Aes256 _aes = new Aes256();

    /// <summary>Makes the tables: some 5 KiB.</summary>
    public ManagedCrypto()
    {
        _hmac = new HmacSha256(new Sha256(_compression));
    }

    /// <summary>SHA-256 compressions since start; wraps. What an HMAC costs is counted by it.</summary>
    public uint CompressionCount
    {
        get { return _compression.Count; }
    }

    /// <inheritdoc/>
    public void HmacSha256(byte[] key, byte[] data, byte[] mac)
    {
        if (mac.Length != Sha256.HashLength)
        {
            throw new System.ArgumentException("HMAC-SHA256 writes 32 bytes: give it an array of 32.");
        }

        _hmac.Compute(key, data, mac);
    }

    /// <inheritdoc/>
    public void AesEcbEncrypt(byte[] key, byte[] data, byte[] result)
    {
        Prepare(key, data, result);
        for (int offset = 0; offset < data.Length; offset += Aes256.BlockLength)
        {
            _aes.Encrypt(data, result, offset);
        }
    }

    /// <inheritdoc/>
    public void AesEcbDecrypt(byte[] key, byte[] data, byte[] result)
    {
        Prepare(key, data, result);
        for (int offset = 0; offset < data.Length; offset += Aes256.BlockLength)
        {
            _aes.Decrypt(data, result, offset);
        }
    }

    private void Prepare(byte[] key, byte[] data, byte[] result)
    {
        if (key.Length != Aes256.KeyLength || data.Length % Aes256.BlockLength != 0 || result.Length != data.Length)
        {
            throw new System.ArgumentException("AES-256 takes a key of 32 bytes, whole blocks of 16, and a result as long as the data.");
        }

        _aes.UseKey(key);
    }
}
