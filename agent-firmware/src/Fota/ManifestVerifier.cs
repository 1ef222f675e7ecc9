// Authenticates and reads a SUIT envelope that lies in flash, in slices (PROTOCOL.md, "Manifest").
// Tests: tests/agent-firmware/Fota/ManifestVerifierTests.
namespace EsyncAgent;

/// <summary>Verifies one envelope; the facts are in <see cref="Manifest"/> once it has said Ok.</summary>
public sealed class ManifestVerifier
{
    private readonly Manifest _manifest = new Manifest();
    private FotaError _error;
    private uint _errorDetail;

    /// <summary>A verifier that insists on the roles and the identity in <paramref name="config"/>.</summary>
    public ManifestVerifier(FotaConfig config, Fls fls, Csm csm, KeyStore keys)
    {
    }

    /// <summary>Why the envelope was refused; None as long as it was not.</summary>
    public FotaError Error
    {
        get { return _error; }
    }

    /// <summary>Detail of <see cref="Error"/>: position in the envelope, or flash address for FlashFailed, else 0.</summary>
    public uint ErrorDetail
    {
        get { return _errorDetail; }
    }

    /// <summary>Facts of the manifest; complete after Ok, rubbish otherwise.</summary>
    public Manifest Manifest
    {
        get { return _manifest; }
    }

    /// <summary>Begins with the envelope of <paramref name="length"/> bytes at a flash address.</summary>
    public void Begin(uint address, uint length)
    {
        _error = FotaError.None;
        _errorDetail = 0;
    }

    /// <summary>Does one bounded piece of work. Pending: call again next cycle.</summary>
    public StdReturn MainFunction(uint nowMs)
    {
        return StdReturn.NotOk;
    }
}
