// An update that comes as a patch of the running application, in little more than a third of its bytes: the power fails when all
// of it was sent and the last chunk is decoded; the update goes on at the piece of the patch that holds the last checkpoint.
// Tests: tests/boards/virtual/EmulatorTests.cs.
using System;

namespace EsyncAgent.Emulator;

/// <summary>A delta update in two parts.</summary>
public sealed class StoryPatch : Story
{
    private const byte Delta = 0x20;

    // Flash operations up to the cut: erases, four chunks of 16 pages, their records, and some pages of the fifth.
    private const int OperationsUntilCut = 84;

    /// <summary>Makes it.</summary>
    public StoryPatch(World world)
        : base(world)
    {
    }

    /// <inheritdoc/>
    public override string Title
    {
        get { return "Update to " + PackageShelf.Patched + " by a patch of " + PackageShelf.First + "; the power fails while it is applied"; }
    }

    /// <inheritdoc/>
    public override int StepCount
    {
        get { return 13; }
    }

    /// <inheritdoc/>
    public override void Run()
    {
        EmulatorPackage package = World.Packages.Take(PackageShelf.Patched);
        byte[] patch = World.Packages.TakePatch();
        Enter();
        SendManifest(package);
        AuthenticateAndErase();

        World.Flash.CutAfter(OperationsUntilCut);
        bool isTaken = SendPatch(patch, 0);
        Client.Expect(!World.Ecu.IsOn && World.Flash.WasProgramCut && !isTaken, "the power did not fail in mid-program");
        Steps.End("power lost in mid-program, " + Text.Number(patch.Length) + " bytes of patch sent");

        PowerOnAgain();

        Enter();
        int position = (int)Client.ReadNumber(0xFD02);
        Client.Expect(position > 0 && position < patch.Length, "the ECU wants to go on at byte " + Text.Number(position));
        Client.Expect(SendPatch(patch, position), "the ECU fell silent");
        Steps.End("resumed at byte " + Text.Number(position) + " of the patch, " + Text.Number(patch.Length - position) + " bytes");

        CheckAndActivate();
        RebootIntoTrial(package.Version);
        Confirm(package.Version);
        AskApplication(package.Version);
    }

    // One step: the patch from a position on. False when the ECU fell silent.
    private bool SendPatch(byte[] patch, int position)
    {
        Steps.Begin("patch (34 20, 36, 37)");
        int blockLength = Client.RequestDownload(Delta, Client.BankAddress + (uint)position, patch.Length - position);
        for (byte counter = 1; position < patch.Length; counter++)
        {
            int count = patch.Length - position < blockLength ? patch.Length - position : blockLength;
            Array.Copy(patch, position, World.Tester.Request, 2, count);
            if (!Client.TryTransfer(counter, count))
            {
                return false;
            }

            position += count;
        }

        return Client.TryExitTransfer();
    }
}
