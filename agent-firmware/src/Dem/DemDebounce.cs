// Counter-based debouncing (ISO 14229-1:2020 Annex D.5; AUTOSAR Dem): each report moves the fault detection counter of its
// event by a step, and a test has failed at 127 and passed at −128. A report against the direction of the counter may
// jump first: a failure to failJump when the counter is below it, a pass to passJump when it is above.
// Invariant: a counter begins each operation cycle, and after a clear, at 0; it is never stored.
// Must not know what an outcome changes. Tests: tests/agent-firmware/Dem/DemDebounceTests.cs.
namespace EsyncAgent;

/// <summary>Fault detection counters of all events, by index.</summary>
internal sealed class DemDebounce
{
    /// <summary>Counter at which the test has failed.</summary>
    internal const int Failed = 127;

    /// <summary>Counter at which the test has passed.</summary>
    internal const int Passed = -128;

    private readonly DemConfig _config;
    private readonly sbyte[] _counters;

    internal DemDebounce(DemConfig config)
    {
        _config = config;
        _counters = new sbyte[config.Events.Length];
    }

    /// <summary>Counter of an event, −128 to 127.</summary>
    internal int CounterOf(int index)
    {
        return _counters[index];
    }

    /// <summary>Counts a report; returns the new counter.</summary>
    internal int Report(int index, bool isFailed)
    {
        int counter = _counters[index];
        if (isFailed)
        {
            int jump = _config.FailJumps[index];
            counter = (counter < jump ? jump : counter) + _config.FailSteps[index];
            counter = counter > Failed ? Failed : counter;
        }
        else
        {
            int jump = _config.PassJumps[index];
            counter = (counter > jump ? jump : counter) - _config.PassSteps[index];
            counter = counter < Passed ? Passed : counter;
        }

        _counters[index] = (sbyte)counter;
        return counter;
    }

    /// <summary>Begins anew at 0.</summary>
    internal void Reset(int index)
    {
        _counters[index] = 0;
    }
}
