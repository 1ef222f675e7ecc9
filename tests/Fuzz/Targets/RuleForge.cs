// Sets of collection rules by chance: well encoded, their numbers at and beside the bounds, some of them beyond.
// Invariant: equal bytes give equal sets.
// Tests: tests/Fuzz/Checks.
using EsyncAgent;
using EsyncSim.Rules;

namespace EsyncTests.Fuzzing.Targets;

/// <summary>One set.</summary>
internal sealed class RuleForge
{
    private static readonly uint[] Times = [0, 9, 10, 11, 20, 25, 50, 100, 1000, RuleReader.TimeMsMax, RuleReader.TimeMsMax + 1];
    private static readonly long[] Rights = [0, 1, -1, 100, int.MaxValue, int.MinValue, (long)int.MaxValue + 1, uint.MaxValue];

    private readonly FuzzRandom _random;
    private readonly DataConfig _config;

    private RuleForge(byte[] from, DataConfig config)
    {
        ulong seed = 14695981039346656037;
        foreach (byte value in from)
        {
            seed = (seed ^ value) * 1099511628211;
        }

        _random = new FuzzRandom(seed);
        _config = config;
    }

    /// <summary>A set that follows from these bytes.</summary>
    public static byte[] Make(byte[] from, DataConfig config) => new RuleForge(from, config).List().Encode();

    private RuleList List()
    {
        int id = 0;
        return new RuleList
        {
            Sequence = Mostly(1u, uint.MaxValue),
            VendorId = Samples.VendorId,
            ClassId = Samples.ClassId,
            DeviceId = _random.Below(4) == 0 ? Samples.DeviceId : null,
            TableId = Mostly(_config.SignalTableId, 0u),
            Rules = [.. Enumerable.Range(0, _random.Below(_config.RuleCountMax + 2)).Select(_ => Rule(id += Mostly(1 + _random.Below(9), 0)))],
        };
    }

    private CollectionRule Rule(int id) => new()
    {
        Id = (byte)id,
        Signals = Signals(),
        Trigger = Trigger(),
        Priority = (RulePriority)Mostly(_random.Below(3), 3),
        RetentionHours = (ushort)Mostly(0, ushort.MaxValue),
        Window = _random.Below(3) == 0 ? new RuleWindow(Period(), Time(), Time()) : null,
    };

    // Ascending, unless two change places or one stands twice.
    private ushort[] Signals()
    {
        ushort[] signals = [.. _config.SignalDids.Where(_ => _random.Below(2) == 0)];
        if (signals.Length > 1 && _random.Below(16) == 0)
        {
            signals[1 + _random.Below(signals.Length - 1)] = signals[_random.Below(signals.Length)];
        }

        return signals.Length == 0 ? [Mostly(Did(), (ushort)0)] : signals;
    }

    private EsyncSim.Rules.RuleTrigger Trigger() => _random.Below(4) switch
    {
        0 => new PeriodTrigger(Period()),
        1 => new ChangeTrigger(Did(), (uint)Rights[_random.Below(Rights.Length)], Time()),
        2 => new ConditionTrigger(_random.Below(2) == 0, [.. Enumerable.Range(0, Mostly(1 + _random.Below(3), 0)).Select(_ => Term())], Time()),
        _ => new DtcTrigger(Mostly((uint)_random.Below(2) * 0x5A0100u, 0x1000000u)),
    };

    private RuleTerm Term() => _random.Below(3) == 0
        ? new RuleTerm(Did(), (Comparison)_random.Below(6), true, Did())
        : new RuleTerm(Did(), (Comparison)Mostly(_random.Below(6), 6), false, Rights[_random.Below(Rights.Length)]);

    private ushort Did() => Mostly(_config.SignalDids[_random.Below(_config.SignalDids.Length)], (ushort)0x0333);

    private uint Period() => Mostly(10u + (uint)_random.Below(40), Time());

    private uint Time() => Times[_random.Below(Times.Length)];

    private T Mostly<T>(T usual, T rare) => _random.Below(16) == 0 ? rare : usual;
}
