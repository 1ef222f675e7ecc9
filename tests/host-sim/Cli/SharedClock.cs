// One clock for several programs of a test, each on a thread of its own: it goes on only while all of them wait, to the moment that the first
// one waits for. A program that the machine is slow to run costs no time.
using EsyncSim.Bus;

namespace EsyncTests.HostSim.Cli;

internal sealed class SharedClock : WaitableClock
{
    // Messages between the programs take the broker's real time: it has a millisecond for each of these.
    private const long PauseMs = 20;

    private readonly object _gate = new();
    private readonly List<long> _waits = [];
    private int _programs;
    private long _nowMs;
    private long _pausedMs;

    public override long TimestampFrequency => 1000;

    public override long GetTimestamp() => Volatile.Read(ref _nowMs);

    /// <summary>Runs a program on a thread of its own.</summary>
    public Task<int> Run(Func<int> program)
    {
        lock (_gate)
        {
            _programs++;
        }

        return Task.Factory.StartNew(
            () =>
            {
                try
                {
                    return program();
                }
                finally
                {
                    lock (_gate)
                    {
                        _programs--;
                        GoOn();
                    }
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public override void Sleep(int ms)
    {
        bool isPause;
        long until;
        lock (_gate)
        {
            until = _nowMs + Math.Max(ms, 1);
            _waits.Add(until);
            isPause = _waits.Count == _programs && _nowMs - _pausedMs >= PauseMs;
            _pausedMs = isPause ? _nowMs : _pausedMs;
        }

        if (isPause)
        {
            Thread.Sleep(1);
        }

        lock (_gate)
        {
            GoOn();
            while (_nowMs < until)
            {
                Monitor.Wait(_gate);
            }

            _waits.Remove(until);
        }
    }

    private void GoOn()
    {
        if (_programs > 0 && _waits.Count == _programs && _waits.Min() > _nowMs)
        {
            _nowMs = _waits.Min();
            Monitor.PulseAll(_gate);
        }
    }
}
