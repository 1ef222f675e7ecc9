// Signals, rules and a list in place of the report log: what the tests of rules work with. Time is the test's.
using System.Buffers.Binary;
using EsyncAgent;
using EsyncSim.Rules;
using Xunit;

namespace EsyncTests.AgentFirmware.Data;

/// <summary>A record that rules have made.</summary>
public sealed record TakenRecord(byte Kind, byte Priority, ushort RetentionHours, uint TimeMs, byte[] Body)
{
    public byte Rule => Body[0];

    public byte Cause => Body[1];

    public int Count => BinaryPrimitives.ReadUInt16BigEndian(Body.AsSpan(2));

    public string Signals => Convert.ToHexString(Body.AsSpan(4));

    public override string ToString() => $"{TimeMs}: rule {Rule} cause {Cause} #{Count} {Signals}";
}

/// <summary>Keeps what it gets, as long as it has room.</summary>
public sealed class ListSink : IReportSink
{
    public List<TakenRecord> Records { get; } = [];

    public bool IsPresent { get; init; } = true;

    public int Room { get; set; } = int.MaxValue;

    public int Dropped { get; private set; }

    public int RoomFor(byte priority) => Room;

    public void CountDropped(byte priority) => Dropped++;

    public bool Append(byte kind, byte priority, ushort retentionHours, uint timeMs, byte[] body, int offset, int count)
    {
        if (count > Room)
        {
            Dropped++;
            return false;
        }

        Records.Add(new TakenRecord(kind, priority, retentionHours, timeMs, body.AsSpan(offset, count).ToArray()));
        return true;
    }
}

/// <summary>An engine with its neighbours.</summary>
public sealed class RuleBench
{
    public const ushort Flag = 0x0200;
    public const ushort Word = 0x0201;
    public const ushort Signed = 0x0202;
    public const ushort Wide = 0x0203;
    public const ushort Other = 0xF200;
    public const uint TableId = 0x12345678;

    private readonly RuleSet _set;

    public RuleBench(DataConfig? config = null)
    {
        Config = config ?? NewConfig();
        Signals = new SignalTable(Config);
        Sink = new ListSink { IsPresent = true };
        Engine = new RuleEngine(Config, Signals, Sink);
        Reader = new RuleReader(Config, Signals);
        _set = new RuleSet(Config);
    }

    public DataConfig Config { get; }

    public SignalTable Signals { get; }

    public ListSink Sink { get; }

    public RuleEngine Engine { get; }

    public RuleReader Reader { get; }

    public RuleSet Set => _set;

    public uint NowMs { get; set; } = 1000;

    /// <summary>boolean, uint16, int16, uint32, int32: what rules have to tell apart.</summary>
    public static DataConfig NewConfig() => new()
    {
        SignalTableId = TableId,
        SignalDids = [Flag, Word, Signed, Wide, Other],
        SignalTypes = [SignalType.Boolean, SignalType.UInt16, SignalType.Int16, SignalType.UInt32, SignalType.Int32],
        SignalMin = [0, 0, -30000, 0, int.MinValue],
        SignalMax = [1, 0xFFFF, 30000, -1, int.MaxValue],
    };

    public static RuleList ListOf(params CollectionRule[] rules) => new()
    {
        Sequence = 1, VendorId = new byte[16], ClassId = new byte[16], TableId = TableId, Rules = rules,
    };

    public static CollectionRule Rule(EsyncSim.Rules.RuleTrigger trigger, params ushort[] signals) => new() { Id = 1, Signals = signals.Length == 0 ? [Word] : signals, Trigger = trigger };

    /// <summary>Reads a document to its end.</summary>
    public StdReturn Read(byte[] document, uint position = 0)
    {
        Reader.Begin(_set, document, 0, document.Length, position);
        StdReturn result = StdReturn.Pending;
        for (int i = 0; result == StdReturn.Pending; i++)
        {
            Assert.True(i < 300, "no verdict");
            result = Reader.MainFunction();
        }

        return result;
    }

    /// <summary>Puts rules in force.</summary>
    public RuleBench Load(params CollectionRule[] rules)
    {
        Assert.True(Read(ListOf(rules).Encode()) == StdReturn.Ok, $"{Reader.Error} {Reader.ErrorDetail:X8}");
        Engine.Load(_set, NowMs);
        return this;
    }

    public void Publish(ushort did, int raw) => Signals.Publish(Signals.IndexOf(did), raw);

    /// <summary>One turn of the engine for each millisecond.</summary>
    public void Run(uint ms)
    {
        for (uint i = 0; i < ms; i++)
        {
            NowMs++;
            Engine.MainFunction(NowMs);
        }
    }
}
