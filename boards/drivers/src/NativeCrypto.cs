// ICrypto over the board's native functions, which return new arrays: their bytes are copied into the caller's array.
// Invariants: what reaches the caller's array is a right result, or an exception leaves the call. A native call that
// throws, returns null or a wrong length never passes for a result: the caller's array may still hold a MAC of before,
// and neither zeros nor any other filler is safe against an attacker who may send that filler. The fallback computes it.
// A function that gives a wrong answer at start is not used at all: by a wrong HMAC every bank would look damaged, and the
// boot would reject them for good.
// Allocation: what the native library returns, per call; nothing else.
// Tests: tests/boards/drivers/NativeCryptoTests.
namespace EsyncAgent.Drivers;

/// <summary>HMAC-SHA256 and AES-256-ECB by native functions, by <see cref="ManagedCrypto"/> where they fail.</summary>
public sealed class NativeCrypto : ICrypto
{
    private readonly INativeCrypto _native;
    private readonly ICrypto _fallback;

    /// <summary>Compares each native function once with the fallback's.</summary>
    public NativeCrypto(INativeCrypto native, ICrypto fallback)
    {
        _native = native;
        _fallback = fallback;
        byte[] key = new byte[Aes256.KeyLength];
        byte[] data = new byte[2 * Aes256.BlockLength];
        for (int i = 0; i < data.Length; i++)
        {
            key[i] = (byte)(7 * i);
            data[i] = (byte)i;
        }

        byte[] right = new byte[data.Length];
        byte[] answer = new byte[data.Length];
        _fallback.HmacSha256(key, data, right);
        IsHmacNative = TryHmac(key, data, answer) && Bytes.AreEqual(right, 0, answer, 0, right.Length);
        _fallback.AesEcbEncrypt(key, data, right);
        bool isAesRight = TryAes(key, data, answer, true) && Bytes.AreEqual(right, 0, answer, 0, right.Length);
        IsAesNative = isAesRight && TryAes(key, right, answer, false) && Bytes.AreEqual(data, 0, answer, 0, data.Length);
    }

    /// <summary>False when the native HMAC failed at start: the fallback computes all of them.</summary>
    public bool IsHmacNative { get; private set; }

    /// <summary>False when the native AES failed at start: the fallback computes it.</summary>
    public bool IsAesNative { get; private set; }

    /// <summary>Native calls that threw, or returned nothing or a wrong length; for the board's log.</summary>
    public uint FaultCount { get; private set; }

    /// <inheritdoc/>
    public void HmacSha256(byte[] key, byte[] data, byte[] mac)
    {
        if (mac.Length != Sha256.HashLength)
        {
            throw new System.ArgumentException("HMAC-SHA256 writes 32 bytes: give it an array of 32.");
        }

        if (!IsHmacNative || !TryHmac(key, data, mac))
        {
            _fallback.HmacSha256(key, data, mac);
        }
    }

    /// <inheritdoc/>
    public void AesEcbEncrypt(byte[] key, byte[] data, byte[] result)
    {
        CheckAes(key, data, result);
        if (!IsAesNative || !TryAes(key, data, result, true))
        {
            _fallback.AesEcbEncrypt(key, data, result);
        }
    }

    /// <inheritdoc/>
    public void AesEcbDecrypt(byte[] key, byte[] data, byte[] result)
    {
        CheckAes(key, data, result);
        if (!IsAesNative || !TryAes(key, data, result, false))
        {
            _fallback.AesEcbDecrypt(key, data, result);
        }
    }

    private static void CheckAes(byte[] key, byte[] data, byte[] result)
    {
        if (key.Length != Aes256.KeyLength || data.Length % Aes256.BlockLength != 0 || result.Length != data.Length)
        {
            throw new System.ArgumentException("AES-256 takes a key of 32 bytes, whole blocks of 16, and a result as long as the data.");
        }
    }

    private bool TryHmac(byte[] key, byte[] data, byte[] mac)
    {
        byte[] made = null;
        try
        {
            made = _native.HmacSha256(key, data);
        }
        catch (System.Exception)
        {
            // Counted below: a board that is short of memory says so by an exception here.
        }

        return Take(made, mac);
    }

    private bool TryAes(byte[] key, byte[] data, byte[] result, bool isEncrypting)
    {
        byte[] made = null;
        try
        {
            made = _native.AesEcb(key, data, isEncrypting);
        }
        catch (System.Exception)
        {
            // As for HMAC.
        }

        return Take(made, result);
    }

    private bool Take(byte[] made, byte[] into)
    {
        if (made == null || made.Length != into.Length)
        {
            FaultCount++;
            return false;
        }

        System.Array.Copy(made, 0, into, 0, into.Length);
        return true;
    }
}
