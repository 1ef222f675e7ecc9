// Signals of an ECU: what an entry means for host and agent, and which entries are refused, with line and reason.
using EsyncSim.Config;
using Xunit;
using static EsyncTests.HostSim.Config.ConfigBench;
using SignalType = EsyncSim.Data.SignalType;

namespace EsyncTests.HostSim.Config;

public sealed class SignalRuleTests
{
    private const string Fan = "      Vehicle.Cabin.Fan: { did: 0x0200, type: uint8, unit: percent, min: 1, max: 99, source: application }";
    private const uint TableIdOfClimate = 0x5DDB4A1F;

    [Fact]
    public void Signals_come_out_ascending_with_their_raw_ranges_and_sources()
    {
        EcuDefinition climate = Read(Good).Ecu("climate");
        Assert.Equal(["Vehicle.Cabin.Fan", "Vehicle.Cabin.Door.Row1", "Vehicle.Cabin.Heat", "Vehicle.Cabin.Light"], climate.SignalEntries.Select(s => s.Definition.Path));
        ConfiguredSignal fan = climate.SignalEntries[0], door = climate.SignalEntries[1], heat = climate.SignalEntries[2];
        Assert.Equal((0x0200, SignalType.UInt8, "percent", 1.0, 0.0), (fan.Definition.Did, fan.Definition.Type, fan.Definition.Unit, fan.Definition.Factor, fan.Definition.Offset));
        Assert.Equal((1L, 99L, null), (fan.RawMin, fan.RawMax, fan.Can));
        Assert.Equal((0L, 15L, 0.0, 15.0), (door.RawMin, door.RawMax, door.Definition.Min, door.Definition.Max));
        Assert.Equal(new CanSource(0x200, false, new CanBits(7, 4, true), null, 500), door.Can);
        Assert.Equal((-2048L, 2047L, -1064.0, 983.5), (heat.RawMin, heat.RawMax, heat.Definition.Min, heat.Definition.Max));
        Assert.Equal(new SignalMultiplexor(new CanBits(63, 2, true), 2), heat.Can!.Multiplexor);
    }

    [Fact]
    public void The_agent_gets_them_as_parallel_arrays()
    {
        EsyncAgent.EcuConfig config = Read(Good).Ecu("climate").Config;
        EsyncAgent.DataConfig data = config.Data;
        Assert.Equal([0x0200, 0x0201, 0xF201, 0xF202], data.SignalDids.Select(d => (int)d));
        Assert.Equal([1, 1, 4, 0], data.SignalTypes.Select(t => (int)t));
        Assert.Equal([1, 0, -2048, 0], data.SignalMin);
        Assert.Equal([99, 15, 2047, 1], data.SignalMax);
        Assert.Equal([0x200u, 0x201u], config.CanIf.SignalRxIds);
        Assert.Equal(0x18DEF198u, config.CanIf.PeriodicTxId);
        Assert.Equal(["500, 0", "0, 2"], [string.Join(", ", data.FrameTimeoutMs), string.Join(", ", data.FrameFirst)]);
        Assert.Equal([0x0201, 0xF201, 0xF202], data.CanDids.Select(d => (int)d));
        Assert.Equal("070803 040C01 010000 003F00 000200 000100", string.Join(' ', new[] { data.CanStartBits, data.CanLengths, data.CanIsBigEndian, data.MultiplexorStartBits, data.MultiplexorLengths, data.MultiplexorIsBigEndian }.Select(Convert.ToHexString)));
        Assert.Equal([0u, 2u, 0u], data.MultiplexorValues);
        Assert.Equal(Read(Good).Ecu("climate").Signals.TableId, data.SignalTableId);
    }

    // Computed by another program: zlib.crc32 over struct.pack(">HBdd", did, type, factor, offset) + path + b"\0".
    [Fact]
    public void The_table_of_signals_is_named_by_a_CRC_over_what_values_mean()
    {
        Assert.Equal(TableIdOfClimate, Read(Good).Ecu("climate").Config.Data.SignalTableId);
        Assert.Equal(0u, Read(Good).Ecu("motor").Config.Data.SignalTableId);
    }

    [Theory]
    [InlineData("did: 0x0200", "did: 0x0203")]
    [InlineData("type: uint8, unit: percent", "type: int8, unit: percent")]
    [InlineData("min: 1,", "factor: 1.0000000000000002, min: 1,")]
    [InlineData("min: 1,", "offset: 1e-9, min: 1,")]
    [InlineData("Vehicle.Cabin.Fan:", "Vehicle.Cabin.Fans:")]
    public void What_changes_the_meaning_changes_the_table(string old, string replacement)
    {
        string text = With(With(Fan, With(Fan, old, replacement)), "signals: [Vehicle.Cabin.Fan]", "signals: [0xF202]");
        Assert.NotEqual(TableIdOfClimate, Read(text).Ecu("climate").Config.Data.SignalTableId);
    }

    [Theory]
    [InlineData("unit: percent", "unit: rpm")]
    [InlineData("min: 1,", "min: 2,")]
    [InlineData("source: application", "source: { can: 0x202, startBit: 0, length: 8, byteOrder: little, timeoutMs: 1 }")]
    public void What_leaves_the_meaning_leaves_the_table(string old, string replacement)
    {
        Assert.Equal(TableIdOfClimate, Read(With(Fan, With(Fan, old, replacement))).Ecu("climate").Config.Data.SignalTableId);
    }

    [Theory]
    [InlineData("uint8", "", "", 0, 255, 0, 255)]
    [InlineData("int8", "factor: 0.5, offset: -40, ", "min: -50, max: 23.5, ", -20, 127, -50, 23.5)]
    [InlineData("uint16", "factor: 0.1, ", "min: 0.3, max: 6553.5, ", 3, 65535, 0.3, 6553.5)]
    [InlineData("uint16", "factor: 0.1, ", "min: 0.25, max: 0.95, ", 3, 9, 0.25, 0.95)]
    [InlineData("int16", "factor: -2, offset: 10, ", "min: -90, max: 110, ", -50, 50, -90, 110)]
    [InlineData("int16", "factor: -1, ", "", -32768, 32767, -32767, 32768)]
    [InlineData("uint32", "factor: 0.001, ", "max: 4294967.295, ", 0, 4294967295, 0, 4294967.295)]
    [InlineData("int32", "", "min: -2147483648, ", -2147483648, 2147483647, -2147483648, 2147483647)]
    [InlineData("boolean", "", "", 0, 1, 0, 1)]
    public void A_range_becomes_raw_and_goes_inwards(string type, string scale, string range, long rawMin, long rawMax, double min, double max)
    {
        string line = $"      Vehicle.Cabin.Fan: {{ did: 0x0200, type: {type}, {scale}{range}source: application }}";
        ConfiguredSignal signal = Read(With(Fan, line)).Ecu("climate").SignalEntries[0];
        Assert.Equal((rawMin, rawMax, min, max), (signal.RawMin, signal.RawMax, signal.Definition.Min, signal.Definition.Max));
        EsyncAgent.DataConfig data = Read(With(Fan, line)).Ecu("climate").Config.Data;
        Assert.Equal((unchecked((int)rawMin), unchecked((int)rawMax)), (data.SignalMin[0], data.SignalMax[0]));
    }

    [Theory]
    [InlineData("Vehicle.Cabin.Fan:", "Vehicle.Cabin.fan:", ConfigRule.SignalPath, "`Vehicle.Cabin.fan` is no VSS path. Write Vehicle and names behind dots")]
    [InlineData("Vehicle.Cabin.Fan:", "Cabin.Fan:", ConfigRule.SignalPath, "`Cabin.Fan` is no VSS path")]
    [InlineData("Vehicle.Cabin.Fan:", "Vehicle:", ConfigRule.SignalPath, "`Vehicle` is no VSS path")]
    [InlineData("Vehicle.Cabin.Fan:", "Vehicle.Cabin.Fan.:", ConfigRule.SignalPath, "is no VSS path")]
    [InlineData("Vehicle.Cabin.Fan:", "Vehicle.Cabin.Fän:", ConfigRule.SignalPath, "is no VSS path")]
    [InlineData("Vehicle.Cabin.Fan:", "Vehicle.Cabin:", ConfigRule.SignalPath, "`Vehicle.Cabin` is a signal and a branch: `Vehicle.Cabin.Door.Row1` (line")]
    [InlineData("did: 0x0200", "did: 0x01FF", ConfigRule.OutOfRange, "`did` 0x01FF of `Vehicle.Cabin.Fan` is not one of a signal. Choose one of 0x0200 to 0x0FFF")]
    [InlineData("did: 0x0200", "did: 0x1000", ConfigRule.OutOfRange, "is not one of a signal")]
    [InlineData("did: 0x0200", "did: 0xF300", ConfigRule.OutOfRange, "is not one of a signal")]
    [InlineData("did: 0x0200", "did: 0x10000", ConfigRule.OutOfRange, "a data identifier has two bytes")]
    [InlineData("did: 0x0200, ", "", ConfigRule.MissingKey, "`ecus.climate.signals.Vehicle.Cabin.Fan` lacks `did`")]
    [InlineData("type: uint8", "type: float", ConfigRule.UnknownName, "There is no type `float`. Write one of boolean, uint8, int8, uint16, int16, uint32, int32")]
    [InlineData("unit: percent", "factor: 0", ConfigRule.OutOfRange, "`factor` is 0: every value would be the same")]
    [InlineData("unit: percent", "factor: \"2\"", ConfigRule.Malformed, "`factor` is `2`. Write a decimal number, such as 0.01, -40 or 1e-3, without quotes")]
    [InlineData("unit: percent", "factor: 1e999", ConfigRule.Malformed, "`factor` is `1e999`")]
    [InlineData("unit: percent", "unit: \"a\\tb\"", ConfigRule.Malformed, "with a control character in it")]
    [InlineData("min: 1", "min: -1", ConfigRule.SignalRange, "`min` -1 cannot be told: with factor 1 and offset 0 uint8 holds 0 to 255")]
    [InlineData("max: 99", "max: 1e300", ConfigRule.SignalRange, "`max` 1E+300 cannot be told")]
    [InlineData("max: 99", "max: 0.5", ConfigRule.SignalRange, "Of `Vehicle.Cabin.Fan` no value is valid: nothing that it can be lies between 1 and 0.5")]
    [InlineData("source: application", "source: sensor", ConfigRule.Malformed, "`source` is `sensor`. Write application, or { can: 0x123")]
    [InlineData("source: application", "source: [application]", ConfigRule.Malformed, "`ecus.climate.signals.Vehicle.Cabin.Fan.source` is a list")]
    [InlineData(", source: application", "", ConfigRule.MissingKey, "lacks `source`")]
    [InlineData("unit: percent", "colour: red", ConfigRule.UnknownKey, "has no key `colour`")]
    public void A_wrong_entry_is_refused_in_its_line(string old, string replacement, string rule, string reason)
    {
        ExpectLine(Fan, With(Fan, old, replacement), rule, reason);
    }

    [Fact]
    public void One_identifier_for_two_signals_is_refused_with_the_line_of_the_other()
    {
        string text = With(Fan, With(Fan, "did: 0x0200", "did: 0xF202"));
        Expect(text, ConfigRule.DuplicateDid, "Vehicle.Cabin.Light", "0xF202 is `Vehicle.Cabin.Fan`'s already (line");
    }

    [Fact]
    public void Signals_of_the_defaults_belong_to_every_ECU()
    {
        string text = With("  application:\n    imageLengthMax", "  signals:\n    Vehicle.Uptime: { did: 0x0300, type: uint32, source: application }\n  application:\n    imageLengthMax");
        Assert.All(Read(text).Ecus.Values, ecu => Assert.Contains(ecu.SignalEntries, s => s.Definition.Did == 0x0300));
    }
}
