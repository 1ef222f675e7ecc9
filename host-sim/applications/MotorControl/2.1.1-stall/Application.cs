// Motor control 2.1.1, a faulty release on purpose: half a second after its start it waits for a conversion that never
// ends, so that its alive counter stands still and the trial must end.
// Tests: tests/host-sim/Applications.
namespace EsyncApplications.MotorControl;

/// <summary>Entry of the bundle.</summary>
public sealed class Application : EfficiencyApplication
{
    private int _turns;
    private bool _isConverted;

    /// <inheritdoc/>
    public override void Cycle(uint nowMs)
    {
        base.Cycle(nowMs);
        _turns++;
        if (_turns < 50)
        {
            return;
        }

        while (!_isConverted)
        {
            _isConverted = _turns == 0;
        }
    }
}
