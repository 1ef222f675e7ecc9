// What the routines have in common that take the signed document in the staging slot: when they may run, its verification,
// and its refusal, which is a security event and in flash before it is answered.
// Invariant: nothing but the staging slot changes before the document is verified.
// Tests: tests/agent-firmware/EcuM/InstallTests, TrustInstallTests.
namespace EsyncAgent;

/// <summary>A routine over the staging slot.</summary>
public abstract class StagedDocumentRoutine : FotaRoutine
{
    private enum Step : byte
    {
        Verify,
        Install,
        Refuse,
    }

    private readonly DocumentVerifier _verifier;
    private readonly IdsM _idsM;
    private readonly Download _download;
    private readonly FlsArea _staging;
    private readonly byte _refusedEvent;
    private Step _step;

    /// <summary>Makes the routine; a refusal is the security event <paramref name="refusedEvent"/> (a value of <see cref="IdsMEvent"/>).</summary>
    protected StagedDocumentRoutine(ushort identifier, DocumentVerifier verifier, Banks banks, IdsM idsM, Download download, FlsArea staging, byte refusedEvent)
        : base(identifier)
    {
        _verifier = verifier;
        Banks = banks;
        _idsM = idsM;
        _download = download;
        _staging = staging;
        _refusedEvent = refusedEvent;
    }

    /// <summary>The two banks.</summary>
    protected Banks Banks { get; }

    /// <summary>Length of the document in bytes.</summary>
    protected uint DocumentLength
    {
        get { return _download.StagedLength; }
    }

    /// <inheritdoc/>
    public override FotaError Condition()
    {
        if (Banks.IsSecondaryInUse)
        {
            return FotaError.TrialRunning;
        }

        return DocumentLength == 0 ? FotaError.NoManifest : FotaError.None;
    }

    /// <inheritdoc/>
    public override StdReturn Start()
    {
        _step = Step.Verify;
        _verifier.Begin(_staging.Start, DocumentLength);
        return StdReturn.Pending;
    }

    /// <inheritdoc/>
    public override StdReturn Advance()
    {
        switch (_step)
        {
            case Step.Verify:
                return AdvanceVerification();
            case Step.Install:
                return AdvanceInstallation();
            default:
                return AwaitRefusal(_idsM);
        }
    }

    /// <summary>The document is verified: begins to do what it says. Ok when there is nothing to do.</summary>
    protected abstract StdReturn Install();

    /// <summary>Goes on with what <see cref="Install"/> began.</summary>
    protected abstract StdReturn AdvanceInstallation();

    /// <summary>Refuses the document for a reason that is not its own but this ECU's state.</summary>
    protected StdReturn RefuseDocument(FotaError error)
    {
        return RefuseDocument(error, 0);
    }

    /// <summary>The same with a detail.</summary>
    protected StdReturn RefuseDocument(FotaError error, uint detail)
    {
        _step = Step.Refuse;
        return Refuse(_idsM, _refusedEvent, error, detail);
    }

    private StdReturn AdvanceVerification()
    {
        StdReturn result = _verifier.MainFunction(0);
        if (result == StdReturn.Pending)
        {
            return result;
        }

        _step = Step.Install;
        return result == StdReturn.Ok ? Install() : RefuseDocument(_verifier.Error, _verifier.ErrorDetail);
    }
}
