// What the loader does with images that it cannot run, and with callers who ask too early or for too much.
using EsyncAgent;
using EsyncSim.Applications;
using EsyncSim.Packages;
using Xunit;

namespace EsyncTests.HostSim.Applications;

public class HostApplicationLoaderTests
{
    private static byte[] Good => BuiltInApplications.Image("MotorControl", "1.0.0");

    [Fact]
    public void An_image_that_is_no_bundle_is_not_started()
    {
        using RunningApplication running = new(new byte[5000]);

        Assert.Equal(StdReturn.NotOk, running.StartResult);
        Assert.Equal(ApplicationState.Faulted, running.Loader.State);
        Assert.Contains("no bundle", running.Loader.Trouble);
    }

    [Fact]
    public void An_image_that_is_not_whole_is_not_started()
    {
        using RunningApplication running = new(Good, appended: 8192);

        Assert.Equal(StdReturn.NotOk, running.StartResult);
        Assert.Contains("8192", running.Loader.Trouble);
    }

    [Theory]
    [InlineData(5, 2, "nanoframework")]
    [InlineData(7, 9, "contract version 9")]
    public void A_bundle_for_something_else_is_not_started(int offset, byte value, string reason)
    {
        byte[] image = Good;
        image[offset] = value;
        using RunningApplication running = new(image);

        Assert.Equal(StdReturn.NotOk, running.StartResult);
        Assert.Contains(reason, running.Loader.Trouble);
    }

    [Fact]
    public void A_bundle_whose_assembly_is_none_is_not_started()
    {
        byte[] image = Bundle("A.B", [0x4D, 0x5A, 0, 0, 1, 2, 3, 4]);
        using RunningApplication running = new(image);

        Assert.Equal(StdReturn.NotOk, running.StartResult);
        Assert.Equal(ApplicationState.Faulted, running.Loader.State);
    }

    [Theory]
    [InlineData("EsyncApplications.MotorControl.Nothing")]
    [InlineData("EsyncApplications.MotorControl.TorqueControl")]
    public void A_bundle_whose_entry_is_no_application_is_not_started(string entryClass)
    {
        Assert.Null(ApplicationBundle.TryParse(Good, out ApplicationBundle? good));
        using RunningApplication running = new(Bundle(entryClass, good!.Assemblies[0]));

        Assert.Equal(StdReturn.NotOk, running.StartResult);
        Assert.Contains(entryClass, running.Loader.Trouble);
    }

    [Fact]
    public void More_bytes_than_announced_are_refused()
    {
        using HostApplicationLoader loader = new();
        Assert.Equal(StdReturn.Ok, loader.Begin(10));
        Assert.Equal(StdReturn.Ok, loader.Append(new byte[10], 0, 10));
        Assert.Equal(StdReturn.NotOk, loader.Append(new byte[1], 0, 1));
    }

    [Fact]
    public void Nothing_runs_before_the_start()
    {
        using HostApplicationLoader loader = new();
        loader.MainFunction(1);

        Assert.Equal(ApplicationState.NotStarted, loader.State);
        Assert.Equal(-1, loader.ReadDataByIdentifier(0x0100, new byte[64], 0));
        Assert.Equal(-1, loader.TakeEvent());
        Assert.True(loader.IsUpdateAllowed);
    }

    [Fact]
    public void The_self_test_takes_the_time_that_a_board_needs_for_it()
    {
        using RunningApplication running = new(Good);
        running.RunFor(12);
        long selfTestMs = running.Loader.InstructionCount / HostApplicationLoader.InstructionsPerMs;
        running.RunFor((uint)selfTestMs - 12);
        Assert.Equal(ApplicationState.Starting, running.Loader.State);
        running.RunFor(30);
        Assert.Equal(ApplicationState.Running, running.Loader.State);
        Assert.InRange(selfTestMs, 200, 1900);
    }

    [Fact]
    public void A_value_that_does_not_fit_is_not_given()
    {
        using RunningApplication running = new(Good);
        running.RunFor(2000);
        byte[] into = new byte[14];

        Assert.Equal(12, running.Loader.ReadDataByIdentifier(0x0100, into, 2));
        Assert.Equal(-1, running.Loader.ReadDataByIdentifier(0x0100, into, 3));
    }

    [Fact]
    public void Another_bundle_can_follow_one_that_failed()
    {
        using RunningApplication running = new(new byte[100]);
        byte[] image = Good;
        running.Loader.Begin((uint)image.Length);
        running.Loader.Append(image, 0, image.Length);
        Assert.Equal(StdReturn.Ok, running.Loader.Start());
        running.RunFor(2000);

        Assert.Equal(ApplicationState.Running, running.Loader.State);
        Assert.Null(running.Loader.Trouble);
    }

    [Fact]
    public void Events_beyond_the_queue_are_lost_and_the_oldest_come_first()
    {
        using HostApplicationLoader loader = new();
        for (int i = 0; i < 40; i++)
        {
            loader.ReportEvent((byte)i, i % 2 == 1);
        }

        Assert.Equal(0, loader.TakeEvent());
        Assert.Equal(3, loader.TakeEvent());
        Assert.Equal(30, Enumerable.Range(0, 40).Count(_ => loader.TakeEvent() >= 0));
    }

    private static byte[] Bundle(string entryClass, byte[] assembly) => new ApplicationBundle
    {
        Runtime = BundleRuntime.Net10,
        ContractVersion = 1,
        Version = "1",
        EntryClass = entryClass,
        Assemblies = [assembly],
    }.Build();
}
