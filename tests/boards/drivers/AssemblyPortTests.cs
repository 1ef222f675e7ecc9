// The loader's real ports on the host: reflection finds and makes an application, and a thread of lower priority runs a body.
// The image is one of host-sim's own applications; on a board it is a .pe.
using EsyncAgent.App;
using EsyncAgent.Drivers;
using EsyncSim.Applications;
using EsyncSim.Packages;
using Xunit;

namespace EsyncTests.Boards.Drivers;

public sealed class AssemblyPortTests
{
    private static ApplicationBundle Motor
    {
        get
        {
            Assert.Null(ApplicationBundle.TryParse(BuiltInApplications.Image("MotorControl", "1.0.0"), out ApplicationBundle? bundle));
            return bundle!;
        }
    }

    [Fact]
    public void An_application_is_found_by_its_name_and_made()
    {
        AssemblyPort port = new();
        foreach (byte[] assembly in Motor.Assemblies)
        {
            port.Load(assembly);
        }

        Assert.True(port.HasApplication(Motor.EntryClass));
        Assert.IsType<IApplication>(port.Create(Motor.EntryClass), exactMatch: false);
    }

    [Theory]
    [InlineData("EsyncApplications.MotorControl.Nothing")]
    [InlineData("EsyncApplications.MotorControl.TorqueControl")]
    public void A_class_that_is_missing_or_no_application_is_not(string className)
    {
        AssemblyPort port = new();
        port.Load(Motor.Assemblies[^1]);
        Assert.False(port.HasApplication(className));
    }

    [Fact]
    public void What_the_runtime_says_to_no_assembly_passes_through()
    {
        Assert.ThrowsAny<Exception>(() => new AssemblyPort().Load([1, 2, 3, 4]));
    }

    [Fact]
    public void The_thread_runs_its_body_once_below_the_starters_priority()
    {
        Body body = new();
        new ApplicationThread().Start(body);
        body.HasRun.Wait(TestContext.Current.CancellationToken);
        Assert.Equal((1, ThreadPriority.Lowest), (body.Runs, body.Priority));
        Assert.NotEqual(Environment.CurrentManagedThreadId, body.ThreadId);
    }

    private sealed class Body : IThreadBody
    {
        public ManualResetEventSlim HasRun { get; } = new();

        public int Runs { get; private set; }

        public int ThreadId { get; private set; }

        public ThreadPriority Priority { get; private set; }

        public void Run()
        {
            Runs++;
            ThreadId = Environment.CurrentManagedThreadId;
            Priority = Thread.CurrentThread.Priority;
            HasRun.Set();
        }
    }
}
