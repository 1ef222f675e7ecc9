// The emulator: agent, scripted client, loopback CAN and RAM flash in one process, and the stories that they act out.
// Invariants: whatever happens ends in the last line, EMULATOR PASS n/n or EMULATOR FAIL k/n; the ECU's time is virtual, so
// that every run takes the same steps on every machine and only the printed milliseconds differ.
// A failed step ends the run: what would follow builds on it.
// Tests: tests/boards/virtual/EmulatorTests.cs.
using System;

namespace EsyncAgent.Emulator;

/// <summary>One run.</summary>
public sealed class EmulatorRun
{
    private readonly IEmulatorHost _host;
    private readonly PackageShelf _packages;

    /// <summary>A run on a machine with the packages of a shelf.</summary>
    public EmulatorRun(IEmulatorHost host, PackageShelf packages)
    {
        _host = host;
        _packages = packages;
    }

    /// <summary>Acts everything out; true when all steps passed.</summary>
    public bool Run()
    {
        _host.WriteLine("eSync ECU agent, emulator: ECU emulator of nf.config in RAM, with a scripted client.");
        _host.WriteLine("Milliseconds are this machine's. The ECU's own time is virtual, which makes every run the same.");
        Steps steps = new Steps(_host);
        try
        {
            Tell(steps);
        }
        catch (EmulatorException failure)
        {
            steps.Fail(failure.Message);
        }
        catch (Exception failure)
        {
            steps.Fail(failure.GetType().Name + ": " + failure.Message);
        }

        return steps.Conclude();
    }

    private static Story[] Stories(World world)
    {
        return new Story[]
        {
            new StoryFirstApplication(world),
            new StoryRollback(world, "Update to " + PackageShelf.SelfTestFails + ", whose self-test fails", PackageShelf.SelfTestFails, FotaError.SelfTestFailed),
            new StoryRollback(world, "Update to " + PackageShelf.Stalls + ", which stalls on trial", PackageShelf.Stalls, FotaError.AliveLost),
            new StoryForgedManifest(world),
            new StoryPowerCut(world),
            new StoryOrderedRollback(world),
            new StoryPatch(world),
            new StoryData(world),
            new StoryAccounts(world),
        };
    }

    private void Tell(Steps steps)
    {
        Story[] stories = Stories(new World(_packages, steps));
        for (int i = 0; i < stories.Length; i++)
        {
            steps.Planned += stories[i].StepCount;
        }

        int passed = 0;
        for (int i = 0; i < stories.Length; i++)
        {
            steps.Title(stories[i].Title);
            stories[i].Run();
            passed += stories[i].StepCount;
            Client.Expect(steps.Passed == passed, "the story has another number of steps than it says");
        }
    }
}
