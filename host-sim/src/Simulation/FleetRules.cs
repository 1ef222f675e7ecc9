// Collection rules of one ECU of the fleet: the ones built in, and signed sets that take their place.
// Invariants: no two sets share a rule's identifier, so that a sample tells which set it is of; each has a rule with a period of its
// own. Never changed once it is made.
// Tests: tests/host-sim/Simulation.
using EsyncAgent;
using EsyncSim.Config;
using EsyncSim.Packages;
using EsyncSim.Rules;
using EsyncSim.Signing;

namespace EsyncSim.Simulation;

/// <summary>Rule sets of an ECU.</summary>
public sealed class FleetRules
{
    /// <summary>Sets besides the built-in one; their sequence numbers are 1 to this.</summary>
    public const int Count = 3;

    private const byte FirstId = 100;
    private const byte IdsPerSet = 10;
    private const uint FirstPeriodMs = 300;
    private const uint PeriodStepMs = 200;

    private readonly RuleList[] _sets;
    private readonly byte[][] _documents;

    /// <summary>Makes and signs them, for an ECU that has signals and a report log.</summary>
    public FleetRules(EcuDefinition definition, ISigner signer)
    {
        DataConfig data = definition.Config.Data;
        RuleList builtIn = RuleList.Decode(data.BuiltInRules);
        _sets = [builtIn, .. Enumerable.Range(1, Count).Select(number => builtIn with { Sequence = (uint)number, Rules = Rules(data.SignalDids, number) })];
        _documents = [.. _sets.Skip(1).Select(set => RulesFile.Build(set, [signer]).Document)];
    }

    /// <summary>True for an ECU that can have rules.</summary>
    public static bool IsFor(EcuDefinition definition) => definition.Config.Fls.ReportLog.Length > 0 && definition.Config.Data.BuiltInRules.Length > 0;

    /// <summary>A set as it goes to the ECU.</summary>
    public byte[] Document(int sequence) => _documents[sequence - 1];

    /// <summary>The set that a rule is of; −1 when it is of none.</summary>
    public int SetOf(byte rule) => Array.FindIndex(_sets, set => set.Rules.Any(one => one.Id == rule));

    /// <summary>Period of a rule in milliseconds; 0 when something else triggers it.</summary>
    public uint PeriodMsOf(byte rule) => _sets.SelectMany(set => set.Rules).FirstOrDefault(one => one.Id == rule)?.Trigger is PeriodTrigger period ? period.PeriodMs : 0;

    private static CollectionRule[] Rules(ushort[] dids, int number)
    {
        byte id = (byte)(FirstId + (IdsPerSet * number));
        CollectionRule periodic = new() { Id = id, Signals = [dids[0]], Trigger = new PeriodTrigger(FirstPeriodMs + (PeriodStepMs * (uint)number)), Priority = RulePriority.Low };
        return
        [
            periodic,
            periodic with { Id = (byte)(id + 1), Trigger = new ChangeTrigger(dids[0], 500, 400), Priority = RulePriority.Normal },
            periodic with { Id = (byte)(id + 2), Signals = [dids[1]], Trigger = new DtcTrigger(0), Priority = RulePriority.High, Window = new RuleWindow(100, 300, 300) },
        ];
    }
}
