// The application's thread on mscorlib's Thread, at the lowest priority.
// What priority means under nanoFramework: threads that are ready get time slices of 20 ms in proportion to it. It does not
// interrupt a slice: a spinning application takes its slice whenever the agent gives way.
// Tests: tests/boards/drivers/AssemblyPortTests.cs.
using System.Threading;

namespace EsyncAgent.Drivers;

/// <summary>A thread of the framework.</summary>
public sealed class ApplicationThread : IApplicationThread
{
    /// <inheritdoc/>
    public void Start(IThreadBody body)
    {
        Thread thread = new Thread(body.Run);
        thread.Priority = ThreadPriority.Lowest;
        thread.Start();
    }

    /// <inheritdoc/>
    public void Sleep(int milliseconds)
    {
        Thread.Sleep(milliseconds);
    }
}
