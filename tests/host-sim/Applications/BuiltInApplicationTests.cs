// The applications that come with the tool: what each release does once it runs.
using System.Buffers.Binary;
using EsyncAgent;
using EsyncSim.Applications;
using Xunit;

namespace EsyncTests.HostSim.Applications;

public class BuiltInApplicationTests
{
    public static TheoryData<string, string> GoodReleases => new()
    {
        { "MotorControl", "1.0.0" },
        { "MotorControl", "2.0.0" },
        { "MotorControl", "2.0.1" },
        { "BatteryManager", "1.0.0" },
        { "BatteryManager", "2.0.0" },
        { "BatteryManager", "2.0.1" },
        { "BatteryManager", "3.0.0" },
    };

    public static TheoryData<string, string> AllReleases
    {
        get
        {
            TheoryData<string, string> all = GoodReleases;
            all.Add("MotorControl", "2.1.0-selftest");
            all.Add("MotorControl", "2.1.1-stall");
            all.Add("BatteryManager", "2.1.0-throws");
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(AllReleases))]
    public void Images_are_48_to_64_KiB(string application, string release)
    {
        Assert.InRange(BuiltInApplications.Image(application, release).Length, 48 * 1024, 64 * 1024);
    }

    [Theory]
    [MemberData(nameof(GoodReleases))]
    public void A_good_release_passes_its_self_test_within_two_seconds_and_stays_alive(string application, string release)
    {
        using RunningApplication running = RunningApplication.Of(application, release);
        running.RunFor(2000);
        uint alive = running.Loader.AliveCounter;
        running.RunFor(1000);

        Assert.Equal(ApplicationState.Running, running.Loader.State);
        Assert.InRange(running.Loader.AliveCounter - alive, 90u, 100u);
        Assert.Equal(16 * 2, running.Loader.TakeEvent());
        Assert.True(running.Loader.IsUpdateAllowed);
    }

    [Theory]
    [InlineData("1.0.0", true)]
    [InlineData("2.0.0", true)]
    [InlineData("2.1.0-selftest", false)]
    public void The_pump_is_small_and_says_how_its_self_test_ended(string release, bool isGood)
    {
        Assert.InRange(BuiltInApplications.Image(BuiltInApplications.PumpControl, release).Length, 4 * 1024, 16 * 1024);
        using RunningApplication running = RunningApplication.Of(BuiltInApplications.PumpControl, release);
        running.RunFor(2000);

        Assert.Equal(isGood ? ApplicationState.Running : ApplicationState.SelfTestFailed, running.Loader.State);
    }

    [Theory]
    [InlineData("MotorControl")]
    [InlineData("BatteryManager")]
    [InlineData("PumpControl")]
    public void Release_2_answers_differently(string application)
    {
        using RunningApplication first = RunningApplication.Of(application, "1.0.0");
        using RunningApplication second = RunningApplication.Of(application, "2.0.0");
        first.RunFor(2000);
        second.RunFor(2000);

        Assert.NotEqual(first.Read(0x0101), second.Read(0x0101));
        Assert.NotEqual(first.Read(0x0102), second.Read(0x0102));
        Assert.Null(first.Read(0x0103));
        Assert.NotNull(second.Read(0x0103));
        Assert.Null(second.Read(0x01FF));
    }

    [Fact]
    public void Every_value_of_every_table_counts()
    {
        byte[] image = BuiltInApplications.Image("MotorControl", "1.0.0");
        int index = image.AsSpan().IndexOf(Neighbours("DirectCurrentTable"));
        Assert.True(index > 0, "the table is in the image as it stands in the source");
        image[index] ^= 1;

        using RunningApplication running = new(image);
        running.RunFor(2000);

        Assert.Equal(ApplicationState.SelfTestFailed, running.Loader.State);
    }

    [Fact]
    public void A_release_with_a_damaged_table_fails_its_self_test_and_says_so()
    {
        using RunningApplication running = RunningApplication.Of("MotorControl", "2.1.0-selftest");
        running.RunFor(2000);

        Assert.Equal(ApplicationState.SelfTestFailed, running.Loader.State);
        Assert.Equal((16 * 2) + 1, running.Loader.TakeEvent());
    }

    [Fact]
    public void A_release_that_throws_is_faulted_and_the_reason_is_kept()
    {
        using RunningApplication running = RunningApplication.Of("BatteryManager", "2.1.0-throws");
        running.RunFor(2000);

        Assert.Equal(ApplicationState.Faulted, running.Loader.State);
        Assert.Contains("IndexOutOfRangeException", running.Loader.Trouble);
        Assert.Null(running.Read(0x0100));
    }

    [Fact]
    public void A_release_that_waits_forever_stands_still_after_the_same_work_every_time()
    {
        using RunningApplication first = RunningApplication.Of("MotorControl", "2.1.1-stall");
        using RunningApplication second = RunningApplication.Of("MotorControl", "2.1.1-stall");
        first.RunFor(4000);
        uint alive = first.Loader.AliveCounter;
        first.RunFor(1000);
        second.RunFor(5000);

        Assert.Equal(ApplicationState.Running, first.Loader.State);
        Assert.Equal(49u, alive);
        Assert.Equal(alive, first.Loader.AliveCounter);
        Assert.Equal(first.Loader.InstructionCount, second.Loader.InstructionCount);
        Assert.Null(first.Read(0x0100));
    }

    [Fact]
    public void The_motor_drives_after_five_minutes_and_then_wants_no_update()
    {
        using RunningApplication running = RunningApplication.Of("MotorControl", "2.0.0");
        running.RunFor(299_000);
        Assert.True(running.Loader.IsUpdateAllowed);
        byte[] parked = running.Read(0x0100)!;

        running.RunFor(16_000);
        byte[] driving = running.Read(0x0100)!;

        Assert.False(running.Loader.IsUpdateAllowed);
        Assert.Equal(0, BinaryPrimitives.ReadInt16BigEndian(parked));
        Assert.InRange(BinaryPrimitives.ReadInt16BigEndian(driving), 5000, 15_750);
        Assert.True(BinaryPrimitives.ReadInt16BigEndian(driving.AsSpan(8)) > 25, "the winding is warm");
        Assert.True(BinaryPrimitives.ReadInt16BigEndian(running.Read(0x0103).AsSpan(4)) > 700, "efficiency above 70 %");
    }

    [Fact]
    public void The_battery_discharges_while_driving_and_wants_no_update_then()
    {
        using RunningApplication running = RunningApplication.Of("BatteryManager", "2.0.0");
        running.RunFor(2000);
        int before = BinaryPrimitives.ReadInt16BigEndian(running.Read(0x0100));
        running.RunFor(350_000);
        int after = BinaryPrimitives.ReadInt16BigEndian(running.Read(0x0100));

        Assert.InRange(before, 300, 700);
        Assert.True(after < before, $"{after} is not below {before}");
        Assert.False(running.Loader.IsUpdateAllowed);
    }

    // A line of values from the middle of a table, as they lie in an image.
    private static byte[] Neighbours(string table)
    {
        string source = Repository.Read($"host-sim/applications/MotorControl/tables/{table}.cs");
        string line = source.Split('\n').Skip(100).First(l => l.StartsWith("        ", StringComparison.Ordinal));
        return [.. line.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(value => BitConverter.GetBytes(short.Parse(value, System.Globalization.CultureInfo.InvariantCulture)))];
    }
}
