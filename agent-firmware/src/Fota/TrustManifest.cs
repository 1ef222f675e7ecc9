// What an authenticated trust manifest says (PROTOCOL.md, "Trust manifest"). The anchors themselves lie in the buffer that
// TrustVerifier was given, laid out as KeyStore keeps them.
// Invariant: written by TrustReader only; complete once TrustVerifier has said Ok.
// Tests: tests/agent-firmware/Fota/TrustVerifierTests.
namespace EsyncAgent;

/// <summary>Facts of one trust manifest.</summary>
public sealed class TrustManifest
{
    /// <summary>Sequence number; orders trust manifests, apart from those of images.</summary>
    public uint SequenceNumber;

    /// <summary>True when it is for one device only.</summary>
    public bool HasDeviceId;

    /// <summary>Roles that the new anchors have, as bits (1 &lt;&lt; a value of <see cref="TrustRole"/>).</summary>
    public uint Roles;

    /// <summary>SHA-256 of its byte string with its header.</summary>
    public readonly byte[] Digest = new byte[32];

    /// <summary>SUIT vendor identifier of the ECUs that it is for.</summary>
    public readonly byte[] VendorId = new byte[16];

    /// <summary>SUIT class identifier.</summary>
    public readonly byte[] ClassId = new byte[16];

    /// <summary>Device identifier; meaningful when <see cref="HasDeviceId"/>.</summary>
    public readonly byte[] DeviceId = new byte[16];
}
