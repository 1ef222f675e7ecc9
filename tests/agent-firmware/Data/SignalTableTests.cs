// The signal registry: types on the wire, ranges, what a value is worth.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.Data;

public class SignalTableTests
{
    private readonly SignalTable _signals = new(TestSignals.Config());

    [Theory]
    [InlineData(TestSignals.Switch, 1, "0001")]
    [InlineData(TestSignals.Level, 200, "00C8")]
    [InlineData(TestSignals.Trim, -2, "00FE")]
    [InlineData(TestSignals.Speed, 2999, "000BB7")]
    [InlineData(TestSignals.Temperature, -400, "00FE70")]
    [InlineData(TestSignals.Odometer, unchecked((int)3_999_999_999), "00EE6B27FF")]
    [InlineData(TestSignals.Torque, int.MinValue, "0080000000")]
    public void A_value_stands_on_the_wire_as_its_type_says_and_is_read_back(ushort did, int raw, string record)
    {
        int index = _signals.IndexOf(did);
        Assert.Equal((did, 0, SignalQuality.NeverSet), (_signals.DidOf(index), _signals.Value(index), _signals.QualityOf(index)));

        _signals.Publish(index, raw);

        byte[] into = new byte[8];
        int length = _signals.WriteRecord(index, into, 1);
        Assert.Equal(record, Convert.ToHexString(into, 1, length));
        Assert.Equal(length, _signals.RecordLength(index));
        Assert.Equal(raw, SignalType.Read(_signals.TypeOf(index), into, 2));
    }

    [Theory]
    [InlineData(TestSignals.Switch, 1, 2)]
    [InlineData(TestSignals.Level, 255, 256)]
    [InlineData(TestSignals.Trim, -128, -129)]
    [InlineData(TestSignals.Speed, 3000, 3001)]
    [InlineData(TestSignals.Temperature, -400, -401)]
    [InlineData(TestSignals.Odometer, unchecked((int)4_000_000_000), unchecked((int)4_000_000_001))]
    public void What_is_out_of_range_leaves_the_last_good_value_and_says_so(ushort did, int good, int bad)
    {
        int index = _signals.IndexOf(did);
        _signals.Publish(index, bad);
        Assert.Equal((0, SignalQuality.OutOfRange), (_signals.Value(index), _signals.QualityOf(index)));

        _signals.Publish(index, good);
        Assert.Equal((good, SignalQuality.Valid), (_signals.Value(index), _signals.QualityOf(index)));

        _signals.Publish(index, bad);
        Assert.Equal((good, SignalQuality.OutOfRange), (_signals.Value(index), _signals.QualityOf(index)));
    }

    [Fact]
    public void Only_a_signal_that_had_a_value_can_time_out()
    {
        int index = _signals.IndexOf(TestSignals.Speed);
        _signals.TimeOut(index);
        Assert.Equal(SignalQuality.NeverSet, _signals.QualityOf(index));

        _signals.Publish(index, 7);
        _signals.TimeOut(index);
        Assert.Equal((7, SignalQuality.TimedOut), (_signals.Value(index), _signals.QualityOf(index)));
    }

    [Fact]
    public void Identifiers_without_a_signal_have_no_index()
    {
        Assert.Equal(7, _signals.Count);
        Assert.Equal(0x5E5A17E5u, _signals.Id);
        foreach (ushort did in new ushort[] { 0, 0x01FF, 0x0207, 0x1000, 0xFFFF })
        {
            Assert.Equal(-1, _signals.IndexOf(did));
        }

        Assert.Equal(-1, new SignalTable(new DataConfig()).IndexOf(TestSignals.Speed));
    }
}
