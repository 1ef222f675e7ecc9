// RID 0215: takes the collection rules that lie in the staging slot, and puts them in the place of the ones in force.
//   verify (RulesVerifier) → newer than any before → NvM block Rules → in force.
// Invariants: the former rules count until the new ones stand in flash, and never a mixture; the set in force, asked for
// again, changes nothing and is good.
// Must not know what rules say.
// Tests: tests/agent-firmware/EcuM.
namespace EsyncAgent;

/// <summary>Install collection rules.</summary>
public sealed class RoutineInstallRules : StagedDocumentRoutine
{
    /// <summary>Identifier of the routine.</summary>
    public const ushort Rid = 0x0215;

    private readonly RulesVerifier _verifier;
    private readonly RuleStore _rules;
    private readonly byte[] _block;

    /// <summary>Makes the routine; <paramref name="block"/> is the buffer that <paramref name="verifier"/> brings the rules to.</summary>
    public RoutineInstallRules(RulesVerifier verifier, RuleStore rules, Banks banks, IdsM idsM, Download download, FlsArea staging, byte[] block)
        : base(Rid, verifier, banks, idsM, download, staging, IdsMEvent.RulesRefused)
    {
        _verifier = verifier;
        _rules = rules;
        _block = block;
    }

    /// <inheritdoc/>
    public override FotaError Condition()
    {
        return _rules.IsLoaded ? base.Condition() : FotaError.Busy;
    }

    /// <inheritdoc/>
    protected override StdReturn Install()
    {
        if (_verifier.IsInForce)
        {
            return StdReturn.Ok;
        }

        CollectionRules facts = _verifier.Facts;
        if (facts.SequenceNumber <= _rules.SequenceNumberMax)
        {
            return RefuseDocument(FotaError.SequenceTooLow, _rules.SequenceNumberMax);
        }

        return _rules.Store(_block, facts.Length, facts.Digest) ? StdReturn.Pending : RefuseDocument(FotaError.NvMFailed, 0);
    }

    /// <inheritdoc/>
    protected override StdReturn AdvanceInstallation()
    {
        StdReturn stored = _rules.WriteResult;
        if (stored == StdReturn.NotOk)
        {
            return Fail(FotaError.NvMFailed, 0);
        }

        if (stored == StdReturn.Ok)
        {
            _rules.PutInForce(_verifier.Facts.Digest);
        }

        return stored;
    }
}
