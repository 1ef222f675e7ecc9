// The application whose self-test says no: its trial must end in a rollback at once.
// Tests: tests/boards/virtual/CompiledInLoaderTests.cs.
namespace EsyncAgent.Emulator;

/// <summary>Never runs.</summary>
public sealed class SelfTestFailsApplication : CompiledInApplication
{
    /// <summary>Entry class in an image's header.</summary>
    public const string EntryClass = "EsyncAgent.Emulator.SelfTestFailsApplication";

    /// <inheritdoc/>
    public override bool SelfTest()
    {
        return false;
    }

    /// <inheritdoc/>
    public override void Cycle(uint nowMs)
    {
    }
}
