// The application that passes its self-test, works for a while and then does not come back: its trial must end in a
// rollback when signs of life have been missing for too long.
// Tests: tests/boards/virtual/CompiledInLoaderTests.cs.
namespace EsyncAgent.Emulator;

/// <summary>Stalls in its 20th turn, 200 ms after its start.</summary>
public sealed class StalledApplication : CompiledInApplication
{
    /// <summary>Entry class in an image's header.</summary>
    public const string EntryClass = "EsyncAgent.Emulator.StalledApplication";

    private const int GoodTurns = 19;

    private int _turns;

    /// <inheritdoc/>
    public override void Cycle(uint nowMs)
    {
        IsStalled = _turns == GoodTurns;
        _turns++;
    }
}
