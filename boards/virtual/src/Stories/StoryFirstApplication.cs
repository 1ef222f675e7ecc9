// A new ECU is provisioned and gets its first application: the whole order once, step by step.
// Tests: tests/boards/virtual/EmulatorTests.cs.
namespace EsyncAgent.Emulator;

/// <summary>From blank flash to a confirmed application.</summary>
public sealed class StoryFirstApplication : Story
{
    /// <summary>Makes it.</summary>
    public StoryFirstApplication(World world)
        : base(world)
    {
    }

    /// <inheritdoc/>
    public override string Title
    {
        get { return "A new ECU is provisioned and gets its first application, " + PackageShelf.First; }
    }

    /// <inheritdoc/>
    public override int StepCount
    {
        get { return 14; }
    }

    /// <inheritdoc/>
    public override void Run()
    {
        Steps.Begin("power on");
        World.Ecu.PowerOn();
        Client.AwaitPresence();
        Steps.End("blank flash; the agent answers, no application runs");

        Steps.Begin("provision (31 0220)");
        Client.Session(0x03);
        byte code = Client.Provision();
        Client.Expect(code == 0, "the answer is NRC " + Text.Hex(code));
        Steps.End("identifier, secret, trust anchors of author and oem");

        Steps.Begin("inventory (22, 31 0204)");
        string serialNumber = Client.ReadText(0xF18C);
        Client.ReadReport();
        Client.Expect(!Report.IsRunning && Report.SecondaryState == BankState.Empty, "the ECU is not new");
        Steps.End(serialNumber + ", agent " + Report.AgentVersion + ", banks EMPTY; report authentic");

        EmulatorPackage package = World.Packages.Take(PackageShelf.First);
        Enter();
        SendManifest(package);
        AuthenticateAndErase();
        Download(package);
        CheckAndActivate();
        RebootIntoTrial(package.Version);
        Confirm(package.Version);
        AskApplication(package.Version);
        Refuse();
    }

    // What an outsider can do to a provisioned ECU: nothing.
    private void Refuse()
    {
        const byte SecurityAccessDenied = 0x33;
        const byte ConditionsNotCorrect = 0x22;
        Steps.Begin("without access");
        Client.Session(0x03);
        byte confirm = Client.Refusal(0x0212);
        byte provision = Client.Provision();
        Client.Expect(confirm == SecurityAccessDenied && provision == ConditionsNotCorrect, "0212 gets NRC " + Text.Hex(confirm) + ", 0220 gets NRC " + Text.Hex(provision));
        Leave();
        Steps.End("confirm refused (NRC 33), provisioning too (NRC 22)");
    }
}
