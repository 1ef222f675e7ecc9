// Which rules are in force after a start, and when new ones are: over NvM on a flash that keeps what was written.
using EsyncAgent;
using EsyncSim.Flash;
using EsyncSim.Rules;
using EsyncTests.PowerCut;
using Xunit;

namespace EsyncTests.AgentFirmware.Data;

public sealed class RuleStoreTests
{
    private static readonly RuleList BuiltIn = RuleBench.ListOf(RuleBench.Rule(new PeriodTrigger(100))) with { Sequence = 0 };
    private static readonly RuleList Installed = RuleBench.ListOf(RuleBench.Rule(new PeriodTrigger(200)), RuleBench.Rule(new DtcTrigger(0)) with { Id = 2 }) with { Sequence = 5 };
    private readonly FlashModel _flash = new(FlashGeometries.W25Q32);
    private ListSink _sink = new();
    private uint _nowMs;

    [Fact]
    public void Without_installed_rules_the_built_in_ones_are_in_force()
    {
        (RuleStore store, _) = Start(Config());
        Assert.Equal((1, 0u, 0u), (store.InForce.Count, store.InForce.SequenceNumber, store.SequenceNumberMax));
        Assert.Equal(new byte[16], store.Digest);
        Assert.False(store.IsInForce(new byte[32]));
    }

    [Fact]
    public void Without_any_nothing_is_in_force()
    {
        DataConfig config = Config();
        config.BuiltInRules = [];
        Assert.Equal(0, Start(config).Store.InForce.Count);
    }

    [Fact]
    public void New_rules_are_in_force_at_once_when_they_are_stored_and_after_a_restart()
    {
        (RuleStore store, MemoryRig rig) = Start(Config());
        Install(store, rig, Installed, 0xD1);
        Assert.Equal((2, 5u, 5u), (store.InForce.Count, store.InForce.SequenceNumber, store.SequenceNumberMax));
        Assert.True(store.IsInForce(Digest(0xD1)));
        TakenRecord record = Assert.Single(_sink.Records, record => record.Kind == 5);
        Assert.Equal("00000005" + string.Concat(Enumerable.Repeat("D1", 16)), Convert.ToHexString(record.Body));

        (store, _) = Start(Config());
        Assert.Equal((2, 5u), (store.InForce.Count, store.InForce.SequenceNumber));
        Assert.True(store.IsInForce(Digest(0xD1)));
        Assert.Empty(_sink.Records);
    }

    [Fact]
    public void The_record_of_an_installation_waits_for_room()
    {
        (RuleStore store, MemoryRig rig) = Start(Config());
        _sink.Room = 0;
        Install(store, rig, Installed, 0xD1);
        Assert.Empty(_sink.Records);
        _sink.Room = 100;
        store.MainFunction(++_nowMs);
        store.MainFunction(++_nowMs);
        Assert.Equal(5, Assert.Single(_sink.Records).Kind);
    }

    [Fact]
    public void Rules_for_other_signals_are_passed_over_and_their_number_still_counts()
    {
        (RuleStore store, MemoryRig rig) = Start(Config());
        Install(store, rig, Installed, 0xD1);
        DataConfig other = Config();
        other.SignalTableId++;
        other.BuiltInRules = (BuiltIn with { TableId = other.SignalTableId }).Encode();
        (store, _) = Start(other);
        Assert.Equal((1, 0u, 5u), (store.InForce.Count, store.InForce.SequenceNumber, store.SequenceNumberMax));
        Assert.Equal(new byte[16], store.Digest);
        Assert.False(store.IsInForce(Digest(0xD1)));
    }

    [Fact]
    public void The_old_rules_are_in_force_until_the_new_ones_stand_in_flash()
    {
        (RuleStore store, MemoryRig rig) = Start(Config());
        Queue(store, Installed, 0xD1);
        store.MainFunction(++_nowMs);
        Assert.Equal(StdReturn.Pending, store.WriteResult);
        Assert.Equal(0u, store.InForce.SequenceNumber);
        rig.RunNvM(() => store.WriteResult != StdReturn.Pending);
        Assert.Equal(0u, store.InForce.SequenceNumber);
    }

    private static DataConfig Config()
    {
        DataConfig config = RuleBench.NewConfig();
        config.BuiltInRules = BuiltIn.Encode();
        return config;
    }

    private static byte[] Digest(byte fill) => [.. Enumerable.Repeat(fill, 32)];

    private (RuleStore Store, MemoryRig Rig) Start(DataConfig config)
    {
        MemoryRig rig = new(_flash, new NvMConfig { LengthMax = [16, 16, 16, 16, 16, 600] });
        SignalTable signals = new(config);
        _sink = new ListSink();
        RuleStore store = new(config, rig.NvM, signals, new RuleEngine(config, signals, _sink), _sink);
        store.MainFunction(++_nowMs);
        Assert.False(store.IsLoaded);
        rig.RunNvM(() => rig.NvM.IsReady);
        for (int i = 0; !store.IsLoaded; i++)
        {
            Assert.True(i < 100, "the rules are not loaded");
            store.MainFunction(++_nowMs);
        }

        return (store, rig);
    }

    private static void Queue(RuleStore store, RuleList list, byte digest)
    {
        byte[] payload = list.Encode();
        byte[] block = [.. new byte[RuleStore.DigestLength], .. payload];
        store.Reader.Begin(store.Candidate, block, RuleStore.DigestLength, payload.Length, 0);
        StdReturn result = StdReturn.Pending;
        while (result == StdReturn.Pending)
        {
            result = store.Reader.MainFunction();
        }

        Assert.Equal(StdReturn.Ok, result);
        Assert.True(store.Store(block, payload.Length, Digest(digest)));
    }

    private void Install(RuleStore store, MemoryRig rig, RuleList list, byte digest)
    {
        Queue(store, list, digest);
        rig.RunNvM(() => store.WriteResult != StdReturn.Pending);
        Assert.Equal(StdReturn.Ok, store.WriteResult);
        store.PutInForce(Digest(digest));
        store.MainFunction(++_nowMs);
    }
}
