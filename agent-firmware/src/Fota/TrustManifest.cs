// What an authenticated trust manifest says (PROTOCOL.md, "Trust manifest"). The anchors themselves lie in the buffer that
// TrustVerifier was given, laid out as KeyStore keeps them.
// Invariant: written by TrustReader only; complete once TrustVerifier has said Ok.
// Tests: tests/agent-firmware/Fota/TrustVerifierTests.
namespace EsyncAgent;

/// <summary>Facts of one trust manifest.</summary>
public sealed class TrustManifest : SignedFacts
{
    /// <summary>Roles that the new anchors have, as bits (1 &lt;&lt; a value of <see cref="TrustRole"/>).</summary>
    public uint Roles;

    /// <summary>Facts in the arrays of <paramref name="other"/>; see <see cref="SignedFacts"/>.</summary>
    public TrustManifest(SignedFacts other)
        : base(other)
    {
    }
}
