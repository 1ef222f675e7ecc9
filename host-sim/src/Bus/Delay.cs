// What `await time.Delay(...)` awaits.
// The continuation is an event of its own, never a call out of somebody else's code.
// Tests: tests/host-sim/Bus/ScriptTests.cs.
using System.Runtime.CompilerServices;

namespace EsyncSim.Bus;

/// <summary>A pause of an async script in virtual time. A pause of zero lets all events of this moment happen first.</summary>
public readonly struct Delay : ICriticalNotifyCompletion
{
    private readonly VirtualTime _time;
    private readonly long _delayNs;

    internal Delay(VirtualTime time, long delayNs)
    {
        _time = time;
        _delayNs = delayNs;
    }

    /// <summary>Never completed at once: even a pause of zero passes through the event queue.</summary>
    public bool IsCompleted => false;

    /// <summary>Part of the await pattern.</summary>
    public Delay GetAwaiter() => this;

    /// <summary>Part of the await pattern.</summary>
    public void GetResult()
    {
    }

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation) => _time.ContinueAt(_time.NowNs + _delayNs, continuation);
}
