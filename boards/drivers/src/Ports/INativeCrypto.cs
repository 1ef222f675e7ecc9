// Port to what nanoFramework.System.Security.Cryptography computes natively, in that library's own form: whole arrays in,
// a new array out.
// Tests: through NativeCrypto, tests/boards/drivers.
namespace EsyncAgent.Drivers;

/// <summary>Native HMAC and AES.</summary>
public interface INativeCrypto
{
    /// <summary>HMAC-SHA256 of <paramref name="data"/>, 32 bytes.</summary>
    byte[] HmacSha256(byte[] key, byte[] data);

    /// <summary>AES-256 in ECB mode without padding over a multiple of 16 bytes; the result is equally long.</summary>
    byte[] AesEcb(byte[] key, byte[] data, bool isEncrypting);
}
