// What the verifiers of signed documents have in common: authentication first (EnvelopeVerifier), then the document itself
// by its reader, at last whom it is for.
// Invariants: not a byte of the document is parsed before signatures and digest are right; a call does a handful of hash
// compressions at most and ends; whatever the bytes are, a verdict comes after a bounded number of calls; the envelope is
// never held whole.
// Must not know of banks and boot records: what depends on them is Fota's to compare.
// Tests: tests/agent-firmware/Fota/ManifestVerifierTests, TrustVerifierTests.
namespace EsyncAgent;

/// <summary>Verifies one signed document at a time.</summary>
public abstract class DocumentVerifier
{
    private readonly KeyStore _keys;
    private readonly SignedFacts _facts;
    private StdReturn _result = StdReturn.NotOk;

    /// <summary>A verifier that insists on the identity in <paramref name="config"/>; the document's facts go to <paramref name="facts"/>.</summary>
    internal DocumentVerifier(FotaConfig config, KeyStore keys, EnvelopeVerifier envelope, SignedFacts facts)
    {
        Config = config;
        _keys = keys;
        _facts = facts;
        Envelope = envelope;
    }

    /// <summary>Why the document was refused; None as long as it was not.</summary>
    public FotaError Error
    {
        get { return Envelope.Cursor.Error; }
    }

    /// <summary>Detail of <see cref="Error"/>: the position in the envelope for what is malformed, unsupported or of an unknown version, the flash address for FlashFailed, what rules ask too much of for RulesExceedLimits, the data identifier for SignalUnknown, else 0.</summary>
    public uint ErrorDetail
    {
        get { return Envelope.Cursor.ErrorDetail; }
    }

    /// <summary>The authentication, for one verifier at a time.</summary>
    internal EnvelopeVerifier Envelope { get; }

    /// <summary>Configuration of the update target.</summary>
    protected FotaConfig Config { get; }

    /// <summary>Begins with the envelope of <paramref name="length"/> bytes at a flash address.</summary>
    public abstract void Begin(uint address, uint length);

    /// <summary>Does one bounded piece of work. Pending: call again next cycle. NotOk: see <see cref="Error"/>.</summary>
    public StdReturn MainFunction(uint nowMs)
    {
        if (_result == StdReturn.Pending)
        {
            _result = Step();
            if (Error != FotaError.None)
            {
                _result = StdReturn.NotOk;
            }
        }

        return _result;
    }

    /// <summary>Goes on with the document: Ok when it is good. Whoever refuses it tells the cursor why.</summary>
    protected abstract StdReturn Step();

    /// <summary>Begins with the authentication of a document; without <paramref name="areRolesRequired"/> unknown signers are enough.</summary>
    protected void Open(SignedDocument kind, uint address, uint length, bool areRolesRequired)
    {
        Envelope.Begin(kind, address, length, areRolesRequired);
        _result = StdReturn.Pending;
    }

    /// <summary>True once the document is authentic; its digest is then among the facts.</summary>
    protected bool IsAuthentic()
    {
        if (Envelope.MainFunction() != StdReturn.Ok)
        {
            return false;
        }

        System.Array.Copy(Envelope.Digest, 0, _facts.Digest, 0, _facts.Digest.Length);
        return true;
    }

    /// <summary>None when the document is for this ECU.</summary>
    protected FotaError CheckIdentity()
    {
        if (!Bytes.AreEqual(_facts.VendorId, 0, Config.VendorId, 0, _facts.VendorId.Length))
        {
            return FotaError.WrongVendor;
        }

        if (!Bytes.AreEqual(_facts.ClassId, 0, Config.ClassId, 0, _facts.ClassId.Length))
        {
            return FotaError.WrongClass;
        }

        bool isForAnother = _facts.HasDeviceId && !Bytes.AreEqual(_facts.DeviceId, 0, _keys.DeviceId, 0, _facts.DeviceId.Length);
        return isForAnother ? FotaError.WrongDevice : FotaError.None;
    }

    /// <summary>Ok when there is no error; otherwise the document is refused for it.</summary>
    protected StdReturn Conclude(FotaError error)
    {
        if (error == FotaError.None)
        {
            return StdReturn.Ok;
        }

        Envelope.Cursor.Refuse(error, 0);
        return StdReturn.NotOk;
    }
}
