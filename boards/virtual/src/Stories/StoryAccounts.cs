// What the run has cost: flash operations, all of them within the rules of a NOR flash, and heap.
// Tests: tests/boards/virtual/EmulatorTests.cs.
namespace EsyncAgent.Emulator;

/// <summary>The last two steps.</summary>
public sealed class StoryAccounts : Story
{
    private const int UsedBytesLimit = 288 * 1024;

    /// <summary>Makes it.</summary>
    public StoryAccounts(World world)
        : base(world)
    {
    }

    /// <inheritdoc/>
    public override string Title
    {
        get { return "Accounts"; }
    }

    /// <inheritdoc/>
    public override int StepCount
    {
        get { return 2; }
    }

    /// <inheritdoc/>
    public override void Run()
    {
        Steps.Begin("flash rules");
        RamFls flash = World.Flash;
        Client.Expect(flash.ViolationCount == 0, flash.ViolationCount.ToString() + " jobs broke a rule of the part");
        Steps.End(Text.Number(flash.EraseCount) + " erases, " + Text.Number(flash.ProgramCount) + " programs, no rule broken");

        Steps.Begin("heap");
        int used = Steps.UsedBytesMax;
        Client.Expect(used < UsedBytesLimit, Text.Number(used) + " bytes were in use");
        Steps.End(Text.Number(used) + " bytes at the most, " + Text.Number((int)flash.Size) + " of them the flash");
    }
}
