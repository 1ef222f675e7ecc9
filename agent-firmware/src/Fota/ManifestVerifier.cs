// Authenticates and reads a SUIT envelope that lies in flash, in slices: EnvelopeVerifier first, and only then the manifest
// itself, and whom it is for (PROTOCOL.md, "Manifest").
// Invariants: those of DocumentVerifier.
// Tests: tests/agent-firmware/Fota/ManifestVerifierTests, EnvelopeTests, ManifestReaderTests.
namespace EsyncAgent;

/// <summary>Verifies one envelope at a time; the facts are in <see cref="Manifest"/> once it has said Ok.</summary>
public sealed class ManifestVerifier : DocumentVerifier
{
    private enum Phase : byte
    {
        Envelope,
        Manifest,
        Target,
    }

    private readonly KeyStore _keys;
    private readonly ManifestReader _reader;
    private Phase _phase;

    /// <summary>A verifier that insists on the roles and the identity in <paramref name="config"/>; <paramref name="chunkBuffer"/> (4,096 bytes) is used only while it works.</summary>
    public ManifestVerifier(FotaConfig config, Fls fls, Csm csm, KeyStore keys, byte[] chunkBuffer)
        : this(config, keys, new EnvelopeVerifier(config.RequiredRoles, fls, csm, keys, chunkBuffer), new Manifest())
    {
    }

    private ManifestVerifier(FotaConfig config, KeyStore keys, EnvelopeVerifier envelope, Manifest manifest)
        : base(config, keys, envelope, manifest)
    {
        _keys = keys;
        Manifest = manifest;
        _reader = new ManifestReader(envelope.Cursor, manifest, config.RecipientCountMax);
    }

    /// <summary>Facts of the manifest; complete after Ok, rubbish otherwise.</summary>
    public Manifest Manifest { get; }

    /// <inheritdoc/>
    public override void Begin(uint address, uint length)
    {
        Begin(address, length, areRolesRequired: true);
    }

    /// <summary>
    /// Begins with an envelope that this ECU authenticated and confirmed before. Since the anchors were replaced its signers
    /// may be revoked, and then they are not asked for: what was confirmed stays confirmed.
    /// </summary>
    public void BeginConfirmed(uint address, uint length)
    {
        Begin(address, length, areRolesRequired: _keys.TrustSequence == 0);
    }

    /// <inheritdoc/>
    protected override StdReturn Step()
    {
        switch (_phase)
        {
            case Phase.Envelope:
                if (IsAuthentic())
                {
                    _reader.Begin(Envelope.ManifestPosition, _keys.DeviceId);
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
                return Conclude(CheckTarget());
        }
    }

    private FotaError CheckTarget()
    {
        FotaError error = _reader.CheckTables();
        if (error == FotaError.None)
        {
            error = CheckIdentity();
        }

        bool lacksKey = Manifest.IsEncrypted && Manifest.WrappedKeyPosition == 0;
        return error == FotaError.None && lacksKey ? FotaError.NoContentKey : error;
    }

    private void Begin(uint address, uint length, bool areRolesRequired)
    {
        Manifest.Clear();
        _phase = Phase.Envelope;
        Open(SignedDocument.ImageManifest, address, length, areRolesRequired);
    }
}
