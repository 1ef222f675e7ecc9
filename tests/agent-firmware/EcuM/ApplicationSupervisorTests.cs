// The watch over the application: what it accepts, and for how long.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.EcuM;

public class ApplicationSupervisorTests
{
    private const uint StartMs = uint.MaxValue - 700; // the counter wraps during the self-test
    private readonly Watched _application = new();
    private readonly ApplicationSupervisor _supervisor;

    public ApplicationSupervisorTests()
    {
        _supervisor = new ApplicationSupervisor(new FotaConfig { AliveMsMax = 500, SelfTestMsMax = 2000, TrialConfirmMsMax = 60_000 }, _application);
        _supervisor.Start(StartMs);
    }

    [Fact]
    public void A_self_test_that_takes_longer_than_a_sign_of_life_is_no_stall()
    {
        _application.State = ApplicationState.Starting;
        Assert.Equal(FotaError.None, Judge(1990));
        _application.State = ApplicationState.Running;
        Assert.Equal(FotaError.None, Judge(2000));
        Assert.Equal(FotaError.None, Judge(2490));
        Assert.Equal(FotaError.AliveLost, Judge(2491));
    }

    [Fact]
    public void A_self_test_without_end_is_ended()
    {
        _application.State = ApplicationState.Starting;
        Assert.Equal(FotaError.None, Judge(2000));
        Assert.Equal(FotaError.SelfTestPending, Judge(2001));
    }

    [Fact]
    public void Signs_of_life_are_expected_again_and_again()
    {
        _application.State = ApplicationState.Running;
        for (uint afterMs = 400; afterMs < 4000; afterMs += 400)
        {
            _application.AliveCounter++;
            Assert.Equal(FotaError.None, Judge(afterMs));
        }

        Assert.Equal(FotaError.AliveLost, Judge(4101));
    }

    [Theory]
    [InlineData(ApplicationState.SelfTestFailed, FotaError.SelfTestFailed)]
    [InlineData(ApplicationState.Faulted, FotaError.ApplicationFaulted)]
    public void A_fault_is_told_at_once(ApplicationState state, FotaError reason)
    {
        _application.State = state;
        Assert.Equal(reason, Judge(1));
    }

    private FotaError Judge(uint afterMs) => _supervisor.Judge(unchecked(StartMs + afterMs));

    private sealed class Watched : IApplicationLoader
    {
        public byte Runtime => 1;

        public ushort ContractVersion => 1;

        public ApplicationState State { get; set; }

        public uint AliveCounter { get; set; }

        public bool IsUpdateAllowed => true;

        public void Attach(IApplicationData data)
        {
        }

        public StdReturn Begin(uint imageLength) => StdReturn.Ok;

        public StdReturn Append(byte[] data, int offset, int count) => StdReturn.Ok;

        public StdReturn Start() => StdReturn.Ok;

        public void MainFunction(uint nowMs)
        {
        }

        public int ReadDataByIdentifier(ushort dataIdentifier, byte[] into, int offset) => -1;

        public int TakeEvent() => -1;
    }
}
