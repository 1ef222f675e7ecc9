// Native HMAC and AES of nanoFramework as the port INativeCrypto. Keys are always given: the library's own default keys
// come from its Random.
// Package nanoFramework.System.Security.Cryptography. Tests: tests/Surface compiles it; what stands on it is tested
// through INativeCrypto.
using System.Security.Cryptography;
using EsyncAgent.Drivers;

namespace EsyncAgent.Boards;

/// <summary>The framework's cryptography.</summary>
public sealed class CryptoPort : INativeCrypto
{
    private readonly Aes _aes = new Aes(CipherMode.ECB);

    /// <inheritdoc/>
    public byte[] HmacSha256(byte[] key, byte[] data)
    {
        return HMACSHA256.HashData(key, data);
    }

    /// <inheritdoc/>
    public byte[] AesEcb(byte[] key, byte[] data, bool isEncrypting)
    {
        _aes.Key = key;
        return isEncrypting ? _aes.Encrypt(data) : _aes.Decrypt(data);
    }
}
