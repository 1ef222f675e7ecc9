// Outputs between the application and a tester (ISO 14229-1:2020 §13.2): who sets them, and that they come back.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.Data;

public class OutputTableTests
{
    private readonly OutputTable _outputs = new(TestSignals.Config());

    [Fact]
    public void An_output_is_what_the_application_wants_until_a_tester_adjusts_it()
    {
        int fan = _outputs.IndexOf(TestSignals.Fan);
        Assert.Equal(-10, _outputs.Value(fan));
        Assert.Equal(33, _outputs.Apply(TestSignals.Fan, 33));

        Assert.True(_outputs.Adjust(fan, -100));
        Assert.True(_outputs.IsForced(fan));
        Assert.Equal(-100, _outputs.Apply(TestSignals.Fan, 34));

        _outputs.Return(fan);
        Assert.False(_outputs.IsForced(fan));
        Assert.Equal(34, _outputs.Value(fan));
        Assert.Equal(35, _outputs.Apply(TestSignals.Fan, 35));
    }

    [Fact]
    public void A_value_out_of_range_is_refused_and_changes_nothing()
    {
        int fan = _outputs.IndexOf(TestSignals.Fan);
        Assert.False(_outputs.Adjust(fan, 101));
        Assert.False(_outputs.Adjust(fan, -101));
        Assert.False(_outputs.IsForced(fan));
        Assert.Equal(-10, _outputs.Value(fan));
    }

    [Fact]
    public void Frozen_and_reset_outputs_stay_where_they_are_until_all_are_released()
    {
        int lamp = _outputs.IndexOf(TestSignals.Lamp);
        int fan = _outputs.IndexOf(TestSignals.Fan);
        _outputs.Apply(TestSignals.Lamp, 80);
        _outputs.Apply(TestSignals.Fan, 40);
        _outputs.Freeze(lamp);
        _outputs.Reset(fan);

        Assert.Equal(80, _outputs.Apply(TestSignals.Lamp, 20));
        Assert.Equal(-10, _outputs.Apply(TestSignals.Fan, 60));

        _outputs.Release();
        Assert.Equal((20, 60), (_outputs.Value(lamp), _outputs.Value(fan)));
    }

    [Fact]
    public void An_output_that_the_ecu_does_not_have_is_as_the_application_wants()
    {
        Assert.Equal(-1, _outputs.IndexOf(0x1002));
        Assert.Equal(12345, _outputs.Apply(0x1002, 12345));
    }
}
