// The crypto port as the agent gets it: passes everything on and reports what it costs.
// Invariant: results are those of the port below, bit for bit; only time is added.
// Tests: tests/host-sim/Ecu/VirtualEcuTests.cs.
using EsyncAgent;

namespace EsyncSim.Ecu;

/// <summary>Charges native HMAC and AES by call and byte.</summary>
internal sealed class MeteredCrypto(ICrypto inner, IlCosts costs, CpuMeter meter) : ICrypto
{
    /// <inheritdoc/>
    public void HmacSha256(byte[] key, byte[] data, byte[] mac)
    {
        meter.Add(IlOperation.Hmac);
        meter.AddNative(costs.HmacCallNs + (costs.HmacByteNs * data.Length));
        inner.HmacSha256(key, data, mac);
    }

    /// <inheritdoc/>
    public void AesEcbEncrypt(byte[] key, byte[] data, byte[] result)
    {
        // Nothing but AES-CTR encrypts: the charge is for what it does with the result.
        meter.Add(IlOperation.CipherByte, (uint)data.Length);
        ChargeAes(data.Length);
        inner.AesEcbEncrypt(key, data, result);
    }

    /// <inheritdoc/>
    public void AesEcbDecrypt(byte[] key, byte[] data, byte[] result)
    {
        ChargeAes(data.Length);
        inner.AesEcbDecrypt(key, data, result);
    }

    private void ChargeAes(int count)
    {
        meter.AddNative(costs.AesCallNs + (costs.AesByteNs * count));
    }
}
