// Who signs a package: a key file on a bench, a hardware module in production, memory in a test. The package builder sees
// this only.
// Tests: tests/host-sim/Signing.
namespace EsyncSim.Signing;

/// <summary>An HSS private key in use.</summary>
public interface ISigner
{
    /// <summary>What its signatures stand for.</summary>
    SigningRole Role { get; }

    /// <summary>HSS public key, 60 bytes.</summary>
    byte[] PublicKey { get; }

    /// <summary>HSS signature of <paramref name="message"/>. Uses up one index for good, even when the caller drops the result.</summary>
    /// <exception cref="UserErrorException">The key is used up, locked by somebody else, or its file cannot be written.</exception>
    byte[] Sign(byte[] message);
}
