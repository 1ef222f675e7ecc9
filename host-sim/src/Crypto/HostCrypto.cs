// ICrypto on net10.0: System.Security.Cryptography stands for what boards compute natively.
// Invariant: nothing is allocated per call except what AES needs when its key changes.
// Tests: tests/host-sim/Crypto/HostCryptoTests.
using System.Security.Cryptography;
using EsyncAgent;

namespace EsyncSim.Crypto;

/// <summary>HMAC-SHA256 and AES-256-ECB over whole arrays.</summary>
public sealed class HostCrypto : ICrypto, IDisposable
{
    private readonly Aes _aes = Aes.Create();
    private readonly byte[] _key = new byte[32];
    private bool _hasKey;

    /// <inheritdoc/>
    public void HmacSha256(byte[] key, byte[] data, byte[] mac)
    {
        HMACSHA256.HashData(key, data, mac);
    }

    /// <inheritdoc/>
    public void AesEcbEncrypt(byte[] key, byte[] data, byte[] result)
    {
        UseKey(key);
        _aes.EncryptEcb(data, result, PaddingMode.None);
    }

    /// <inheritdoc/>
    public void AesEcbDecrypt(byte[] key, byte[] data, byte[] result)
    {
        UseKey(key);
        _aes.DecryptEcb(data, result, PaddingMode.None);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_key);
        _aes.Dispose();
    }

    private void UseKey(byte[] key)
    {
        if (key.Length != _key.Length)
        {
            throw new ArgumentException("AES-256 needs a key of 32 bytes.", nameof(key));
        }

        if (_hasKey && key.AsSpan().SequenceEqual(_key))
        {
            return;
        }

        key.CopyTo(_key, 0);
        _aes.Key = key;
        _hasKey = true;
    }
}
