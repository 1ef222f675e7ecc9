// What an application publishes reaches the table in the agent's turn, the last value of each signal, and nothing else does.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.Data;

public class SignalInboxTests
{
    private readonly SignalTable _signals;
    private readonly SignalInbox _inbox;
    private readonly OutputTable _outputs;

    public SignalInboxTests()
    {
        DataConfig config = TestSignals.Config();
        _signals = new SignalTable(config);
        _outputs = new OutputTable(config);
        _inbox = new SignalInbox(_signals, _outputs);
    }

    [Fact]
    public void Values_are_taken_in_the_turn_and_the_last_one_counts()
    {
        int speed = _signals.IndexOf(TestSignals.Speed);
        _inbox.Publish(TestSignals.Speed, 10);
        _inbox.Publish(TestSignals.Speed, 11);
        Assert.Equal(SignalQuality.NeverSet, _signals.QualityOf(speed));

        _inbox.MainFunction();
        Assert.Equal((11, SignalQuality.Valid), (_signals.Value(speed), _signals.QualityOf(speed)));

        _signals.Publish(speed, 12);
        _inbox.MainFunction();
        Assert.Equal(12, _signals.Value(speed));
    }

    [Fact]
    public void What_the_ecu_does_not_have_is_passed_over()
    {
        _inbox.Publish(0x0999, 1);
        _inbox.MainFunction();
        Assert.All(Enumerable.Range(0, _signals.Count), i => Assert.Equal(SignalQuality.NeverSet, _signals.QualityOf(i)));
    }

    [Fact]
    public void Outputs_are_those_of_the_table()
    {
        Assert.Equal(50, _inbox.Output(TestSignals.Lamp, 50));
        _outputs.Adjust(_outputs.IndexOf(TestSignals.Lamp), 1);
        Assert.Equal(1, _inbox.Output(TestSignals.Lamp, 50));
    }
}
