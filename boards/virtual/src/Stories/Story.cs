// A story: a few steps that belong together, and the steps that several stories share, in the programming order of
// agent-firmware/PROTOCOL.md ("An update, message by message").
// Invariant: each step ends with something that was read from the ECU or counted on the wire.
// Tests: tests/boards/virtual/EmulatorTests.cs.
namespace EsyncAgent.Emulator;

/// <summary>Part of a run.</summary>
public abstract class Story
{
    /// <summary>Makes it for a world, which goes on from where the story before left it.</summary>
    protected Story(World world)
    {
        World = world;
    }

    /// <summary>One line of what happens.</summary>
    public abstract string Title { get; }

    /// <summary>Steps that it has.</summary>
    public abstract int StepCount { get; }

    /// <summary>The world.</summary>
    protected World World { get; }

    /// <summary>The log.</summary>
    protected Steps Steps
    {
        get { return World.Steps; }
    }

    /// <summary>The client.</summary>
    protected Client Client
    {
        get { return World.Client; }
    }

    /// <summary>The last version report.</summary>
    protected VersionReport Report
    {
        get { return World.Client.Report; }
    }

    /// <summary>Tells it.</summary>
    public abstract void Run();

    /// <summary>One step: consent, quiet bus, programming session, access, fingerprint.</summary>
    protected void Enter()
    {
        Steps.Begin("enter programming (10 29 2E)");
        World.Tester.IsKeptAlive = true;
        Client.Session(0x03);
        Client.Expect(Client.Consent() == 1, "the ECU does not consent to an update");
        World.Tester.SendFunctional(0x85, 0x82);
        World.Tester.SendFunctional(0x28, 0x81, 0x01);
        Client.Session(0x02);
        Client.Authenticate();
        Client.WriteFingerprint();
        Steps.End("consent given, access by challenge and response");
    }

    /// <summary>One step: the envelope to the staging slot.</summary>
    protected void SendManifest(EmulatorPackage package)
    {
        Steps.Begin("manifest (34 36 37)");
        int blocks = Client.Download(Client.StagingAddress, package.Envelope);
        Steps.End(Text.Number(package.Envelope.Length) + " bytes in " + blocks.ToString() + " blocks");
    }

    /// <summary>Two steps: the manifest is checked and bound, the secondary bank erased.</summary>
    protected void AuthenticateAndErase()
    {
        Steps.Begin("authenticate manifest (0210)");
        Client.RequireRoutine(0x0210, "authenticate manifest");
        Steps.End("signed by author and oem, bound to the other bank");

        Steps.Begin("erase (FF00)");
        int before = World.Flash.EraseCount;
        Client.RequireRoutine(0xFF00, "erase");
        uint next = Client.ReadNumber(0xFD02);
        Client.Expect(next == 0, "the ECU wants to go on at byte " + next.ToString());
        Steps.End((World.Flash.EraseCount - before).ToString() + " sectors; the others are erased ahead of the download");
    }

    /// <summary>
    /// One step: the image, or what is missing of it, to the secondary bank. Returns the bytes that were acknowledged,
    /// fewer than the rest only when the ECU fell silent.
    /// </summary>
    protected int Send(EmulatorImage image, int position)
    {
        Steps.Begin("download (34 36 37)");
        byte[] request = World.Tester.Request;
        int blockLength = Client.RequestDownload(Client.BankAddress + (uint)position, image.Length - position);
        int start = position;
        image.Seek(position);
        for (byte counter = 1; position < image.Length; counter++)
        {
            int count = image.Length - position < blockLength ? image.Length - position : blockLength;
            image.Read(request, 2, count);
            if (!Client.TryTransfer(counter, count))
            {
                return position - start;
            }

            position += count;
        }

        Client.ExitTransfer();
        return position - start;
    }

    /// <summary>One step: the whole image, which the ECU must take.</summary>
    protected void Download(EmulatorPackage package)
    {
        int sent = Send(package.Image, 0);
        Client.Expect(sent == package.Image.Length, "the ECU fell silent after " + Text.Number(sent) + " bytes");
        Steps.End(Text.Number(sent) + " bytes, each chunk checked before it is programmed");
    }

    /// <summary>One step: the power comes back after a cut, and the first version runs as before.</summary>
    protected void PowerOnAgain()
    {
        Steps.Begin("power on");
        World.Tester.IsKeptAlive = false;
        World.Ecu.PowerOn();
        Client.AwaitPresence();
        Client.Session(0x03);
        Client.ReadReport();
        ExpectRunning(PackageShelf.First, BankState.Confirmed);
        Steps.End(PackageShelf.First + " runs, the other bank is " + Text.Of(Report.SecondaryState));
    }

    /// <summary>Two steps: the bank is whole, and is to be tried.</summary>
    protected void CheckAndActivate()
    {
        Steps.Begin("check (FF01)");
        Client.RequireRoutine(0xFF01, "check");
        Client.ReadReport();
        Client.Expect(Report.SecondaryState == BankState.Verified, "the bank is " + Text.Of(Report.SecondaryState));
        Steps.End("the other bank is " + Text.Of(Report.SecondaryState));

        Steps.Begin("activate (0211)");
        Client.RequireRoutine(0x0211, "activate");
        Client.ReadReport();
        Client.Expect(Report.SecondaryState == BankState.Trial, "the bank is " + Text.Of(Report.SecondaryState));
        Steps.End(Text.Of(Report.SecondaryState) + ", " + Report.AttemptsLeft.ToString() + " attempts");
    }

    /// <summary>One step: a reset, after which this version must run on trial.</summary>
    protected void RebootIntoTrial(string version)
    {
        Steps.Begin("reboot (11 01)");
        Client.Reset();
        Client.Session(0x03);
        Client.ReadReport();
        ExpectRunning(version, BankState.Trial);
        Steps.End(version + " runs on trial in bank " + Report.RunningBank + ", " + Report.AttemptsLeft.ToString() + " attempts left");
    }

    /// <summary>One step: the trial is confirmed, and the ECU left as it was found.</summary>
    protected void Confirm(string version)
    {
        Steps.Begin("confirm (0212)");
        Client.Authenticate();
        Client.RequireRoutine(0x0212, "confirm");
        Client.ReadReport();
        ExpectRunning(version, BankState.Confirmed);
        Leave();
        Steps.End(version + " is " + Text.Of(Report.RunningState));
    }

    /// <summary>One step: the application itself says which version runs.</summary>
    protected void AskApplication(string version)
    {
        Steps.Begin("ask the application (22 0100)");
        string answer = Client.ReadText(0x0100);
        uint turns = Client.ReadNumber(0x0101);
        World.Wait(50);
        uint later = Client.ReadNumber(0x0101);
        Client.Expect(answer == version && later > turns, "it answers " + answer + " and had " + later.ToString() + " turns");
        Steps.End("it answers " + answer + ", and lives: turn " + later.ToString());
    }

    /// <summary>
    /// One step: a reset into a trial that ends by itself; the former version must run again, for the given reason.
    /// </summary>
    protected void RebootIntoRollback(string former, FotaError reason)
    {
        const int TrialMs = 1500;
        Steps.Begin("reboot (11 01), wait");
        int starts = World.Ecu.StartCount;
        World.Tester.IsKeptAlive = false;
        Client.Reset();
        World.Wait(TrialMs);
        Client.AwaitPresence();
        Client.Session(0x03);
        Client.ReadReport();
        ExpectRunning(former, BankState.Confirmed);
        Client.Expect(Report.SecondaryState == BankState.Rejected && Report.LastError == reason, "the reason is " + Text.Of(Report.LastError));
        Client.Expect(World.Ecu.StartCount == starts + 2, "the ECU started " + (World.Ecu.StartCount - starts).ToString() + " times");
        Leave();
        Steps.End(Text.Of(reason) + ": " + former + " runs again, trial " + Text.Of(Report.SecondaryState));
    }

    /// <summary>Messages and DTCs as before, default session.</summary>
    protected void Leave()
    {
        World.Tester.IsKeptAlive = false;
        World.Tester.SendFunctional(0x28, 0x80, 0x01);
        World.Tester.SendFunctional(0x85, 0x81);
        Client.Session(0x01);
    }

    /// <summary>Ends the step unless this version runs in this state.</summary>
    protected void ExpectRunning(string version, BankState state)
    {
        Client.Expect(
            Report.IsRunning && Report.Version == version && Report.RunningState == state,
            "version " + Report.Version + " runs, " + Text.Of(Report.RunningState) + ", last error " + Text.Of(Report.LastError));
    }
}
