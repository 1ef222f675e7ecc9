// Rule sets as CBOR on the host: what was written is read again, and nothing but the one form is taken.
using EsyncAgent;
using EsyncSim.Packages;
using EsyncSim.Rules;
using EsyncTests.AgentFirmware.Data;
using Xunit;

namespace EsyncTests.HostSim.Rules;

public sealed class RuleListTests
{
    private static readonly RuleList Full = RuleBench.ListOf(
        new CollectionRule { Id = 1, Signals = [0x200, 0xF2FF], Trigger = new PeriodTrigger(86_400_000), Priority = RulePriority.Low, RetentionHours = ushort.MaxValue },
        new CollectionRule { Id = 2, Signals = [0x201], Trigger = new ChangeTrigger(0x202, uint.MaxValue, 10), Priority = RulePriority.High, Window = new RuleWindow(10, 20, 0) },
        new CollectionRule
        {
            Id = 255,
            Signals = [0x201],
            Trigger = new ConditionTrigger(true, [new(0x201, Comparison.GreaterOrEqual, true, 0x202), new(0x201, Comparison.Equal, false, int.MinValue), new(0x203, Comparison.NotEqual, false, uint.MaxValue)], 0),
        },
        new CollectionRule { Id = 254, Signals = [0x201], Trigger = new DtcTrigger(0xFFFFFF) }) with { DeviceId = new byte[16] };

    [Fact]
    public void What_was_written_is_read_again()
    {
        RuleList list = Full with { Rules = [.. Full.Rules.OrderBy(rule => rule.Id)] };
        byte[] cbor = list.Encode();
        RuleList read = RuleList.Decode(cbor);
        Assert.Equal(cbor, read.Encode());
        Assert.Equal([1, 2, 254, 255], read.Rules.Select(rule => rule.Id));
        Assert.Equal(new RuleWindow(10, 20, 0), read.Rules[1].Window);
        Assert.Equal(((ConditionTrigger)Full.Rules[2].Trigger).Terms, ((ConditionTrigger)read.Rules[3].Trigger).Terms);
        Assert.NotNull(read.DeviceId);
    }

    [Fact]
    public void Rules_that_do_not_ascend_are_refused() =>
        Assert.Equal(FotaError.ManifestMalformed, Assert.Throws<SuitException>(() => RuleList.Decode(Full.Encode())).Reason);

    [Theory]
    [MemberData(nameof(RuleReaderTests.Malformed), MemberType = typeof(RuleReaderTests))]
    public void What_the_agent_refuses_for_its_form_the_host_refuses(string what, byte[] document)
    {
        // Which numbers a signal can be compared with follows from its type, which the document does not have.
        if (what.StartsWith("a constant above", StringComparison.Ordinal))
        {
            Assert.Single(RuleList.Decode(document).Rules);
            return;
        }

        Assert.Equal(FotaError.ManifestMalformed, Assert.Throws<SuitException>(() => RuleList.Decode(document)).Reason);
    }
}
