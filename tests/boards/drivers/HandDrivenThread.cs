// The application's thread with turns given by hand. It is a thread, since a spinning application must be one that has not
// returned, but one of the two runs at a time: whoever runs hands the baton over and waits for it. No clock is involved,
// so a test gives the same result on every machine.
using EsyncAgent.Drivers;

namespace EsyncTests.Boards.Drivers;

/// <summary>An <see cref="IApplicationThread"/> that runs only inside <see cref="Step"/>.</summary>
internal sealed class HandDrivenThread : IApplicationThread, IDisposable
{
    private readonly SemaphoreSlim _toApplication = new(0);
    private readonly SemaphoreSlim _toTest = new(0);
    private Thread? _thread;
    private uint _nowMs;
    private uint _wakesMs;
    private bool _isAsleep;
    private bool _isOver;

    /// <summary>Slices that the application has had.</summary>
    public int Slices { get; private set; }

    /// <summary>True when the body has returned.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Thrown by <see cref="Start"/> when set: there is no memory for a thread.</summary>
    public Exception? StartFault { get; set; }

    /// <inheritdoc/>
    public void Start(IThreadBody body)
    {
        if (StartFault is not null)
        {
            throw StartFault;
        }

        _thread = new Thread(() =>
        {
            _toApplication.Wait();
            if (!_isOver)
            {
                body.Run();
                HasEnded = true;
                _toTest.Release();
            }
        })
        { IsBackground = true };
        _thread.Start();
    }

    /// <inheritdoc/>
    public void Sleep(int milliseconds)
    {
        _isAsleep = true;
        _wakesMs = _nowMs + (uint)milliseconds;
        GiveWay();
    }

    /// <summary>Called by a test's application: its time slice is used up and it goes on in the next one.</summary>
    public void GiveWay()
    {
        if (!_isOver)
        {
            _toTest.Release();
            _toApplication.Wait();
        }

        if (_isOver)
        {
            throw new OperationCanceledException();
        }
    }

    /// <summary>Lets a millisecond pass, with a slice for the application if it does not sleep.</summary>
    public void Step(uint nowMs)
    {
        _nowMs = nowMs;
        if (_thread is null || HasEnded || (_isAsleep && (int)(nowMs - _wakesMs) < 0))
        {
            return;
        }

        _isAsleep = false;
        Slices++;
        _toApplication.Release();
        _toTest.Wait();
    }

    /// <summary>Ends the thread, wherever the application is.</summary>
    public void Dispose()
    {
        _isOver = true;
        _toApplication.Release();
        _thread?.Join();
        _toApplication.Dispose();
        _toTest.Dispose();
    }
}
