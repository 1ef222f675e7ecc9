// Outputs for service 2F: what an entry means for the agent, and which entries are refused, with line and reason.
using EsyncAgent;
using EsyncSim.Config;
using Xunit;
using static EsyncTests.HostSim.Config.ConfigBench;

namespace EsyncTests.HostSim.Config;

public sealed class OutputRuleTests
{
    private const string Blower = "      0x1000: { name: blower, type: int8, min: -7, max: 100, default: 20 }";

    [Fact]
    public void The_agent_gets_them_ascending_as_parallel_arrays()
    {
        string text = With(Blower, $"      0x10FF: {{ name: big, type: uint32, min: 1, max: 4294967295, default: 0x80000000 }}\n{Blower}");
        EcuDefinition climate = Read(text).Ecu("climate");
        DataConfig data = climate.Config.Data;
        Assert.Equal([0x1000, 0x10FF], data.OutputDids.Select(d => (int)d));
        Assert.Equal([EsyncAgent.SignalType.Int8, EsyncAgent.SignalType.UInt32], data.OutputTypes);
        Assert.Equal([-7, 1], data.OutputMin);
        Assert.Equal([100, -1], data.OutputMax);
        Assert.Equal([20, int.MinValue], data.OutputDefaults);
        Assert.Equal(["blower", "big"], climate.Outputs.Select(o => o.Name));
    }

    [Theory]
    [InlineData("0x1000:", "0x0FFF:", ConfigRule.OutOfRange, "`0x0FFF` is not the identifier of an output. Choose one of 0x1000 to 0x10FF")]
    [InlineData("0x1000:", "0x1100:", ConfigRule.OutOfRange, "is not the identifier of an output")]
    [InlineData("0x1000:", "blower:", ConfigRule.Malformed, "which is no number")]
    [InlineData("name: blower", "name: \"bl\\u00f6wer\"", ConfigRule.Malformed, "cannot name an output")]
    [InlineData("name: blower, ", "", ConfigRule.MissingKey, "`ecus.climate.outputs.0x1000` lacks `name`")]
    [InlineData("type: int8", "type: bit", ConfigRule.UnknownName, "There is no type `bit`")]
    [InlineData("min: -7", "min: -129", ConfigRule.OutOfRange, "`min` is -129, outside -128 to 127: raw values of int8")]
    [InlineData("max: 100", "max: 1e2", ConfigRule.Malformed, "`max` is `1e2`. Write a whole number")]
    [InlineData("default: 20", "default: 101", ConfigRule.OutOfRange, "`default` is 101, outside -7 to 100")]
    [InlineData("min: -7", "min: 21", ConfigRule.OutOfRange, "`default` is 20, outside 21 to 100")]
    [InlineData("name: blower", "name: blower, unit: percent", ConfigRule.UnknownKey, "has no key `unit`")]
    public void A_wrong_entry_is_refused_in_its_line(string old, string replacement, string rule, string reason)
    {
        ExpectLine(Blower, With(Blower, old, replacement), rule, reason);
    }

    [Fact]
    public void A_name_stands_once()
    {
        Expect(With(Blower, $"{Blower}\n      0x1001: {{ name: blower, type: uint8, min: 0, max: 1, default: 0 }}"), ConfigRule.DuplicateKey, "0x1001", "`blower` is the name of 0x1000 in line");
    }
}
