// One set of collection rules, as flat arrays: rule by rule, with the signals of all rules in one array and the
// comparisons of all conditions in another. Signals stand by their index in SignalTable.
// Invariants: written by RuleReader only, complete once it has said Ok; as long as the bounds of DataConfig allow, so that
// a new set allocates nothing.
// Clause: PROTOCOL.md, "Collection rules".
// Tests: tests/agent-firmware/Data/RuleReaderTests.
namespace EsyncAgent;

/// <summary>What makes a rule take a sample; the numbers are those of the document.</summary>
public static class RuleTrigger
{
    /// <summary>A time has passed.</summary>
    public const byte Period = 0;

    /// <summary>A signal has changed by more than a threshold, or its quality has.</summary>
    public const byte Change = 1;

    /// <summary>A condition between signals has become true.</summary>
    public const byte Condition = 2;

    /// <summary>A DTC's testFailed has gone from 0 to 1.</summary>
    public const byte Dtc = 3;
}

/// <summary>Comparisons of a condition; the numbers are those of the document.</summary>
public static class RuleOperator
{
    /// <summary>==</summary>
    public const byte Equal = 0;

    /// <summary>!=</summary>
    public const byte NotEqual = 1;

    /// <summary>&lt;</summary>
    public const byte Less = 2;

    /// <summary>&lt;=</summary>
    public const byte LessOrEqual = 3;

    /// <summary>&gt;</summary>
    public const byte Greater = 4;

    /// <summary>&gt;=</summary>
    public const byte GreaterOrEqual = 5;
}

/// <summary>Rules of one ECU, by index in ascending order of their identifiers.</summary>
public sealed class RuleSet
{
    /// <summary>Makes room for as many rules, signals and comparisons as the configuration allows.</summary>
    public RuleSet(DataConfig config)
    {
        int rules = config.RuleCountMax;
        Ids = new byte[rules];
        Triggers = new byte[rules];
        Priorities = new byte[rules];
        RetentionHours = new ushort[rules];
        SignalFirst = new ushort[rules + 1];
        Signals = new ushort[config.RuleSignalsMax];
        BodyLengths = new ushort[rules];
        IntervalMs = new uint[rules];
        Watched = new ushort[rules];
        Operands = new uint[rules];
        IsAny = new bool[rules];
        TermFirst = new ushort[rules + 1];
        TermLeft = new ushort[config.RuleTermsMax];
        TermOperators = new byte[config.RuleTermsMax];
        TermIsSignal = new bool[config.RuleTermsMax];
        TermRight = new int[config.RuleTermsMax];
        SamplePeriodMs = new uint[rules];
        BeforeMs = new uint[rules];
        AfterMs = new uint[rules];
        HistoryStart = new ushort[rules];
        HistoryCount = new ushort[rules];
        CheckCosts = new ushort[rules];
        SampleCosts = new ushort[rules];
    }

    /// <summary>Orders sets for these ECUs, from 1; 0 for the built-in one.</summary>
    public uint SequenceNumber;

    /// <summary>True when the set is for one device only.</summary>
    public bool HasDeviceId;

    /// <summary>Vendor identifier of the ECUs that it is for.</summary>
    public readonly byte[] VendorId = new byte[16];

    /// <summary>Class identifier.</summary>
    public readonly byte[] ClassId = new byte[16];

    /// <summary>Device identifier; meaningful when <see cref="HasDeviceId"/>.</summary>
    public readonly byte[] DeviceId = new byte[16];

    /// <summary>Number of rules.</summary>
    public int Count;

    /// <summary>What one evaluation of all rules costs at the most, in IL instructions (<see cref="RuleCost"/>).</summary>
    public int Cost;

    /// <summary>Identifier of each rule, 1 to 255, ascending.</summary>
    public readonly byte[] Ids;

    /// <summary>Trigger of each rule, a value of <see cref="RuleTrigger"/>.</summary>
    public readonly byte[] Triggers;

    /// <summary>Priority of each rule's records: 0 low, 1 normal, 2 high.</summary>
    public readonly byte[] Priorities;

    /// <summary>Retention of each rule's records in hours; 0 for ever.</summary>
    public readonly ushort[] RetentionHours;

    /// <summary>Where each rule's signals begin in <see cref="Signals"/>; they end where the next rule's begin.</summary>
    public readonly ushort[] SignalFirst;

    /// <summary>Signals of all rules, by their index in the signal table.</summary>
    public readonly ushort[] Signals;

    /// <summary>Length of the body of a rule's sample, in bytes.</summary>
    public readonly ushort[] BodyLengths;

    /// <summary>Period of a <see cref="RuleTrigger.Period"/>, least time between two triggers of a change or a condition, in milliseconds.</summary>
    public readonly uint[] IntervalMs;

    /// <summary>Signal whose change triggers.</summary>
    public readonly ushort[] Watched;

    /// <summary>Threshold of a change, raw; DTC of a <see cref="RuleTrigger.Dtc"/>, 0 for any.</summary>
    public readonly uint[] Operands;

    /// <summary>True where one true comparison makes the condition true; else all of them must be.</summary>
    public readonly bool[] IsAny;

    /// <summary>Where each rule's comparisons begin; they end where the next rule's begin.</summary>
    public readonly ushort[] TermFirst;

    /// <summary>Left signal of each comparison.</summary>
    public readonly ushort[] TermLeft;

    /// <summary>Operator of each comparison, a value of <see cref="RuleOperator"/>.</summary>
    public readonly byte[] TermOperators;

    /// <summary>True where the right side is a signal.</summary>
    public readonly bool[] TermIsSignal;

    /// <summary>Right side of each comparison: a signal's index, or a raw value as the left signal has it.</summary>
    public readonly int[] TermRight;

    /// <summary>Period of the samples around a trigger, in milliseconds; 0 where there are none.</summary>
    public readonly uint[] SamplePeriodMs;

    /// <summary>How long before a trigger samples are kept, in milliseconds.</summary>
    public readonly uint[] BeforeMs;

    /// <summary>How long after a trigger samples are taken, in milliseconds.</summary>
    public readonly uint[] AfterMs;

    /// <summary>Where each rule's samples before a trigger lie in the history.</summary>
    public readonly ushort[] HistoryStart;

    /// <summary>How many of them there is room for.</summary>
    public readonly ushort[] HistoryCount;

    /// <summary>What looking at each rule costs at the most, in IL instructions.</summary>
    public readonly ushort[] CheckCosts;

    /// <summary>What one sample of each rule costs at the most, in IL instructions.</summary>
    public readonly ushort[] SampleCosts;
}
