// Collection rules: the agent's reader, behind the signature check, held against the host's decoder and against RuleJudge, which
// says for each set that the host can read what an ECU with these signals and bounds has to say of it. What is taken is written
// again, and is evaluated for a while: no set may make the engine do more than the reader reckoned.
// Tests: tests/Fuzz/Checks.
using EsyncAgent;
using EsyncSim.Packages;
using EsyncSim.Rules;

namespace EsyncTests.Fuzzing.Targets;

/// <summary>RuleReader, RuleCursor, RuleCost, RuleEngine, RuleHistory; RuleList.</summary>
internal sealed class RulesTarget : FuzzTarget, IReportSink
{
    private const ushort Flag = 0x0200;
    private const ushort Word = 0x0201;
    private const ushort Signed = 0x0202;
    private const ushort Wide = 0x0203;
    private const ushort Other = 0xF200;
    private const int TurnCount = 120;
    private const byte CauseBefore = 4;

    private static readonly DataConfig Config = new()
    {
        SignalTableId = 0x12345678,
        SignalDids = [Flag, Word, Signed, Wide, Other],
        SignalTypes = [SignalType.Boolean, SignalType.UInt16, SignalType.Int16, SignalType.UInt32, SignalType.Int32],
        SignalMin = [0, 0, -30000, 0, int.MinValue],
        SignalMax = [1, 0xFFFF, 30000, -1, int.MaxValue],
        RulesLengthMax = 400,
        RuleCountMax = 5,
        RuleSignalsMax = 12,
        RuleTermsMax = 6,
        HistoryLength = 300,
        IlPerTurnMax = 4000,
    };

    private readonly RuleReader _reader = new(Config, new SignalTable(Config));
    private readonly RuleSet _set = new(Config);
    private readonly int[] _records = new int[256];
    private readonly uint[] _keptMs = new uint[256];
    private int _room;

    public override string What => "collection rules, read by the agent and by the host, which must agree, and evaluated";

    public override IReadOnlyList<string> Parsers => ["EsyncAgent.RuleReader", "EsyncAgent.RuleCursor", "EsyncAgent.RuleCost", "EsyncAgent.RuleEngine", "EsyncAgent.RuleHistory", "EsyncSim.Rules.RuleList"];

    public override IReadOnlyList<string> NotReading => ["RuleList.Encode", "RuleList.WriteTrigger", "RuleList.WriteRule", "RuleList.WriteArray"];

    public override int LengthMax => 480;

    public override int SmokeInputs => 10_000;

    public override IReadOnlyList<byte[]> Words =>
    [
        [0x19, 0x02, 0x00], [0x19, 0x02, 0x01], [0x19, 0x02, 0x02], [0x19, 0x02, 0x03], [0x19, 0xF2, 0x00], [0x82, 0x19, 0x02, 0x00, 0x19, 0x02, 0x01], [3, 0x82, 0, 0x0A], [3, 0x82, 3, 0],
        [6, 0x83, 0x0A, 0x18, 0x64, 0x18, 0x64], [3, 0x84, 1, 0x19, 0x02, 0x02, 1, 0x18, 0x32], [0x84, 0x19, 0x02, 0x03, 4, 0, 0x1A, 0xFF, 0xFF, 0xFF, 0xFF], [0x84, 0x19, 0x02, 0x02, 2, 0, 0x38, 0x63],
        [0x1A, 0x05, 0x26, 0x5C, 0x00], [0x1A, 0x05, 0x26, 0x5C, 0x01], [0xA5, 1, 2, 2, 0x81, 0x19, 0x02, 0x01, 3, 0x82, 0, 0x0A, 4, 1, 5, 0],
    ];

    /// <inheritdoc/>
    public bool IsPresent => true;

    public override long StepsMax(int length) => 100_000 + (200 * length);

    public override long AllocationMax(int length) => 80_000 + (100 * length);

    public override IReadOnlyList<byte[]> Seeds()
    {
        CollectionRule plain = new() { Id = 1, Signals = [Word], Trigger = new PeriodTrigger(10) };
        CollectionRule change = plain with { Id = 2, Signals = [Flag, Signed], Trigger = new ChangeTrigger(Signed, 100, 20), Priority = RulePriority.High, Window = new RuleWindow(10, 50, 30) };
        CollectionRule condition = plain with
        {
            Id = 3,
            Signals = [Word, Wide, Other],
            Trigger = new ConditionTrigger(true, [new(Wide, Comparison.Greater, false, 0xFFFFFFF0), new(Signed, Comparison.LessOrEqual, false, -5), new(Word, Comparison.NotEqual, true, Other)], 15),
            Window = new RuleWindow(20, 0, 40),
        };
        CollectionRule dtc = plain with { Id = 200, Trigger = new DtcTrigger(0x5A0100), Priority = RulePriority.Low, RetentionHours = 48, Window = new RuleWindow(15, 60, 0) };
        CollectionRule five = plain with { Signals = [.. Config.SignalDids] };
        RuleList list = new() { Sequence = 1, VendorId = Samples.VendorId, ClassId = Samples.ClassId, TableId = Config.SignalTableId, Rules = [plain] };
        RuleList[] all =
        [
            list,
            list with { Rules = [plain, change, condition, dtc], DeviceId = Samples.DeviceId, Sequence = 70_000 },
            list with { Rules = [condition], Sequence = uint.MaxValue },
            list with { Rules = [change, dtc with { Trigger = new DtcTrigger(0) }] },
            list with { Rules = [five, five with { Id = 2, Trigger = new ConditionTrigger(false, [new(Word, Comparison.Less, true, Signed)], 0) }] },
            list with { Rules = [] },
        ];
        return [.. all.Select(one => one.Encode())];
    }

    // What chance makes of bytes is seldom a set; half of the inputs are one, with as many faults as it happens to have.
    public override byte[] Repair(byte[] input) => RuleForge.Make(input, Config);

    public override void Run(byte[] input)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        StdReturn result = Read(input);
        RequireNoAllocation(before, "the reader");
        Require((result == StdReturn.Ok) == (_reader.Error == RuleError.None), "a verdict without a reason");
        Compare(input, result == StdReturn.Ok);
        if (result == StdReturn.Ok)
        {
            Evaluate(input);
        }
    }

    /// <inheritdoc/>
    public int RoomFor(byte priority) => _room;

    /// <inheritdoc/>
    public void CountDropped(byte priority) => Require(false, "the engine counts a record as dropped that it has not offered");

    /// <inheritdoc/>
    public bool Append(byte kind, byte priority, ushort retentionHours, uint timeMs, byte[] body, int offset, int count)
    {
        int rule = 0;
        while (rule < _set.Count && _set.Ids[rule] != body[offset])
        {
            rule++;
        }

        Require(rule < _set.Count, "a record of a rule that is not there");
        Require(priority == _set.Priorities[rule] && retentionHours == _set.RetentionHours[rule] && count == _set.BodyLengths[rule], "a record is not as its rule says");
        if (body[offset + 1] == CauseBefore)
        {
            Require((int)(timeMs - _keptMs[body[offset]]) > 0, "what was before a trigger comes twice, or out of order");
            _keptMs[body[offset]] = timeMs;
        }

        _records[body[offset]]++;
        return true;
    }

    private StdReturn Read(byte[] input)
    {
        _reader.Begin(_set, input, 0, input.Length, 0);
        StdReturn result = StdReturn.Pending;
        for (int i = 0; result == StdReturn.Pending; i++)
        {
            Require(i < Config.RuleCountMax + 2, "no verdict after as many calls as there are rules and two");
            result = _reader.MainFunction();
            Require(_reader.IsHeadRead == (_reader.Error == RuleError.None), "whom rules are for is told where they are malformed, or is not told");
        }

        return result;
    }

    private void Compare(byte[] input, bool isTaken)
    {
        RuleList list;
        try
        {
            list = RuleList.Decode(input);
        }
        catch (SuitException)
        {
            Require(!isTaken, "the agent takes rules that the host refuses");
            return;
        }

        Require(list.Encode().AsSpan().SequenceEqual(input), "rules that the host has read are others when it writes them");
        (RuleError error, uint detail) = RuleJudge.Of(list, input.Length, Config);
        Require(_reader.Error == error, "the agent's verdict is not the one that the rules have earned");
        Require(error is RuleError.None or RuleError.Malformed || _reader.ErrorDetail == detail, "the agent's reason has another detail than the rules have earned");
        Require(!isTaken || RuleJudge.ListOf(_set, Config).Encode().AsSpan().SequenceEqual(input), "host and agent read different things out of one set of rules");
    }

    // A turn a millisecond; values, failures and a stall come from the input, so that it decides everything.
    private void Evaluate(byte[] input)
    {
        SignalTable signals = new(Config);
        RuleEngine engine = new(Config, signals, this);
        Array.Clear(_records);
        long before = GC.GetAllocatedBytesForCurrentThread();
        uint nowMs = uint.MaxValue - (TurnCount / 2);
        Array.Fill(_keptMs, nowMs - 1);
        engine.Load(_set, nowMs);
        for (int i = 0; i < TurnCount; i++)
        {
            byte chance = input[i % input.Length];
            _room = chance % 8 == 0 ? 0 : 200;
            signals.Publish(chance % signals.Count, chance < 128 ? chance & 1 : (chance << 24) | i);
            if (chance % 4 == 3)
            {
                engine.NoteDtc(0x5A0100u + (chance & 4u), (byte)((chance >> 3) & DemStatus.TestFailed), (byte)((chance >> 4) & DemStatus.TestFailed));
            }

            uint spent = engine.SpentInstructions;
            engine.MainFunction(nowMs);
            Require(engine.SpentInstructions - spent <= (uint)_set.Cost, "a turn costs more than the whole evaluation was reckoned to");
            nowMs += chance == 0xFF ? 1000u : 1;
        }

        RequireNoAllocation(before, "the engine");
        for (int rule = 0; rule < _set.Count; rule++)
        {
            bool isDue = _set.Triggers[rule] == EsyncAgent.RuleTrigger.Period && _set.IntervalMs[rule] <= TurnCount / 2;
            Require(!isDue || _records[_set.Ids[rule]] > 0, "a period passes without a sample");
        }
    }
}
