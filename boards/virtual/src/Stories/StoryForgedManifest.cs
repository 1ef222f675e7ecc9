// A package with a signature that does not verify: refused before anything is erased, and remembered.
// Tests: tests/boards/virtual/EmulatorTests.cs.
namespace EsyncAgent.Emulator;

/// <summary>One bit of a signature is flipped.</summary>
public sealed class StoryForgedManifest : Story
{
    // In the first signature's one-time part, whichever its parameters are.
    private const int FlippedByte = 500;

    /// <summary>Makes it.</summary>
    public StoryForgedManifest(World world)
        : base(world)
    {
    }

    /// <inheritdoc/>
    public override string Title
    {
        get { return "A forged package: one bit of the author's signature is flipped"; }
    }

    /// <inheritdoc/>
    public override int StepCount
    {
        get { return 5; }
    }

    /// <inheritdoc/>
    public override void Run()
    {
        const byte ConditionsNotCorrect = 0x22;
        EmulatorPackage package = World.Packages.Take(PackageShelf.Second);
        package.Envelope[FlippedByte] ^= 0x01;
        Enter();
        SendManifest(package);

        Steps.Begin("authenticate manifest (0210)");
        FotaError result = Client.Routine(0x0210);
        Client.Expect(result == FotaError.SignatureInvalid, "the result is " + Text.Of(result));
        Steps.End("refused: " + Text.Of(result));

        Steps.Begin("erase (FF00)");
        int before = World.Flash.EraseCount;
        byte code = Client.Refusal(0xFF00);
        Client.Expect(code == ConditionsNotCorrect && World.Flash.EraseCount == before, "the answer is NRC " + Text.Hex(code));
        Steps.End("refused (NRC 22), no sector was touched");

        Steps.Begin("version report (31 0204)");
        Client.ReadReport();
        ExpectRunning(PackageShelf.First, BankState.Confirmed);
        Client.Expect(Report.SecurityEvent == FotaError.SignatureInvalid, "the security event is " + Text.Of(Report.SecurityEvent));
        Leave();
        Steps.End(PackageShelf.First + " runs on; security event " + Text.Of(Report.SecurityEvent));
    }
}
