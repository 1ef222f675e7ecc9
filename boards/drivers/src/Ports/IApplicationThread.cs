// Port to the thread that the application runs on, below the agent's priority, so that tests can give its turns by hand.
// Implemented by ApplicationThread on mscorlib's Thread. Tests: through PeLoader, tests/boards/drivers.
namespace EsyncAgent.Drivers;

/// <summary>What a thread does from its start to its end.</summary>
public interface IThreadBody
{
    /// <summary>Called once, on the thread; never throws.</summary>
    void Run();
}

/// <summary>One thread of lower priority.</summary>
public interface IApplicationThread
{
    /// <summary>Starts it; returns before or while the body runs. Once only.</summary>
    void Start(IThreadBody body);

    /// <summary>Called on the thread itself: lets so many milliseconds pass.</summary>
    void Sleep(int milliseconds);
}
