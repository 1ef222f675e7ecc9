// The whole agent with a board's loader: an image on trial whose application spins, sleeps or throws goes back, whatever
// the place; one that works is confirmed and stays.
using EsyncAgent;
using EsyncAgent.App;
using EsyncAgent.Drivers;
using EsyncSim.Flash;
using EsyncSim.Packages;
using EsyncTests.AgentFirmware.EcuM;
using Xunit;

namespace EsyncTests.Boards.Drivers;

public sealed class BoardTrialTests : IDisposable
{
    private const int LengthOfOne = 9000;

    private static readonly TestImage One = ImageForBoard("1.0.0", 1, LengthOfOne);
    private static readonly TestImage Two = ImageForBoard("2.0.0", 2, LengthOfOne + 1000);

    private readonly AgentRig _rig;
    private readonly List<HandDrivenThread> _threads = [];

    // What version 2 does.
    private Func<IApplication> _makeTwo = () => new ScriptedApplication();
    private int _startsOfTwo;

    public BoardTrialTests()
    {
        _rig = new AgentRig(RigConfig.Make(FlashGeometries.W25Q32, 32 * 1024), new FlashModel(FlashGeometries.W25Q32), makeLoader: MakeLoader)
        {
            AfterTurn = nowMs => _threads[^1].Step(nowMs),
        };
        _rig.PowerOn();
        _rig.Provision(TestImage.Provisioning);
        Assert.Equal(FotaError.None, Update(One));
        Assert.Equal("1.0.0", _rig.RunningVersion);
    }

    public void Dispose() => _threads.ForEach(t => t.Dispose());

    [Fact]
    public void An_application_that_works_is_confirmed()
    {
        Assert.Equal(FotaError.None, Update(Two));
        Assert.Equal("2.0.0", _rig.RunningVersion);
        Assert.Equal(ApplicationState.Running, Loader.State);
    }

    [Theory]
    [InlineData("constructor", "spins")]
    [InlineData("constructor", "sleeps")]
    [InlineData("constructor", "throws")]
    [InlineData("start", "spins")]
    [InlineData("start", "sleeps")]
    [InlineData("start", "throws")]
    [InlineData("self-test", "spins")]
    [InlineData("self-test", "sleeps")]
    [InlineData("self-test", "throws")]
    [InlineData("turn", "spins")]
    [InlineData("turn", "sleeps")]
    [InlineData("turn", "throws")]
    public void An_application_that_fails_on_trial_goes_back(string place, string fault)
    {
        Assert.Equal(FotaError.None, InstallUpToTrial(Two));
        _makeTwo = () => Faulty(place, fault);
        int resets = _rig.Resets;
        _rig.Reset();
        _rig.TurnUntil(() => _rig.Resets == resets + 2 && _rig.Agent.IsRunning, "rollback");
        Assert.Equal(("1.0.0", BankState.Rejected), (_rig.RunningVersion, _rig.Banks.Record.State[_rig.Banks.Secondary]));
        Assert.Equal(1, _startsOfTwo);
        _rig.TurnUntil(() => Loader.State == ApplicationState.Running, "the old one runs");
    }

    // Its assembly has what a loader looks at before it hands it to the runtime.
    private static TestImage ImageForBoard(string version, uint sequence, int length)
    {
        byte[] assembly = new byte[length - 256];
        PeImage.WriteHead(assembly);
        return TestImage.MakeOf(BundleRuntime.NanoFramework, assembly, version, sequence);
    }

    private PeLoader Loader { get; set; } = null!;

    private PeLoader MakeLoader()
    {
        ScriptedAssemblies assemblies = new() { ClassName = "Rig.Application" };
        assemblies.Make = () => assemblies.Loaded[^1].Length > LengthOfOne ? _makeTwo() : new ScriptedApplication();
        _threads.Add(new HandDrivenThread());
        Loader = new PeLoader(assemblies, _threads[^1]);
        return Loader;
    }

    private FotaError Update(TestImage image)
    {
        FotaError error = InstallUpToTrial(image);
        _rig.Reset();
        _rig.TurnUntil(() => Loader.State == ApplicationState.Running, "the self-test");
        return error == FotaError.None ? _rig.Routine(0x0212) : error;
    }

    private FotaError InstallUpToTrial(TestImage image)
    {
        FotaError error = _rig.SendManifest(image);
        error = error == FotaError.None ? _rig.SendImage(image) : error;
        return error == FotaError.None ? _rig.Routine(0x0211) : error;
    }

    private ScriptedApplication Faulty(string place, string fault)
    {
        void At(string here)
        {
            if (here == place)
            {
                Fail(fault);
            }
        }

        _startsOfTwo++;
        At("constructor");
        return new ScriptedApplication
        {
            OnStart = _ => At("start"),
            OnSelfTest = () =>
            {
                At("self-test");
                return true;
            },
            OnCycle = turn => At(turn == 10 ? "turn" : ""),
        };
    }

    private void Fail(string fault)
    {
        if (fault == "throws")
        {
            throw new InvalidOperationException(fault);
        }

        while (true)
        {
            if (fault == "spins")
            {
                _threads[^1].GiveWay();
            }
            else
            {
                _threads[^1].Sleep(100_000);
            }
        }
    }
}
