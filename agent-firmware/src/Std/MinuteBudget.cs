// How often that is let through which a peer or a faulty application may bring about as often as it likes, and which wears
// flash: so many at once, and one more with each minute.
// Invariant: in a time t at most atOnce + t / DelayMs are taken by whoever asks IsLeft before. Differences only, so that the
// wrap after 49.7 days is harmless.
// Must not know what is let through. Clause: PROTOCOL.md, "Report log", "Wear". Tests: tests/agent-firmware/Std/MinuteBudgetTests,
// tests/agent-firmware/Data/ReportBudgetTests, tests/agent-firmware/Dem/DemClearTests.
namespace EsyncAgent;

/// <summary>A bucket of what is let through.</summary>
public sealed class MinuteBudget
{
    /// <summary>Time after which one more is let through, in milliseconds.</summary>
    public const uint DelayMs = 60000;

    private readonly int _atOnce;
    private int _taken;
    private uint _sinceMs;

    /// <summary>A full bucket of so many.</summary>
    public MinuteBudget(int atOnce)
    {
        _atOnce = atOnce;
    }

    /// <summary>Takes over what was taken before a reset and is not made good yet; the time counts anew.</summary>
    public void Begin(int taken, uint nowMs)
    {
        _taken = taken < _atOnce ? taken : _atOnce;
        _sinceMs = nowMs;
    }

    /// <summary>True when one more is let through.</summary>
    public bool IsLeft(uint nowMs)
    {
        while (_taken != 0 && nowMs - _sinceMs >= DelayMs)
        {
            _taken--;
            _sinceMs += DelayMs;
        }

        return _taken < _atOnce;
    }

    /// <summary>One was let through.</summary>
    public void Take(uint nowMs)
    {
        _sinceMs = _taken == 0 ? nowMs : _sinceMs;
        _taken++;
    }
}
