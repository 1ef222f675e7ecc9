// Authenticates collection rules that lie in flash, in slices, brings them into memory, and checks whom they are for and
// whether this ECU can keep to them (PROTOCOL.md, "Collection rules").
// Invariants: those of ReplacingVerifier; what the rules say is Data's to judge (RuleReader), and here only given its number.
// It works with the authentication and the buffer of others, which must be idle meanwhile.
// Tests: tests/agent-firmware/EcuM.
namespace EsyncAgent;

/// <summary>Verifies one set of collection rules at a time; it is <see cref="RuleStore"/>'s candidate once it has said Ok.</summary>
public sealed class RulesVerifier : ReplacingVerifier
{
    // Flash that one step brings at the most: what the window of the authentication holds.
    private const int PieceLength = 256;

    private enum Phase : byte
    {
        Bytes,
        Head,
        Rules,
    }

    private readonly RuleStore _rules;
    private readonly byte[] _block;
    private Phase _phase;
    private uint _position;

    /// <summary>
    /// A verifier that shares the authentication of <paramref name="shared"/>; it brings the rules to <paramref name="block"/>,
    /// behind the place of the digest, for <see cref="RuleStore.Store"/>.
    /// </summary>
    public RulesVerifier(FotaConfig config, KeyStore keys, ManifestVerifier shared, RuleStore rules, byte[] block)
        : this(config, keys, shared.Envelope, rules, block, new CollectionRules())
    {
    }

    private RulesVerifier(FotaConfig config, KeyStore keys, EnvelopeVerifier envelope, RuleStore rules, byte[] block, CollectionRules facts)
        : base(SignedDocument.CollectionRules, config, keys, envelope, facts)
    {
        _rules = rules;
        _block = block;
        Facts = facts;
    }

    /// <summary>Facts of the document; complete after Ok, unless <see cref="ReplacingVerifier.IsInForce"/>.</summary>
    public CollectionRules Facts { get; }

    /// <inheritdoc/>
    protected override bool IsDigestInForce(byte[] digest)
    {
        return _rules.IsInForce(digest);
    }

    /// <inheritdoc/>
    protected override void BeginContent()
    {
        uint length = Envelope.Cursor.Length - Envelope.ManifestPosition;
        if (length > (uint)_rules.LengthMax)
        {
            Envelope.Cursor.Refuse(FotaError.RulesExceedLimits, (uint)RuleBound.Length << 24);
            return;
        }

        Facts.Length = (int)length;
        _position = Envelope.ManifestPosition;
        _phase = Phase.Bytes;
    }

    /// <inheritdoc/>
    protected override StdReturn AdvanceContent()
    {
        switch (_phase)
        {
            case Phase.Bytes:
                Bring();
                return StdReturn.Pending;
            case Phase.Head:
                return ReadHead();
            default:
                return AdvanceReader();
        }
    }

    private void Bring()
    {
        uint left = Envelope.Cursor.Length - _position;
        if (left == 0)
        {
            _rules.Reader.Begin(_rules.Candidate, _block, RuleStore.DigestLength, Facts.Length, Envelope.ManifestPosition);
            _phase = Phase.Head;
            return;
        }

        int count = left < PieceLength ? (int)left : PieceLength;
        if (Envelope.Cursor.Ensure(_position, count))
        {
            FlsWindow window = Envelope.Cursor.Window;
            int offset = RuleStore.DigestLength + (int)(_position - Envelope.ManifestPosition);
            System.Array.Copy(window.Buffer, window.IndexOf(_position), _block, offset, count);
            _position += (uint)count;
        }
    }

    // Whom it is for comes before what it says: a set for another ECU is not called wrong for its signals.
    private StdReturn ReadHead()
    {
        StdReturn result = AdvanceReader();
        if (!_rules.Reader.IsHeadRead)
        {
            return result;
        }

        RuleSet set = _rules.Candidate;
        Facts.SequenceNumber = set.SequenceNumber;
        Facts.HasDeviceId = set.HasDeviceId;
        System.Array.Copy(set.VendorId, 0, Facts.VendorId, 0, set.VendorId.Length);
        System.Array.Copy(set.ClassId, 0, Facts.ClassId, 0, set.ClassId.Length);
        System.Array.Copy(set.DeviceId, 0, Facts.DeviceId, 0, set.DeviceId.Length);
        _phase = Phase.Rules;
        return Conclude(CheckIdentity()) == StdReturn.Ok ? result : StdReturn.NotOk;
    }

    private StdReturn AdvanceReader()
    {
        StdReturn result = _rules.Reader.MainFunction();
        if (result == StdReturn.NotOk)
        {
            Envelope.Cursor.Refuse(ReasonOf(_rules.Reader.Error), _rules.Reader.ErrorDetail);
        }

        return result;
    }

    private static FotaError ReasonOf(RuleError error)
    {
        switch (error)
        {
            case RuleError.VersionUnknown:
                return FotaError.ManifestVersionUnknown;
            case RuleError.TableMismatch:
                return FotaError.SignalTableMismatch;
            case RuleError.SignalUnknown:
                return FotaError.SignalUnknown;
            case RuleError.BoundExceeded:
                return FotaError.RulesExceedLimits;
            default:
                return FotaError.ManifestMalformed;
        }
    }
}
