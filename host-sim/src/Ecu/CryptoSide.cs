// The cryptography of a board with drivers: native calls behind NativeCrypto, or ManagedCrypto where the firmware has none.
// The native side itself is the host's; a managed computation is charged by the instructions that it takes.
// Tests: tests/host-sim/Ecu/DriverBoardTests.cs.
using EsyncAgent;
using EsyncAgent.Drivers;
using EsyncSim.Crypto;

namespace EsyncSim.Ecu;

/// <summary>Makes crypto drivers.</summary>
internal static class CryptoSide
{
    /// <summary>The driver for a program that starts now.</summary>
    public static ICrypto Start(bool isNative, IlCosts costs, CpuMeter meter)
    {
        MeteredManagedCrypto managed = new(new ManagedCrypto(), meter);
        return isNative ? new MeteredCrypto(new NativeCrypto(new HostNative(new HostCrypto()), managed), costs, meter) : managed;
    }

    /// <summary>What nanoFramework's library would compute: new arrays, as it gives them.</summary>
    private sealed class HostNative(HostCrypto crypto) : INativeCrypto
    {
        public byte[] HmacSha256(byte[] key, byte[] data)
        {
            byte[] mac = new byte[Sha256.HashLength];
            crypto.HmacSha256(key, data, mac);
            return mac;
        }

        public byte[] AesEcb(byte[] key, byte[] data, bool isEncrypting)
        {
            byte[] result = new byte[data.Length];
            if (isEncrypting)
            {
                crypto.AesEcbEncrypt(key, data, result);
            }
            else
            {
                crypto.AesEcbDecrypt(key, data, result);
            }

            return result;
        }
    }
}

/// <summary>Charges managed cryptography by compressions and blocks.</summary>
internal sealed class MeteredManagedCrypto(ManagedCrypto inner, CpuMeter meter) : ICrypto
{
    private const int BlockLength = 16;

    /// <inheritdoc/>
    public void HmacSha256(byte[] key, byte[] data, byte[] mac)
    {
        uint before = inner.CompressionCount;
        inner.HmacSha256(key, data, mac);
        meter.Add(IlOperation.Hmac);
        meter.Add(IlOperation.ManagedHmac);
        meter.Add(IlOperation.ShaCompression, inner.CompressionCount - before);
    }

    /// <inheritdoc/>
    public void AesEcbEncrypt(byte[] key, byte[] data, byte[] result)
    {
        inner.AesEcbEncrypt(key, data, result);
        meter.Add(IlOperation.CipherByte, (uint)data.Length);
        meter.Add(IlOperation.ManagedAesEncrypt, (uint)(data.Length / BlockLength));
    }

    /// <inheritdoc/>
    public void AesEcbDecrypt(byte[] key, byte[] data, byte[] result)
    {
        inner.AesEcbDecrypt(key, data, result);
        meter.Add(IlOperation.ManagedAesDecrypt, (uint)(data.Length / BlockLength));
    }
}
