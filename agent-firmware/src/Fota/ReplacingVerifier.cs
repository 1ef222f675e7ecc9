// What the verifiers have in common whose document takes the place of the one in force (trust manifest, collection rules): digest first,
// then signatures, then what it says.
// Invariants: those of DocumentVerifier; the document in force already is known by its digest alone, and nothing is asked of its
// signatures, for the keys that made them may be revoked since.
// Tests: tests/agent-firmware/Fota/TrustVerifierTests, tests/agent-firmware/EcuM/RulesInstallTests.
namespace EsyncAgent;

/// <summary>Verifies one document at a time that replaces another of its kind.</summary>
public abstract class ReplacingVerifier : DocumentVerifier
{
    private enum Phase : byte
    {
        Digest,
        Signatures,
        Content,
    }

    private readonly SignedDocument _kind;
    private Phase _phase;

    /// <summary>A verifier of documents of one kind.</summary>
    internal ReplacingVerifier(SignedDocument kind, FotaConfig config, KeyStore keys, EnvelopeVerifier envelope, SignedFacts facts)
        : base(config, keys, envelope, facts)
    {
        _kind = kind;
    }

    /// <summary>True after Ok when this document is in force already; its facts are not read then.</summary>
    public bool IsInForce { get; private set; }

    /// <inheritdoc/>
    public override void Begin(uint address, uint length)
    {
        IsInForce = false;
        _phase = Phase.Digest;
        Open(_kind, address, length, areRolesRequired: true);
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
                    _phase = Phase.Content;
                    BeginContent();
                }

                return StdReturn.Pending;
            default:
                return AdvanceContent();
        }
    }

    /// <summary>True when the document in force has this digest.</summary>
    protected abstract bool IsDigestInForce(byte[] digest);

    /// <summary>The document is authentic: what it says comes next.</summary>
    protected abstract void BeginContent();

    /// <summary>Goes on with what the document says: Ok when it is good. Whoever refuses it tells the cursor why.</summary>
    protected abstract StdReturn AdvanceContent();

    private StdReturn AwaitDigest()
    {
        Envelope.MainFunction();
        if (!Envelope.IsDigestRight)
        {
            return StdReturn.Pending;
        }

        IsInForce = IsDigestInForce(Envelope.Digest);
        _phase = Phase.Signatures;
        return IsInForce ? StdReturn.Ok : StdReturn.Pending;
    }
}
