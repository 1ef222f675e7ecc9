// How often that is let through which a peer or a faulty application may bring about as often as it likes, and which wears
// the report log's flash: so many at once, and one more with each minute.
// Invariant: in a time t at most AtOnce + t / DelayMs are taken by whoever asks IsLeft before. Differences only, so that the
// wrap after 49.7 days is harmless.
// Must not know what is let through. Clause: PROTOCOL.md, "Report log", "Wear". Tests: tests/agent-firmware/Data/ReportBudgetTests.
namespace EsyncAgent;

/// <summary>A bucket of what is let through.</summary>
public sealed class ReportBudget
{
    /// <summary>Time after which one more is let through, in milliseconds.</summary>
    public const uint DelayMs = 60000;

    /// <summary>First openings of a sector in a start, over resets: 32 starts that report in each priority.</summary>
    public const int OpeningsAtOnce = 96;

    /// <summary>Changes of DTCs in a start that become records and trigger rules: each event fails once.</summary>
    public const int DtcChangesAtOnce = 32;

    private readonly int _atOnce;
    private int _taken;
    private uint _sinceMs;

    /// <summary>A full bucket of so many.</summary>
    public ReportBudget(int atOnce)
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
