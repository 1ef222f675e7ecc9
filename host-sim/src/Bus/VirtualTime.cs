// The clock of a simulation and the pump that moves it: no thread, no wall clock, nothing that a run could not repeat. Where
// a real bus is connected, a Pace holds each event back until its moment has come on the wall clock too.
// Invariants: time never goes back; events of one moment happen in the order in which they were scheduled; code of
// the simulation runs on the pump's thread only, one event after the other.
// It knows nothing of CAN or ECUs.
// Tests: tests/host-sim/Bus/VirtualTimeTests.cs, ScriptTests.cs.
namespace EsyncSim.Bus;

/// <summary>Virtual time in nanoseconds since the simulation began, and the events that wait for their moment.</summary>
public sealed class VirtualTime
{
    /// <summary>Nanoseconds in a microsecond.</summary>
    public const long NsPerUs = 1_000;

    /// <summary>Nanoseconds in a millisecond.</summary>
    public const long NsPerMs = 1_000_000;

    /// <summary>Nanoseconds in a second.</summary>
    public const long NsPerSecond = 1_000_000_000;

    private readonly EventQueue _queue = new();
    private readonly Stack<Continuation> _continuations = new();
    private readonly PumpContext _context = new();
    private long _horizonNs = long.MaxValue;
    private Task? _script;

    /// <summary>The present moment.</summary>
    public long NowNs { get; private set; }

    /// <summary>The present moment in milliseconds, as a 32-bit counter that wraps: what CanTp and its like take.</summary>
    public uint NowMs => (uint)(NowNs / NsPerMs);

    /// <summary>Moment of the next event; <see cref="long.MaxValue"/> when nothing is scheduled.</summary>
    public long NextNs => _queue.FirstNs;

    /// <summary>True when another thread has posted something that was not done yet.</summary>
    public bool HasPosts => _context.HasPosts;

    /// <summary>Events that happened so far.</summary>
    public long EventCount { get; private set; }

    /// <summary>Ties the clock to the world outside; null, as in every simulation, lets it run as fast as it can.</summary>
    public IPace? Pace { get; set; }

    /// <summary>Makes an event for repeated use; it is not scheduled yet.</summary>
    public SimEvent CreateEvent(Action action) => new(this, action);

    /// <summary>Does something once, after so many nanoseconds. For repeated use make an event.</summary>
    public void After(long delayNs, Action action) => CreateEvent(action).After(delayNs);

    /// <summary>Does something on the pump's thread, between two events: the one member that other threads may call.</summary>
    public void Post(Action action)
    {
        _context.Post(_ => action(), null);
        Pace?.Wake();
    }

    /// <summary>Suspends an async script for so many nanoseconds of virtual time.</summary>
    public Delay Delay(long delayNs) => new(this, Math.Max(delayNs, 0));

    /// <summary>Suspends an async script for so many milliseconds of virtual time.</summary>
    public Delay DelayMs(long delayMs) => Delay(delayMs * NsPerMs);

    /// <summary>
    /// Waits for work that is done outside the simulation (a broker, a file) while virtual time stands still: however
    /// long it takes, it changes nothing on the bus. A paced clock cannot stand still; it is right again afterwards.
    /// </summary>
    public void Hold(Task task)
    {
        PumpOutside(task);
        task.GetAwaiter().GetResult();
    }

    /// <summary>As <see cref="Hold(Task)"/>, with a result.</summary>
    public T Hold<T>(Task<T> task)
    {
        PumpOutside(task);
        return task.GetAwaiter().GetResult();
    }

    /// <summary>
    /// Lets the next event happen; false when there is none within the present run. With a <see cref="Pace"/> it may also
    /// be a while without an event; false then means that the run's time is over.
    /// </summary>
    public bool RunNext()
    {
        if (Pace is { } pace)
        {
            return RunPaced(pace);
        }

        long next = _queue.FirstNs;
        if (next > _horizonNs || next == long.MaxValue)
        {
            return false;
        }

        NowNs = next;
        TakeFirst();
        return true;
    }

    /// <summary>Lets everything happen up to and including a moment, and moves the clock there.</summary>
    public void RunUntil(long timeNs)
    {
        long outer = _horizonNs;
        _horizonNs = Math.Min(outer, timeNs);
        try
        {
            while (RunNext())
            {
            }
        }
        finally
        {
            _horizonNs = outer;
        }

        NowNs = Math.Max(NowNs, timeNs);
    }

    /// <summary>Lets everything happen within the next nanoseconds.</summary>
    public void RunFor(long durationNs) => RunUntil(NowNs + durationNs);

    /// <summary>
    /// Runs an async script (and everything beside it) until the script has ended. Whatever it awaits should be
    /// virtual (<see cref="Delay(long)"/>, <see cref="SimSignal"/>) or held (<see cref="Hold(Task)"/>).
    /// Throws <see cref="TimeoutException"/> when virtual time reaches the limit, and
    /// <see cref="InvalidOperationException"/> when the script waits and nothing is left that could wake it.
    /// </summary>
    public void Run(Func<Task> script, long limitNs = 3600 * NsPerSecond)
    {
        SynchronizationContext? former = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(_context);
        Task? outerScript = _script;
        long outerHorizonNs = _horizonNs;
        _horizonNs = Math.Min(outerHorizonNs, NowNs + limitNs);
        try
        {
            _script = script();
            PumpUntil(_script);
            _script.GetAwaiter().GetResult();
        }
        finally
        {
            _script = outerScript;
            _horizonNs = outerHorizonNs;
            SynchronizationContext.SetSynchronizationContext(former);
        }
    }

    /// <summary>As <see cref="Run(Func{Task},long)"/>, with a result.</summary>
    public T Run<T>(Func<Task<T>> script, long limitNs = 3600 * NsPerSecond)
    {
        Task<T>? task = null;
        Func<Task> plain = () => task = script();
        Run(plain, limitNs);
        return task!.GetAwaiter().GetResult();
    }

    /// <summary>
    /// Moves the clock without an event when nothing else is due before or at that moment. A node with nothing but its
    /// own next step ahead saves the queue in this way; false: schedule an event instead. Outside of
    /// <see cref="RunUntil"/> and <see cref="Run(Func{Task},long)"/> it is always false, for nothing would end it.
    /// </summary>
    public bool TryAdvanceTo(long timeNs)
    {
        if (Pace is not null || timeNs >= _queue.FirstNs || timeNs > _horizonNs || _horizonNs == long.MaxValue
            || _context.HasPosts || _script is { IsCompleted: true })
        {
            return false;
        }

        NowNs = Math.Max(NowNs, timeNs);
        return true;
    }

    internal void Schedule(SimEvent item, long timeNs) => _queue.Put(item, Math.Max(timeNs, NowNs));

    internal void Cancel(SimEvent item) => _queue.Remove(item);

    /// <summary>Continues a script at a moment, as an event of its own.</summary>
    internal void ContinueAt(long timeNs, Action next)
    {
        if (!_continuations.TryPop(out Continuation? continuation))
        {
            continuation = new Continuation(this);
        }

        continuation.At(timeNs, next);
    }

    // A late event happens late and is told so by the clock; what came in meanwhile is handled before it, so that a pause
    // of this process is not taken for the other side's silence.
    private bool RunPaced(IPace pace)
    {
        pace.Wait(Math.Min(_queue.FirstNs, _horizonNs));
        NowNs = Math.Max(NowNs, pace.NowNs);
        pace.TakeIn();
        if (_queue.FirstNs <= Math.Min(NowNs, _horizonNs))
        {
            TakeFirst();
            return true;
        }

        return NowNs < _horizonNs;
    }

    private void TakeFirst()
    {
        SimEvent item = _queue.TakeFirst();
        EventCount++;
        item.Action();
    }

    private void PumpOutside(Task task)
    {
        _context.PumpUntil(task);
        NowNs = Math.Max(NowNs, Pace?.NowNs ?? 0);
    }

    private void PumpUntil(Task task)
    {
        while (!task.IsCompleted)
        {
            bool any = _context.RunPosts();
            if (task.IsCompleted || RunNext() || any)
            {
                continue;
            }

            if (_queue.FirstNs == long.MaxValue)
            {
                throw new InvalidOperationException($"The script waits at {NowNs} ns, and nothing is scheduled that could wake it.");
            }

            throw new TimeoutException($"The script has not ended at its limit of {_horizonNs} ns of virtual time.");
        }
    }

    /// <summary>An event that continues a script, and is used again afterwards.</summary>
    private sealed class Continuation
    {
        private readonly VirtualTime _time;
        private readonly SimEvent _event;
        private Action? _next;

        internal Continuation(VirtualTime time)
        {
            _time = time;
            _event = time.CreateEvent(Fire);
        }

        internal void At(long timeNs, Action next)
        {
            _next = next;
            _event.At(timeNs);
        }

        private void Fire()
        {
            Action next = _next!;
            _next = null;
            _time._continuations.Push(this);
            next();
        }
    }
}
