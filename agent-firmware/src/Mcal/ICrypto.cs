// Port to the crypto functions that boards compute natively: whole arrays, one shot.
// "Whole array" is the native API's form: it hashes an array from its first byte to its last. Callers keep buffers
// of exactly the size that they need.
// Tests: tests/agent-firmware/Csm.
namespace EsyncAgent;

/// <summary>HMAC-SHA256 (RFC 2104) and AES-256 in ECB mode (FIPS 197) over whole arrays.</summary>
public interface ICrypto
{
    /// <summary>Writes HMAC-SHA256 of the whole of <paramref name="data"/> to <paramref name="mac"/> (32 bytes).</summary>
    void HmacSha256(byte[] key, byte[] data, byte[] mac);

    /// <summary>Encrypts the whole of <paramref name="data"/> (a multiple of 16 bytes) into <paramref name="result"/> of the same length. The key has 32 bytes.</summary>
    void AesEcbEncrypt(byte[] key, byte[] data, byte[] result);

    /// <summary>Decrypts the whole of <paramref name="data"/> (a multiple of 16 bytes) into <paramref name="result"/> of the same length. The key has 32 bytes.</summary>
    void AesEcbDecrypt(byte[] key, byte[] data, byte[] result);
}
