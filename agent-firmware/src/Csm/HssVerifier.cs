// HSS signature verification (RFC 8554 §6), in slices.
// Tests: tests/agent-firmware/Csm/HssVerifierTests.
namespace EsyncAgent;

/// <summary>Verifies one HSS signature that lies in flash.</summary>
public sealed class HssVerifier
{
    /// <summary>A verifier on the hash of <paramref name="csm"/>.</summary>
    public HssVerifier(Csm csm)
    {
    }

    /// <summary>
    /// Begins with a signature that lies at <paramref name="signaturePosition"/> of an open window. The 60 bytes of the
    /// public key and the message are copied; the message has at most 64 bytes.
    /// </summary>
    public void Begin(byte[] publicKey, int publicKeyOffset, FlsWindow window, uint signaturePosition, uint signatureLength, byte[] message, int messageLength)
    {
    }

    /// <summary>Does at most about <paramref name="compressionsMax"/> SHA-256 compressions. Pending: call again.</summary>
    public StdReturn Step(int compressionsMax)
    {
        return StdReturn.NotOk;
    }
}
