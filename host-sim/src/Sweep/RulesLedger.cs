// Which collection rules of an ECU may be in force, for the rows of a sweep that are about them.
// Invariants: a set that was answered as installed, or was seen in force by whoever could ask, stays until another takes its place; one that
// was asked for may be in force or not; whatever is in force is one set as a whole. Equal ledgers print equal.
// Must not know flash. Tests: tests/host-sim/Sweep.
using EsyncAgent;

namespace EsyncSim.Sweep;

/// <summary>Promises about collection rules.</summary>
public sealed class RulesLedger
{
    private const ushort CollectedIdentifier = 0xFD10;
    private const int DigestOffset = 10;
    private const int RecordLength = 27;
    private uint _inForce;

    /// <summary>A copy, independent from now on.</summary>
    public RulesLedger Clone() => new() { _inForce = _inForce, Asked = Asked };

    /// <summary>The set that a client has asked for last; 0 before the first.</summary>
    public uint Asked { get; private set; }

    /// <summary>A client asks for a set.</summary>
    public void Ask(uint sequence) => Asked = sequence;

    /// <summary>Compares with an agent that has just come up, or has just answered; throws what is found.</summary>
    /// <param name="rig">The ECU.</param>
    /// <param name="isAnswered">The set that was asked for last was answered as installed.</param>
    public void Check(AgentRig rig, bool isAnswered)
    {
        RuleStore rules = rig.Agent.Data.Rules;
        rig.TurnUntil(() => rules.IsLoaded, "the collection rules");
        rig.Turn();
        _inForce = isAnswered ? Asked : _inForce;
        uint found = rules.InForce.SequenceNumber;
        if (found != _inForce && found != Asked)
        {
            throw Lost($"rules {found} are in force where {_inForce} or {Asked} may be");
        }

        byte[] digest = found == 0 ? new byte[RuleStore.DigestLength] : SweepRules.Digest(found)[..RuleStore.DigestLength];
        byte[] record = new byte[RecordLength];
        rig.Agent.Data.State.Read(CollectedIdentifier, record, 0);
        if (!IsWhole(rules.InForce, SweepRules.Read(found)) || !rules.Digest.AsSpan().SequenceEqual(digest) || !record.AsSpan(DigestOffset, digest.Length).SequenceEqual(digest))
        {
            throw Lost($"what is in force as rules {found} is not that set");
        }

        _inForce = found;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{_inForce} {Asked}";

    private static bool IsWhole(RuleSet found, RuleSet expected)
    {
        int count = expected.Count;
        int signals = expected.SignalFirst[count];
        int terms = expected.TermFirst[count];
        return found.Count == count && found.Cost == expected.Cost
            && found.Ids.AsSpan(0, count).SequenceEqual(expected.Ids.AsSpan(0, count))
            && found.Triggers.AsSpan(0, count).SequenceEqual(expected.Triggers.AsSpan(0, count))
            && Enumerable.Range(0, count).All(rule => expected.Triggers[rule] == RuleTrigger.Condition || found.Operands[rule] == expected.Operands[rule])
            && found.IntervalMs.AsSpan(0, count).SequenceEqual(expected.IntervalMs.AsSpan(0, count))
            && found.RetentionHours.AsSpan(0, count).SequenceEqual(expected.RetentionHours.AsSpan(0, count))
            && found.SignalFirst.AsSpan(0, count + 1).SequenceEqual(expected.SignalFirst.AsSpan(0, count + 1))
            && found.TermFirst.AsSpan(0, count + 1).SequenceEqual(expected.TermFirst.AsSpan(0, count + 1))
            && found.Signals.AsSpan(0, signals).SequenceEqual(expected.Signals.AsSpan(0, signals))
            && found.TermRight.AsSpan(0, terms).SequenceEqual(expected.TermRight.AsSpan(0, terms));
    }

    private static SweepFaultException Lost(string what) => new(SweepFault.LostConfirmedState, what);
}
