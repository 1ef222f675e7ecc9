// Port to what a framework shows of the processor: two clocks and the reset.
// Tests: through BoardMcu and ClockJitter, tests/boards/drivers.
namespace EsyncAgent.Drivers;

/// <summary>The processor.</summary>
public interface IMachine
{
    /// <summary>Milliseconds since some moment; wraps after 49.7 days and never jumps.</summary>
    uint NowMs { get; }

    /// <summary>Reading of the finest clock that there is, in its own unit; it may jump.</summary>
    long Ticks { get; }

    /// <summary>Resets the processor; does not return on a board.</summary>
    void Reboot();
}
