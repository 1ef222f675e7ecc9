// An application that spins, sleeps or throws, in its constructor, at its start, in its self-test, in a turn: the agent goes
// on, and its supervision comes to the verdict that ends a trial.
using EsyncAgent;
using Xunit;

namespace EsyncTests.Boards.Drivers;

public sealed class ApplicationFaultTests
{
    public enum Place
    {
        Constructor,
        Start,
        SelfTest,
        Cycle,
        Consent,
        Read,
    }

    public enum Fault
    {
        Spins,
        Sleeps,
        Throws,
    }

    public static TheoryData<Place, Fault> All
    {
        get
        {
            var all = new TheoryData<Place, Fault>();
            foreach (Place place in Enum.GetValues<Place>())
            {
                foreach (Fault fault in Enum.GetValues<Fault>())
                {
                    all.Add(place, fault);
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Each_fault_at_each_place_is_seen_in_time_and_does_not_stop_the_agent(Place place, Fault fault)
    {
        using PeLoaderRig rig = new();
        rig.Assemblies.Make = () => Make(rig, place, () => Fail(rig, fault));
        Assert.Equal(StdReturn.Ok, rig.Start());
        if (place == Place.Read)
        {
            rig.RunFor(50);
            Assert.Equal(ApplicationAnswer.NotYet, rig.Read(0x0100, new byte[64]));
        }

        bool isInTurn = place > Place.SelfTest;
        FotaError expected = fault == Fault.Throws ? FotaError.ApplicationFaulted : isInTurn ? FotaError.AliveLost : FotaError.SelfTestPending;
        Assert.Equal(expected, rig.RunUntilJudged());
        Assert.InRange(rig.Passed, 1u, isInTurn ? 600u : 2001u);
        Assert.Equal(fault == Fault.Throws, rig.Thread.HasEnded);
        Assert.Equal(fault == Fault.Throws ? "the application threw System.InvalidOperationException: on purpose" : null, rig.Loader.Trouble);

        // A spinning application uses every slice that it gets, a sleeping one none.
        int before = rig.Thread.Slices;
        rig.RunFor(100);
        Assert.Equal(fault == Fault.Spins ? 100 : 0, rig.Thread.Slices - before);
    }

    [Fact]
    public void A_self_test_that_says_no_ends_the_application()
    {
        using PeLoaderRig rig = new();
        rig.Start(new ScriptedApplication { OnSelfTest = () => false });
        Assert.Equal(FotaError.SelfTestFailed, rig.RunUntilJudged());
        Assert.True(rig.Thread.HasEnded);
    }

    private static ScriptedApplication Make(PeLoaderRig rig, Place place, Action fail)
    {
        void At(Place here)
        {
            if (here == place)
            {
                fail();
            }
        }

        At(Place.Constructor);
        return new ScriptedApplication
        {
            OnStart = _ => At(Place.Start),
            OnSelfTest = () => { At(Place.SelfTest); return true; },
            OnCycle = turn => { if (turn == 5) { At(Place.Cycle); } },
            OnConsent = () => { if (rig.Loader.AliveCounter == 5) { At(Place.Consent); } return true; },
            OnRead = (_, _) => { At(Place.Read); return 0; },
        };
    }

    private static void Fail(PeLoaderRig rig, Fault fault)
    {
        switch (fault)
        {
            case Fault.Throws:
                throw new InvalidOperationException("on purpose");
            case Fault.Sleeps:
                rig.Thread.Sleep(1_000_000);
                break;
            default:
                while (true)
                {
                    rig.Thread.GiveWay();
                }
        }
    }
}
