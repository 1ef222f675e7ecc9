// Rules in words: what a table of `esync rules show` says of each part of a rule.
using EsyncSim.Data;
using EsyncSim.Rules;
using Xunit;

namespace EsyncTests.HostSim.Rules;

public sealed class RuleTextTests
{
    private static readonly SignalCatalogue Signals = new(
    [
        new("Vehicle.Speed", 0x0210, SignalType.UInt16, "km/h", 0.01, 0, 0, 300),
        new("Vehicle.IsMoving", 0x0211, SignalType.Boolean, "", 1, 0, 0, 1),
        new("Vehicle.Level", 0x0212, SignalType.UInt8, "percent", -0.5, 100, 0, 100),
    ]);

    [Fact]
    public void Each_trigger_has_its_sentence()
    {
        Assert.Equal("every 10 ms", Shown(new PeriodTrigger(10)));
        Assert.Equal("every 1 s", Shown(new PeriodTrigger(1000)));
        Assert.Equal("every 1.5 s", Shown(new PeriodTrigger(1500)));
        Assert.Equal("every 1510 ms", Shown(new PeriodTrigger(1510)));
        Assert.Equal("Vehicle.Speed changes", Shown(new ChangeTrigger(0x0210, 0, 0)));
        Assert.Equal("Vehicle.Speed changes by more than 2.5 km/h, 500 ms apart", Shown(new ChangeTrigger(0x0210, 250, 500)));
        Assert.Equal("Vehicle.Level changes by more than 1.5 percent", Shown(new ChangeTrigger(0x0212, 3, 0)));
        Assert.Equal("any DTC", Shown(new DtcTrigger(0)));
        Assert.Equal("DTC 5A0100", Shown(new DtcTrigger(0x5A0100)));
    }

    [Fact]
    public void A_condition_is_told_in_units_and_a_negative_factor_turned_back()
    {
        RuleTerm speed = new(0x0210, Comparison.Greater, false, 8000), moving = new(0x0211, Comparison.Equal, false, 1), level = new(0x0212, Comparison.Less, false, 40);
        Assert.Equal("Vehicle.Speed > 80 km/h and Vehicle.IsMoving == 1, 1 s apart", Shown(new ConditionTrigger(false, [speed, moving], 1000)));
        Assert.Equal("Vehicle.Speed > 80 km/h or Vehicle.Level > 80 percent", Shown(new ConditionTrigger(true, [speed, level], 0)));
        Assert.Equal("Vehicle.Speed <= Vehicle.IsMoving", Shown(new ConditionTrigger(true, [new(0x0210, Comparison.LessOrEqual, true, 0x0211)], 0)));
    }

    [Fact]
    public void Without_a_catalogue_there_are_identifiers_and_raw_numbers()
    {
        RuleText text = new(null);
        Assert.Equal("0x0210", text.NameOf(0x0210));
        Assert.Equal("0x0210 > 8000 raw", text.TriggerOf(Rule(new ConditionTrigger(false, [new(0x0210, Comparison.Greater, false, 8000)], 0))));
        Assert.Equal("0x0212 changes by more than 3 raw", text.TriggerOf(Rule(new ChangeTrigger(0x0212, 3, 0))));
        Assert.Equal("0x0333", new RuleText(Signals).NameOf(0x0333));
    }

    [Fact]
    public void Windows_and_retention_are_told()
    {
        CollectionRule rule = Rule(new PeriodTrigger(1000));
        Assert.Equal("", RuleText.WindowOf(rule));
        Assert.Equal("every 100 ms, 2 s before, 0 ms after", RuleText.WindowOf(rule with { Window = new RuleWindow(100, 2000, 0) }));
        Assert.Equal("for ever", RuleText.RetentionOf(rule));
        Assert.Equal("168 h", RuleText.RetentionOf(rule with { RetentionHours = 168 }));
    }

    private static CollectionRule Rule(RuleTrigger trigger) => new() { Id = 1, Signals = [0x0210], Trigger = trigger };

    private static string Shown(RuleTrigger trigger) => new RuleText(Signals).TriggerOf(Rule(trigger));
}
