// The power fails in the middle of a download, in mid-program; afterwards the former application runs, and the update goes
// on where it was interrupted.
// Tests: tests/boards/virtual/EmulatorTests.cs.
namespace EsyncAgent.Emulator;

/// <summary>An update in two parts.</summary>
public sealed class StoryPowerCut : Story
{
    // Flash operations of the download up to the cut: checkpoint list anew, erases, and somewhat more than two chunks of
    // 16 pages and a record each.
    private const int OperationsUntilCut = 45;

    /// <summary>Makes it.</summary>
    public StoryPowerCut(World world)
        : base(world)
    {
    }

    /// <inheritdoc/>
    public override string Title
    {
        get { return "Update to " + PackageShelf.Second + "; the power fails in mid-download"; }
    }

    /// <inheritdoc/>
    public override int StepCount
    {
        get { return 13; }
    }

    /// <inheritdoc/>
    public override void Run()
    {
        EmulatorPackage package = World.Packages.Take(PackageShelf.Second);
        Enter();
        SendManifest(package);
        AuthenticateAndErase();

        World.Flash.CutAfter(OperationsUntilCut);
        int sent = Send(package.Image, 0);
        Client.Expect(!World.Ecu.IsOn && World.Flash.WasProgramCut && sent < package.Image.Length, "the power did not fail in mid-program");
        Steps.End("power lost in mid-program, after " + Text.Number(sent) + " of " + Text.Number(package.Image.Length) + " bytes");

        PowerOnAgain();

        Enter();
        int position = (int)Client.ReadNumber(0xFD02);
        Client.Expect(position > 0 && position <= sent, "the ECU wants to go on at byte " + Text.Number(position));
        int rest = Send(package.Image, position);
        Client.Expect(rest == package.Image.Length - position, "the ECU fell silent");
        Steps.End("resumed at byte " + Text.Number(position) + ", " + Text.Number(rest) + " bytes");

        CheckAndActivate();
        RebootIntoTrial(package.Version);
        Confirm(package.Version);
        AskApplication(package.Version);
    }
}
