// The server orders the way back to the previous application, which is still in the other bank.
// Tests: tests/boards/virtual/EmulatorTests.cs.
namespace EsyncAgent.Emulator;

/// <summary>Rollback by routine 0213.</summary>
public sealed class StoryOrderedRollback : Story
{
    /// <summary>Makes it.</summary>
    public StoryOrderedRollback(World world)
        : base(world)
    {
    }

    /// <inheritdoc/>
    public override string Title
    {
        get { return "The way back to " + PackageShelf.First + " is ordered"; }
    }

    /// <inheritdoc/>
    public override int StepCount
    {
        get { return 3; }
    }

    /// <inheritdoc/>
    public override void Run()
    {
        Steps.Begin("roll back (0213)");
        Client.Session(0x03);
        Client.Authenticate();
        Client.RequireRoutine(0x0213, "roll back");
        Steps.End("accepted");

        Steps.Begin("reboot (11 01)");
        Client.Reset();
        Client.Session(0x03);
        Client.ReadReport();
        ExpectRunning(PackageShelf.First, BankState.Confirmed);
        Client.Expect(Report.LastError == FotaError.RolledBackByClient, "the reason is " + Text.Of(Report.LastError));
        Leave();
        Steps.End(Text.Of(Report.LastError) + ": " + PackageShelf.First + " runs in bank " + Report.RunningBank);

        AskApplication(PackageShelf.First);
    }
}
