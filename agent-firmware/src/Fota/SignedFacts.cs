// What every signed document says: which one it is, in which order, and for whom (PROTOCOL.md, "Manifest", "Trust manifest",
// "Collection rules").
// Invariant: written by the document's reader and verifier only; complete once the verifier has said Ok.
// Tests: tests/agent-firmware/Fota/ManifestReaderTests, TrustVerifierTests.
namespace EsyncAgent;

/// <summary>Facts that all kinds of documents have in common.</summary>
public abstract class SignedFacts
{
    /// <summary>Sequence number; each kind of document has its own order.</summary>
    public uint SequenceNumber;

    /// <summary>True when the document is for one device only.</summary>
    public bool HasDeviceId;

    /// <summary>SHA-256 of the document's byte string with its header: its name everywhere.</summary>
    public readonly byte[] Digest;

    /// <summary>SUIT vendor identifier of the ECUs that it is for.</summary>
    public readonly byte[] VendorId;

    /// <summary>SUIT class identifier.</summary>
    public readonly byte[] ClassId;

    /// <summary>SUIT device identifier; meaningful when <see cref="HasDeviceId"/>.</summary>
    public readonly byte[] DeviceId;

    /// <summary>Facts with arrays of their own.</summary>
    protected SignedFacts()
    {
        Digest = new byte[32];
        VendorId = new byte[16];
        ClassId = new byte[16];
        DeviceId = new byte[16];
    }

    /// <summary>Facts in the arrays of another document, which is not looked at from here on until it is verified anew: one routine runs at a time.</summary>
    protected SignedFacts(SignedFacts other)
    {
        Digest = other.Digest;
        VendorId = other.VendorId;
        ClassId = other.ClassId;
        DeviceId = other.DeviceId;
    }
}
