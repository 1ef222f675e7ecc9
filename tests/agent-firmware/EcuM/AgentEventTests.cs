// The agent's own diagnostic events, each brought about in the whole agent: its test fails, passes as PROTOCOL.md says, and what was
// confirmed ages with the starts in which it passed and did not fail.
using EsyncAgent;
using EsyncSim.Client;
using EsyncSim.Ecu;
using EsyncSim.Flash;
using EsyncSim.Simulation;
using EsyncSim.Sweep;
using EsyncTests.Vehicle;
using Xunit;

namespace EsyncTests.AgentFirmware.EcuM;

public sealed class AgentEventTests
{
    private const int Length = 9000;
    private const int AgeingCycles = 3;
    private static readonly TestImage One = TestImage.Make("1.0.0", 1, Length);
    private static readonly TestImage Two = TestImage.Make("2.0.0", 2, Length + 5000);
    private static readonly TestImage Three = TestImage.Make("3.0.0", 3, Length);

    private bool _isStalled;

    [Fact]
    public void Healthy_starts_pass_what_each_start_tests_and_write_nothing()
    {
        AgentRig rig = Updated(One);
        rig.PowerOn();
        RunSeconds(rig, 12);
        byte[] before = Nvm(rig);
        for (int start = 0; start < 5; start++)
        {
            rig.PowerOn();
            RunSeconds(rig, 12);
            foreach (byte tested in new[] { DemEvent.TrialRolledBack, DemEvent.ImageDamaged, DemEvent.BootRecordMended, DemEvent.CanOverrun, DemEvent.ApplicationFaulted })
            {
                Assert.Equal(0x00, rig.Agent.Dem.StatusOf(tested));
            }
        }

        Assert.Equal(before, Nvm(rig));
    }

    [Fact]
    public void A_trial_that_went_back_ages_with_starts_that_run_a_confirmed_image()
    {
        AgentRig rig = Updated(One);
        rig.InstallUpToTrial(TestImage.Make("9.0.0", 3, Length, "selftest"));
        rig.Reset();
        rig.TurnUntil(() => rig.Agent.IsRunning && rig.RunningVersion == "1.0.0", "rollback");

        // The cycle of the failure has ended with the rollback: this start is the first that passes.
        Ages(rig, DemEvent.TrialRolledBack, () => { }, AgeingCycles - 1);
    }

    [Fact]
    public void A_trial_does_not_pass_before_it_is_confirmed()
    {
        AgentRig rig = Updated(One);
        rig.InstallUpToTrial(Two);
        rig.Reset();
        RunSeconds(rig, 1);
        Assert.Equal(DemStatus.TestNotCompletedThisOperationCycle, rig.Agent.Dem.StatusOf(DemEvent.TrialRolledBack) & DemStatus.TestNotCompletedThisOperationCycle);
        Assert.Equal(FotaError.None, rig.Routine(0x0212));
        RunSeconds(rig, 1);
        Assert.Equal(0x00, rig.Agent.Dem.StatusOf(DemEvent.TrialRolledBack));
    }

    [Fact]
    public void A_refused_document_ages_with_documents_that_are_accepted_and_with_nothing_else()
    {
        AgentRig rig = Updated(One, Two);
        Assert.Equal(FotaError.SequenceTooLow, rig.Update(One));
        DoesNotAge(rig, DemEvent.ManifestRefused);
        Ages(rig, DemEvent.ManifestRefused, () => Assert.Equal(FotaError.None, rig.SendManifest(Three)));
    }

    [Fact]
    public void A_damaged_image_ages_with_starts_whose_image_is_whole()
    {
        AgentRig rig = Updated(One, Two);
        rig.Flash.Memory.FlipBit(100, 3);
        rig.PowerOn();
        Assert.Equal("1.0.0", rig.RunningVersion);
        RunSeconds(rig, 1);
        Assert.Equal(DemStatus.TestFailed, rig.Agent.Dem.StatusOf(DemEvent.ImageDamaged) & DemStatus.TestFailed);
        Ages(rig, DemEvent.ImageDamaged, () => { });
    }

    [Fact]
    public void A_mended_boot_record_ages_with_starts_that_find_it_whole()
    {
        AgentRig rig = Updated(One);
        rig.AwaitMark(1);
        rig.Flash.Memory.FlipBit(RecordView.AddressOf(rig.Flash.Memory, rig.Agent.Fls.Map.BootRecord1) + 20, 1);
        rig.PowerOn();
        Ages(rig, DemEvent.BootRecordMended, () => { });
    }

    [Fact]
    public void A_failed_flash_ages_with_images_that_were_programmed_whole_and_with_nothing_else()
    {
        AgentRig rig = Updated(One);
        FlsArea bank = rig.Banks.ImageArea(rig.Banks.Secondary);
        rig.Flash.Fault = operation => operation.Kind == FlashOperationKind.Program && operation.Address - bank.Start < bank.Length ? FlashFault.Failed : FlashFault.None;
        Assert.NotEqual(FotaError.None, rig.Update(Two));
        rig.Flash.Fault = null;
        DoesNotAge(rig, DemEvent.FlashFailed);
        uint sequence = 3;
        Ages(rig, DemEvent.FlashFailed, () => rig.InstallUpToVerified(TestImage.Make("3.0.0", sequence++, Length)));
    }

    [Fact]
    public void A_stalled_application_ages_with_starts_in_which_it_does_not()
    {
        AgentRig rig = new(Config(), new FlashModel(FlashGeometries.W25Q32), makeLoader: () => new StallingLoader(() => _isStalled));
        rig.PowerOn();
        rig.Provision(TestImage.Provisioning);
        rig.Updated(One);
        _isStalled = true;
        rig.TurnUntil(() => (rig.Agent.Dem.StatusOf(DemEvent.ApplicationFaulted) & DemStatus.TestFailed) != 0, "a stall");
        _isStalled = false;
        Ages(rig, DemEvent.ApplicationFaulted, () => { });
    }

    [Fact]
    public void A_wrong_proof_ages_with_starts_in_which_a_right_one_came()
    {
        VehicleRig rig = new(change: config =>
        {
            config.NvM.SparingDelayMs = 0;
            config.Dcm.AccessDelayMs = 100;
            Array.Fill(config.Dem.AgeingCycles, (byte)AgeingCycles);
        });
        EcuClient stranger = new(rig.Tester, new DeviceCredentials(new byte[16], new byte[32]), count => new byte[count]);
        List<bool> isConfirmed = [];
        rig.Run(async () =>
        {
            await rig.BeginAsync();
            await rig.Client.SessionAsync(0x03);
            await Assert.ThrowsAsync<NegativeResponseException>(stranger.AuthenticateAsync);
            for (int start = 0; start <= AgeingCycles; start++)
            {
                await rig.Time.DelayMs(1000);
                await rig.Client.SessionAsync(0x03);
                Assert.True(await rig.Tester.TryAsync([0x11, 0x01]));
                await rig.Client.AwaitPresenceAsync();
                isConfirmed.Add((((EcuMAgent)rig.Ecu.Agent!).EcuM.Dem.StatusOf(DemEvent.AccessFailed) & DemStatus.Confirmed) != 0);
                await rig.Client.SessionAsync(0x03);
                await rig.Client.AuthenticateAsync();
            }
        });
        Assert.Equal([.. Enumerable.Repeat(true, AgeingCycles), false], isConfirmed);
    }

    // Ages what failed in this cycle, or has so many passed cycles before it after this one.
    private static void Ages(AgentRig rig, byte number, Action pass, int cycles = AgeingCycles)
    {
        RunSeconds(rig, 1);
        Assert.Equal(DemStatus.Confirmed, rig.Agent.Dem.StatusOf(number) & DemStatus.Confirmed);

        rig.Reset();
        for (int cycle = 0; cycle < cycles; cycle++)
        {
            Assert.Equal(DemStatus.Confirmed, rig.Agent.Dem.StatusOf(number) & DemStatus.Confirmed);
            pass();
            RunSeconds(rig, 1);
            Assert.Equal(0, rig.Agent.Dem.StatusOf(number) & (DemStatus.TestFailed | DemStatus.TestNotCompletedThisOperationCycle));
            rig.Reset();
        }

        Assert.Equal(0, rig.Agent.Dem.StatusOf(number) & (DemStatus.Confirmed | DemStatus.Pending));
    }

    private static void DoesNotAge(AgentRig rig, byte number)
    {
        for (int cycle = 0; cycle < AgeingCycles + 2; cycle++)
        {
            rig.Reset();
            RunSeconds(rig, 1);
        }

        Assert.Equal(DemStatus.Confirmed, rig.Agent.Dem.StatusOf(number) & DemStatus.Confirmed);
    }

    private static void RunSeconds(AgentRig rig, int seconds)
    {
        for (int turn = 0; turn < seconds * 1000; turn++)
        {
            rig.Turn();
        }
    }

    private static byte[] Nvm(AgentRig rig)
    {
        FlsConfig map = rig.Agent.Fls.Map;
        return rig.Flash.Memory.ToBytes()[(int)map.NvM0.Start..(int)(map.NvM1.Start + map.NvM1.Length)];
    }

    private static EcuConfig Config()
    {
        EcuConfig config = RigSteps.Config;
        config.NvM.SparingDelayMs = 0;
        byte[] events = [.. Enumerable.Range(DemEvent.TrialRolledBack, DemEvent.ApplicationFaulted + 1).Select(number => (byte)number)];
        config.Dem = new DemConfig { Events = events, Dtcs = [.. events.Select(number => 0x5A0000u + ((uint)number << 8))], AgeingCycles = [.. events.Select(_ => (byte)AgeingCycles)] };
        return config;
    }

    private static AgentRig Updated(params TestImage[] images) => RigSteps.Provisioned(TestImage.Provisioning, Config()).Updated(images);

    // As the image says, but without a sign of life while it is to stall.
    private sealed class StallingLoader(Func<bool> isStalled) : IApplicationLoader
    {
        private readonly ScriptedLoader _inner = new();

        public byte Runtime => _inner.Runtime;

        public ushort ContractVersion => _inner.ContractVersion;

        public ApplicationState State => _inner.State;

        public uint AliveCounter => _inner.AliveCounter;

        public bool IsUpdateAllowed => _inner.IsUpdateAllowed;

        public void Attach(IApplicationData data) => _inner.Attach(data);

        public StdReturn Begin(uint imageLength) => _inner.Begin(imageLength);

        public StdReturn Append(byte[] data, int offset, int count) => _inner.Append(data, offset, count);

        public StdReturn Start() => _inner.Start();

        public void MainFunction(uint nowMs)
        {
            if (!isStalled())
            {
                _inner.MainFunction(nowMs);
            }
        }

        public int ReadDataByIdentifier(ushort dataIdentifier, byte[] into, int offset) => -1;

        public int TakeEvent() => -1;
    }
}
