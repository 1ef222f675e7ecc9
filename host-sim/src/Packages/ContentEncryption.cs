// Encrypts the payload of a package for a list of devices: AES-256-CTR under a content key, and that key wrapped for each
// device (A256KW, RFC 3394); and decrypts it for whoever has the file of one of them.
// Invariant: each payload gets a content key of its own. One key over two payloads would show the difference of the two.
// Must not know what the payload is; it is compressed before, since nothing can be compressed after.
// Clause: PROTOCOL.md, "Content encryption".
// Tests: tests/host-sim/Packages (decrypted there by the agent's own code).
using System.Buffers.Binary;
using System.Security.Cryptography;
using EsyncAgent;
using EsyncSim.Signing;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;

namespace EsyncSim.Packages;

/// <summary>A payload as it is transferred, and what the manifest says about it.</summary>
/// <param name="Payload">Encrypted bytes, as many as before.</param>
/// <param name="Info">For the manifest.</param>
public sealed record EncryptedContent(byte[] Payload, EncryptionInfo Info);

/// <summary>Encrypts payloads.</summary>
public static class ContentEncryption
{
    /// <summary>Bytes of a content key.</summary>
    public const int KeyLength = 32;

    private const int BlockLength = 16;

    /// <summary>Encrypts a payload under a new random key, for 1 to 32 devices, each once, in any order.</summary>
    /// <exception cref="UserErrorException">No device, too many, or one twice.</exception>
    public static EncryptedContent Encrypt(byte[] payload, IReadOnlyList<DeviceFile> devices) => Encrypt(payload, devices, RandomNumberGenerator.GetBytes);

    /// <summary>Encrypts a payload under a new key, which is drawn with the first counter block.</summary>
    /// <exception cref="UserErrorException">No device, too many, or one twice.</exception>
    public static EncryptedContent Encrypt(byte[] payload, IReadOnlyList<DeviceFile> devices, Func<int, byte[]> entropy)
    {
        byte[] contentKey = entropy(KeyLength);
        EncryptedContent content = Encrypt(payload, devices, contentKey, entropy(EncryptionInfo.IvLength));
        CryptographicOperations.ZeroMemory(contentKey);
        return content;
    }

    /// <summary>Encrypts under a given key and first counter block, so that a test gives the same bytes each time. No two payloads may share a key.</summary>
    /// <exception cref="UserErrorException">No device, too many, or one twice.</exception>
    public static EncryptedContent Encrypt(byte[] payload, IReadOnlyList<DeviceFile> devices, byte[] contentKey, byte[] iv)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(contentKey.Length, KeyLength);
        ArgumentOutOfRangeException.ThrowIfNotEqual(iv.Length, EncryptionInfo.IvLength);
        DeviceFile[] sorted = [.. devices];
        Array.Sort(sorted, (a, b) => EncryptionInfo.Compare(a.DeviceId, b.DeviceId));
        RequireRecipients(sorted);
        return new EncryptedContent(Apply(payload, contentKey, iv), new EncryptionInfo(iv, [.. sorted.Select(device => Wrap(contentKey, device))]));
    }

    /// <summary>Decrypts a payload; null when none of the devices is a recipient.</summary>
    /// <exception cref="SuitException">The content key for one of them is not wrapped by its key, or was changed.</exception>
    public static byte[]? TryDecrypt(byte[] payload, EncryptionInfo info, IReadOnlyList<DeviceFile> devices)
    {
        DeviceFile? device = devices.FirstOrDefault(candidate => info.Recipients.Any(recipient => IsFor(recipient, candidate)));
        if (device is null)
        {
            return null;
        }

        byte[] contentKey = Unwrap(info.Recipients.First(recipient => IsFor(recipient, device)), device);
        byte[] plain = Apply(payload, contentKey, info.Iv);
        CryptographicOperations.ZeroMemory(contentKey);
        return plain;
    }

    private static bool IsFor(WrappedKey recipient, DeviceFile device) => EncryptionInfo.Compare(recipient.DeviceId, device.DeviceId) == 0;

    private static byte[] Unwrap(WrappedKey wrapped, DeviceFile device)
    {
        byte[] wrapKey = device.KeyWrapKey();
        Rfc3394WrapEngine engine = new(new AesEngine());
        engine.Init(false, new KeyParameter(wrapKey));
        CryptographicOperations.ZeroMemory(wrapKey);
        try
        {
            return engine.Unwrap(wrapped.Key, 0, wrapped.Key.Length);
        }
        catch (InvalidCipherTextException)
        {
            throw new SuitException(FotaError.NoContentKey, $"the content key for the device {Convert.ToHexStringLower(device.DeviceId)} was not wrapped with the secret in its file");
        }
    }

    /// <summary>Refuses a list that nothing can be encrypted for.</summary>
    /// <exception cref="UserErrorException">No device, too many, or one twice.</exception>
    public static void RequireRecipients(IReadOnlyList<DeviceFile> devices)
    {
        if (devices.Count is 0 or > EncryptionInfo.RecipientCountMax)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"an encrypted package is for 1 to {EncryptionInfo.RecipientCountMax} devices, not {devices.Count}; make one package for each group of devices");
        }

        string? twice = devices.GroupBy(device => Convert.ToHexStringLower(device.DeviceId)).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is not null)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"the device {twice} stands twice among those that the package is encrypted for; name each once");
        }
    }

    private static WrappedKey Wrap(byte[] contentKey, DeviceFile device)
    {
        byte[] wrapKey = device.KeyWrapKey();
        Rfc3394WrapEngine engine = new(new AesEngine());
        engine.Init(true, new KeyParameter(wrapKey));
        CryptographicOperations.ZeroMemory(wrapKey);
        return new WrappedKey(device.DeviceId, engine.Wrap(contentKey, 0, contentKey.Length));
    }

    // NIST SP 800-38A §6.5: counter block i is the first one + i, over all 128 bits.
    private static byte[] Apply(byte[] payload, byte[] contentKey, byte[] iv)
    {
        UInt128 counter = BinaryPrimitives.ReadUInt128BigEndian(iv);
        byte[] stream = new byte[(payload.Length + BlockLength - 1) / BlockLength * BlockLength];
        for (int at = 0; at < stream.Length; at += BlockLength)
        {
            BinaryPrimitives.WriteUInt128BigEndian(stream.AsSpan(at), counter);
            counter = unchecked(counter + 1);
        }

        using Aes aes = Aes.Create();
        aes.Key = contentKey;
        stream = aes.EncryptEcb(stream, PaddingMode.None);
        return [.. payload.Zip(stream, (plain, mask) => (byte)(plain ^ mask))];
    }
}
