// What the compiled-in applications have in common: the contract, and a word for "my turn does not end". The emulator
// has one thread, so an application that never came back would stop the agent with it; it says so instead, and its loader
// gives it no further turn. On a board it has a thread of its own below the agent's.
// Tests: tests/boards/virtual/CompiledInLoaderTests.cs.
using EsyncAgent.App;

namespace EsyncAgent.Emulator;

/// <summary>An application that an image's entry class chooses.</summary>
public abstract class CompiledInApplication : IApplication
{
    /// <summary>True from the turn on that does not end.</summary>
    public bool IsStalled { get; protected set; }

    /// <inheritdoc/>
    public virtual bool IsUpdateAllowed
    {
        get { return true; }
    }

    /// <inheritdoc/>
    public virtual void Start(IApplicationServices services)
    {
    }

    /// <inheritdoc/>
    public virtual bool SelfTest()
    {
        return true;
    }

    /// <inheritdoc/>
    public abstract void Cycle(uint nowMs);

    /// <inheritdoc/>
    public virtual int ReadDataByIdentifier(ushort dataIdentifier, byte[] into, int offset)
    {
        return -1;
    }
}
