// Authenticates and reads a trust manifest that lies in flash, in slices, and checks whom it is for and that it leaves
// every required role an anchor (PROTOCOL.md, "Trust manifest").
// Invariants: those of ReplacingVerifier.
// It works with the authentication and the buffer of others, which must be idle meanwhile; it keeps no anchor itself.
// Tests: tests/agent-firmware/Fota/TrustVerifierTests.
namespace EsyncAgent;

/// <summary>Verifies one trust manifest at a time; the facts are in <see cref="Manifest"/> once it has said Ok.</summary>
public sealed class TrustVerifier : ReplacingVerifier
{
    private readonly KeyStore _keys;
    private readonly TrustReader _reader;

    /// <summary>
    /// A verifier that shares the authentication of <paramref name="shared"/>; it lays the new anchors out in
    /// <paramref name="block"/> (<see cref="KeyStore.BlockLengthMax"/> bytes or more) for <see cref="KeyStore.ReplaceAnchors"/>.
    /// </summary>
    public TrustVerifier(FotaConfig config, KeyStore keys, ManifestVerifier shared, byte[] block)
        : this(config, keys, shared.Envelope, block, new TrustManifest(shared.Manifest))
    {
    }

    private TrustVerifier(FotaConfig config, KeyStore keys, EnvelopeVerifier envelope, byte[] block, TrustManifest manifest)
        : base(SignedDocument.TrustManifest, config, keys, envelope, manifest)
    {
        _keys = keys;
        Manifest = manifest;
        _reader = new TrustReader(envelope.Cursor, manifest, block);
    }

    /// <summary>Facts of the manifest; complete after Ok, unless <see cref="ReplacingVerifier.IsInForce"/>.</summary>
    public TrustManifest Manifest { get; }

    /// <inheritdoc/>
    protected override bool IsDigestInForce(byte[] digest)
    {
        return _keys.IsInForce(digest);
    }

    /// <inheritdoc/>
    protected override void BeginContent()
    {
        _reader.Begin(Envelope.ManifestPosition);
    }

    /// <inheritdoc/>
    protected override StdReturn AdvanceContent()
    {
        if (_reader.MainFunction() != StdReturn.Ok)
        {
            return StdReturn.Pending;
        }

        FotaError error = CheckIdentity();
        return Conclude(error == FotaError.None ? CheckRoles() : error);
    }

    // An ECU without an anchor for a role that images need could never be updated again.
    private FotaError CheckRoles()
    {
        byte[] required = Config.RequiredRoles;
        for (int i = 0; i < required.Length; i++)
        {
            if ((Manifest.Roles >> required[i] & 1) == 0)
            {
                return FotaError.AnchorRoleMissing;
            }
        }

        return FotaError.None;
    }
}
