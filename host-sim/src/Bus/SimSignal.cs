// A signal between simulated things and async scripts, in virtual time.
// Invariants: setting wakes one waiter, or is remembered once when nobody waits; the waiter goes on as an event of its
// own at the same moment, so that setting is safe from within any callback.
// Tests: tests/host-sim/Bus/ScriptTests.cs.
using System.Runtime.CompilerServices;

namespace EsyncSim.Bus;

/// <summary>An auto-reset signal that scripts await, with or without a timeout.</summary>
public sealed class SimSignal(VirtualTime time)
{
    private readonly LinkedList<Waiter> _waiters = new();

    /// <summary>True when it was set and nobody has taken it yet.</summary>
    public bool IsSet { get; private set; }

    /// <summary>Wakes the script that waits longest, or the next one that will wait.</summary>
    public void Set()
    {
        if (_waiters.First is { } first)
        {
            _waiters.Remove(first);
            first.Value.Wake(true);
        }
        else
        {
            IsSet = true;
        }
    }

    /// <summary>Forgets a signal that nobody took.</summary>
    public void Reset() => IsSet = false;

    /// <summary>Waits for the signal; <c>await</c> gives true.</summary>
    public Waiter Wait() => Wait(-1);

    /// <summary>Waits for the signal for so many nanoseconds at most; <c>await</c> gives false when that time ran out first.</summary>
    public Waiter Wait(long timeoutNs)
    {
        Waiter waiter = new(this, time, timeoutNs);
        if (IsSet)
        {
            IsSet = false;
            waiter.Complete();
        }

        return waiter;
    }

    /// <summary>Part of the await pattern: <c>await signal</c>.</summary>
    public Waiter GetAwaiter() => Wait();

    /// <summary>One wait of one script.</summary>
    public sealed class Waiter : ICriticalNotifyCompletion
    {
        private readonly SimSignal _signal;
        private readonly VirtualTime _time;
        private readonly long _timeoutNs;
        private LinkedListNode<Waiter>? _node;
        private SimEvent? _timeout;
        private Action? _continuation;
        private bool _result;

        internal Waiter(SimSignal signal, VirtualTime time, long timeoutNs)
        {
            _signal = signal;
            _time = time;
            _timeoutNs = timeoutNs;
        }

        /// <summary>True when the signal was there already.</summary>
        public bool IsCompleted { get; private set; }

        /// <summary>Part of the await pattern.</summary>
        public Waiter GetAwaiter() => this;

        /// <summary>True for the signal, false for the timeout.</summary>
        public bool GetResult() => _result;

        /// <inheritdoc/>
        public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

        /// <inheritdoc/>
        public void UnsafeOnCompleted(Action continuation)
        {
            _continuation = continuation;
            _node = _signal._waiters.AddLast(this);
            if (_timeoutNs >= 0)
            {
                _timeout = _time.CreateEvent(Expire);
                _timeout.After(_timeoutNs);
            }
        }

        internal void Complete()
        {
            IsCompleted = true;
            _result = true;
        }

        internal void Wake(bool result)
        {
            _timeout?.Cancel();
            _result = result;
            _time.ContinueAt(_time.NowNs, _continuation!);
        }

        private void Expire()
        {
            _signal._waiters.Remove(_node!);
            _result = false;
            _continuation!();
        }
    }
}
