// Diagnostic events in nf.config: what an event takes from `dem.event`, and what is refused, with line and remedy.
using EsyncAgent;
using EsyncSim.Config;
using Xunit;
using static EsyncTests.HostSim.Config.ConfigBench;

namespace EsyncTests.HostSim.Config;

public sealed class EventRuleTests
{
    // Of ECUs without and with signals.
    private const string Event16 = "16: { dtc: 0x0A1B00 }";
    private const string Event20 = "20: { dtc: 0x0B0000, isPermanent: true, snapshot: [Vehicle.Cabin.Light] }";

    [Fact]
    public void An_event_takes_what_it_does_not_say_itself_key_by_key()
    {
        string own = "20: { dtc: 0x0B0000, debounce: { failStep: 1, passJump: -128 }, confirmCycles: 3, ageingCycles: 0, isPermanent: true, priority: 7, snapshot: [Vehicle.Cabin.Light, 0x0200] }";
        DemConfig dem = Read(With(Event20, own)).Ecu("climate").Config.Dem;
        Assert.Equal((60, 1), (dem.FailSteps[0], dem.FailSteps[8]));
        Assert.Equal((70, 70), (dem.PassSteps[0], dem.PassSteps[8]));
        Assert.Equal((-5, -5), (dem.FailJumps[0], dem.FailJumps[8]));
        Assert.Equal((6, -128), (dem.PassJumps[0], dem.PassJumps[8]));
        Assert.Equal((2, 3), (dem.ConfirmCycles[0], dem.ConfirmCycles[8]));
        Assert.Equal((41, 0), (dem.AgeingCycles[0], dem.AgeingCycles[8]));
        Assert.Equal((100, 7), (dem.Priorities[0], dem.Priorities[8]));
        Assert.Equal([20], dem.PermanentEvents);
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 2], dem.SnapshotCounts);
        Assert.Equal([0xF202, 0x0200], dem.SnapshotDids.Select(did => (int)did));
        Assert.Equal(3, dem.EntryCount);
    }

    [Fact]
    public void Two_events_do_not_share_a_DTC() =>
        ExpectLine(Event16, "16: { dtc: 0x5A0500 }", ConfigRule.DuplicateDtc, "DTC 0x5A0500 belongs to event 5 in line");

    [Theory]
    [InlineData("dtc: 0xFFFFFF", "`dtc` is 0xFFFFFF, outside 0x1 to 0xFFFFFE")]
    [InlineData("dtc: 1, debounce: { failStep: 0 }", "`failStep` is 0, outside 1 to 127")]
    [InlineData("dtc: 1, debounce: { failStep: 128 }", "`failStep` is 128, outside 1 to 127")]
    [InlineData("dtc: 1, debounce: { passStep: 129 }", "`passStep` is 129, outside 1 to 128")]
    [InlineData("dtc: 1, debounce: { failJump: -129 }", "`failJump` is -129, outside -128 to 127")]
    [InlineData("dtc: 1, debounce: { passJump: 128 }", "`passJump` is 128, outside -128 to 127")]
    [InlineData("dtc: 1, confirmCycles: 0", "`confirmCycles` is 0, outside 1 to 255")]
    [InlineData("dtc: 1, ageingCycles: 256", "`ageingCycles` is 256, outside 0 to 255")]
    [InlineData("dtc: 1, priority: 0", "`priority` is 0, outside 1 to 255")]
    [InlineData("dtc: 1, snapshot: [0x200, 0x201, 0x202, 0x203, 0x204, 0x205, 0x206, 0x207, 0x208]", "lists 9 signals. A snapshot has 8 at the most")]
    public void Numbers_stay_in_their_range(string body, string reason) => ExpectLine(Event16, $"16: {{ {body} }}", ConfigRule.OutOfRange, reason);

    [Theory]
    [InlineData("debounce: { failJump: up }", "`failJump` is `up`. Write a whole number")]
    [InlineData("debounce: { failJump: \"1\" }", "`failJump` is `1`. Write a whole number")]
    [InlineData("isPermanent: yes", "`isPermanent` is `yes`. Write true or false")]
    [InlineData("snapshot: 0x0200", "`snapshot` is a single value. Write a list: [0x0200, 0x0201], or [] for none")]
    public void Values_have_their_form(string body, string reason) => ExpectLine(Event16, $"16: {{ dtc: 1, {body} }}", ConfigRule.Malformed, reason);

    [Theory]
    [InlineData("0x0202")]
    [InlineData("0x10200")]
    [InlineData("\"0x0200\"")]
    [InlineData("Vehicle.Unknown")]
    [InlineData("[0x0200]")]
    public void A_snapshot_names_signals(string signal) =>
        ExpectLine(Event20, $"20: {{ dtc: 1, snapshot: [0x0201, {signal}] }}", ConfigRule.UnknownName, "is no signal of this ECU. Write path or data identifier of one that stands under `signals`");

    [Fact]
    public void A_signal_stands_once_in_a_snapshot() =>
        ExpectLine(Event20, "20: { dtc: 1, snapshot: [0x0201, 513] }", ConfigRule.DuplicateKey, "`513` stands twice in");

    [Theory]
    [InlineData("8: { dtc: 1 }", "There is no event 8")]
    [InlineData("256: { dtc: 1 }", "There is no event 256")]
    public void Event_numbers_belong_to_the_agent_or_the_application(string line, string reason) => ExpectLine(Event16, line, ConfigRule.OutOfRange, reason);

    [Fact]
    public void An_unknown_key_is_refused() => ExpectLine(Event16, "16: { dtc: 1, debonce: 1 }", ConfigRule.UnknownKey, "has no key `debonce`");

    [Fact]
    public void There_are_16_entries_at_the_most() => ExpectLine("entries: 3", "entries: 17", ConfigRule.OutOfRange, "`entries` is 17, outside 0 to 16");

    // 2 + 9 · 6 + 3 · (5 + 14)
    [Fact]
    public void Events_and_snapshots_fit_into_their_NvM_block()
    {
        Expect(With("demLengthMax: 300", "demLengthMax: 112"), ConfigRule.TooSmall, Event20, "9 events and 3 entries with snapshots need 113 bytes, and nvm.demLengthMax is 112. Make demLengthMax 113 or more");
        Assert.Empty(Problems(With("demLengthMax: 300", "demLengthMax: 113")));
    }

    [Fact]
    public void An_ECU_has_32_events_at_the_most()
    {
        string With(int count) => ConfigBench.With(Event16, string.Join("\n      ", Enumerable.Range(16, count - 8).Select(n => $"{n}: {{ dtc: {0x100 + n} }}")));
        Assert.Empty(Problems(With(32)));
        Expect(With(33), ConfigRule.OutOfRange, "16: { dtc", "There are 33 events, but an ECU keeps 32 at the most");
    }
}
