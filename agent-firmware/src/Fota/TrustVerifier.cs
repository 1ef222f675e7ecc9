// Authenticates and reads a trust manifest that lies in flash, in slices, and checks whom it is for and that it leaves
// every required role an anchor (PROTOCOL.md, "Trust manifest").
// Invariants: those of DocumentVerifier; the one whose anchors are in force already is known by its digest alone, for the
// keys that signed it may be revoked by it.
// It works with the authentication and the buffer of others, which must be idle meanwhile; it keeps no anchor itself.
// Tests: tests/agent-firmware/Fota/TrustVerifierTests.
namespace EsyncAgent;

/// <summary>Verifies one trust manifest at a time; the facts are in <see cref="Manifest"/> once it has said Ok.</summary>
public sealed class TrustVerifier : DocumentVerifier
{
    private enum Phase : byte
    {
        Digest,
        Signatures,
        Manifest,
        Target,
    }

    private readonly KeyStore _keys;
    private readonly TrustReader _reader;
    private Phase _phase;

    /// <summary>
    /// A verifier that shares the authentication of <paramref name="shared"/>; it lays the new anchors out in
    /// <paramref name="block"/> (<see cref="KeyStore.BlockLengthMax"/> bytes or more) for <see cref="KeyStore.ReplaceAnchors"/>.
    /// </summary>
    public TrustVerifier(FotaConfig config, KeyStore keys, ManifestVerifier shared, byte[] block)
        : this(config, keys, shared.Envelope, block, new TrustManifest())
    {
    }

    private TrustVerifier(FotaConfig config, KeyStore keys, EnvelopeVerifier envelope, byte[] block, TrustManifest manifest)
        : base(config, keys, envelope, manifest)
    {
        _keys = keys;
        Manifest = manifest;
        _reader = new TrustReader(envelope.Cursor, manifest, block);
    }

    /// <summary>Facts of the manifest; complete after Ok, unless <see cref="IsInForce"/>.</summary>
    public TrustManifest Manifest { get; }

    /// <summary>True after Ok when the anchors are this manifest's already.</summary>
    public bool IsInForce { get; private set; }

    /// <inheritdoc/>
    public override void Begin(uint address, uint length)
    {
        IsInForce = false;
        _phase = Phase.Digest;
        Open(SignedDocument.TrustManifest, address, length, areRolesRequired: true);
    }

    /// <inheritdoc/>
    protected override StdReturn Step()
    {
        switch (_phase)
        {
            case Phase.Digest:
                return AwaitDigest();
            case Phase.Signatures:
                if (IsAuthentic())
                {
                    _reader.Begin(Envelope.ManifestPosition);
                    _phase = Phase.Manifest;
                }

                return StdReturn.Pending;
            case Phase.Manifest:
                if (_reader.MainFunction() == StdReturn.Ok)
                {
                    _phase = Phase.Target;
                }

                return StdReturn.Pending;
            default:
                FotaError error = CheckIdentity();
                return Conclude(error == FotaError.None ? CheckRoles() : error);
        }
    }

    private StdReturn AwaitDigest()
    {
        Envelope.MainFunction();
        if (!Envelope.IsDigestRight)
        {
            return StdReturn.Pending;
        }

        IsInForce = _keys.IsInForce(Envelope.Digest);
        _phase = Phase.Signatures;
        return IsInForce ? StdReturn.Ok : StdReturn.Pending;
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
