// How many clears that change something are let through: four at once, and one more with each minute. Anybody may send 14,
// and a fault that is there comes back at once after each; without a bound a storm of clears would fill the report log
// with changes of DTCs and wear its flash out.
// Must not know what is cleared. Tests: tests/agent-firmware/Dem/DemClearTests.cs.
namespace EsyncAgent;

/// <summary>Bound on clears.</summary>
internal sealed class DemClearBudget
{
    private const int AtOnce = 4;
    private const uint DelayMs = 60000;

    private int _taken;
    private uint _sinceMs;

    /// <summary>True when one more is let through.</summary>
    internal bool IsLeft(uint nowMs)
    {
        while (_taken != 0 && nowMs - _sinceMs >= DelayMs)
        {
            _taken--;
            _sinceMs += DelayMs;
        }

        return _taken < AtOnce;
    }

    /// <summary>One was let through.</summary>
    internal void Take(uint nowMs)
    {
        _sinceMs = _taken == 0 ? nowMs : _sinceMs;
        _taken++;
    }
}
